/** Seats: how many there are, and how one is taken (`docs/rules.md` E10 to E12, E16). */
import { inOrder, maySend } from "../conference.js";
import type { Draft } from "../draft.js";
import { isLocked, type Knock, type RoomState } from "../state.js";
import { turnAwaySharers } from "./one-time.js";

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
  const { conferencePermissions: list } = prospect;
  const view = {
    participantId,
    name,
    metaData,
    permissions: prospect.rights,
    // K4: whoever was let in may be in.
    conferencePermissions: list === null ? null : inOrder([...list, "JOIN"]),
    micOn: false,
    webcamOn: false,
    micLocked: false,
    webcamLocked: false,
    online: person.line.up,
    joinedAt: draft.now,
  };
  const mayTurnOn = (kind: "mic" | "webcam"): boolean =>
    maySend(view, kind) && !isLocked(draft.state, view, kind);
  const micOn = prospect.micOn && mayTurnOn("mic");
  const webcamOn = prospect.webcamOn && mayTurnOn("webcam");
  draft.push({
    type: "participant-joined",
    body: { participant: { ...view, micOn, webcamOn } },
    hidden: { person },
  });
  turnAwaySharers(draft, participantId, person.token);
}
