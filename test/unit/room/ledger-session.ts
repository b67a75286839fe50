/** The part of the account that a session ends: removals, admissions, returns to the lobby, changed rights, the lock. */
import type { ConferencePermission } from "../../../src/protocol/events.js";
import type { JoinAction } from "../../../src/room/commands.js";
import type { Grant, Right } from "../../../src/room/grant.js";

/** A list of permissions; null: not in a conference. */
export type List = readonly ConferencePermission[] | null;

/** Somebody in the room or in the lobby, as the account has them. */
export interface Entry {
  readonly bound: boolean;
  readonly tokens: Set<string>;
  readonly rights: Set<Right>;
  /** What they may do in a conference. */
  readonly list: List;
  /** The token that was shown last, and the join that was answered last. */
  readonly stands: Grant;
  readonly join: JoinAction | null;
  /** The token that they were in on before they were sent back. */
  readonly wasInOn: string | null;
  readonly where: "room" | "lobby";
}

/** What holds until the session ends. */
export class SessionLedger {
  locked = false;
  readonly removed = new Set<string>();
  /** Ids that were let in. */
  readonly entered = new Set<string>();
  readonly sentBack = new Map<string, Entry>();
  private readonly returned = new Set<string>();
  private readonly rights = new Map<string, readonly Right[]>();
  private readonly taken = new Map<string, ReadonlySet<Right>>();

  /** Somebody has a seat. */
  seated(id: string, { bound }: Entry): void {
    if (!bound) return;
    this.entered.add(id);
    this.returned.delete(`id:${id}`);
  }

  /** Somebody is out, and why. */
  left(id: string, entry: Entry, why: string): void {
    const removed = why === "REMOVE_PEER" || why === "REMOVE_PEER_API";
    if (removed) for (const token of entry.tokens) this.removed.add(token);
    if (why === "MOVED_TO_LOBBY") {
      this.sentBack.set(id, { ...entry, wasInOn: entry.stands.fingerprint });
      for (const key of keys(id, entry)) this.returned.add(key);
    }
    if (entry.bound && (removed || why === "MOVED_TO_LOBBY")) this.entered.delete(id);
  }

  /** E8: rights were changed in the room. */
  changed(id: string, { bound, tokens, rights }: Entry, now: readonly Right[]): void {
    if (bound) this.rights.set(id, now);
    else
      for (const token of tokens)
        this.takenFrom(
          token,
          [...rights].filter((right) => !now.includes(right)),
        );
  }

  /** A newer token that names nobody stands under what is held against the older ones. */
  shown(id: string, entry: Entry, token: string): void {
    if (keys(id, entry).some((key) => this.returned.has(key))) this.returned.add(`token:${token}`);
    for (const older of entry.tokens) this.takenFrom(token, [...(this.taken.get(older) ?? [])]);
  }

  /** E8: what somebody starts with in a plain room. */
  seeded(id: string, grant: Grant): readonly Right[] {
    const changed = grant.participantId === null ? undefined : this.rights.get(id);
    if (changed !== undefined) return changed;
    const taken = this.taken.get(grant.fingerprint);
    const rights: readonly Right[] = ["allow_join", "allow_mod"];
    return rights.filter((right) => grant.permissions.includes(right) && taken?.has(right) !== true);
  }

  /** E5: whether somebody was sent back. */
  mustKnock(id: string, grant: Grant): boolean {
    return this.returned.has(grant.participantId === null ? `token:${grant.fingerprint}` : `id:${id}`);
  }

  private takenFrom(token: string, rights: readonly Right[]): void {
    this.taken.set(token, new Set([...(this.taken.get(token) ?? []), ...rights]));
  }
}

function keys(id: string, { bound, tokens }: Entry): string[] {
  return bound ? [`id:${id}`] : [...tokens].map((token) => `token:${token}`);
}
