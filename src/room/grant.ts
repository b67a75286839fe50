/** What a verified token entitles its bearer to. The token itself is never read again (`design.md` section 2). */

/** A right that a token or a moderator can give. `ask_join` is a way to enter, not a right inside the room. */
export type Permission = "allow_join" | "ask_join" | "allow_mod";

/** A right that somebody in the room can hold: `allow_join` decides knocks, `allow_mod` moderates. */
export type Right = "allow_join" | "allow_mod";

/** What happens to a participant whose token expires in the meeting (`design.md` section 3, "Token expiry in a meeting"). */
export type ExpiryPolicy = "stay" | "restrict" | "leave";

/** The two doors: meetings (`rtc`) and the REST API (`crawler`). */
export type Role = "rtc" | "crawler";

/** The result of checking a token: immutable, carried from the door into the room. */
export interface Grant {
  /** The app whose key signed the token. Rooms of two apps never meet. */
  readonly app: string;
  /** A digest of the token, so that "the token that they came with" can be recognised; never the token. */
  readonly fingerprint: string;
  readonly jti: string | null;
  readonly permissions: readonly Permission[];
  /** The doors that the token opens; both, where it has no `roles`. */
  readonly roles: readonly Role[];
  /** The only room that the token is good for, or null for any of the app's. */
  readonly roomId: string | null;
  /** The only participant that the token is good for, or null. */
  readonly participantId: string | null;
  /** When the token expires, epoch milliseconds; null where the app allows tokens without `exp`. */
  readonly expiresAt: number | null;
  /** The app's policy for expiry in a meeting; a room may override it. */
  readonly expiryPolicy: ExpiryPolicy;
}
