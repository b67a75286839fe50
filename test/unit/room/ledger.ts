/**
 * A second opinion on who may be where: an account kept from commands and events alone, by the words of `docs/rules.md`,
 * without a look at the room's own tables. `check` throws where an event is not accounted for.
 */
import type { Action, Actor } from "../../../src/room/commands.js";
import type { RoomEvent } from "../../../src/room/events.js";
import type { Grant, Right } from "../../../src/room/grant.js";
import { OfficeLedger, must } from "./ledger-office.js";

/** Somebody in the room or in the lobby, as the account has them. */
interface Entry {
  readonly bound: boolean;
  readonly tokens: Set<string>;
  readonly rights: Set<Right>;
  readonly where: "room" | "lobby";
}

export class Ledger {
  readonly people = new Map<string, Entry>();
  private readonly office = new OfficeLedger();
  private readonly bans = new Map<string, ReadonlySet<string>>();
  /** Of the session: removed tokens, ids let in, who was sent back, rights changed by id, rights taken by token. */
  private session = emptySession();
  /** Who was let in by an answer that no seat has followed yet. */
  private readonly answered = new Set<string>();
  private readonly knockedAt = new Map<string, number>();

  /** Takes one command with its events into the account. */
  check(by: Actor, action: Action, events: readonly RoomEvent[]): void {
    for (const event of events) this.take(by, action, event);
    if (action.type === "refresh-token" && by.kind === "participant" && events.length > 0)
      this.shown(by.participantId, action.grant.fingerprint);
  }

  private take(by: Actor, action: Action, event: RoomEvent): void {
    this.office.take(by, action, event);
    switch (event.type) {
      case "entry-requested": {
        const id = event.body.knock.participantId;
        const arrival = joinOf(action, id);
        const before = this.session.sentBack.get(id);
        must(arrival !== null || before !== undefined, `${id} knocks without a join`);
        if (arrival !== null) {
          this.mustNotBeVoid(id, arrival);
          must(!this.session.locked, `${id} knocks at a locked room`);
          this.office.mustBeListed(id);
        }
        const entry = arrival === null ? before : newcomer(arrival, this.seeded(id, arrival));
        if (entry !== undefined) this.people.set(id, { ...entry, where: "lobby" });
        this.knockedAt.set(id, event.body.knock.since);
        this.answered.delete(id);
        break;
      }
      case "entry-responded":
        this.mayAnswer(by);
        this.mustMean(event.body.participantId, action);
        must(this.people.get(event.body.participantId)?.where === "lobby", "an answer to nobody's knock");
        if (event.body.decision === "allowed") this.answered.add(event.body.participantId);
        else this.people.delete(event.body.participantId);
        break;
      case "entry-withdrawn":
        this.people.delete(event.body.participantId);
        break;
      case "participant-joined":
        this.joined(action, event);
        break;
      case "participant-resumed":
      case "entry-resumed": {
        const id = event.body.participantId;
        const arrival = joinOf(action, id);
        must(this.people.has(id), `${id} is back from nowhere`);
        if (arrival !== null) {
          this.mustNotBeVoid(id, arrival);
          this.shown(id, arrival.fingerprint);
        }
        break;
      }
      case "participant-left":
        this.left(event.body.participantId, event.body.reason.message);
        break;
      case "participant-banned":
        this.bans.set(event.body.participantId, new Set(this.people.get(event.body.participantId)?.tokens));
        break;
      case "participant-unbanned":
        for (const token of this.bans.get(event.body.participantId) ?? []) this.session.removed.delete(token);
        this.bans.delete(event.body.participantId);
        break;
      case "permissions-changed":
        this.rightsChanged(by, event.body.participantId, event.body.permissions);
        break;
      case "room-lock-changed":
        this.session.locked = event.body.locked;
        break;
      case "session-ended":
        this.session = emptySession();
        for (const [id, { where }] of this.people)
          if (where === "room" || event.body.cause !== "last-left") this.people.delete(id);
        break;
      default:
        break;
    }
  }

  private joined(action: Action, event: Extract<RoomEvent, { type: "participant-joined" }>): void {
    const { participantId: id, permissions } = event.body.participant;
    const seated = [...this.people.values()].filter(({ where }) => where === "room").length;
    must(seated < this.office.seats, `${id} took a seat that is not there`);
    const arrival = joinOf(action, id);
    if (arrival === null) {
      must(this.answered.delete(id), `${id} is in without an answer`);
      const waited = this.people.get(id);
      must(waited !== undefined, `${id} is in, but never knocked`);
      if (waited !== undefined) this.people.set(id, { ...waited, where: "room" });
    } else {
      this.mustNotBeVoid(id, arrival);
      const known = arrival.participantId !== null && this.session.entered.has(id);
      must(arrival.permissions.includes("allow_join") || known, `${id} is in without a right to enter`);
      must(!this.mustKnock(id, arrival), `${id} is in past the lobby`);
      this.office.mustBeListed(id);
      const rights = this.seeded(id, arrival);
      must(
        !this.office.lobbyForAll || known || rights.includes("allow_mod"),
        `${id} is in past the lobby for all`,
      );
      must(!this.session.locked || known || rights.includes("allow_mod"), `${id} is in past the lock`);
      this.people.set(id, { ...newcomer(arrival, rights), where: "room" });
    }
    const entry = this.people.get(id);
    must(
      [...(entry?.rights ?? [])].sort().join() === [...permissions].sort().join(),
      `${id} has other rights`,
    );
    if (entry?.bound === true) {
      this.session.entered.add(id);
      this.session.returned.delete(`id:${id}`);
    }
  }

  private left(id: string, why: string): void {
    const entry = this.people.get(id);
    must(entry?.where === "room", `${id} left, but was not in`);
    if (entry === undefined) return;
    this.people.delete(id);
    const removed = why === "REMOVE_PEER" || why === "REMOVE_PEER_API";
    if (removed) for (const token of entry.tokens) this.session.removed.add(token);
    if (why === "MOVED_TO_LOBBY") {
      this.session.sentBack.set(id, entry);
      for (const key of keys(id, entry)) this.session.returned.add(key);
    }
    if (entry.bound && (removed || why === "MOVED_TO_LOBBY")) this.session.entered.delete(id);
  }

  private rightsChanged(by: Actor, id: string, permissions: readonly Right[]): void {
    const entry = this.people.get(id);
    must(entry?.where === "room", `rights of ${id}, who is not in`);
    if (entry === undefined) return;
    const gained = permissions.filter((right) => !entry.rights.has(right));
    const own = by.kind === "participant" ? this.people.get(by.participantId)?.rights : null;
    must(
      own !== undefined && (own === null || own.has("allow_mod")),
      "rights changed by somebody without allow_mod",
    );
    for (const right of gained) must(own?.has(right) ?? true, `${right} given by somebody without it`);
    const taken = [...entry.rights].filter((right) => !permissions.includes(right));
    this.people.set(id, { ...entry, rights: new Set(permissions) });
    if (entry.bound) this.session.rights.set(id, permissions);
    else for (const token of entry.tokens) this.takenFrom(token, taken);
  }

  private takenFrom(token: string, rights: readonly Right[]): void {
    this.session.taken.set(token, new Set([...(this.session.taken.get(token) ?? []), ...rights]));
  }

  private shown(id: string, token: string): void {
    const entry = this.people.get(id);
    if (entry === undefined) return;
    if (!entry.bound) {
      if (keys(id, entry).some((key) => this.session.returned.has(key)))
        this.session.returned.add(`token:${token}`);
      for (const older of entry.tokens) this.takenFrom(token, [...(this.session.taken.get(older) ?? [])]);
    }
    entry.tokens.add(token);
  }

  private seeded(id: string, grant: Grant): readonly Right[] {
    const changed = grant.participantId === null ? undefined : this.session.rights.get(id);
    if (changed !== undefined) return changed;
    const taken = this.session.taken.get(grant.fingerprint);
    const rights: readonly Right[] = ["allow_join", "allow_mod"];
    return rights.filter((right) => grant.permissions.includes(right) && taken?.has(right) !== true);
  }

  private mustKnock(id: string, grant: Grant): boolean {
    const key = grant.participantId === null ? `token:${grant.fingerprint}` : `id:${id}`;
    return this.session.returned.has(key);
  }

  private mustNotBeVoid(id: string, { fingerprint }: Grant): void {
    this.office.mustBeOpen(id);
    must(!this.bans.has(id), `${id} came past a ban`);
    for (const tokens of this.bans.values()) must(!tokens.has(fingerprint), `${id} came with a banned token`);
    must(!this.session.removed.has(fingerprint), `${id} came with a removed token`);
  }

  private mustMean(id: string, action: Action): void {
    if ((action.type !== "admit" && action.type !== "deny") || action.since === undefined) return;
    must(action.since === this.knockedAt.get(id), `an answer to another knock of ${id}`);
  }

  private mayAnswer(by: Actor): void {
    if (by.kind === "api") return;
    const own = by.kind === "participant" ? this.people.get(by.participantId) : undefined;
    // A ban answers a knock as well.
    must(
      own?.where === "room" && (own.rights.has("allow_join") || own.rights.has("allow_mod")),
      "an answer by somebody who may not",
    );
  }
}

function emptySession() {
  return {
    locked: false,
    removed: new Set<string>(),
    entered: new Set<string>(),
    returned: new Set<string>(),
    sentBack: new Map<string, Entry>(),
    rights: new Map<string, readonly Right[]>(),
    taken: new Map<string, ReadonlySet<Right>>(),
  };
}

function joinOf(action: Action, id: string): Grant | null {
  return action.type === "join" && action.participantId === id ? action.grant : null;
}

function newcomer(grant: Grant, rights: readonly Right[]): Omit<Entry, "where"> {
  return {
    bound: grant.participantId !== null,
    tokens: new Set([grant.fingerprint]),
    rights: new Set(rights),
  };
}

function keys(id: string, { bound, tokens }: Entry): string[] {
  return bound ? [`id:${id}`] : [...tokens].map((token) => `token:${token}`);
}
