/** Lines that are lost, seats that are kept, and the way back (`docs/rules.md` R). */
import { LEAVE_REASONS, type LeaveReason } from "../../protocol/leaving.js";
import type { ActorView } from "../../protocol/events.js";
import { refuse, type Refusal } from "../../protocol/refusals.js";
import type { NewLine, ResumeAction } from "../commands.js";
import type { ActionOf, Draft, Rule } from "../draft.js";
import type { Line, Person } from "../events.js";

/** R1: the line is lost, the seat is kept for the resume window. Says nothing of a line that was replaced meanwhile. */
export const lineLost: Rule<ActionOf<"line-lost">> = (draft, { participantId, connection }) => {
  loseIf(draft, participantId, (line) => line.connection === connection);
  return null;
};

/** R2: a node died; all of its lines are lost at once. */
export const nodesLost: Rule<ActionOf<"nodes-lost">> = (draft, { nodes }) => {
  const { participants, knocks } = draft.state;
  for (const id of [...participants.keys(), ...knocks.keys()]) {
    loseIf(draft, id, (line) => nodes.includes(line.node));
  }
  return null;
};

type LineUp = Extract<Line, { up: true }>;

function loseIf(draft: Draft, participantId: string, isLost: (line: LineUp) => boolean): void {
  const { participants, knocks, room } = draft.state;
  const until = draft.now + (room?.settings.resumeWindowMs ?? 0);
  const present = participants.get(participantId);
  const waiting = knocks.get(participantId);
  const line = (present ?? waiting)?.person.line;
  if (line?.up !== true || !isLost(line)) return;
  const type = present === undefined ? "entry-disconnected" : "participant-disconnected";
  draft.push({ type, body: { participantId, until }, hidden: { connection: line.connection } });
}

/**
 * R3 to R6, R8: back with the secret, on any node. Bans and the room count, the token's expiry does not; each use replaces the
 * secret.
 */
export const resume: Rule<ResumeAction> = (draft, action, { id: commandId }) => {
  const { participantId, secretHash } = action;
  const present = draft.state.participants.get(participantId);
  const there = present ?? draft.state.knocks.get(participantId);
  if (there === undefined || !opens(there.person, secretHash, commandId))
    return whyGone(draft, participantId, secretHash);
  if (there.person.secret.hash !== secretHash && comesLate(there.person, action.line))
    return refuse("unavailable");
  const hidden = {
    line: { up: true as const, ...action.line },
    secret: { hash: action.nextSecretHash, spent: { hash: secretHash, id: commandId } },
    credentials: null,
  };
  draft.push({
    type: present === undefined ? "entry-resumed" : "participant-resumed",
    body: { participantId },
    hidden,
  });
  draft.result = { state: present === undefined ? "waiting" : "joined", participantId };
  return null;
};

/** R5: the secret as it is, or the one before, if this is the very resume that used it up. */
function opens({ secret }: Person, hash: string, commandId: string): boolean {
  return secret.hash === hash || (secret.spent?.hash === hash && secret.spent.id === commandId);
}

/**
 * R8: whether an entry that the room has taken before comes over an earlier connection of its client than the one that holds the
 * place, or held it last. Whoever sent it has given that connection up: their own newer line must not lose the place to it.
 */
export function comesLate({ line }: Person, { attempt }: NewLine): boolean {
  return attempt < line.attempt;
}

function whyGone(draft: Draft, participantId: string, hash: string): Refusal {
  const departure = draft.state.departed.get(participantId);
  return refuse(departure?.hash === hash ? departure.reason : "resume_invalid", { field: "secret" });
}

/** Puts somebody out of the room. */
export function leaveRoom(
  draft: Draft,
  participantId: string,
  why: LeaveReason,
  by: ActorView,
  note: string | null = null,
): void {
  const reason = { code: LEAVE_REASONS[why], message: why };
  draft.push({ type: "participant-left", body: { participantId, reason, by }, hidden: { note } });
}
