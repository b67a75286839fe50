/** Which addresses are public: every special range of IPv4 and IPv6 is known here (IANA's registries; `docs/rules.md` N10). */
import { isIP } from "node:net";

/** A range of addresses. */
export interface Network {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly bits: number;
}

interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

const SPECIAL = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"],
  ...["198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
  // A cloud's metadata service at an address that looks public.
  "168.63.129.16/32",
  // Of IPv6 only 2000::/3 is given out at all; these parts of it are special.
  ...["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"],
].map(parseNetwork);
const GLOBAL_UNICAST = parseNetwork("2000::/3");
const LOOPBACK = ["127.0.0.0/8", "::1/128"].map(parseNetwork);
/** Ranges whose last 32 bits are an IPv4 address that the connection ends at. */
const EMBEDDING = ["::ffff:0:0/96", "64:ff9b::/96"].map(parseNetwork);

/** A range from its text, such as `10.0.0.0/8` or `fd00::/8`. Throws an `Error` for any other text. */
export function parseNetwork(text: string): Network {
  const [base = "", length = "", ...rest] = text.split("/");
  const address = parseAddress(base);
  const size = address?.family === 4 ? 32 : 128;
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : Infinity;
  if (address === null || rest.length > 0 || bits > size) throw new Error(`not a network: ${text}`);
  return { family: address.family, first: address.value, bits };
}

/** Whether a webhook may be sent to this literal address: a public one, or one of the networks that are allowed besides. */
export function isAllowedAddress(text: string, allowed: readonly Network[]): boolean {
  const given = parseAddress(text);
  if (given === null) return false;
  const address = unwrap(given);
  if (isWithin(address, allowed) || isWithin(given, allowed)) return true;
  if (isWithin(address, SPECIAL)) return false;
  return address.family === 4 || isWithin(address, [GLOBAL_UNICAST]);
}

/** Whether this literal address is the machine itself. */
export function isLoopback(text: string): boolean {
  const address = parseAddress(text);
  return address !== null && isWithin(unwrap(address), LOOPBACK);
}

function isWithin({ family, value }: Address, networks: readonly Network[]): boolean {
  return networks.some((network) => {
    if (network.family !== family) return false;
    const free = BigInt((family === 4 ? 32 : 128) - network.bits);
    return value >> free === network.first >> free;
  });
}

function unwrap(address: Address): Address {
  return isWithin(address, EMBEDDING) ? { family: 4, value: address.value & 0xffffffffn } : address;
}

function parseAddress(text: string): Address | null {
  const [bare = ""] = text.split("%");
  const family = isIP(bare);
  if (family === 4) return { family, value: ipv4(bare) };
  if (family !== 6) return null;
  // A dotted tail is two groups in another spelling.
  const plain = bare.replace(/[\d.]+\.[\d.]+$/, (tail) => {
    const value = ipv4(tail);
    return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  });
  const [head = "", tail] = plain.split("::");
  const groupsOf = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const [before, after] = [groupsOf(head), groupsOf(tail ?? "")];
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => "0");
  const value = [...before, ...zeros, ...after].reduce(
    (sum, group) => (sum << 16n) + BigInt(`0x${group}`),
    0n,
  );
  return { family, value };
}

function ipv4(text: string): bigint {
  return text.split(".").reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
}
