/** A join that is not made: the room's own rules say what would become of it. */
import type { RoomSettings } from "../protocol/events.js";
import type { JoinAction } from "../room/commands.js";
import { decide } from "../room/decide.js";
import { NO_BACK_OFFICE } from "../room/events.js";
import type { RoomState } from "../room/state.js";
import type { Outcome } from "./batch.js";

/** Who would come, and whether their token opens a room that does not exist. */
export type RehearsedJoin = Pick<JoinAction, "participantId" | "grant"> & { readonly mayOpen: boolean };

/** Where and when. `id` names the command and its line; `now`: epoch milliseconds by the store's clock. */
export interface RehearsalStage {
  readonly roomId: string;
  readonly roomDefaults: RoomSettings;
  readonly node: string;
  readonly id: string;
  readonly now: number;
}

/** The outcome, and the room as it would be then. Nothing is written, nobody is told. */
export function rehearse(
  state: RoomState,
  { participantId, grant, mayOpen }: RehearsedJoin,
  { roomId, roomDefaults, node, id, now }: RehearsalStage,
): { readonly outcome: Outcome; readonly state: RoomState } {
  const action: JoinAction = {
    type: "join",
    roomId,
    participantId,
    grant,
    pass: null,
    name: "",
    metaData: null,
    micOn: false,
    webcamOn: false,
    line: { connection: id, node, attempt: 0 },
    secretHash: "",
    opensWith: mayOpen ? { settings: roomDefaults, backOffice: NO_BACK_OFFICE } : null,
  };
  const decision = decide(state, { id, freshId: id, by: { kind: "newcomer" }, action }, now);
  if (!decision.ok) return { outcome: decision, state };
  const { seq, result } = decision;
  return { outcome: { ok: true, seq, result, repeated: false }, state: decision.state };
}
