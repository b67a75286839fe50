/** The admission record as files: JSON Lines, and CSV as RFC 4180 has it (`docs/rules.md` Q11). */
import type { AdmissionEntry } from "../../admissions/entry.js";
import type { Admissions } from "../../admissions/admissions.js";
import type { AdmissionQuery } from "../../admissions/reading.js";
import { isoTime, isoTimeOrNull } from "./times.js";

/** An entry as it is answered: times in ISO 8601. */
export type ShownEntry = ReturnType<typeof entryBody>;

/** An entry as it is answered. */
export function entryBody(roomId: string, entry: AdmissionEntry) {
  const { at, epoch, seq, sessionId, what, participantId, name, token, decidedBy, rule, reason, note } =
    entry;
  const shown = token && {
    ...token,
    issuedAt: isoTimeOrNull(token.issuedAt),
    expiresAt: isoTimeOrNull(token.expiresAt),
  };
  return {
    ...{ at: isoTime(at), epoch, seq, roomId, sessionId, what, participantId, name },
    ...{ token: shown, decidedBy, rule, reason, note },
  };
}

/** One line for each entry. */
export async function* asJsonLines(pages: AsyncIterable<readonly ShownEntry[]>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

/** A heading, and one row for each entry. */
export async function* asCsv(pages: AsyncIterable<readonly ShownEntry[]>): AsyncGenerator<string> {
  let before = csvRow(Object.keys(COLUMNS));
  for await (const page of pages) {
    yield before + page.map((entry) => csvRow(Object.values(COLUMNS).map((cell) => cell(entry)))).join("");
    before = "";
  }
}

const PAGE = 500;

/** The entries that fit, some hundred at a time; one page at least, which may be empty. */
export async function* allPages(
  admissions: Admissions,
  app: string,
  roomId: string,
  asked: Pick<AdmissionQuery, "from" | "to">,
): AsyncGenerator<readonly ShownEntry[]> {
  let after: AdmissionQuery["after"];
  do {
    const { entries, next } = await admissions.list(app, roomId, { ...asked, limit: PAGE, after });
    yield entries.map((entry) => entryBody(roomId, entry));
    after = next ?? undefined;
  } while (after !== undefined);
}

type Cell = string | number | null | undefined;

/** Columns of the CSV, by their headings. */
const COLUMNS: Readonly<Record<string, (entry: ShownEntry) => Cell>> = {
  at: ({ at }) => at,
  what: ({ what }) => what,
  participantId: ({ participantId }) => participantId,
  name: ({ name }) => name,
  roomId: ({ roomId }) => roomId,
  sessionId: ({ sessionId }) => sessionId,
  decidedBy: ({ decidedBy }) => decidedBy?.kind,
  decidedById: ({ decidedBy }) => (decidedBy?.kind === "participant" ? decidedBy.participantId : null),
  decidedByName: ({ decidedBy }) => (decidedBy === null || decidedBy.kind === "rule" ? null : decidedBy.name),
  rule: ({ rule }) => rule,
  reason: ({ reason }) => reason,
  note: ({ note }) => note,
  tokenKind: ({ token }) => token?.kind,
  tokenKey: ({ token }) => token?.key,
  tokenSecretId: ({ token }) => token?.secretId,
  tokenJti: ({ token }) => token?.jti,
  tokenIssuedAt: ({ token }) => token?.issuedAt,
  tokenExpiresAt: ({ token }) => token?.expiresAt,
  epoch: ({ epoch }) => epoch,
  seq: ({ seq }) => seq,
};

function csvRow(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** What a spreadsheet would take for a formula begins with an apostrophe: names come from strangers. */
function csvCell(cell: Cell): string {
  const text = String(cell ?? "");
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
