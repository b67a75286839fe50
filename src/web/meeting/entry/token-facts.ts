/**
 * What a token says about itself, read without checking it: good for words on a button, never for a decision. The gateway decides.
 */

/** What a page may tell its reader before the gateway has answered. */
export interface TokenFacts {
  /** `knock`: a host will be asked. `enter`: straight in. `unknown`: the token does not say it in a way that this page reads. */
  readonly way: "enter" | "knock" | "unknown";
  /** What the sign-in says that its bearer is called; the gateway may go by it. Null: not said. */
  readonly name: string | null;
  /** Epoch milliseconds; null: it does not expire, or does not say. */
  readonly expiresAt: number | null;
}

const NOTHING: TokenFacts = { way: "unknown", name: null, expiresAt: null };

/** Reads the claims of a token. What cannot be read is answered as nothing known. */
export function tokenFacts(token: string): TokenFacts {
  const claims = claimsOf(token);
  if (claims === null) return NOTHING;
  const { permissions, name, iss, exp } = claims;
  return {
    way: wayOf(permissions),
    // Only a token of an identity provider fixes what its bearer is called (rule T10).
    name: typeof iss === "string" && typeof name === "string" && name.trim() !== "" ? name.trim() : null,
    expiresAt: typeof exp === "number" && Number.isFinite(exp) ? exp * 1_000 : null,
  };
}

/** What differs between two tokens of the same person that were made one after the other. */
const PASSING = ["iat", "exp", "nbf", "jti"];

/** Whether two tokens say the same of their bearer, whenever they were made. Where one of them cannot be read, only if they are the same. */
export function isSameBearer(one: string, other: string): boolean {
  const [first, second] = [claimsOf(one), claimsOf(other)];
  if (first === null || second === null) return one === other;
  const lasting = (claims: object): string =>
    JSON.stringify(
      Object.entries(claims)
        .filter(([name]) => !PASSING.includes(name))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return lasting(first) === lasting(second);
}

function wayOf(permissions: unknown): TokenFacts["way"] {
  if (!Array.isArray(permissions)) return "unknown";
  if (permissions.includes("allow_join")) return "enter";
  return permissions.includes("ask_join") ? "knock" : "unknown";
}

function claimsOf(token: string): Readonly<Partial<Record<string, unknown>>> | null {
  const middle = token.split(".")[1];
  if (middle === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(middle.replace(/-/g, "+").replace(/_/g, "/")), (sign) =>
      sign.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? { ...claims } : null;
  } catch {
    return null;
  }
}
