/** Where webhooks may go: checked when a URL is given, and again for the very address that is connected to (`docs/rules.md` N10). */
import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { refuse, type Refusal } from "../protocol/refusals.js";
import { isAllowedAddress, isLoopback, type Network } from "./addresses.js";

/** Length of a URL at most. */
export const URL_LENGTH = 512;

/** Turns a name into addresses, as `dns.lookup` does with `all`. */
export type Resolve = (
  hostname: string,
  answer: (
    error: NodeJS.ErrnoException | null,
    addresses: readonly { address: string; family: number }[],
  ) => void,
) => void;

/** Asks the system. */
export const resolveBySystem: Resolve = (hostname, answer) =>
  // Whatever its types say: beside an error there are no addresses.
  systemLookup(hostname, { all: true }, (error, addresses) => answer(error, error === null ? addresses : []));

/** The error of a connection that was not made. */
export const ADDRESS_REFUSED = "ADDRESS_REFUSED";

/** What may be reached. */
export interface Destinations {
  /** Whether a URL may be delivered to, as far as its text tells; null: it may. */
  readonly refusalOf: (url: string) => Refusal | null;
  /** Finds the addresses of a URL's host and leaves out those that are refused: what is checked is what is connected to. */
  readonly lookupFor: (url: URL) => LookupFunction;
}

/** `allowed`: networks that may be reached besides public addresses. */
export function createDestinations(allowed: readonly Network[], resolve: Resolve): Destinations {
  const mayReach = (url: URL, address: string): boolean =>
    isAllowedAddress(address, allowed) && (url.protocol === "https:" || isLoopback(address));
  return {
    refusalOf: (text) => {
      const problem = syntaxProblem(text);
      if (problem !== null) return refuse("invalid_parameter", { field: "url", details: { problem } });
      const url = new URL(text);
      const host = bareHost(url);
      const addresses = isIP(host) !== 0 ? [host] : isLocalName(host) ? ["127.0.0.1", "::1"] : null;
      if (addresses === null || addresses.some((address) => mayReach(url, address))) return null;
      return refuse("address_refused", { field: "url" });
    },
    lookupFor: (url) => (hostname, options, answer) => {
      resolve(hostname, (error, found) => {
        const family = options.family === 4 || options.family === "IPv4" ? 4 : options.family === 6 ? 6 : 0;
        const good = found.filter(
          (one) => mayReach(url, one.address) && (family === 0 || one.family === family),
        );
        const [first] = good;
        if (error !== null) answer(error, "", 0);
        else if (first === undefined)
          answer(Object.assign(new Error("refused"), { code: ADDRESS_REFUSED }), "", 0);
        else if (options.all === true) answer(null, good);
        else answer(null, first.address, first.family);
      });
    },
  };
}

function syntaxProblem(text: string): string | null {
  if (text.length > URL_LENGTH) return `is longer than ${URL_LENGTH} characters`;
  if (!URL.canParse(text)) return "is not a URL";
  const url = new URL(text);
  const host = bareHost(url);
  if (url.username !== "" || url.password !== "") return "has a user name or a password in it";
  if (url.protocol === "https:") return null;
  const isOwn = isLocalName(host) || isLoopback(host);
  return url.protocol === "http:" && isOwn ? null : "must begin with https://";
}

function isLocalName(host: string): boolean {
  return /^(.+\.)?localhost\.?$/.test(host);
}

/** The host as a name or a literal address; odd spellings of addresses were made plain by the URL parser. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}
