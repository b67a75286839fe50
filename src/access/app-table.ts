/** The apps of the settings and those of the store, as one. */
import type { TokenMark } from "../room/grant.js";
import type { App, AppInfo, AppKeys, Issuer, SigningKey, SigningSecret } from "../tokens/app.js";
import { createAppKeys } from "../tokens/key-ring.js";
import type { StandingReason } from "../tokens/standing.js";
import type { AccessLog } from "./ledger.js";
import type { Sealer } from "./sealing.js";
import { openedName, openSecrets, type OpenedSecrets } from "./secrets.js";
import type { StoredApp, StoredKey } from "./stored.js";

interface Held {
  readonly stored: StoredApp;
  readonly opened: OpenedSecrets;
  /** Keys with a secret that does not open. */
  readonly shut: readonly StoredKey[];
}

/** What a token is held against: which app a key belongs to, and what it lists. */
interface Listed {
  readonly app: string;
  readonly active: boolean;
  /** Those that retired and those that do not open here are among them: no one is put out for that. */
  readonly secretIds: ReadonlySet<string>;
}

type Taker = ReturnType<AppKeys["issuers"]>[number];

/**
 * Apps and keys from memory. Ids, keys, and issuers with their audiences are unique: the settings come before the store, and in the
 * store the app with the lesser id before the other, on every node alike. What comes second is not used, and a warning says so.
 */
export class AppTable implements AppKeys {
  private readonly fixedKeys: AppKeys;
  private readonly fixedApps: ReadonlyMap<string, App>;
  private readonly held = new Map<string, Held>();
  private readonly warned = new Set<string>();
  private list: readonly AppInfo[] = [];
  private infos = new Map<string, AppInfo>();
  private keys = new Map<string, SigningKey>();
  private byApp = new Map<string, SigningKey[]>();
  private takers = new Map<string, Taker[]>();
  private listed = new Map<string, Listed>();

  /** Throws an `Error` where the fixed apps could not stand in an apps file together. */
  constructor(
    fixed: readonly App[],
    private readonly sealer: Sealer | null,
    private readonly log: AccessLog,
  ) {
    this.fixedKeys = createAppKeys(fixed);
    this.fixedApps = new Map(fixed.map((app) => [app.id, app]));
    this.rebuild();
  }

  find(apiKey: string): SigningKey | null {
    return this.keys.get(apiKey) ?? null;
  }

  app(id: string): AppInfo | null {
    return this.infos.get(id) ?? null;
  }

  apps(): readonly AppInfo[] {
    return this.list;
  }

  keysOf(app: string): readonly SigningKey[] {
    return this.byApp.get(app) ?? [];
  }

  issuers(issuer: string): readonly Taker[] {
    return this.takers.get(issuer) ?? [];
  }

  /** What is wrong with the key of a token, or with its issuer, if it was shown to this app. */
  objection(mark: TokenMark, app: string): Exclude<StandingReason, null> | null {
    if (mark.kind === "issuer")
      return this.issuers(mark.key).some((taker) => taker.app.id === app) ? null : "key_unknown";
    const key = this.listed.get(mark.key);
    if (key?.app !== app) return "key_unknown";
    if (!key.active) return "key_deactivated";
    return mark.secretId === null || key.secretIds.has(mark.secretId) ? null : "token_revoked";
  }

  /** An app of the settings; null: there is none with this id. */
  fixed(id: string): App | null {
    return this.fixedApps.get(id) ?? null;
  }

  /** An app of the store; null: there is none with this id. */
  stored(id: string): StoredApp | null {
    return this.held.get(id)?.stored ?? null;
  }

  /** Every app of the store, also those that the settings stand before. */
  allStored(): readonly StoredApp[] {
    return Array.from(this.held.values(), ({ stored }) => stored);
  }

  /** Whether any app has a key with this name. */
  isTaken(apiKey: string): boolean {
    return (
      this.keys.has(apiKey) || this.allStored().some((app) => app.keys.some((key) => key.apiKey === apiKey))
    );
  }

  /** Whether these can be the issuers of an app: none of them is another app's or named twice, with the same audience. */
  canHave(app: string, issuers: readonly Issuer[]): boolean {
    const own = new Set(issuers.map(pairOf));
    const others = [...this.fixedApps.values(), ...this.allStored()].filter(({ id }) => id !== app);
    return (
      own.size === issuers.length &&
      !others.some((other) => other.issuers.some((issuer) => own.has(pairOf(issuer))))
    );
  }

  /** The keys with secrets that no encryption key opens. */
  shut(): readonly { readonly app: string; readonly apiKey: string }[] {
    return Array.from(this.held.values()).flatMap(({ stored, shut }) =>
      shut.map(({ apiKey }) => ({ app: stored.id, apiKey })),
    );
  }

  /** An app of the store is new or was changed; it counts from the next `rebuild`. */
  put(stored: StoredApp): void {
    const { opened, shut } = openSecrets(stored, this.sealer, this.held.get(stored.id)?.opened ?? new Map());
    this.held.set(stored.id, { stored, opened, shut });
    for (const { apiKey } of shut)
      this.log.error({ app: stored.id, apiKey }, "no encryption key opens a secret of this key");
  }

  /** An app of the store is gone, from the next `rebuild` on. */
  drop(id: string): void {
    this.held.delete(id);
  }

  /** Makes what was put and dropped count. Answers whether a token may count no more for it. */
  rebuild(): boolean {
    const before = { listed: this.listed, takers: this.takers };
    this.infos = new Map();
    this.keys = new Map();
    this.byApp = new Map();
    this.takers = new Map();
    this.listed = new Map();
    for (const app of this.fixedApps.values()) this.addFixed(app);
    const ids = [...this.held.keys()].sort();
    for (const id of ids) {
      const held = this.held.get(id);
      if (held !== undefined) this.addStored(held);
    }
    this.list = [...this.infos.values()];
    return this.isLessThan(before.listed, before.takers);
  }

  private addFixed({ id, keys, issuers }: App): void {
    const info = this.fixedKeys.app(id);
    if (info === null) return;
    const own = this.fixedKeys.keysOf(id);
    this.infos.set(id, info);
    this.byApp.set(id, [...own]);
    for (const key of own) this.keys.set(key.apiKey, key);
    for (const { apiKey, active, secrets } of keys)
      this.listed.set(apiKey, { app: id, active, secretIds: new Set(secrets.map((secret) => secret.id)) });
    for (const issuer of issuers) this.addTaker({ app: info, issuer });
  }

  private addStored({ stored, opened }: Held): void {
    const { id } = stored;
    if (this.infos.has(id)) {
      this.warn({ app: id }, "an app of the store is not used: the settings have one");
      return;
    }
    const app = infoOf(stored);
    this.infos.set(id, app);
    const own: SigningKey[] = [];
    for (const key of stored.keys) {
      const { apiKey, active, secrets } = key;
      if (this.listed.has(apiKey)) {
        this.warn({ app: id, apiKey }, "a key of the store is not used: another app has it");
        continue;
      }
      const usable = secrets.flatMap((secret): SigningSecret[] => {
        const found = opened.get(openedName(key, secret))?.key ?? null;
        return found === null ? [] : [{ id: secret.id, key: found, retiresAt: secret.retiresAt }];
      });
      const signing = { apiKey, app, active, secrets: usable };
      own.push(signing);
      this.keys.set(apiKey, signing);
      this.listed.set(apiKey, { app: id, active, secretIds: new Set(secrets.map((secret) => secret.id)) });
    }
    this.byApp.set(id, own);
    for (const issuer of stored.issuers) {
      if (this.issuers(issuer.issuer).some((taker) => taker.issuer.audience === issuer.audience))
        this.warn(
          { app: id, issuer: issuer.issuer },
          "an issuer of the store is not used: another app has it",
        );
      else this.addTaker({ app, issuer });
    }
  }

  private addTaker(taker: Taker): void {
    const { issuer } = taker.issuer;
    this.takers.set(issuer, [...this.issuers(issuer), taker]);
  }

  private isLessThan(
    listed: ReadonlyMap<string, Listed>,
    takers: ReadonlyMap<string, readonly Taker[]>,
  ): boolean {
    for (const [apiKey, before] of listed) {
      const now = this.listed.get(apiKey);
      if (now?.app !== before.app || (before.active && !now.active)) return true;
      for (const id of before.secretIds) if (!now.secretIds.has(id)) return true;
    }
    for (const [issuer, before] of takers) {
      const apps = new Set(this.issuers(issuer).map(({ app }) => app.id));
      if (before.some(({ app }) => !apps.has(app.id))) return true;
    }
    return false;
  }

  /** Once for each thing: nothing changes until somebody does something about it. */
  private warn(about: Readonly<Record<string, string>>, text: string): void {
    const key = JSON.stringify([text, about]);
    if (this.warned.has(key)) return;
    this.warned.add(key);
    this.log.warn(about, text);
  }
}

function pairOf({ issuer, audience }: Issuer): string {
  return JSON.stringify([issuer, audience]);
}

/** Without what lies beside it in the store. */
export function infoOf(app: AppInfo): AppInfo {
  return {
    id: app.id,
    name: app.name,
    openRooms: app.openRooms,
    allowNoExpiry: app.allowNoExpiry,
    expiryPolicy: app.expiryPolicy,
    clientExpiryPolicy: app.clientExpiryPolicy,
    maxTokenSeconds: app.maxTokenSeconds,
    protectedConferences: app.protectedConferences,
  };
}
