/** The shapes of revocations in requests and answers. */
import { z } from "zod";
import { participantIdSchema, roomIdSchema } from "../../protocol/commands.js";
import { iso, isoOrNull, keyName, LAST_INSTANT, named, pageOf } from "./shapes.js";

/** A revocation in a path. */
export const revocationParam = z.object({ id: z.string().min(1).max(256) });

const timeSchema = z
  .union([z.iso.datetime({ offset: true }), z.int().min(0).max(LAST_INSTANT)], {
    error: "must be a time as ISO 8601, or epoch milliseconds",
  })
  .transform((time) => (typeof time === "number" ? time : Date.parse(time)));

const note = z.string().max(512).optional().describe("For people");
const about = {
  before: timeSchema
    .optional()
    .describe("Tokens issued before this, as ISO 8601 or epoch milliseconds; now, where not given"),
  note,
};

/** The body that revokes. */
export const revokeBody = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("participant"),
    participantId: participantIdSchema,
    roomId: roomIdSchema.optional().describe("Room id or custom room id; every room, where not given"),
    ...about,
  }),
  z
    .object({
      type: z.literal("token"),
      jti: z.string().min(1).max(8_192).optional().describe("Id of the token"),
      expiresAt: timeSchema
        .optional()
        .describe("With `jti`: when the token expires, as far as that is known"),
      token: z.string().min(1).max(8_192).optional().describe("The token itself, instead of its id"),
      note,
    })
    .refine(({ jti, token }) => (jti === undefined) !== (token === undefined), {
      error: "give either jti or token",
      path: ["jti"],
    })
    .refine(({ expiresAt, token }) => expiresAt === undefined || token === undefined, {
      error: "goes with jti; a token says it itself",
      path: ["expiresAt"],
    }),
  z
    .object({
      type: z.literal("key"),
      apiKey: keyName.optional(),
      issuer: z.string().min(1).max(500).optional().describe("An identity provider, instead of a key"),
      ...about,
    })
    .refine(({ apiKey: key, issuer }) => (key === undefined) !== (issuer === undefined), {
      error: "give either apiKey or issuer",
      path: ["apiKey"],
    }),
  z.object({ type: z.literal("all"), ...about }),
]);

const told = {
  id: z.string(),
  at: iso,
  until: isoOrNull.describe(
    "Until when it is kept: nothing that it concerns is good any more then; null: for ever",
  ),
  by: z.string().describe("Who did it, for people"),
  note: z.string().nullable(),
};
const issuedBefore = iso.describe("Tokens issued before this count no more");

/** Something that was revoked. */
export const revocationSchema = z
  .union([
    z.strictObject({ ...told, type: z.literal("token"), jti: z.string() }),
    z.strictObject({
      ...told,
      type: z.literal("participant"),
      participantId: z.string(),
      roomId: z.string().nullable().describe("null: in every room"),
      before: issuedBefore,
    }),
    z.strictObject({
      ...told,
      type: z.literal("key"),
      key: z.string().describe("Name of the key, or the issuer"),
      before: issuedBefore,
    }),
    z.strictObject({ ...told, type: z.literal("all"), before: issuedBefore }),
  ])
  .register(named, { id: "Revocation" });

/** A page of revocations. */
export const revocationPageSchema = pageOf(revocationSchema);
