/**
 * What an archive should say, worked out from the states of a room before and after each command instead of from its events: who
 * is in the one and not in the other has come, gone, or been replaced.
 */
import type { ParticipantView } from "../../../src/protocol/events.js";
import type { RoomState } from "../../../src/room/state.js";
import { there } from "./support.js";

interface ModelSpan {
  start: number;
  end: number | null;
}

interface ModelSession {
  readonly id: string;
  readonly start: number;
  end: number | null;
  readonly people: Map<string, { name: string; timelog: ModelSpan[]; mic: ModelSpan[]; webcam: ModelSpan[] }>;
}

/** The sessions of one room. */
export class Model {
  readonly sessions: ModelSession[] = [];

  /** A command took the room from one state to another at a time of its own. */
  moved(before: RoomState, after: RoomState, at: number): void {
    const same = before.session?.id === after.session?.id;
    const going = this.sessions.at(-1);
    if (before.session !== null && going !== undefined) {
      for (const [id, { view }] of before.participants.entries()) {
        const now = same ? after.participants.get(id)?.view : undefined;
        if (now?.joinedAt !== view.joinedAt) this.close(going, id, at);
      }
      if (!same) going.end = at;
    }
    if (after.session === null) return;
    if (!same) this.sessions.push({ id: after.session.id, start: at, end: null, people: new Map() });
    const session = there(this.sessions.at(-1));
    for (const { view } of after.participants.values()) this.seen(session, view, at);
  }

  private seen(session: ModelSession, view: ParticipantView, at: number): void {
    const person = session.people.get(view.participantId) ?? {
      name: view.name,
      timelog: [],
      mic: [],
      webcam: [],
    };
    session.people.set(view.participantId, person);
    person.name = view.name;
    toggle(person.timelog, true, at);
    toggle(person.mic, view.micOn, at);
    toggle(person.webcam, view.webcamOn, at);
  }

  private close(session: ModelSession, id: string, at: number): void {
    const { timelog, mic, webcam } = there(session.people.get(id));
    for (const spans of [timelog, mic, webcam]) toggle(spans, false, at);
  }

  /** Newest first, as lists are; people in the order of their first joining. */
  told(): unknown {
    return this.sessions
      .map(({ people, ...session }) => ({
        ...session,
        attendance: Array.from(people, ([participantId, person]) => ({ participantId, ...person })),
      }))
      .reverse();
  }
}

function toggle(spans: ModelSpan[], on: boolean, at: number): void {
  const last = spans.at(-1);
  const isOn = last?.end === null;
  if (on && !isOn) spans.push({ start: at, end: null });
  else if (!on && last?.end === null) last.end = at;
}
