/** What a browser tells of a request: from where it comes, and which session of the console comes with it. */
import type { Request } from "express";

/** A request as far as a browser vouches for it. */
export interface Visit {
  /** The address that the connection comes from; of a proxy, where there is one in front. */
  readonly address: string;
  /** Whether the browser came by TLS, here or to a proxy in front. */
  readonly isSecure: boolean;
  /** False for a request of somebody else's page. What no page sends, such as curl, says nothing and counts as ours. */
  readonly isSameOrigin: boolean;
  /**
   * What the console's cookie says: empty without the console's header, or from another origin, for then somebody else's page may
   * have made the browser send it. Usually one; whoever is given several takes any that is good.
   */
  readonly consoleCookies: readonly string[];
}

/** Sent by the console with every request. No form and no link can set it, and no other origin's script without asking first. */
export const CONSOLE_HEADER = "x-admitone-console";

const COOKIE = "admitone_console";
/** Browsers take a cookie of this name only with `Secure`, with `Path=/`, and from this very host (RFC 6265bis section 4.1.3.2). */
const SECURE_COOKIE = `__Host-${COOKIE}`;

/** Reads a request. `publicUrl`: where the gateway is to be found; null: wherever a request is sent to. */
export function readVisit(
  request: Pick<Request, "headers" | "headersDistinct" | "socket" | "secure">,
  publicUrl: string | null,
): Visit {
  const isSecure =
    publicUrl?.startsWith("https:") === true ||
    request.secure ||
    // Whoever claims it falsely gets a cookie that is stricter than it need be.
    /^https(,|$)/i.test(request.headersDistinct["x-forwarded-proto"]?.[0] ?? "");
  const isSameOrigin = isFromHere(request, publicUrl);
  const marks = request.headersDistinct[CONSOLE_HEADER] ?? [];
  const isMarked = marks.length === 1 && marks[0] === "1";
  return {
    address: request.socket.remoteAddress ?? "",
    isSecure,
    isSameOrigin,
    consoleCookies: isMarked && isSameOrigin ? cookiesOf(request, nameFor(isSecure)) : [],
  };
}

/** `Set-Cookie` for a session of the console. `maxAgeSeconds` 0: takes the cookie away. */
export function consoleCookie(
  { isSecure }: Pick<Visit, "isSecure">,
  value: string,
  maxAgeSeconds: number,
): string {
  const attributes = ["HttpOnly", "SameSite=Strict", "Path=/", `Max-Age=${maxAgeSeconds}`];
  return [`${nameFor(isSecure)}=${value}`, ...attributes, ...(isSecure ? ["Secure"] : [])].join("; ");
}

function nameFor(isSecure: boolean): string {
  return isSecure ? SECURE_COOKIE : COOKIE;
}

function isFromHere(
  { headersDistinct, headers: { host } }: Pick<Request, "headers" | "headersDistinct">,
  publicUrl: string | null,
): boolean {
  const sites = headersDistinct["sec-fetch-site"] ?? [];
  if (sites.some((site) => site !== "same-origin")) return false;
  const here = new Set<string>(host === undefined ? [] : [host.toLowerCase()]);
  // A proxy in front may pass on another Host than the one that the browser asked for.
  if (publicUrl !== null) here.add(new URL(publicUrl).host);
  const origins = headersDistinct["origin"] ?? [];
  return origins.every((origin) => URL.canParse(origin) && here.has(new URL(origin).host));
}

function cookiesOf({ headers }: Pick<Request, "headers">, name: string): readonly string[] {
  const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim());
  return pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
}
