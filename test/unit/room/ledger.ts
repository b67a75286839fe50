/**
 * A second opinion on who may be where: an account kept from commands and events alone, by the words of `docs/rules.md`,
 * without a look at the room's own tables. `check` throws where an event is not accounted for.
 */
import type { Action, Actor, JoinAction } from "../../../src/room/commands.js";
import type { RoomEvent } from "../../../src/room/events.js";
import type { Grant, Right } from "../../../src/room/grant.js";
import { ConferenceLedger, isSame, rightsOf } from "./ledger-conference.js";
import { OfficeLedger, must } from "./ledger-office.js";
import { SessionLedger, type Entry, type List } from "./ledger-session.js";
import { TokenLedger } from "./ledger-tokens.js";

export class Ledger {
  readonly people = new Map<string, Entry>();
  private readonly office = new OfficeLedger();
  private readonly conference = new ConferenceLedger();
  private readonly tokens = new TokenLedger();
  private readonly bans = new Map<string, ReadonlySet<string>>();
  private session = new SessionLedger();
  /** Who was let in by an answer that no seat has followed yet. */
  private readonly answered = new Set<string>();
  private readonly knockedAt = new Map<string, number>();

  /** Takes one command with its events into the account. */
  check(by: Actor, action: Action, events: readonly RoomEvent[]): void {
    for (const event of events) this.take(by, action, event);
    this.conference.mustBeOverInTime(action, events);
    for (const [id, { stands }] of this.people) this.tokens.mustBeOut(id, stands, action);
  }

  private take(by: Actor, action: Action, event: RoomEvent): void {
    this.tokens.reached(event.at);
    this.office.take(by, action, event);
    this.conference.take(event);
    switch (event.type) {
      case "entry-requested": {
        const id = event.body.knock.participantId;
        const arrival = joinOf(action, id);
        const before = this.session.sentBack.get(id);
        must(arrival !== null || before !== undefined, `${id} knocks without a join`);
        if (arrival !== null) {
          this.mustCount(id, arrival);
          must(!this.session.locked, `${id} knocks at a locked room`);
          this.office.mustBeListed(id);
        }
        const entry = arrival === null ? before : this.newcomer(id, arrival);
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
        if (event.body.cause === "token-revoked") this.mustBeVoid(event.body.participantId, action);
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
        if (arrival !== null) this.takenOver(id, arrival);
        break;
      }
      case "participant-left":
        if (["TOKEN_REVOKED", "KEY_DEACTIVATED", "APP_DELETED"].includes(event.body.reason.message))
          this.mustBeVoid(event.body.participantId, action);
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
        this.rightsChanged(by, event.body.participantId, event.body);
        break;
      case "participant-invited":
        this.invited(event.body.participantId, event.body.permissions);
        break;
      case "stream-enabled": {
        const list = this.people.get(event.body.participantId)?.list ?? null;
        const needs = event.body.kind === "mic" ? "SEND_AUDIO" : "SEND_VIDEO";
        must(list === null || list.includes(needs), `${event.body.participantId} sends without ${needs}`);
        break;
      }
      case "token-refreshed": {
        const id = event.body.participantId;
        must(action.type === "refresh-token", "a refresh without one");
        if (action.type === "refresh-token") this.shown(id, action.grant);
        break;
      }
      case "room-lock-changed":
        this.session.locked = event.body.locked;
        break;
      case "session-ended":
        this.session = new SessionLedger();
        for (const [id, { where }] of this.people)
          if (where === "room" || event.body.cause !== "last-left") this.people.delete(id);
        break;
      default:
        break;
    }
  }

  private joined(action: Action, event: Extract<RoomEvent, { type: "participant-joined" }>): void {
    const { participantId: id, permissions, conferencePermissions } = event.body.participant;
    const seated = [...this.people.values()].filter(({ where }) => where === "room").length;
    must(seated < this.office.seats, `${id} took a seat that is not there`);
    const arrival = joinOf(action, id);
    if (arrival === null) {
      must(this.answered.delete(id), `${id} is in without an answer`);
      const waited = this.people.get(id);
      must(waited !== undefined, `${id} is in, but never knocked`);
      if (waited !== undefined) this.people.set(id, { ...waited, where: "room" });
    } else {
      const { grant } = arrival;
      this.mustCount(id, arrival);
      const known = grant.participantId !== null && this.session.entered.has(id);
      must(this.conference.mayWalkIn(id, grant) || known, `${id} is in without a right to enter`);
      must(!this.session.mustKnock(id, grant), `${id} is in past the lobby`);
      this.office.mustBeListed(id);
      const entry = this.newcomer(id, arrival);
      const rights = [...entry.rights];
      must(
        !this.office.lobbyForAll || known || rights.includes("allow_mod"),
        `${id} is in past the lobby for all`,
      );
      must(!this.session.locked || known || rights.includes("allow_mod"), `${id} is in past the lock`);
      this.people.set(id, { ...entry, where: "room" });
    }
    const entry = this.seatedIn(id);
    must(isSame(entry?.rights ?? null, permissions), `${id} has other rights`);
    must(isSame(entry?.list ?? null, conferencePermissions), `${id} has other permissions`);
    if (entry !== undefined) this.tokens.admits(id, entry.stands, entry.wasInOn === entry.stands.fingerprint);
    if (entry !== undefined) this.session.seated(id, entry);
  }

  private left(id: string, why: string): void {
    const entry = this.people.get(id);
    must(entry?.where === "room", `${id} left, but was not in`);
    if (entry === undefined) return;
    this.people.delete(id);
    this.session.left(id, entry, why);
  }

  /** K4: whoever was let in may be in. */
  private seatedIn(id: string): Entry | undefined {
    const entry = this.people.get(id);
    if (entry === undefined || entry.list === null || entry.list.includes("JOIN")) return entry;
    const seated = { ...entry, list: ["JOIN", ...entry.list] as const };
    this.people.set(id, seated);
    return seated;
  }

  private rightsChanged(
    by: Actor,
    id: string,
    now: { readonly permissions: readonly Right[]; readonly conferencePermissions: List },
  ): void {
    const entry = this.people.get(id);
    must(entry?.where === "room", `rights of ${id}, who is not in`);
    if (entry === undefined) return;
    const own = by.kind === "participant" ? this.people.get(by.participantId) : null;
    must(own !== undefined, "rights changed by nobody");
    const { permissions, conferencePermissions: list } = now;
    must((list === null) === (entry.list === null), `${id} is in another kind of room`);
    if (list !== null && entry.list !== null) {
      must(
        own?.list?.includes("UPDATE_PERMISSIONS") ?? own === null,
        "a list changed by somebody who may not",
      );
      for (const one of list.filter((held) => entry.list?.includes(held) !== true))
        must(own?.list?.includes(one) ?? true, `${one} given by somebody without it`);
      must(isSame(permissions, rightsOf(list)), `the rights of ${id} do not follow`);
      this.conference.changed(id, entry, entry.list, list);
      this.people.set(id, { ...entry, list, rights: new Set(permissions) });
      return;
    }
    must(own?.rights.has("allow_mod") ?? true, "rights changed by somebody without allow_mod");
    for (const right of permissions.filter((one) => !entry.rights.has(one)))
      must(own?.rights.has(right) ?? true, `${right} given by somebody without it`);
    this.people.set(id, { ...entry, rights: new Set(permissions) });
    this.session.changed(id, entry, permissions);
  }

  /** K7: who waits has the new list; who only claims the id loses by it. */
  private invited(id: string, permissions: NonNullable<List>): void {
    if (!permissions.includes("JOIN")) this.session.entered.delete(id);
    const entry = this.people.get(id);
    if (entry === undefined || entry.where === "room" || entry.list === null) return;
    const list = entry.bound ? permissions : entry.list.filter((one) => permissions.includes(one));
    this.people.set(id, { ...entry, list, rights: new Set(rightsOf(list)) });
  }

  private shown(id: string, grant: Grant, again = false): void {
    const entry = this.people.get(id);
    if (entry === undefined) return;
    const { fingerprint: token } = grant;
    if (entry.where === "room") this.tokens.admits(id, grant, again || entry.stands.fingerprint === token);
    if (!entry.bound) {
      this.session.shown(id, entry, token);
      this.conference.shown(entry.tokens, token);
    }
    entry.tokens.add(token);
    this.people.set(id, { ...entry, stands: grant });
  }

  /** E6: a join that takes over counts, or it is the one that was answered before. */
  private takenOver(id: string, arrival: JoinAction): void {
    const entry = this.people.get(id);
    // Each join shows a token object of its own, which the same join sent again shows once more.
    const again = entry?.join?.grant === arrival.grant;
    if (again) this.mustNotBeVoid(id, arrival.grant);
    else this.mustCount(id, arrival);
    this.shown(id, arrival.grant, again);
    const now = this.people.get(id);
    if (now !== undefined) this.people.set(id, { ...now, join: arrival });
  }

  private newcomer(id: string, join: JoinAction): Omit<Entry, "where"> {
    const { grant } = join;
    const list = this.conference.list(id, grant);
    return {
      bound: grant.participantId !== null,
      tokens: new Set([grant.fingerprint]),
      rights: new Set(list === null ? this.session.seeded(id, grant) : rightsOf(list)),
      list,
      stands: grant,
      join,
      wasInOn: null,
    };
  }

  private mustCount(id: string, arrival: JoinAction): void {
    this.mustNotBeVoid(id, arrival.grant);
    this.tokens.mustBeFresh(id, arrival.grant);
    this.conference.mustHavePass(id, arrival);
  }

  private mustBeVoid(id: string, action: Action): void {
    const entry = this.people.get(id);
    must(entry !== undefined, `${id} is out, but was not there`);
    if (entry !== undefined) this.tokens.mustCountNoMore(id, entry.stands, action);
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
    const may = (one: Entry): boolean =>
      one.list === null
        ? one.rights.has("allow_join") || one.rights.has("allow_mod")
        : one.list.includes("INVITE") || one.list.includes("KICK");
    must(own?.where === "room" && may(own), "an answer by somebody who may not");
  }
}

function joinOf(action: Action, id: string): JoinAction | null {
  return action.type === "join" && action.participantId === id ? action : null;
}
