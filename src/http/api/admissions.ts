/** The admission record of a room: who knocked and who came in, by which token and whose decision (`docs/rules.md` Q). */
import { z } from "zod";
import { ENTRY_RULES, HAPPENINGS } from "../../admissions/entry.js";
import { cursorFrom, cursorText } from "../../admissions/reading.js";
import { actorViewSchema } from "../../protocol/events.js";
import type { Caller } from "../caller.js";
import { Pieces } from "../pieces.js";
import { route, yes, type Reply, type Route } from "../route.js";
import { allPages, asCsv, asJsonLines, entryBody } from "./admission-files.js";
import { outsideWhole } from "./ask-room.js";
import { findRoom, type Services } from "./services.js";
import { idParam, iso, isoOrNull, LAST_INSTANT, named } from "./shapes.js";

const tokenSchema = z
  .strictObject({
    kind: z.enum(["customer", "client", "issuer"]),
    key: z.string().describe("The API key, or the URL of an identity provider"),
    secretId: z.string().nullable().describe("Which secret of the key signed"),
    jti: z.string().nullable(),
    issuedAt: isoOrNull,
    expiresAt: isoOrNull,
  })
  .register(named, { id: "TokenShown" });

const entrySchema = z
  .strictObject({
    at: iso,
    epoch: z.string(),
    seq: z.number().int().describe("Number of the event in the room's log"),
    roomId: z.string(),
    sessionId: z.string().nullable().describe("The session that went on"),
    what: z.enum(HAPPENINGS),
    participantId: z.string().nullable(),
    name: z.string().describe("What they were called then"),
    token: tokenSchema.nullable().describe("The token that they stood on"),
    decidedBy: actorViewSchema.nullable().describe("Who did or decided it"),
    rule: z
      .enum(ENTRY_RULES)
      .nullable()
      .describe("What let somebody in without an answer to a knock: see docs/admissions.md"),
    reason: z.string().nullable().describe("Why a stay or a knock ended"),
    note: z.string().nullable().describe("What the host said to somebody denied"),
  })
  .register(named, { id: "AdmissionEntry" });

const pageSchema = z
  .strictObject({
    roomId: z.string(),
    entries: z.array(entrySchema).describe("Oldest first"),
    next: z.string().nullable().describe("The `after` of the next page; null: this is the last one"),
  })
  .register(named, { id: "AdmissionPage" });

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Epoch milliseconds, or ISO 8601 with its zone. */
const instant = z
  .string()
  .transform((text) => (/^\d{1,16}$/.test(text) ? Number(text) : ISO.test(text) ? Date.parse(text) : NaN))
  .pipe(
    z
      .number({ error: "must be epoch milliseconds, or a time such as 2026-08-31T12:00:00Z" })
      .max(LAST_INSTANT),
  )
  .optional();

const times = {
  from: instant.describe("Entries of then and later: epoch milliseconds, or a time as ISO 8601"),
  to: instant.describe("Entries of then and earlier"),
};

const pageQuery = z.object({
  ...times,
  limit: z
    .string()
    .regex(/^\d{1,3}$/, { error: "must be a whole number" })
    .transform(Number)
    .pipe(z.number().int().min(1).max(500))
    .default(100)
    .describe("At most 500"),
  after: z
    .string()
    .transform((text, context) => {
      const cursor = cursorFrom(text);
      if (cursor !== null) return cursor;
      context.addIssue({ code: "custom", message: "must be the `next` of an answer" });
      return z.NEVER;
    })
    .optional()
    .describe("The `next` of the page before"),
});

const DETAILS =
  "Kept as long as `ADMITONE_ADMISSION_RETENTION_DAYS` says, also where the room does not exist any more; such a room is named by " +
  "its room id. A token for one participant does not see it.";

const shared = {
  method: "get",
  tag: "Admission record",
  access: "moderate",
  refusals: ["room_unknown", "participant_mismatch"],
  headers: { "cache-control": "no-store" },
} as const;

const FILES = [
  { ending: "jsonl", contentType: "application/x-ndjson", inPieces: asJsonLines },
  { ending: "csv", contentType: "text/csv; charset=utf-8", inPieces: asCsv },
] as const;

/** The routes of the admission record. */
export function admissionRoutes(services: Services): Route[] {
  const { admissions } = services;
  const page = route(
    {
      ...shared,
      path: "/v2/rooms/{id}/admissions",
      summary: "Read who knocked and who came in, and why",
      description: DETAILS,
      asks: z.object({ params: idParam, query: pageQuery }),
      answer: pageSchema,
    },
    async ({ params, query, caller }) => {
      const found = await findRecord(services, caller, params.id);
      if (!found.ok) return found;
      const roomId = found.value;
      const { entries, next } = await admissions.list(caller.app, roomId, query);
      return yes({
        roomId,
        entries: entries.map((entry) => entryBody(roomId, entry)),
        next: next === null ? null : cursorText(next),
      });
    },
  );

  const files = FILES.map(({ ending, contentType, inPieces }) =>
    route(
      {
        ...shared,
        path: `/v2/rooms/{id}/admissions.${ending}`,
        summary: `Export who knocked and who came in, as ${ending === "csv" ? "CSV" : "JSON Lines"}`,
        description: `${DETAILS} An export that breaks off before its end ends without the last chunk, which clients report.`,
        asks: z.object({ params: idParam, query: z.object(times) }),
        answer: z.string(),
        contentType,
        answerHeaders: { "Content-Disposition": "A name for the file" },
      },
      async ({ params, query, caller }) => {
        const found = await findRecord(services, caller, params.id);
        if (!found.ok) return found;
        const pages = allPages(admissions, caller.app, found.value, query);
        const fileName = `admissions-${found.value.replaceAll(/[^A-Za-z0-9_-]/g, "_")}.${ending}`;
        return yes(new Pieces(inPieces(pages)), {
          "Content-Disposition": `attachment; filename="${fileName}"`,
        });
      },
    ),
  );
  return [page, ...files];
}

/**
 * The id of a room whose record the caller may read, once the record holds what happened so far. A room that is forgotten is
 * found by its own id for as long as anything of it is kept. Rejects with a fault.
 */
async function findRecord(services: Services, caller: Caller, idOrName: string): Promise<Reply<string>> {
  const found = await findRoom(services, caller, idOrName);
  const isForgotten =
    !found.ok &&
    found.refusal.reason === "room_unknown" &&
    (await services.admissions.knows(caller.app, idOrName));
  if (!found.ok && !isForgotten) return found;
  const outside = outsideWhole(caller);
  if (outside !== null) return { ok: false, refusal: outside };
  if (!found.ok) return yes(idOrName);
  await services.gateway.catchUp();
  return yes(found.value.room.roomId);
}
