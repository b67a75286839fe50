/** What a verified token entitles its bearer to. The token itself is never read again (`design.md` section 2). */

/** A right that a token or a moderator can give. `ask_join` is a way to enter, not a right inside the room. */
export type Permission = "allow_join" | "ask_join" | "allow_mod";

/** A right that somebody in the room can hold: `allow_join` decides knocks, `allow_mod` moderates. */
export type Right = "allow_join" | "allow_mod";

/** What happens to a participant whose token expires in the meeting (`design.md` section 3, "Token expiry in a meeting"). */
export type ExpiryPolicy = "stay" | "restrict" | "leave";

/** The two doors: meetings (`rtc`) and the REST API (`crawler`). */
export type Role = "rtc" | "crawler";

/** Who made a token: an app's back end with a key of its own, this gateway for a client, or an identity provider of the app's. */
export type TokenKind = "customer" | "client" | "issuer";

/** What a client access token lets its bearer do beside joining (`reference/dolby.md` section 2.1). */
export type SessionScope = "conf:create" | "notifications:set" | "file:convert" | "session:update";

/** By what a token is recognised, when it is to be told who shows it and whether it still counts. */
export interface TokenMark {
  /** A digest of the token, so that "the token that they came with" can be recognised; never the token. */
  readonly fingerprint: string;
  readonly kind: TokenKind;
  /** The API key, or for tokens of an identity provider its issuer URL. */
  readonly key: string;
  /** Which secret of the key made the signature; null for tokens of an identity provider. */
  readonly secretId: string | null;
  readonly jti: string | null;
  /** Epoch milliseconds; null where the token does not say. */
  readonly issuedAt: number | null;
}

/** A conference access token, checked: what the back end lets one person do in one conference. */
export interface ConferencePass {
  /** The token's `jti`. The room knows the newest one of each person, and takes no other. */
  readonly id: string;
  readonly roomId: string;
  readonly participantId: string;
}

/** The result of checking a token: immutable, carried from the door into the room. */
export interface Grant extends TokenMark {
  /** The app whose key signed the token. Rooms of two apps never meet. */
  readonly app: string;
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
  /** Whether the token is used up by the first admission; then it has a `jti`, a `roomId` and an expiry. */
  readonly oneTime: boolean;
  /** What a client access token covers; null for all others, which are bound by `permissions` alone. */
  readonly scopes: readonly SessionScope[] | null;
  /** What its bearer is called, whatever they say; null: as they say. */
  readonly name: string | null;
}
