/** The admission record for people: one line for each thing that happened. */
import { z } from "zod";
import { localTime } from "./admin-text.js";
import { columns, printable } from "./text.js";

const token = z.object({ kind: z.string(), key: z.string(), jti: z.string().nullable() });
const actor = z.object({
  kind: z.string(),
  participantId: z.string().optional(),
  name: z.string().nullable().optional(),
});

const entry = z.object({
  at: z.string(),
  what: z.string(),
  participantId: z.string().nullable(),
  name: z.string(),
  token: token.nullable(),
  decidedBy: actor.nullable(),
  rule: z.string().nullable(),
  reason: z.string().nullable(),
  note: z.string().nullable(),
});
type Entry = z.infer<typeof entry>;

/** What the command reads of a page of the API's. Members that it does not show may be missing, and further ones come. */
export const pageAnswer = z.object({ entries: z.array(entry), next: z.string().nullable() });

/** Entries, one a line; `headed`: with a line above that says what stands where. */
export function entriesText(entries: readonly Entry[], headed: boolean, timeZone?: string): string {
  return columns([
    ...(headed ? [["TIME", "WHAT", "WHO", "TOKEN", "WHY"]] : []),
    ...entries.map((one) => [
      localTime(one.at, timeZone),
      printable(one.what),
      whoWords(one),
      tokenWords(one.token),
      whyWords(one),
    ]),
  ]);
}

function whoWords({ participantId, name }: Pick<Entry, "participantId" | "name">): string {
  if (participantId === null) return "";
  return name === "" ? printable(participantId) : `${printable(name)} (${printable(participantId)})`;
}

function tokenWords(shown: Entry["token"]): string {
  if (shown === null) return "";
  const { kind, key, jti } = shown;
  const whose = kind === "client" ? "client access token of " : kind === "issuer" ? "issued by " : "";
  return `${whose}${printable(key)}${jti === null ? "" : `, ${printable(jti)}`}`;
}

const RULES: Readonly<Record<string, string>> = {
  token: "by their token",
  earlier: "was in earlier in this session",
  conference: "may join this conference",
  lost: "why is not known any more",
};

const REASONS: Readonly<Record<string, string>> = {
  returned: "sent back to the lobby",
  "events-lost": "when and why is not known any more",
};

function whyWords(one: Entry): string {
  const { what, rule, reason, note } = one;
  if (what === "events-lost") return "what happened until here is not known in full";
  const by = rule === null ? byWords(one) : (RULES[rule] ?? printable(rule));
  const why = reason === null ? "" : (REASONS[reason] ?? printable(reason));
  const said = note === null ? "" : `"${printable(note)}"`;
  return [by, why, said].filter((word) => word !== "").join(", ");
}

function byWords({ decidedBy, participantId }: Entry): string {
  switch (decidedBy?.kind) {
    case undefined:
    case "rule":
      return "";
    case "participant": {
      const { participantId: id = "", name } = decidedBy;
      return id === participantId
        ? "by themselves"
        : `by ${whoWords({ participantId: id, name: name ?? "" })}`;
    }
    default:
      return typeof decidedBy?.name === "string" ? `by ${printable(decidedBy.name)}` : "by a back end";
  }
}
