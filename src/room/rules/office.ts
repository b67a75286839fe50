/** What back ends do with a room as a whole: its settings, and whether it may be entered (`docs/rules.md` O). */
import type { ActorView, RoomSettings, RoomStatus } from "../../protocol/events.js";
import { refuse } from "../../protocol/refusals.js";
import type { ActionOf, Draft, Rule } from "../draft.js";
import type { BackOffice } from "../events.js";
import type { RoomState } from "../state.js";
import { withdrawKnock } from "./lobby.js";

/** O1: what is given replaces what was; whoever is inside stays, also where the new settings would not let them in. K1: once a conference, always one. */
export const updateSettings: Rule<ActionOf<"update-settings">> = (draft, action, { view: by }) => {
  const { room } = draft.state;
  if (room === null) return refuse("room_unknown", { field: "roomId" });
  const settings = { ...room.settings, ...action.settings };
  const backOffice = { ...room.backOffice, ...action.backOffice };
  if ((backOffice.conference === null) !== (room.backOffice.conference === null))
    return refuse("not_permitted", { field: "conference", details: { needs: "conference" } });
  if (holdsSettings(room, { body: { settings }, hidden: { backOffice } })) return null;
  draft.push({ type: "room-settings-changed", body: { settings, by }, hidden: { backOffice } });
  return null;
};

/** Whether a room is set like this already. */
export function holdsSettings(
  room: NonNullable<RoomState["room"]>,
  { body, hidden }: { body: { settings: RoomSettings }; hidden: { backOffice: BackOffice } },
): boolean {
  return same(body.settings, room.settings) && same(hidden.backOffice, room.backOffice);
}

/** O2, O3: closed for new ones, and over for those inside; deactivated is for good. */
export const setStatus: Rule<ActionOf<"set-status">> = (draft, { status }, { view: by }) => {
  const { room } = draft.state;
  if (room === null) return refuse("room_unknown", { field: "roomId" });
  if (room.status === status) return null;
  if (room.status === "deactivated") return refuse("room_deactivated", { field: "roomId" });
  changeStatus(draft, status, by);
  return null;
};

/** Writes the status, and ends what goes on in a room that may not be entered any more. */
export function changeStatus(draft: Draft, status: RoomStatus, by: ActorView): void {
  draft.push({ type: "room-status-changed", body: { status, by } });
  emptyIfClosed(draft, by);
}

/** O2: a room that may not be entered has nobody inside and nobody waiting. */
export function emptyIfClosed(draft: Draft, by: ActorView): void {
  const { room, session, knocks } = draft.state;
  if (room === null || room.status === "enabled") return;
  if (session !== null) {
    draft.push({ type: "session-ended", body: { sessionId: session.id, cause: "room-closed", by } });
    return;
  }
  for (const id of knocks.keys()) withdrawKnock(draft, id, "room-closed");
}

/** Equal whatever the order of the members: the decoded ones of a request need not have that of the log. */
export function same(one: object, other: object): boolean {
  return sortedText(one) === sortedText(other);
}

function sortedText(value: object): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
