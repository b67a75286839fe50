/**
 * What a browser needs to reach others through walls: STUN and TURN addresses, and short credentials for TURN in the form of
 * coturn's REST API (`use-auth-secret`). The relay checks them by itself with the shared secret; nothing is stored anywhere.
 */
import { createHmac, hkdfSync } from "node:crypto";
import { isIP } from "node:net";

/** What an operator says about STUN and TURN. */
export interface IceSettings {
  /** `stun:`, `turn:` and `turns:` addresses (RFC 7064, RFC 7065); empty: none. */
  readonly urls: readonly string[];
  /** Shared with the relay (coturn: `static-auth-secret`); null only where no address is one of a relay. */
  readonly turnSecret: string | null;
  /** How long a credential opens new relayed ways, seconds. */
  readonly ttlSeconds: number;
}

/** An entry of `RTCConfiguration.iceServers`. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** The answer to somebody in the room. */
export interface IceServers {
  readonly iceServers: readonly IceServer[];
  /** When the credentials end, epoch milliseconds; null: there are none. */
  readonly expiresAt: number | null;
}

/** Whom credentials are for: whoever asks has to be in this room (`docs/rules.md` S4). */
export interface IceBearer {
  readonly app: string;
  readonly roomId: string;
  readonly participantId: string;
}

/** Makes the answer; only for somebody who is in the room (`design.md` section 5, promise 1). */
export type IceSource = (bearer: IceBearer) => IceServers;

/** Whether an address is one that browsers take: a scheme, a host, at most a port and, of a relay, the transport. */
export function isIceUrl(text: string): boolean {
  const parts = /^(stun|turns?):(\[[^\]]+\]|[A-Za-z0-9.-]+)(?::(\d{1,5}))?(\?transport=(?:udp|tcp))?$/.exec(
    text,
  );
  if (parts === null) return false;
  const [, scheme, host = "", port = "3478", transport] = parts;
  if (scheme === "stun" && transport !== undefined) return false;
  if (Number(port) < 1 || Number(port) > 65_535) return false;
  if (host.startsWith("[")) return isIP(host.slice(1, -1)) === 6;
  // A host that ends in a number is an address of four (WHATWG URL, "ends in a number"), and then it has to be a whole one.
  if (/(?:^|\.)\d+$/.test(host)) return isIP(host) === 4;
  return host.split(".").every((label) => /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/.test(label));
}

/** Whether an address is one of a relay, which takes credentials. */
export function isRelay(url: string): boolean {
  return !url.startsWith("stun:");
}

/**
 * Builds the source. `now`: epoch milliseconds of this machine, since the relay compares the expiry with its own clock.
 *
 * @throws Error where a relay has no secret: the settings were not checked
 */
export function createIceSource({ urls, turnSecret, ttlSeconds }: IceSettings, now: () => number): IceSource {
  const relays = urls.filter(isRelay);
  const plain = urls.filter((url) => !isRelay(url));
  const open: readonly IceServer[] = plain.length === 0 ? [] : [{ urls: plain }];
  if (relays.length === 0) return () => ({ iceServers: open, expiresAt: null });
  if (turnSecret === null) throw new Error("a relay needs a secret");
  const nameKey = Buffer.from(hkdfSync("sha256", turnSecret, "", "admitone names at relays", 32));
  return (bearer) => {
    const expiry = Math.floor(now() / 1_000) + ttlSeconds;
    const username = `${expiry}:${nameOf(bearer, nameKey)}`;
    const credential = createHmac("sha1", turnSecret).update(username).digest("base64");
    return { iceServers: [...open, { urls: relays, username, credential }], expiresAt: expiry * 1_000 };
  };
}

/**
 * The name that goes over the wire in clear and into the relay's log: the same for the same person in the same room, so that the
 * relay can hold each to a quota, and nothing that can be guessed back into ids by whoever does not have the secret.
 */
function nameOf({ app, roomId, participantId }: IceBearer, key: Buffer): string {
  return createHmac("sha256", key)
    .update(JSON.stringify([app, roomId, participantId]))
    .digest("base64url")
    .slice(0, 22);
}
