/** Microphones and webcams: one's own, other people's, requests and locks (`docs/rules.md` V). */
import type { MediaKind } from "../../protocol/commands.js";
import type { ParticipantView } from "../../protocol/events.js";
import { EVERYBODY } from "../../protocol/limits.js";
import { refuse } from "../../protocol/refusals.js";
import type { ActionOf, Draft, Rule } from "../draft.js";
import { isLocked } from "../state.js";

const isOn = (view: ParticipantView, kind: MediaKind): boolean =>
  kind === "mic" ? view.micOn : view.webcamOn;

/** V1: one's own microphone or webcam; on only where it is not locked. */
export const setMedia: Rule<ActionOf<"set-media">> = (draft, { kind, on }, { participantId, view: by }) => {
  const own = participantId === null ? undefined : draft.state.participants.get(participantId);
  if (own === undefined) return refuse("not_joined");
  if (on && isLocked(draft.state, own.view, kind)) return refuse("media_locked", { field: "kind" });
  if (isOn(own.view, kind) === on) return null;
  draft.push({
    type: on ? "stream-enabled" : "stream-disabled",
    body: { participantId: own.view.participantId, kind, by },
  });
  return null;
};

/** V2: off for one or for everybody else, at once and without asking. */
export const disableMedia: Rule<ActionOf<"disable-media">> = (draft, { participantId, kind }, asker) => {
  const ids = targets(draft, participantId, asker.participantId);
  if (ids === null) return refuse("participant_unknown", { field: "participantId" });
  let count = 0;
  for (const id of ids) {
    const view = draft.state.participants.get(id)?.view;
    if (view === undefined || !isOn(view, kind)) continue;
    draft.push({ type: "stream-disabled", body: { participantId: id, kind, by: asker.view } });
    count += 1;
  }
  draft.result = { turnedOff: count };
  return null;
};

/** V3: on is a request; only the target can turn it on. */
export const requestMedia: Rule<ActionOf<"request-media">> = (
  draft,
  { participantId: targetId, kind },
  { participantId },
) => {
  const one = draft.state.participants.get(targetId);
  if (one === undefined) return refuse("participant_unknown", { field: "participantId" });
  if (isOn(one.view, kind)) return null;
  draft.push({
    type: kind === "mic" ? "mic-requested" : "webcam-requested",
    body: { participantId, targetId },
  });
  return null;
};

/** V4: the target accepts or rejects, and the asker hears which. An accepted request turns it on even under a lock. */
export const answerMedia: Rule<ActionOf<"answer-media">> = (
  draft,
  { kind, accept },
  { participantId, view: by },
) => {
  const own = participantId === null ? undefined : draft.state.participants.get(participantId);
  const asked = own?.asked[kind] ?? null;
  if (own === undefined || participantId === null || asked === null)
    return refuse("request_unknown", { field: "kind" });
  draft.push({
    type: kind === "mic" ? "mic-responded" : "webcam-responded",
    body: { participantId, askerId: asked.by, accepted: accept },
  });
  if (accept && !isOn(own.view, kind))
    draft.push({ type: "stream-enabled", body: { participantId, kind, by } });
  return null;
};

/** V5: locked means that it cannot be turned on by oneself until released; what is on stays on. */
export const lockMedia: Rule<ActionOf<"lock-media">> = (
  draft,
  { participantId, kind, locked },
  { view: by },
) => {
  if (participantId === EVERYBODY) {
    if (draft.state.mediaLocks[kind] !== locked) {
      draft.push({ type: "media-lock-changed", body: { participantId: null, kind, locked, by } });
    }
    return null;
  }
  const view = draft.state.participants.get(participantId)?.view;
  if (view === undefined) return refuse("participant_unknown", { field: "participantId" });
  if ((kind === "mic" ? view.micLocked : view.webcamLocked) !== locked) {
    draft.push({ type: "media-lock-changed", body: { participantId, kind, locked, by } });
  }
  return null;
};

function targets(draft: Draft, target: string, asker: string | null): readonly string[] | null {
  if (target === EVERYBODY) return [...draft.state.participants.keys()].filter((id) => id !== asker);
  return draft.state.participants.has(target) ? [target] : null;
}
