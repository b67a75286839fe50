/** The headers of pages: what a page may load, use and be put into. None of it is taken from a page, and nothing is `unsafe-*`. */
import { createHash } from "node:crypto";
import { readHost } from "./hosts.js";

/** Headers of an answer. */
export type Headers = Readonly<Record<string, string>>;

/** What a browser offers to pages that can be turned off for them (W3C Permissions Policy, and the features that browsers know). */
const FEATURES = [
  "accelerometer",
  "autoplay",
  "camera",
  "clipboard-read",
  "clipboard-write",
  "display-capture",
  "encrypted-media",
  "fullscreen",
  "geolocation",
  "gyroscope",
  "hid",
  "idle-detection",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "picture-in-picture",
  "publickey-credentials-get",
  "screen-wake-lock",
  "serial",
  "usb",
  "xr-spatial-tracking",
] as const;
type Feature = (typeof FEATURES)[number];

/** What a meeting needs. */
const OF_MEETINGS: readonly Feature[] = [
  "camera",
  "microphone",
  "display-capture",
  "autoplay",
  "clipboard-write",
  "fullscreen",
  "picture-in-picture",
  "screen-wake-lock",
];
/** The console copies secrets and tokens to where they are needed. */
const OF_THE_CONSOLE: readonly Feature[] = ["clipboard-write"];

const permissions = (granted: readonly Feature[]): string =>
  FEATURES.map((feature) => `${feature}=${granted.includes(feature) ? "(self)" : "()"}`).join(", ");

const policy = (directives: Readonly<Record<string, string>>): string =>
  Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");

const OF_NOTHING = { "default-src": "'none'", "base-uri": "'none'", "form-action": "'none'" } as const;

/**
 * Where sockets may be opened to. Older browsers do not count `ws:` as the page's own origin, so the host is named.
 * `host`: of the request; it is left out unless it is a plain one, since whoever asks writes it.
 */
function socketSources(host: string | undefined, publicUrl: string | null): string {
  const hosts = new Set([readHost(host)?.host, publicUrl === null ? undefined : new URL(publicUrl).host]);
  const named = [...hosts].flatMap((one) => (one === undefined ? [] : [`ws://${one}`, `wss://${one}`]));
  return ["'self'", ...named].join(" ");
}

/** Where a page is asked for. */
export interface PageAddress {
  /** The `Host` header. */
  readonly host: string | undefined;
  /** Where people reach the gateway, if that is known. */
  readonly publicUrl: string | null;
}

/** Headers of the meeting page. `ancestors`: origins whose pages may show it in a frame, beside the gateway's own. */
export function meetingHeaders({ host, publicUrl }: PageAddress, ancestors: readonly string[]): Headers {
  return {
    ...COMMON,
    "Content-Security-Policy": policy({
      ...OF_NOTHING,
      "script-src": "'self'",
      "style-src": "'self'",
      "connect-src": socketSources(host, publicUrl),
      "img-src": "'self' data:",
      "media-src": "'self' blob: mediastream:",
      "font-src": "'self'",
      "manifest-src": "'self'",
      "worker-src": "'self'",
      "frame-ancestors": ["'self'", ...ancestors].join(" "),
    }),
    "Permissions-Policy": permissions(OF_MEETINGS),
  };
}

/** Headers of the console. Nobody may put it into a frame: a click on it makes and deletes apps. */
export function consoleHeaders({ host, publicUrl }: PageAddress): Headers {
  return {
    ...COMMON,
    "Content-Security-Policy": policy({
      ...OF_NOTHING,
      "script-src": "'self'",
      "style-src": "'self'",
      "connect-src": socketSources(host, publicUrl),
      "img-src": "'self' data:",
      "font-src": "'self'",
      "manifest-src": "'self'",
      "frame-ancestors": "'none'",
    }),
    "Permissions-Policy": permissions(OF_THE_CONSOLE),
    "X-Frame-Options": "DENY",
  };
}

/** Headers of a page without scripts whose one style stands in it. */
export function plainPageHeaders(html: string): Headers {
  const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  return {
    ...COMMON,
    "Content-Security-Policy": policy({
      ...OF_NOTHING,
      "style-src": `'sha256-${hash}'`,
      "frame-ancestors": "'none'",
    }),
    "Permissions-Policy": permissions([]),
    "X-Frame-Options": "DENY",
  };
}

/** Headers of what pages load; opened by itself, it does nothing. */
export const ASSET_HEADERS: Headers = {
  "Content-Security-Policy": policy({ ...OF_NOTHING, "frame-ancestors": "'none'" }),
};

/** Headers of the SDK, which any page may load: it holds no secret and takes no cookie. */
export const SDK_HEADERS: Headers = {
  ...ASSET_HEADERS,
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

const COMMON: Headers = { "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff" };
