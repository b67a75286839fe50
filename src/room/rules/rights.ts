/** Rights inside the room: given, taken, and what stops when they go (`docs/rules.md` M6, M7, K3, K5). */
import type { ActorView, ConferencePermission } from "../../protocol/events.js";
import { refuse, type Refusal } from "../../protocol/refusals.js";
import { inOrder, maySend, permissionsOf, rightsFrom } from "../conference.js";
import type { ActionOf, Asker, Draft, Rule } from "../draft.js";
import type { Right } from "../grant.js";
import type { Held, Participant } from "../state.js";

/** M6: one can grant only what one holds. In a conference a right is the permissions that make it up (K3). */
export const grantPermission: Rule<ActionOf<"grant-permission">> = (
  draft,
  { participantId, permission },
  asker,
) => {
  const one = draft.state.participants.get(participantId);
  if (one === undefined) return refuse("participant_unknown", { field: "participantId" });
  const mayNot = cannotGive(draft, permission, asker);
  if (mayNot !== null) return mayNot;
  const { permissions, conferencePermissions: list } = one.view;
  if (list !== null) return changeList(draft, one, [...list, ...permissionsOf(permission)], asker.view);
  if (permissions.includes(permission)) return null;
  const order: readonly Right[] = ["allow_join", "allow_mod"];
  const more = order.filter((right) => right === permission || permissions.includes(right));
  change(draft, participantId, { permissions: more, conferencePermissions: null }, asker.view);
  return null;
};

/** M7: taken, for as long as the session lasts, whatever a token says. */
export const takePermission: Rule<ActionOf<"take-permission">> = (
  draft,
  { participantId, permission },
  { view: by },
) => {
  const one = draft.state.participants.get(participantId);
  if (one === undefined) return refuse("participant_unknown", { field: "participantId" });
  const { permissions, conferencePermissions: list } = one.view;
  if (list !== null) {
    const gone = permissionsOf(permission);
    return changeList(
      draft,
      one,
      list.filter((held) => !gone.includes(held)),
      by,
    );
  }
  if (!permissions.includes(permission)) return null;
  const fewer = permissions.filter((right) => right !== permission);
  change(draft, participantId, { permissions: fewer, conferencePermissions: null }, by);
  return null;
};

function cannotGive(draft: Draft, right: Right, { participantId }: Asker): Refusal | null {
  if (participantId === null) return null;
  const own = draft.state.participants.get(participantId)?.view;
  const held = own?.conferencePermissions ?? null;
  const missing =
    held === null
      ? [right].find((one) => own?.permissions.includes(one) !== true)
      : permissionsOf(right).find((one) => !held.includes(one));
  return missing === undefined
    ? null
    : refuse("not_permitted", { field: "permission", details: { needs: missing } });
}

/** K5: another list for somebody in a conference; what it does not allow any more stops at once. Says nothing where it is the same. */
export function changeList(
  draft: Draft,
  { view }: Participant,
  list: readonly ConferencePermission[],
  by: ActorView,
): null {
  const conferencePermissions = inOrder(list);
  if (conferencePermissions.join() === inOrder(view.conferencePermissions ?? []).join()) return null;
  const id = view.participantId;
  change(draft, id, { permissions: rightsFrom(conferencePermissions), conferencePermissions }, by);
  for (const kind of ["mic", "webcam"] as const) {
    const isOn = kind === "mic" ? view.micOn : view.webcamOn;
    if (isOn && !maySend({ conferencePermissions }, kind))
      draft.push({ type: "stream-disabled", body: { participantId: id, kind, by } });
  }
  return null;
}

function change(draft: Draft, participantId: string, held: Held, by: ActorView): void {
  draft.push({ type: "permissions-changed", body: { participantId, ...held, by } });
}
