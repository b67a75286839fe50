/** From the events of a step to entries of the record (`docs/rules.md` Q1 to Q5). Pure. */
import type { Followed } from "../gateway/following.js";
import type { ActorView } from "../protocol/events.js";
import type { RoomEvent } from "../room/events.js";
import { API_SENDER } from "../room/state.js";
import { tokenShown, type AdmissionEntry } from "./entry.js";
import { entryRule } from "./entry-rule.js";
import { UNKNOWN, minus, peopleIn, plus, type Facts, type Known, type Present } from "./known.js";

/** What comes of a step. */
export interface Derived {
  /** In the order of the events. */
  readonly entries: readonly AdmissionEntry[];
  readonly after: Known;
}

/**
 * The entries of events that follow each other. `before` has what is known of the room, and of its people at least those whom
 * `peopleIn` names for these events.
 */
export function derive(before: Known, { epoch, events }: Pick<Followed, "epoch" | "events">): Derived {
  const step = new Step(before, epoch);
  for (const { seq, event } of events) step.take(seq, event);
  return { entries: step.entries, after: { facts: step.facts, people: step.people } };
}

type EventOf<T extends RoomEvent["type"]> = Extract<RoomEvent, { type: T }>;
type Said = Partial<AdmissionEntry> & Pick<AdmissionEntry, "what">;

const RULE: ActorView = { kind: "rule" };

/** One step in the making. Local to one call of `derive`. */
class Step {
  readonly entries: AdmissionEntry[] = [];
  readonly people: Map<string, Present>;
  facts: Facts;

  constructor(
    before: Known,
    private readonly epoch: string,
  ) {
    const { facts } = before;
    const reopened = facts.reopened || (facts.epoch !== null && facts.epoch !== epoch);
    this.facts = { ...facts, epoch, reopened };
    this.people = new Map(before.people);
  }

  /** Takes the next event. */
  take(seq: number, event: RoomEvent): void {
    if (peopleIn(event) === null) return;
    const { at } = event;
    const say = (said: Said, participantId: string): void => {
      const known = this.people.get(participantId);
      const { sessionId } = this.facts;
      const whose = { participantId, name: known?.name ?? "", token: known?.token ?? null };
      this.entries.push({ ...NOTHING, ...{ at, epoch: this.epoch, seq, sessionId }, ...whose, ...said });
    };
    if (event.type === "room-created") this.vanish(at, say);
    this.facts = { ...this.facts, newest: Math.max(this.facts.newest, at) };
    this.tell(seq, event, say);
  }

  private tell(seq: number, event: RoomEvent, say: (said: Said, participantId: string) => void): void {
    switch (event.type) {
      case "room-created": {
        const { epoch, newest, reopened } = this.facts;
        const { lobbyForAll } = event.body.settings;
        this.facts = { ...UNKNOWN, ...{ epoch, newest, reopened, lobbyForAll }, changed: [], shut: [] };
        return;
      }
      case "room-settings-changed":
        this.facts = { ...this.facts, lobbyForAll: event.body.settings.lobbyForAll };
        return;
      case "session-started":
        this.facts = { ...this.facts, sessionId: event.body.sessionId, changed: [] };
        return;
      case "session-ended":
        this.sessionEnded(event, say);
        return;
      case "entry-requested": {
        const { participantId, name, since, returned } = event.body.knock;
        const token = tokenShown(event.hidden.person);
        this.people.set(participantId, { where: "lobby", since, order: seq, name, token });
        say({ what: "knocked", reason: returned ? "returned" : null }, participantId);
        return;
      }
      case "entry-responded":
        this.responded(event, say);
        return;
      case "entry-withdrawn": {
        const { participantId, cause } = event.body;
        const { name = "" } = this.people.get(participantId) ?? {};
        const by: ActorView = cause === "withdrawn" ? { kind: "participant", participantId, name } : RULE;
        say({ what: "withdrawn", reason: cause, decidedBy: by }, participantId);
        this.people.delete(participantId);
        return;
      }
      case "participant-joined":
        this.joined(seq, event, say);
        return;
      case "participant-left": {
        const { participantId, reason, by } = event.body;
        say({ what: "left", reason: reason.message, decidedBy: by }, participantId);
        this.people.delete(participantId);
        return;
      }
      case "entry-resumed":
      case "participant-resumed": {
        const { credentials } = event.hidden;
        if (credentials === null) return;
        const { participantId } = event.body;
        const token = tokenShown(credentials);
        this.change(participantId, { token });
        say({ what: event.type === "entry-resumed" ? "reknocked" : "rejoined", token }, participantId);
        return;
      }
      case "token-refreshed": {
        const { participantId } = event.body;
        const token = tokenShown(event.hidden);
        this.change(participantId, { token });
        say({ what: "refreshed", token }, participantId);
        return;
      }
      case "participant-renamed":
        this.change(event.body.participantId, { name: event.body.name });
        return;
      case "permissions-changed":
        this.facts = { ...this.facts, changed: plus(this.facts.changed, event.body.participantId) };
        return;
      case "participant-invited": {
        const { participantId: id, permissions } = event.body;
        const shut = (permissions.includes("JOIN") ? minus : plus)(this.facts.shut, id);
        this.facts = { ...this.facts, shut };
        return;
      }
      case "invitation-revoked":
        this.facts = { ...this.facts, shut: minus(this.facts.shut, event.body.participantId) };
        return;
      default:
        // The others were left out by `peopleIn`, which names every event.
        return;
    }
  }

  private joined(
    seq: number,
    { body, hidden, cmd }: EventOf<"participant-joined">,
    say: (said: Said, participantId: string) => void,
  ): void {
    const { participant: view } = body;
    const { participantId, name, joinedAt } = view;
    const before = this.people.get(participantId);
    const by = before?.where === "admitted" ? before.by : admitter(cmd);
    const token = tokenShown(hidden.person);
    this.people.set(participantId, { where: "room", since: joinedAt, order: seq, name, token });
    if (by !== null) say({ what: "joined", decidedBy: by }, participantId);
    else {
      const rule = entryRule(this.facts, { view, person: hidden.person });
      say({ what: "joined", decidedBy: RULE, rule }, participantId);
    }
  }

  private responded(
    { body }: EventOf<"entry-responded">,
    say: (said: Said, participantId: string) => void,
  ): void {
    const { participantId, decision, by, note, banned } = body;
    const known = this.people.get(participantId);
    const reason = banned ? "banned" : null;
    say({ what: decision === "allowed" ? "admitted" : "denied", decidedBy: by, note, reason }, participantId);
    if (decision === "denied") this.people.delete(participantId);
    else if (known !== undefined) this.people.set(participantId, { ...known, where: "admitted", by });
  }

  /** Q5: an end for all is everybody's, in the room and in the lobby. */
  private sessionEnded(
    { body: { cause, by } }: EventOf<"session-ended">,
    say: (said: Said, participantId: string) => void,
  ): void {
    if (cause !== "last-left") {
      const reason = cause === "ended" && by.kind === "api" ? "MEETING_END_API" : "ROOM_CLOSE";
      for (const [id, { where }] of inOrder(this.people)) {
        if (where === "room") say({ what: "left", reason, decidedBy: by }, id);
        else say({ what: "withdrawn", reason: "session-ended", decidedBy: by }, id);
      }
      this.people.clear();
    }
    this.facts = { ...this.facts, sessionId: null, changed: [] };
  }

  /** Q7: a room that is made anew knows nothing of those who were in the one that was lost; by now they are gone. */
  private vanish(created: number, say: (said: Said, participantId: string) => void): void {
    const at = Math.max(this.facts.newest, created);
    for (const [id, one] of inOrder(this.people)) say({ ...gone(one), at }, id);
    this.people.clear();
  }

  private change(participantId: string, part: Partial<Pick<Present, "name" | "token">>): void {
    const known = this.people.get(participantId);
    if (known !== undefined) this.people.set(participantId, { ...known, ...part });
  }
}

/** The members of an entry of which nothing is to be said. */
export const NOTHING = { decidedBy: null, rule: null, reason: null, note: null } as const;

/** What is said of somebody whose going is among what was lost. */
export function gone({ where }: Present): Pick<AdmissionEntry, "what" | "reason"> {
  return { what: where === "room" ? "left" : "withdrawn", reason: "events-lost" };
}

/** People in the order in which they came. */
export function inOrder(people: ReadonlyMap<string, Present>): [string, Present][] {
  return [...people].sort(([a, one], [b, other]) => one.order - other.order || (a < b ? -1 : 1));
}

/** Who admitted somebody, from the command alone: after a loss of data the answer to the knock may not be told again. */
function admitter(cmd: RoomEvent["cmd"]): ActorView | null {
  if (cmd === null || !/^admit(-all$| )/.test(cmd.type)) return null;
  return cmd.key === API_SENDER
    ? { kind: "api", name: null }
    : { kind: "participant", participantId: cmd.key, name: "" };
}
