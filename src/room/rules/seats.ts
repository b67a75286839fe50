/** Seats: how many there are, and how one is taken (`docs/rules.md` E10 to E12). */
import type { Draft } from "../draft.js";
import { isLocked, type Knock, type RoomState } from "../state.js";

/** Seats are exact: everybody in the room counts, and so does everybody whose seat is kept (E10). */
export function isFull(state: RoomState): boolean {
  return state.room !== null && state.participants.size >= state.room.settings.maxParticipants;
}

/** What `seat` needs to seat somebody. */
export interface Entrant extends Pick<Knock, "person" | "prospect"> {
  readonly participantId: string;
  readonly name: string;
  readonly metaData: Knock["view"]["metaData"];
  /** Names the session, if this one starts it. */
  readonly freshId: string;
}

/** Seats somebody, and starts the session with the first. The caller has made sure that they may and that a seat is free. */
export function seat(draft: Draft, entrant: Entrant): void {
  if (draft.state.session === null)
    draft.push({ type: "session-started", body: { sessionId: entrant.freshId } });
  const { participantId, name, metaData, person, prospect } = entrant;
  const view = {
    participantId,
    name,
    metaData,
    permissions: prospect.rights,
    micOn: false,
    webcamOn: false,
    micLocked: false,
    webcamLocked: false,
    online: person.line.up,
    joinedAt: draft.now,
  };
  const micOn = prospect.micOn && !isLocked(draft.state, view, "mic");
  const webcamOn = prospect.webcamOn && !isLocked(draft.state, view, "webcam");
  draft.push({
    type: "participant-joined",
    body: { participant: { ...view, micOn, webcamOn } },
    hidden: { person },
  });
}
