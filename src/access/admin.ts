/** What the admin does to apps and their keys: each call is one decision over all that is stored, written by compare-and-write. */
import { z } from "zod";
import { refuse, type Reason, type Refusal } from "../protocol/refusals.js";
import { apiKeySchema, appIdSchema, appSettingsShape, secretSchema } from "../tokens/apps.js";
import { infoOf, type AppTable } from "./app-table.js";
import { GONE_MS, type Decision, type Ledger } from "./ledger.js";
import type { AccessAdmin, Answer, AppChange, AppView, NewSecret } from "./port.js";
import type { Sealer } from "./sealing.js";
import { aboutSecret, freshApiKey, freshSecret, freshSecretId, signs, withinLimit } from "./secrets.js";
import { appName, type Body, type StoredApp, type StoredKey, type StoredSecret } from "./stored.js";
import { viewFixed, viewStored } from "./views.js";

/** What the admin works with. */
export interface AdminHost {
  readonly ledger: Ledger;
  readonly apps: AppTable;
  readonly sealer: Sealer | null;
  readonly now: () => number;
  readonly randomBytes: (count: number) => Buffer;
}

/** The half of the admin that is about apps. */
export type AppsAdmin = Omit<AccessAdmin, "revoke" | "revocations" | "lift">;

const NOTHING: ReadonlyMap<string, Body> = new Map();
const settingsSchema = z.object(appSettingsShape);

/** A decision to write nothing, and to say no. */
export function refused<T>(reason: Reason, extra: Omit<Refusal, "reason"> = {}): Decision<Answer<T>> {
  return answered({ ok: false, refusal: refuse(reason, extra) });
}

/** A decision to write nothing. */
export function answered<T>(answer: T): Decision<T> {
  return { puts: NOTHING, answer: () => answer };
}

/** Makes it. Values that no decoder would have let through are bugs of the caller, and thrown. */
export function createAppsAdmin({ ledger, apps, sealer, now, randomBytes }: AdminHost): AppsAdmin {
  const view = (id: string): AppView | null => {
    const fixed = apps.fixed(id);
    if (fixed !== null) return viewFixed(fixed, now());
    const stored = apps.stored(id);
    return stored === null ? null : viewStored(stored, now());
  };

  const edit = <T>(
    id: string,
    decide: (app: StoredApp) => Answer<{ readonly app: StoredApp; readonly value: T }>,
  ): Promise<Answer<T>> =>
    ledger.change<Answer<T>>(() => {
      if (apps.fixed(id) !== null) return refused("app_fixed");
      const stored = apps.stored(id);
      if (stored === null) return refused("app_unknown");
      const decided = decide(stored);
      if (!decided.ok) return answered<Answer<T>>(decided);
      const { app, value } = decided.value;
      return { puts: new Map([[appName(id), { type: "app", app }]]), answer: () => ({ ok: true, value }) };
    });
  const editKey = <T>(
    id: string,
    apiKey: string,
    decide: (key: StoredKey) => Answer<{ readonly key: StoredKey | null; readonly value: T }>,
  ): Promise<Answer<T>> =>
    edit(id, (app) => {
      const key = app.keys.find((one) => one.apiKey === apiKey);
      if (key === undefined) return no("api_key_unknown");
      const decided = decide(key);
      if (!decided.ok) return decided;
      const { key: after, value } = decided.value;
      const keys = app.keys.flatMap((one) => (one !== key ? [one] : after === null ? [] : [after]));
      return { ok: true, value: { app: { ...app, keys }, value } };
    });
  const thenView = async (id: string, done: Promise<Answer<null>>): Promise<Answer<AppView>> => {
    const answer = await done;
    if (!answer.ok) return answer;
    const found = view(id);
    // Removed since by another node: what was asked for has happened, and cannot be shown.
    return found === null ? no("app_unknown") : { ok: true, value: found };
  };

  const makeSecret = (
    app: string,
    apiKey: string,
    others: readonly StoredSecret[],
    given: string | undefined,
  ): Answer<{ readonly stored: StoredSecret; readonly shown: NewSecret }> => {
    if (sealer === null) return no("encryption_key_missing");
    const secret = given ?? freshSecret(randomBytes);
    if (!secretSchema.safeParse(secret).success) throw new RangeError("this cannot be a secret");
    const id = freshSecretId(others, randomBytes);
    const sealed = sealer.seal(secret, aboutSecret(app, apiKey, id));
    return {
      ok: true,
      value: {
        stored: { id, sealed, createdAt: now(), retiresAt: null },
        shown: { apiKey, secretId: id, secret },
      },
    };
  };
  const makeKey = (
    app: string,
    given: { readonly apiKey?: string; readonly secret?: string },
  ): Answer<{ readonly stored: StoredKey; readonly shown: NewSecret }> => {
    let apiKey = given.apiKey ?? freshApiKey(randomBytes);
    while (given.apiKey === undefined && apps.isTaken(apiKey)) apiKey = freshApiKey(randomBytes);
    if (!apiKeySchema.safeParse(apiKey).success) throw new RangeError("this cannot be the name of a key");
    if (apps.isTaken(apiKey)) return no("app_exists", { field: "apiKey" });
    const made = makeSecret(app, apiKey, [], given.secret);
    if (!made.ok) return made;
    const { stored, shown } = made.value;
    return {
      ok: true,
      value: { stored: { apiKey, active: true, createdAt: now(), secrets: [stored] }, shown },
    };
  };

  return {
    list: () =>
      apps
        .apps()
        .map(({ id }) => id)
        .sort()
        .flatMap((id) => view(id) ?? []),
    view,

    async create({ id, settings }) {
      if (!appIdSchema.safeParse(id).success) throw new RangeError("this cannot be the id of an app");
      const answer = await ledger.change<Answer<NewSecret>>(() => {
        if (apps.app(id) !== null) return refused("app_exists", { field: "id" });
        const { name = id, ...rest } = settingsSchema.parse(settings);
        if (!apps.canHave(id, rest.issuers)) return refused("app_exists", { field: "issuers" });
        const key = makeKey(id, {});
        if (!key.ok) return answered<Answer<NewSecret>>(key);
        const { stored, shown } = key.value;
        const app = { id, name, ...rest, createdAt: now(), keys: [stored] };
        return {
          puts: new Map([[appName(id), { type: "app", app }]]),
          answer: () => ({ ok: true, value: shown }),
        };
      });
      if (!answer.ok) return answer;
      const shown = await thenView(id, Promise.resolve({ ok: true, value: null }));
      return shown.ok ? { ok: true, value: { app: shown.value, credentials: answer.value } } : shown;
    },

    change: (id, change) =>
      thenView(
        id,
        edit(id, (app) => {
          const { name = app.name, ...rest } = settingsSchema.parse(changed(app, change));
          if (!apps.canHave(id, rest.issuers)) return no("app_exists", { field: "issuers" });
          return { ok: true, value: { app: { ...app, ...rest, name }, value: null } };
        }),
      ),

    remove: (id) =>
      ledger.change<Answer<null>>(() => {
        if (apps.fixed(id) !== null) return refused("app_fixed");
        if (apps.stored(id) === null) return refused("app_unknown");
        return {
          puts: new Map([[appName(id), { type: "gone", until: now() + GONE_MS }]]),
          answer: () => ({ ok: true, value: null }),
        };
      }),

    addKey: (id, given) =>
      edit(id, (app) => {
        const key = makeKey(id, given);
        if (!key.ok) return key;
        const { stored, shown } = key.value;
        return { ok: true, value: { app: { ...app, keys: [...app.keys, stored] }, value: shown } };
      }),

    setActive: (id, apiKey, active) =>
      thenView(
        id,
        editKey(id, apiKey, (key) => ({ ok: true, value: { key: { ...key, active }, value: null } })),
      ),

    removeKey: (id, apiKey) =>
      thenView(
        id,
        editKey(id, apiKey, () => ({ ok: true, value: { key: null, value: null } })),
      ),

    async rotate(id, apiKey, { secret, overlapSeconds }) {
      if (!(overlapSeconds >= 0 && Number.isFinite(overlapSeconds)))
        throw new RangeError("overlapSeconds must be a finite number, 0 or more");
      return editKey(id, apiKey, (key) => {
        const made = makeSecret(id, apiKey, key.secrets, secret);
        if (!made.ok) return made;
        const end = now() + overlapSeconds * 1_000;
        const others = key.secrets.map((one) => ({ ...one, retiresAt: Math.min(one.retiresAt ?? end, end) }));
        const secrets = withinLimit([made.value.stored, ...others]);
        return { ok: true, value: { key: { ...key, secrets }, value: made.value.shown } };
      });
    },

    revokeSecret: (id, apiKey, secretId) =>
      thenView(
        id,
        editKey(id, apiKey, (key) => {
          const secrets = key.secrets.filter((secret) => secret.id !== secretId);
          if (secrets.length === key.secrets.length) return no("api_key_unknown", { field: "secretId" });
          if (!secrets.some((secret) => signs(secret, now()))) return no("last_secret");
          return { ok: true, value: { key: { ...key, secrets }, value: null } };
        }),
      ),
  };
}

function no(
  reason: Reason,
  extra: Omit<Refusal, "reason"> = {},
): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: refuse(reason, extra) };
}

/** What is given is taken; the rest stays. */
function changed(app: StoredApp, change: AppChange): object {
  return { ...infoOf(app), issuers: app.issuers, ...change };
}
