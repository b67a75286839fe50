/** The shapes of a dry run of a token. */
import { z } from "zod";
import { participantIdSchema, roomIdSchema } from "../../protocol/commands.js";
import { named, plainMembers } from "./shapes.js";

/** The body that asks about a token. */
export const explainBody = z.object({
  token: z.string().describe("The token to look at; it is neither kept nor repeated"),
  door: z.enum(["meeting", "rest"]).default("meeting"),
  roomId: roomIdSchema.optional().describe("The room that would be joined, as a client names it"),
  participantId: participantIdSchema.optional().describe("The participant id that would be asked for"),
});

/** What becomes of a token at a door. */
export const outcomeSchema = z
  .enum(["enter", "knock", "hold", "refuse"])
  .describe(
    "`enter`: the door opens; `knock`: waits for a host who is there; `hold`: waits, and no host is in the room; `refuse`",
  );

/** What a token would do at a door. */
export const explainedSchema = z
  .strictObject({
    door: z.enum(["meeting", "rest"]),
    outcome: outcomeSchema,
    sentence: z.string(),
    rule: z
      .strictObject({
        id: z
          .string()
          .describe("A rule of the room, such as `E9`, or a step of the token's check: `token/times`"),
        sentence: z.string(),
      })
      .describe("What decides it"),
    key: z
      .strictObject({ verified: z.boolean(), app: z.string().nullable(), sentence: z.string() })
      .describe("Whose key made the signature"),
    header: z.record(z.string(), z.unknown()).nullable().describe("Null where it could not be read"),
    claims: z
      .array(z.strictObject({ name: z.string(), value: z.unknown(), sentence: z.string() }))
      .describe("In the order of the token; nothing is proved by them where the key is not verified"),
    roomId: z.string().nullable().describe("The room that was asked; null: none"),
    participantId: z.string().nullable().describe("Null where the id would be made at the door"),
    refusal: z
      .strictObject({
        code: z.string().describe("Stable reason for programs"),
        number: z.number().int().describe("The number that sockets give"),
        error: z.string().describe("Text for people"),
        field: z.string().optional(),
        details: plainMembers.optional(),
      })
      .nullable(),
  })
  .register(named, { id: "ExplainedToken" });
