/** The lobby: who answers knocks, and how knocks end (`docs/rules.md` L). */
import { refuse, type Refusal } from "../../protocol/refusals.js";
import type { ActorView, EventBody } from "../../protocol/events.js";
import type { ActionOf, Asker, Draft, Rule } from "../draft.js";
import { subjects, type Knock } from "../state.js";
import { isFull, seat } from "./seats.js";

const COOL_DOWN_MS = 30_000;
const LONGEST_COOL_DOWN_MS = 15 * 60_000;

/** L1, L3, L4: a host lets somebody in; the first answer counts. */
export const admit: Rule<ActionOf<"admit">> = (draft, { participantId, since }, asker) => {
  const knock = knockOf(draft, participantId, since);
  if (knock === undefined) return noKnock(draft, participantId);
  if (isFull(draft.state)) return refuse("room_full");
  letIn(draft, knock, asker);
  return null;
};

/** L5: all who wait, in the order of their knocks, while seats last. */
export const admitAll: Rule<ActionOf<"admit-all">> = (draft, _action, asker) => {
  let admitted = 0;
  for (const knock of [...draft.state.knocks.values()]) {
    if (isFull(draft.state)) break;
    // E16: let in by a token that is good once, somebody before has sent this one away.
    if (!draft.state.knocks.has(knock.view.participantId)) continue;
    letIn(draft, knock, asker);
    admitted += 1;
  }
  draft.result = { admitted, waiting: draft.state.knocks.size };
  return null;
};

/** L6, L7: a host sends somebody away, with a reason, for a while or for good. */
export const deny: Rule<ActionOf<"deny">> = (draft, { participantId, since, note, ban }, asker) => {
  const knock = knockOf(draft, participantId, since);
  if (knock === undefined) return noKnock(draft, participantId);
  if (ban) banPerson(draft, participantId, asker.view, note);
  denyKnock(draft, knock, asker.view, note, ban);
  return null;
};

/** L8: the knocker gives up. */
export const withdraw: Rule<ActionOf<"withdraw">> = (draft, _action, { participantId }) => {
  if (participantId === null || !draft.state.knocks.has(participantId)) return refuse("knock_unknown");
  withdrawKnock(draft, participantId, "withdrawn");
  return null;
};

/** Ends a knock that nobody answered. */
export function withdrawKnock(
  draft: Draft,
  participantId: string,
  cause: EventBody<"entry-withdrawn">["cause"],
): void {
  draft.push({ type: "entry-withdrawn", body: { participantId, cause } });
}

/** Sends a knocker away; without a ban they may knock again after a cool-down that doubles. */
export function denyKnock(
  draft: Draft,
  knock: Knock,
  by: ActorView,
  note: string | null,
  banned: boolean,
): void {
  const { participantId } = knock.view;
  const counts = subjects(participantId, knock.person).map(
    (subject) => draft.state.denials.get(subject)?.count ?? 0,
  );
  const coolDown = Math.min(COOL_DOWN_MS * 2 ** Math.max(0, ...counts), LONGEST_COOL_DOWN_MS);
  const mayKnockAt = banned ? null : draft.now + coolDown;
  draft.push({
    type: "entry-responded",
    body: { participantId, decision: "denied", by, note, banned, mayKnockAt },
  });
}

/** Closes the door to an id, and to the tokens of whoever goes by it now. */
export function banPerson(draft: Draft, participantId: string, by: ActorView, note: string | null): void {
  const there = draft.state.participants.get(participantId) ?? draft.state.knocks.get(participantId);
  const tokens = there?.person.tokens ?? [];
  draft.push({ type: "participant-banned", body: { participantId, by, note }, hidden: { tokens } });
}

function letIn(draft: Draft, knock: Knock, asker: Asker): void {
  const { participantId, name, metaData } = knock.view;
  const answer = {
    participantId,
    decision: "allowed" as const,
    by: asker.view,
    note: null,
    banned: false,
    mayKnockAt: null,
  };
  draft.push({ type: "entry-responded", body: answer });
  // A line lost in the lobby gets a whole resume window from here: the seat is news to its owner.
  const window = draft.state.room?.settings.resumeWindowMs ?? 0;
  const { line: before } = knock.person;
  const line = before.up ? before : { ...before, until: draft.now + window };
  seat(draft, {
    participantId,
    name,
    metaData,
    person: { ...knock.person, line },
    prospect: knock.prospect,
    freshId: asker.freshId,
  });
}

/** L11: where the answer says which knock it means, a later one of the same id is not it. */
function knockOf(draft: Draft, participantId: string, since: number | undefined): Knock | undefined {
  const knock = draft.state.knocks.get(participantId);
  return since === undefined || knock?.view.since === since ? knock : undefined;
}

function noKnock(draft: Draft, participantId: string): Refusal {
  const decided = draft.state.decisions.get(participantId);
  if (decided === undefined) return refuse("knock_unknown", { field: "participantId" });
  const { decision, by } = decided;
  const who =
    by.kind === "participant"
      ? { decidedBy: by.participantId, decidedByName: by.name }
      : { decidedBy: by.kind, ...(by.kind === "api" && by.name !== null ? { decidedByName: by.name } : {}) };
  return refuse("already_decided", { field: "participantId", details: { decision, ...who } });
}
