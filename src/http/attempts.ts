/** Counts what failed, by address, in memory: a small brake on guessing. Each node counts for itself. */
import { isIPv6 } from "node:net";

/** What failed, by address. */
export interface Attempts {
  /** How long nothing more is heard from this address, milliseconds; 0: it may try. */
  waitMs(address: string): number;
  /** Notes a failure. */
  failed(address: string): void;
}

/** How many failures, in how long, and of how many addresses it is remembered. */
export interface AttemptsOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Failures of one address that are heard in one window. */
  readonly limit: number;
  /** From the first failure on. */
  readonly windowMs: number;
  /** The address that began to fail first is forgotten when one too many does. */
  readonly addresses: number;
}

/** Makes a counter with nothing in it. */
export function createAttempts({ now, limit, windowMs, addresses }: AttemptsOptions): Attempts {
  // In the order of their beginnings, since a window that is over is taken out before it begins again.
  const windows = new Map<string, { readonly since: number; count: number }>();
  const windowOf = (name: string): { readonly since: number; count: number } | null => {
    const found = windows.get(name);
    if (found === undefined) return null;
    const age = now() - found.since;
    // A clock that was set back must not lock anybody out for as long.
    if (age >= 0 && age < windowMs) return found;
    windows.delete(name);
    return null;
  };
  return {
    waitMs(address) {
      const found = windowOf(nameOf(address));
      return found === null || found.count < limit ? 0 : found.since + windowMs - now();
    },
    failed(address) {
      const name = nameOf(address);
      const found = windowOf(name);
      if (found !== null) {
        found.count += 1;
        return;
      }
      const [oldest] = windows.keys();
      if (windows.size >= addresses && oldest !== undefined) windows.delete(oldest);
      windows.set(name, { since: now(), count: 1 });
    },
  };
}

/** Whoever has one IPv6 address has the whole network of 64 bits, so that counts as one. */
function nameOf(address: string): string {
  if (!isIPv6(address) || address.includes(".")) return address;
  const [head = "", tail = ""] = address.replace(/%.*$/, "").split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === "" ? [] : tail.split(":");
  const middle = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0");
  return [...front, ...middle, ...back]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16))
    .join(":");
}
