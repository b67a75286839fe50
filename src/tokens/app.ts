/** What an app is: its rules, its keys, and the identity providers whose tokens it takes. */
import type { KeyObject } from "node:crypto";
import type { ExpiryPolicy, Permission } from "../room/grant.js";

/** What is known of an app besides its keys. */
export interface AppInfo {
  /** Letters, digits, `.`, `_`, `-`; part of the names under which rooms are stored. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Whether the first join of a token that names a room opens that room. */
  readonly openRooms: boolean;
  /** Whether tokens without `exp` are taken. */
  readonly allowNoExpiry: boolean;
  /** What happens to a participant whose token, signed by the customer or an identity provider, expires in the meeting. */
  readonly expiryPolicy: ExpiryPolicy;
  /** The same for client access tokens (`design.md` section 3). */
  readonly clientExpiryPolicy: ExpiryPolicy;
  /** The longest life of a token that is not ours, from `iat` to `exp`, seconds; it must have both. Null: any. */
  readonly maxTokenSeconds: number | null;
  /** Whether joining a conference takes a conference access token (`reference/dolby.md` section 4). */
  readonly protectedConferences: boolean;
}

/** A secret that signs, or signed until lately. One that was revoked is not here any more. */
export interface AppSecret {
  /** Unique within its key. */
  readonly id: string;
  /** UTF-8, at least 32 bytes. */
  readonly secret: string;
  /** When it ends, epoch milliseconds; null: it is active. From that moment on nothing that it signed is taken. */
  readonly retiresAt: number | null;
}

/** A key of an app: a public name, and the secrets that sign under it. */
export interface AppKey {
  readonly apiKey: string;
  /** A deactivated key is known, and refused (4053). */
  readonly active: boolean;
  /** The newest first; several while one is replaced by the next. */
  readonly secrets: readonly AppSecret[];
}

/** The algorithms of identity providers' tokens. Those of customers are HS256, always. */
export const ISSUER_ALGORITHMS = ["RS256", "ES256", "EdDSA"] as const;
/** An algorithm of identity providers' tokens. */
export type IssuerAlgorithm = (typeof ISSUER_ALGORITHMS)[number];

/** How a claim of somebody else's token becomes ours. Claims are named by path: `realm_access.roles`. */
export interface ClaimMapping {
  /** Whose values (a text, or each of a list) stand for permissions; `otherwise` where none of them is in `values`. */
  readonly permissions: {
    readonly claim: string | null;
    readonly values: Readonly<Record<string, readonly Permission[]>>;
    readonly otherwise: readonly Permission[];
  };
  /** The claim with the participant's id; required in the token. `sub` unless set. */
  readonly participantId: string;
  /** The claim with the room's id, required in the token where it is set; null: any room of the app. */
  readonly roomId: string | null;
  /** The claim with the participant's name; null, or no such claim: as they say. */
  readonly name: string | null;
}

/** An identity provider whose tokens an app takes at the meeting door. No URL or key is ever taken from a token. */
export interface Issuer {
  /** What `iss` must be, exactly. */
  readonly issuer: string;
  /** What `aud` must be or contain. An app is found by the two together. */
  readonly audience: string;
  readonly algorithms: readonly IssuerAlgorithm[];
  /** Where its public keys are; null: `keys` are all. */
  readonly jwksUrl: string | null;
  /** Public keys as JWK; empty where there is a URL. */
  readonly keys: readonly Readonly<Record<string, unknown>>[];
  readonly claims: ClaimMapping;
}

/** An app with its keys and identity providers. */
export interface App extends AppInfo {
  readonly keys: readonly AppKey[];
  readonly issuers: readonly Issuer[];
}

/** A secret ready for use. It cannot be read from it by accident: a `KeyObject` prints without its bytes. */
export interface SigningSecret {
  readonly id: string;
  readonly key: KeyObject;
  readonly retiresAt: number | null;
}

/** A key ready for use. */
export interface SigningKey {
  readonly apiKey: string;
  readonly app: AppInfo;
  readonly active: boolean;
  /** The newest first. Whoever uses one looks at `retiresAt`: see `usableSecrets`. */
  readonly secrets: readonly SigningSecret[];
}

/** The apps and keys as a node knows them at this moment; from memory, at once. */
export interface AppKeys {
  /** The key that an `apikey` claim names, active or not; null: there is none. */
  find(apiKey: string): SigningKey | null;
  /** An app by its id; null: there is none, or not any more. */
  app(id: string): AppInfo | null;
  /** Every app. */
  apps(): readonly AppInfo[];
  /** The keys of an app, in their order; none for an app that is not known. */
  keysOf(app: string): readonly SigningKey[];
  /** Who takes tokens of this `iss`, with what they ask of them. */
  issuers(issuer: string): readonly { readonly app: AppInfo; readonly issuer: Issuer }[];
}

/** The secrets of a key that count at `now` (epoch milliseconds), the newest first; none where the key is deactivated. */
export function usableSecrets({ active, secrets }: SigningKey, now: number): readonly SigningSecret[] {
  return active ? secrets.filter(({ retiresAt }) => retiresAt === null || now < retiresAt) : [];
}
