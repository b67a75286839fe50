/** Topic messages, which are events, and signals, which are not (`docs/rules.md` S). */
import { refuse, type Refusal } from "../../protocol/refusals.js";
import type { Actor } from "../commands.js";
import type { ActionOf, Rule } from "../draft.js";
import type { RoomState } from "../state.js";

/** S1, S2: to all or to some, with the sender stamped by the gateway. */
export const publish: Rule<ActionOf<"publish">> = (draft, action, { participantId, view, freshId }) => {
  const { topic, message, payload, persist, sendOnly } = action;
  const senderName = view.kind === "rule" ? "" : (view.name ?? "");
  draft.push({
    type: "message-published",
    body: {
      message: {
        // Not made of the command's id: the next who goes by this name could then replace a kept message.
        id: freshId,
        topic,
        message,
        payload,
        senderId: participantId,
        senderName,
        timestamp: draft.now,
        persist,
        sendOnly,
      },
    },
  });
  return null;
};

type Speaker = Extract<Actor, { kind: "participant" }>;

/** S4: only who is in the room, on this connection and not restricted, learns how to reach others. Null: they may. */
export function mayReachOthers(state: RoomState, { participantId, connection }: Speaker): Refusal | null {
  const sender = state.participants.get(participantId);
  if (sender === undefined) return refuse(state.knocks.has(participantId) ? "in_lobby" : "not_joined");
  const { line } = sender.person;
  if (!line.up || line.connection !== connection) return refuse("not_joined");
  return sender.restricted ? refuse("token_expired") : null;
}

/** S3: signals pass between two admitted participants, never to or from the lobby, and not from a restricted one. Null: it may pass. */
export function maySignal(state: RoomState, by: Speaker, to: string): Refusal | null {
  const refusal = mayReachOthers(state, by);
  if (refusal !== null) return refusal;
  if (by.participantId === to) return refuse("self_target", { field: "to" });
  const target = state.participants.get(to);
  if (target === undefined) return refuse("participant_unknown", { field: "to" });
  return target.person.line.up ? null : refuse("participant_offline", { field: "to" });
}
