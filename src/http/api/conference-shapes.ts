/** What conference calls take and answer (`reference/dolby.md` section 3). Members that are not known are left alone. */
import { z } from "zod";
import { conferencePermissionSchema } from "../../protocol/events.js";
import { LIMITS } from "../../protocol/limits.js";
import { named } from "./shapes.js";

/** People in one call. */
const PEOPLE = 1_000;

/** How large the bodies are that name people, bytes: ids of 1,024 bytes, each with all permissions. */
export const PEOPLE_BYTES = 2_097_152;

/** What is wrong with a text as an external id; null: nothing. */
function faultOf(text: string): string | null {
  if (text === "") return "must not be empty";
  if (/\p{Cs}/u.test(text)) return "must not have half of a character";
  return Buffer.byteLength(text) > LIMITS.externalIdBytes
    ? `must be at most ${LIMITS.externalIdBytes} bytes of UTF-8`
    : null;
}

const externalId = z.string().superRefine((text, context) => {
  const problem = faultOf(text);
  if (problem !== null) context.addIssue({ code: "custom", message: problem });
});

const externalIds = z.array(externalId).max(PEOPLE);

/** People by external id, with something about each. */
function peopleOf<T extends z.ZodType>(entry: T) {
  return (
    z
      // The schema of a record passes over this member, and somebody would be left out without a word.
      .preprocess(
        (value, context) => {
          if (typeof value === "object" && value !== null && Object.hasOwn(value, "__proto__"))
            context.issues.push({
              code: "custom",
              message: "must not have a member __proto__",
              input: value,
            });
          return value;
        },
        z.record(z.string(), entry),
      )
      .superRefine((people, context) => {
        const ids = Object.keys(people);
        if (ids.length > PEOPLE)
          context.addIssue({ code: "custom", message: `must have at most ${PEOPLE} members` });
        for (const id of ids) {
          const problem = faultOf(id);
          if (problem !== null) context.addIssue({ code: "custom", path: [id], message: problem });
        }
      })
  );
}

const permissions = z.array(conferencePermissionSchema);
const notification = z
  .boolean()
  .nullish()
  .describe("Whether clients of theirs that follow invitations are told");

const invited = peopleOf(
  z.object({
    permissions: permissions.nullish().describe("All but INVITE, KICK and UPDATE_PERMISSIONS unless said"),
    notification,
  }),
).describe("By external id; at most 1,000");

/** The body that invites. */
export const inviteBody = z.object({ participants: invited });

/** The body that changes permissions. */
export const permissionsBody = z.object({
  participants: peopleOf(z.object({ permissions, notification })).describe("By external id; at most 1,000"),
});

/** The body that puts people out. */
export const kickBody = z.object({ externalIds });

/** The body of a message. */
export const messageBody = z.object({
  from: externalId.describe("Who it is from, as the app says"),
  message: z.string().max(LIMITS.messageLength),
  to: externalIds.nullish().describe("External ids; none, or not given: everybody"),
});

/** The body that opens a conference. */
export const createConferenceBody = z.object({
  ownerExternalId: externalId.nullish().describe("Who holds all twelve permissions"),
  alias: z
    .string()
    .min(1)
    .max(250)
    .regex(/^[^#\p{Cc}\p{Cs}]+$/u, { error: "must not have # or control characters" })
    .nullish()
    .describe("A name for it, among the conferences that go on"),
  parameters: z
    .object({
      ttl: z
        .number()
        .int()
        .min(0)
        .max(86_400)
        .nullish()
        .describe("Seconds for which it goes on empty; 0 unless said: it ends with the last to leave"),
      pincode: z.string().min(1).max(64).nullish().describe("Kept and answered; nothing asks for it"),
    })
    .nullish(),
  participants: invited.nullish(),
});

const tokens = z.record(z.string(), z.string()).describe("Conference access tokens by external id");

/** A conference that was opened, or goes on. */
export const conferenceSchema = z
  .strictObject({
    conferenceId: z.string().describe("A UUID"),
    conferenceAlias: z.string().nullable(),
    conferencePincode: z.string().nullable(),
    isProtected: z.boolean().describe("Whether joining takes a conference access token"),
    ownerToken: z
      .string()
      .nullable()
      .describe("The owner's conference access token; null: none was named, or the conference has another"),
    usersTokens: tokens,
  })
  .register(named, { id: "Conference" });

/** What invitations and changed permissions answer. */
export const tokensSchema = tokens.register(named, { id: "ConferenceTokens" });

/** What calls answer that have nothing to say. */
export const nothingSchema = z.strictObject({}).register(named, { id: "Nothing" });

/** Who is inside. */
export const insideSchema = z
  .strictObject({
    participants: z.array(
      z
        .strictObject({
          userId: z.string().describe("The participant id"),
          externalId: z
            .string()
            .nullable()
            .describe("Null: the participant id was derived from it, or their token names nobody"),
          name: z.string(),
          avatarUrl: z.string().nullable().describe("`avatarUrl` of their `metaData`, if it is a text"),
          ipAddress: z.null().describe("Not kept"),
          userAgent: z.null().describe("Not kept"),
          lastJoinTimestamp: z.number().describe("Epoch milliseconds"),
          nbSession: z.number().int().describe("How often they have joined this conference"),
        })
        .register(named, { id: "ConferenceParticipant" }),
    ),
  })
  .register(named, { id: "ConferenceParticipants" });
