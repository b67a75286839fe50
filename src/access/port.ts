/**
 * Apps, keys and revocations, as the other folders use them. What is kept lies in the store's records; every node has all of it
 * in memory, and hears of a change within half a second (`docs/decisions/0009`).
 */
import type { Refusal } from "../protocol/refusals.js";
import type { App, AppInfo, AppKeys, Issuer } from "../tokens/app.js";
import type { Revoked, Standing } from "../tokens/standing.js";

/** A yes with a value, or a no with its reason. */
export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** An app as its admin sees it: no secret is in it. Times are epoch milliseconds. */
export interface AppView extends AppInfo {
  /** `settings`: from the environment or the apps file, and changed there; `store`: made by the admin. */
  readonly source: "settings" | "store";
  readonly createdAt: number | null;
  readonly issuers: readonly Issuer[];
  readonly keys: readonly KeyView[];
}

/** A key as its admin sees it. */
export interface KeyView {
  readonly apiKey: string;
  readonly active: boolean;
  readonly createdAt: number | null;
  readonly secrets: readonly SecretView[];
}

/** A secret as its admin sees it. */
export interface SecretView {
  readonly id: string;
  /** `retired`: its end has passed. A revoked one is not listed. */
  readonly status: "active" | "retiring" | "retired";
  readonly createdAt: number | null;
  readonly retiresAt: number | null;
}

/** A secret that was just made: shown once, here. */
export interface NewSecret {
  readonly apiKey: string;
  readonly secretId: string;
  readonly secret: string;
}

/** What an app may be set to; what is not given stays as it is. */
export type AppChange = Partial<Omit<AppInfo, "id"> & { readonly issuers: readonly Issuer[] }>;

/** Something that was revoked. Times are epoch milliseconds. */
export interface Revocation {
  readonly id: string;
  readonly app: string;
  readonly revoked: Revoked;
  readonly at: number;
  /** Until when it is kept: nothing that it concerns can be good after that; null: for ever. */
  readonly until: number | null;
  /** For people: who did it, and why. */
  readonly by: string;
  readonly note: string | null;
}

/** What the admin does. Refusals are values; a store that is away is a `LogFault`. Changes are known to this node when they resolve. */
export interface AccessAdmin {
  /** Every app, in the order of their ids. */
  list(): readonly AppView[];
  /** One app, or null. */
  view(app: string): AppView | null;
  /** `app_exists`, `encryption_key_missing`. A key with a made name and secret comes with it. */
  create(app: {
    readonly id: string;
    readonly settings: AppChange;
  }): Promise<Answer<{ readonly app: AppView; readonly credentials: NewSecret }>>;
  /** `app_unknown`, `app_fixed`, `app_exists` (issuer and audience of another app). */
  change(app: string, change: AppChange): Promise<Answer<AppView>>;
  /** With its keys; its rooms stay in the store. `app_unknown`, `app_fixed`. */
  remove(app: string): Promise<Answer<null>>;
  /** Names and secrets that are not given are made. `app_unknown`, `app_fixed`, `app_exists`, `encryption_key_missing`. */
  addKey(
    app: string,
    key: { readonly apiKey?: string; readonly secret?: string },
  ): Promise<Answer<NewSecret>>;
  /** `app_unknown`, `app_fixed`, `api_key_unknown`. */
  setActive(app: string, apiKey: string, active: boolean): Promise<Answer<AppView>>;
  /** `app_unknown`, `app_fixed`, `api_key_unknown`. */
  removeKey(app: string, apiKey: string): Promise<Answer<AppView>>;
  /**
   * Rotation: one more secret, the newest; the others end `overlapSeconds` from now, unless they end sooner. `app_unknown`,
   * `app_fixed`, `api_key_unknown`, `encryption_key_missing`.
   */
  rotate(
    app: string,
    apiKey: string,
    asked: { readonly secret?: string; readonly overlapSeconds: number },
  ): Promise<Answer<NewSecret>>;
  /** At once, and whoever stands on it is out. `app_unknown`, `app_fixed`, `api_key_unknown`, `last_secret`. */
  revokeSecret(app: string, apiKey: string, secretId: string): Promise<Answer<AppView>>;

  /**
   * Revokes tokens of an app, any app. `expiresAt`: when the last token that it concerns expires (epoch milliseconds), where that
   * is known; else it is reckoned from the app's `maxTokenSeconds`, and without that it is kept for ever. The same thing revoked
   * twice is one revocation. `app_unknown`.
   */
  revoke(
    app: string,
    revoked: Revoked,
    about: { readonly expiresAt: number | null; readonly by: string; readonly note: string | null },
  ): Promise<Answer<Revocation>>;
  /** The revocations of an app, the newest first. */
  revocations(app: string): readonly Revocation[];
  /** Takes a revocation back. `revocation_unknown`. */
  lift(app: string, id: string): Promise<Answer<null>>;
}

/** What a node knows of apps, keys and revocations. */
export interface Access extends AppKeys, Standing {
  readonly admin: AccessAdmin;
  /** Loads all that is kept, and follows changes from then on. Rejects with a fault, or with an Error where a secret cannot be opened. */
  start(): Promise<void>;
  /** Follows no more. */
  close(): void;
  /** Resolves once this node knows what was stored by now. Rejects with a fault. */
  refresh(): Promise<void>;
  /**
   * Resolves once every node that looks in time knows what was stored by now. Whoever is given a new secret waits for it, so that no
   * node refuses what it signs.
   */
  settle(): Promise<void>;
  /** Calls back after every change that may make a token count no more. Answers its undo. */
  onChange(listener: () => void): () => void;
}

/** The apps of the settings, for who makes an `Access`. */
export type FixedApps = readonly App[];
