/** The tokens that the gateway itself makes: API tokens, client access tokens, conference access tokens. */
import type { ConferencePermission } from "../protocol/events.js";
import type { ConferencePass, SessionScope } from "../room/grant.js";
import type { ApiScope } from "./scopes.js";
import type { TokenRefusal } from "./token-refusal.js";
import type { Refusal } from "../protocol/refusals.js";

/** Whoever shows an API token: a back end of an app, within its scopes. */
export interface ApiBearer {
  readonly app: string;
  readonly apiKey: string;
  readonly scopes: readonly ApiScope[];
  readonly jti: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** What is asked of a client access token. */
export interface ClientTokenOrder {
  readonly app: string;
  /** The key with which it is made: that of the API token. */
  readonly apiKey: string;
  readonly scopes: readonly SessionScope[];
  /** The app's own id of the person; at most 1,024 bytes. Null: the bearer cannot be told from others. */
  readonly externalId: string | null;
  readonly ttlSeconds: number;
}

/** What is asked of a conference access token. */
export interface PassOrder extends ConferencePass {
  readonly app: string;
  readonly apiKey: string;
  readonly permissions: readonly ConferencePermission[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** What any token of ours is, for revocation and introspection. Times are epoch milliseconds. */
export interface TokenFacts {
  readonly kind: "customer" | "issuer" | "api" | "client" | "conference";
  readonly app: string;
  readonly key: string;
  readonly jti: string | null;
  readonly subject: string | null;
  readonly scope: string | null;
  readonly issuedAt: number | null;
  readonly expiresAt: number | null;
  readonly roomId: string | null;
}

/** Makes and reads the gateway's own tokens. Made with the newest usable secret of the key, read with any usable one. */
export interface TokenOffice {
  /** Throws where the key is not known or not active: the caller has checked its secret. */
  makeApiToken(order: {
    readonly apiKey: string;
    readonly scopes: readonly ApiScope[];
    readonly ttlSeconds: number;
  }): string;
  /** Checks an API token: form, kind, key, signature, times, standing. */
  readApiToken(token: unknown): { ok: true; bearer: ApiBearer } | { ok: false; refusal: TokenRefusal };
  /**
   * `token_too_large` where the token would have more than 2,048 bytes; `details` has `bytes`, `limit`, `over` and `shorten` (what
   * to make shorter: `externalId`). Throws as `makeApiToken` does.
   */
  makeClientToken(order: ClientTokenOrder): { ok: true; token: string } | { ok: false; refusal: Refusal };
  /** Throws as `makeApiToken` does. */
  makePass(order: PassOrder): string;
  /** Checks a conference access token of this app. Whether the room still takes it, the room knows. */
  readPass(token: unknown, app: string): { ok: true; pass: ConferencePass } | { ok: false; refusal: Refusal };
  /**
   * What a token of this app is, of whatever kind; null: it does not count, or is another app's (RFC 7662 section 2.2). `now` (the
   * default): if it counts now; `ever`: if it ever does or did, for whoever revokes it.
   */
  facts(token: unknown, app: string, when?: "now" | "ever"): Promise<TokenFacts | null>;
}
