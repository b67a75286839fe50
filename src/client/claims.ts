/** What a token says of itself, unverified: the client reads it to know when to renew it, and trusts it with nothing. */
import { fit, number, object, optional, text } from "./shape.js";

/** The claims that the client looks at. */
export interface Claims {
  /** Seconds since 1970. */
  readonly exp?: number | undefined;
  readonly roomId?: string | undefined;
  readonly participantId?: string | undefined;
}

const claimsShape = object<Claims>({
  exp: optional(number),
  roomId: optional(text),
  participantId: optional(text),
});

/** Reads them; none, where it is no token that can be read. */
export function claimsOf(token: string): Claims {
  try {
    const part = token.split(".")[1] ?? "";
    const bytes = Uint8Array.from(atob(part.replace(/-/g, "+").replace(/_/g, "/")), (one) =>
      one.charCodeAt(0),
    );
    return fit(claimsShape, JSON.parse(new TextDecoder().decode(bytes))) ?? {};
  } catch {
    return {};
  }
}

/** When a token expires, epoch milliseconds; null where it does not say so. */
export function expiryOf(token: string): number | null {
  const { exp } = claimsOf(token);
  return exp === undefined ? null : exp * 1_000;
}
