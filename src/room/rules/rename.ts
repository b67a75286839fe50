/** What somebody is called, changed in the meeting (`docs/rules.md` T11). */
import { refuse } from "../../protocol/refusals.js";
import type { ActionOf, Rule } from "../draft.js";
import { same } from "./office.js";

/** T11: one's own name, and what others show beside it. Says nothing where it is the same. */
export const rename: Rule<ActionOf<"rename">> = (draft, { name, metaData }, { participantId }) => {
  // Only for oneself, and a back end is nobody here.
  const own = participantId === null ? undefined : draft.state.participants.get(participantId)?.view;
  if (own === undefined) return refuse("not_permitted");
  const next = { name, metaData: metaData === undefined ? own.metaData : metaData };
  if (same(next, { name: own.name, metaData: own.metaData })) return null;
  draft.push({
    type: "participant-renamed",
    body: {
      participantId: own.participantId,
      name,
      metaData: next.metaData === null ? null : { ...next.metaData },
    },
  });
  return null;
};
