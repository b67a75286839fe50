/** What a request says about the host that it was sent to. It is anybody's word: nothing may rest on it but what is shown back. */
import { isIP } from "node:net";

const NAME = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.?$/i;

/** A `Host` header taken apart, without the brackets of an IPv6 address; null where it is no plain host with at most a port. */
export function readHost(
  header: string | undefined,
): { readonly name: string; readonly host: string } | null {
  if (header === undefined || header.length > 255) return null;
  const [, bracketed, plain, port = "80"] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(header) ?? [];
  const name = bracketed ?? plain ?? "";
  const isHost = bracketed === undefined ? NAME.test(name) : isIP(name) === 6;
  return isHost && Number(port) <= 65_535 ? { name: name.toLowerCase(), host: header } : null;
}

/** Whether a `Host` header names this machine itself. A name that only resolves to it does not: somebody else may have made it. */
export function isLoopbackHost(header: string | undefined): boolean {
  const name = readHost(header)?.name ?? "";
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}

/** Whether an `Origin` header is of a page of this machine. */
export function isLoopbackOrigin(header: string): boolean {
  return /^https?:\/\//.test(header) && URL.canParse(header) && isLoopbackHost(new URL(header).host);
}
