/** The record of who knocked and who came in, and why (`docs/admissions.md`). */
import { readActor, type Actor } from "./actor.js";
import { pathOf, type Ask } from "./client.js";
import type { Place } from "./live.js";
import type { Reader } from "./reader.js";

/** A line of the record. `at` is epoch milliseconds. */
export interface AdmissionEntry {
  readonly at: number;
  readonly seq: number;
  readonly what: string;
  readonly participantId: string | null;
  readonly name: string;
  readonly decidedBy: Actor | null;
  readonly rule: string | null;
  readonly reason: string | null;
  readonly note: string | null;
  /** The key that signed the token that was shown, and the token's `jti`. */
  readonly token: { readonly key: string; readonly jti: string | null } | null;
}

/** A part of the record; `next` goes on after it. */
export interface AdmissionPage {
  readonly entries: readonly AdmissionEntry[];
  readonly next: string | null;
}

/** A part of the record, oldest first, after what an earlier answer called `next`. */
export function listAdmissions({ app, roomId }: Place, after: string | null): Ask<AdmissionPage> {
  return {
    method: "GET",
    path: pathOf`/v2/rooms/${roomId}/admissions`,
    query: { limit: 100, after },
    app,
    read: (answer) => ({
      entries: answer.list("entries", readEntry),
      next: answer.textOrNull("next"),
    }),
  };
}

/** The whole record as a file for a spreadsheet. */
export function exportAdmissions({ app, roomId }: Place): Ask<string> {
  const path = `${pathOf`/v2/rooms/${roomId}/admissions`}.csv`;
  return { method: "GET", path, app, plain: true, read: (answer) => answer.text("text") };
}

/** Reads a line of the record. */
export function readEntry(entry: Reader): AdmissionEntry {
  const [by, token] = [entry.insideOrNull("decidedBy"), entry.insideOrNull("token")];
  return {
    at: entry.instant("at"),
    seq: entry.number("seq"),
    what: entry.text("what"),
    participantId: entry.textOrNull("participantId"),
    name: entry.text("name"),
    decidedBy: by === null ? null : readActor(by),
    rule: entry.textOrNull("rule"),
    reason: entry.textOrNull("reason"),
    note: entry.textOrNull("note"),
    token: token === null ? null : { key: token.text("key"), jti: token.textOrNull("jti") },
  };
}
