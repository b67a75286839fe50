/** Revocations: how long they count, and finding those that concern a token. */
import type { AppInfo } from "../tokens/app.js";
import { concerns, type Bearer } from "../tokens/standing.js";
import type { TokenMark } from "../room/grant.js";
import type { StoredRevocation } from "./stored.js";

/** The longest life of the tokens that the gateway itself makes, in seconds (`reference/dolby.md` sections 1 and 2). */
export const LONGEST_OWN_SECONDS = 86_400;

/** How far ahead of the clock the `iat` of a token may be, in seconds (`design.md` section 3, `exp`). */
const AHEAD_SECONDS = 60;
/** Longer than the longest resume window (1 h), with as much again for a store that is away meanwhile. */
const LEAST_MS = 2 * 3_600_000;

/** What the end of a revocation depends on beside itself. */
export interface EndRules {
  /** The app as it is now; null: it is not known here. */
  readonly app: Pick<AppInfo, "maxTokenSeconds"> | null;
  /** How long after its `exp` a token still counts. */
  readonly toleranceSeconds: number;
}

/**
 * When a revocation is over, epoch milliseconds; null: never. From then on nothing that it concerns could be good, or be in a room
 * by it, so that it need not be kept.
 *
 * - Never sooner than 2 h after it was made: a token that expired meanwhile may still hold a seat, whose line is lost, for the resume
 *   window, and the seat is given back only to who stands on a token that counts. Whoever is connected is out at once.
 * - Never sooner than the expiry that was said, and the clock tolerance.
 * - Where no expiry was said, the last one is reckoned. A single token was issued by now, so its `iat` is at most 60 s ahead; of a
 *   participant, a key or all those issued before `before` are concerned. They live for the app's `maxTokenSeconds`, or for the
 *   24 h of the gateway's own tokens, which that setting does not shorten; a token without `exp` is not taken where there is such a
 *   limit. Without one, or where the app is not known (it may come back with its old keys): for ever.
 *
 * It is reckoned with the app's settings of today, not those of the day of the revocation. Whoever raises `maxTokenSeconds` lets in
 * tokens that lived too long before; revocations that are still there then count for longer, those that are gone do not come back.
 * Relies on `iat`, which the door asks for where the life of tokens is limited (`checkTimes`).
 */
export function endOf(revocation: StoredRevocation, rules: EndRules): number | null {
  const { at, expiresAt, reckoned } = revocation;
  const said = expiresAt === null ? 0 : expiresAt + rules.toleranceSeconds * 1_000;
  const least = Math.max(at + LEAST_MS, said);
  if (!reckoned) return least;
  const lifeSeconds = longestLife(rules);
  return lifeSeconds === null ? null : Math.max(least, lastIssue(revocation) + lifeSeconds * 1_000);
}

function longestLife({ app, toleranceSeconds }: EndRules): number | null {
  const maxTokenSeconds = app?.maxTokenSeconds ?? null;
  return maxTokenSeconds === null ? null : Math.max(maxTokenSeconds, LONGEST_OWN_SECONDS) + toleranceSeconds;
}

function lastIssue({ revoked, at }: StoredRevocation): number {
  return revoked.kind === "token" ? at + AHEAD_SECONDS * 1_000 : revoked.before;
}

/**
 * What two revocations of the same thing are together; the older one itself, where it covers the newer in what it concerns and for
 * how long.
 */
export function joined(older: StoredRevocation, newer: StoredRevocation, rules: EndRules): StoredRevocation {
  const [end, newerEnd] = [endOf(older, rules), endOf(newer, rules)];
  const isLonger = end !== null && (newerEnd === null || newerEnd > end);
  if (!isLonger && beforeOf(older) >= beforeOf(newer)) return older;
  const { expiresAt } = newer;
  return {
    ...newer,
    revoked: beforeOf(older) > beforeOf(newer) ? older.revoked : newer.revoked,
    expiresAt: expiresAt === null ? older.expiresAt : Math.max(expiresAt, older.expiresAt ?? expiresAt),
    reckoned: older.reckoned || newer.reckoned,
  };
}

/** A single token has no such time: it is revoked whenever it was issued. */
function beforeOf({ revoked }: StoredRevocation): number {
  return revoked.kind === "token" ? Infinity : revoked.before;
}

/** The revocations of all apps, to look things up in. Those that are over may be in it or not; nothing here depends on time. */
export class RevocationTable {
  private readonly apps = new Map<string, AppRevocations>();

  /** Adds a revocation, or puts it in the place of the one with its id: both are about the same thing. */
  add(revocation: StoredRevocation): void {
    let app = this.apps.get(revocation.app);
    if (app === undefined) this.apps.set(revocation.app, (app = new AppRevocations()));
    app.byId.set(revocation.id, revocation);
    app.places(revocation).set(revocation.id, revocation);
  }

  /** Takes out what has this id. */
  remove({ app: name, id }: Pick<StoredRevocation, "app" | "id">): void {
    const app = this.apps.get(name);
    const kept = app?.byId.get(id);
    if (app === undefined || kept === undefined) return;
    app.byId.delete(id);
    app.places(kept).delete(id);
    app.tidy(kept);
    if (app.byId.size === 0) this.apps.delete(name);
  }

  /** One of them; null: there is none. */
  get(app: string, id: string): StoredRevocation | null {
    return this.apps.get(app)?.byId.get(id) ?? null;
  }

  /** All of an app, the newest first. */
  of(app: string): StoredRevocation[] {
    const all = [...(this.apps.get(app)?.byId.values() ?? [])];
    return all.sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
  }

  /** Those that concern a token and who shows it. */
  *concerning(mark: TokenMark, bearer: Bearer): Iterable<StoredRevocation> {
    const app = this.apps.get(bearer.app);
    if (app === undefined) return;
    const { jti } = mark;
    const { participantId } = bearer;
    const places = [
      jti === null ? undefined : app.tokens.get(jti),
      participantId === null ? undefined : app.participants.get(participantId),
      app.rest,
    ];
    for (const place of places)
      for (const one of place?.values() ?? []) if (concerns(one.revoked, mark, bearer)) yield one;
  }
}

type Place = Map<string, StoredRevocation>;

class AppRevocations {
  readonly byId: Place = new Map<string, StoredRevocation>();
  readonly tokens = new Map<string, Place>();
  readonly participants = new Map<string, Place>();
  /** Of keys, and of all: there are few. */
  readonly rest: Place = new Map<string, StoredRevocation>();

  /** Where a revocation is looked for; made if there is nothing. */
  places({ revoked }: StoredRevocation): Place {
    switch (revoked.kind) {
      case "token":
        return placeOf(this.tokens, revoked.jti);
      case "participant":
        return placeOf(this.participants, revoked.participantId);
      case "key":
      case "all":
        return this.rest;
    }
  }

  /** Forgets a place that has become empty. */
  tidy({ revoked }: StoredRevocation): void {
    if (revoked.kind === "token" && this.tokens.get(revoked.jti)?.size === 0) this.tokens.delete(revoked.jti);
    if (revoked.kind === "participant" && this.participants.get(revoked.participantId)?.size === 0)
      this.participants.delete(revoked.participantId);
  }
}

function placeOf(places: Map<string, Place>, name: string): Place {
  const place = places.get(name) ?? new Map<string, StoredRevocation>();
  places.set(name, place);
  return place;
}
