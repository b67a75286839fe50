/** What the admission record keeps as text, and how it is read back. Text that is not what it should be is never guessed at. */
import { z } from "zod";
import { actorViewSchema } from "../protocol/events.js";
import { ENTRY_RULES, HAPPENINGS, type AdmissionEntry } from "./entry.js";
import type { Facts, Present } from "./known.js";

const tokenSchema = z.object({
  kind: z.enum(["customer", "client", "issuer"]),
  key: z.string(),
  secretId: z.string().nullable(),
  jti: z.string().nullable(),
  issuedAt: z.number().nullable(),
  expiresAt: z.number().nullable(),
});

const entrySchema: z.ZodType<AdmissionEntry> = z.object({
  at: z.number(),
  epoch: z.string(),
  seq: z.number(),
  sessionId: z.string().nullable(),
  what: z.enum(HAPPENINGS),
  participantId: z.string().nullable(),
  name: z.string(),
  token: tokenSchema.nullable(),
  decidedBy: actorViewSchema.nullable(),
  rule: z.enum(ENTRY_RULES).nullable(),
  reason: z.string().nullable(),
  note: z.string().nullable(),
});

const person = { since: z.number(), order: z.number(), name: z.string(), token: tokenSchema };
const presentSchema: z.ZodType<Present> = z.discriminatedUnion("where", [
  z.object({ where: z.literal("lobby"), ...person }),
  z.object({ where: z.literal("admitted"), by: actorViewSchema, ...person }),
  z.object({ where: z.literal("room"), ...person }),
]);

const factsSchema: z.ZodType<Facts> = z.object({
  newest: z.number(),
  epoch: z.string().nullable(),
  reopened: z.boolean(),
  sessionId: z.string().nullable(),
  lobbyForAll: z.boolean().nullable(),
  changed: z.array(z.string()).nullable(),
  shut: z.array(z.string()).nullable(),
});

/** Text of anything that is kept here. */
export function encode(value: AdmissionEntry | Present | Facts): string {
  return JSON.stringify(value);
}

/** An entry from its text. Throws an `Error` where the text is damaged or of another version. */
export function decodeEntry(text: string): AdmissionEntry {
  return decode(entrySchema, text, "an entry");
}

/** Somebody in the room or the lobby, from their text. Throws as `decodeEntry` does. */
export function decodePresent(text: string): Present {
  return decode(presentSchema, text, "somebody present");
}

/** What is known of a room beside its people, from its text. Throws as `decodeEntry` does. */
export function decodeFacts(text: string): Facts {
  return decode(factsSchema, text, "a room");
}

function decode<T>(schema: z.ZodType<T>, text: string, what: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`admissions: the record of ${what} is damaged, or from another version`, { cause });
  }
}
