/** What the access table must do, said as simply as possible: one place, no store, no nodes. Times are epoch milliseconds. */
import type { Reason } from "../../../src/protocol/refusals.js";
import type { TokenMark } from "../../../src/room/grant.js";
import type { Bearer, Revoked } from "../../../src/tokens/standing.js";
import { FIXED } from "./support.js";

export const TOLERANCE_SECONDS = 5;

interface ModelSecret {
  readonly id: string;
  readonly retiresAt: number | null;
}
interface ModelKey {
  readonly apiKey: string;
  readonly active: boolean;
  readonly secrets: readonly ModelSecret[];
}
interface ModelApp {
  readonly maxTokenSeconds: number | null;
  readonly keys: readonly ModelKey[];
}
interface ModelRevocation {
  readonly app: string;
  readonly what: string;
  readonly revoked: Revoked;
  readonly at: number;
  readonly known: number | null;
  readonly isUnknown: boolean;
}

/** A refusal, or null where it is done. */
export type Outcome = Reason | null;

export class Model {
  readonly apps = new Map<string, ModelApp>();
  revocations: ModelRevocation[] = [];

  create(id: string, apiKey: string, secretId: string): void {
    this.apps.set(id, {
      maxTokenSeconds: null,
      keys: [{ apiKey, active: true, secrets: [{ id: secretId, retiresAt: null }] }],
    });
  }

  /** Why an app cannot be changed. */
  refusesApp(id: string): Outcome {
    return id === FIXED.id ? "app_fixed" : this.apps.has(id) ? null : "app_unknown";
  }

  refusesKey(id: string, apiKey: string): Outcome {
    return this.refusesApp(id) ?? (this.keyOf(id, apiKey) === undefined ? "api_key_unknown" : null);
  }

  isTaken(apiKey: string): boolean {
    return [FIXED, ...this.apps.values()].some(({ keys }) => keys.some((key) => key.apiKey === apiKey));
  }

  keyOf(id: string, apiKey: string): ModelKey | undefined {
    return this.apps.get(id)?.keys.find((key) => key.apiKey === apiKey);
  }

  setLimit(id: string, maxTokenSeconds: number | null): void {
    this.apps.set(id, { keys: this.apps.get(id)?.keys ?? [], maxTokenSeconds });
  }

  /** Puts a key in the place of the one with its name, or at the end; null: takes it out. */
  setKey(id: string, apiKey: string, key: ModelKey | null): void {
    const app = this.apps.get(id);
    if (app === undefined) return;
    const has = app.keys.some((one) => one.apiKey === apiKey);
    const added = key === null || has ? [] : [key];
    const keys = app.keys.flatMap((one) => (one.apiKey !== apiKey ? [one] : key === null ? [] : [key]));
    this.apps.set(id, { ...app, keys: [...keys, ...added] });
  }

  rotate(id: string, key: ModelKey, secretId: string, end: number): void {
    const others = key.secrets.map((one) => ({ id: one.id, retiresAt: Math.min(one.retiresAt ?? end, end) }));
    const secrets = [{ id: secretId, retiresAt: null }, ...others].slice(0, 10);
    this.setKey(id, key.apiKey, { ...key, secrets });
  }

  /** Of the same thing, of which one covers the other, only what both say together is kept. */
  revoke(app: string, revoked: Revoked, expiresAt: number | null, now: number): void {
    const what = JSON.stringify({ ...revoked, before: null });
    const isSame = (one: ModelRevocation): boolean => one.app === app && one.what === what;
    const older = this.living(now).find(isSame);
    const newer = { app, what, revoked, at: now, known: expiresAt, isUnknown: expiresAt === null };
    this.revocations = this.revocations.filter((one) => !isSame(one));
    if (older === undefined) return void this.revocations.push(newer);
    const time = (one: ModelRevocation): number => ("before" in one.revoked ? one.revoked.before : 0);
    if (time(older) >= time(newer) && this.endOf(older) >= this.endOf(newer))
      return void this.revocations.push(older);
    this.revocations.push({
      ...newer,
      revoked: time(older) > time(newer) ? older.revoked : revoked,
      known: Math.max(older.known ?? 0, expiresAt ?? 0) || null,
      isUnknown: older.isUnknown || newer.isUnknown,
    });
  }

  living(now: number): ModelRevocation[] {
    return this.revocations.filter((one) => now < this.endOf(one));
  }

  /** Infinity: never. */
  endOf({ app, revoked, at, known, isUnknown }: ModelRevocation): number {
    const tolerance = TOLERANCE_SECONDS * 1_000;
    const limit = this.apps.get(app)?.maxTokenSeconds ?? null;
    const life = limit === null ? Infinity : Math.max(limit, 86_400) * 1_000;
    const issued = revoked.kind === "token" ? at + 60_000 : revoked.before;
    return Math.max(
      at + 7_200_000,
      known === null ? 0 : known + tolerance,
      isUnknown ? issued + life + tolerance : 0,
    );
  }

  objection(mark: TokenMark, bearer: Bearer, now: number): Outcome {
    const key =
      bearer.app === FIXED.id
        ? FIXED.keys.find(({ apiKey }) => apiKey === mark.key)
        : this.keyOf(bearer.app, mark.key);
    if (key === undefined) return "key_unknown";
    if (!key.active) return "key_deactivated";
    if (!key.secrets.some(({ id }) => id === mark.secretId)) return "token_revoked";
    const isRevoked = this.living(now).some(({ app, revoked }) => {
      if (app !== bearer.app) return false;
      const isOld = "before" in revoked && (mark.issuedAt === null || mark.issuedAt < revoked.before);
      if (revoked.kind === "token") return revoked.jti === mark.jti;
      if (revoked.kind === "participant")
        return (
          isOld &&
          revoked.participantId === bearer.participantId &&
          [null, bearer.roomId].includes(revoked.roomId)
        );
      return isOld && (revoked.kind === "all" || revoked.key === mark.key);
    });
    return isRevoked ? "token_revoked" : null;
  }
}
