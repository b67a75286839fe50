/** Shapes that requests and answers of many routes have in common, and the names under which shapes are documented. */
import { z } from "zod";
import { participantIdSchema } from "../../protocol/commands.js";
import { actorViewSchema, knockViewSchema, participantViewSchema } from "../../protocol/events.js";

/** Names under which shapes stand in the OpenAPI document. */
export const named = z.registry<{ id: string; description?: string }>();

/** A time in an answer. */
export const iso = z.string().describe("Time as ISO 8601, in UTC");
/** A time in an answer, where there is one. */
export const isoOrNull = iso.nullable();

/** The last time that there is, epoch milliseconds (ECMA-262, time values). */
export const LAST_INSTANT = 8_640_000_000_000_000;

/** A position in an answer. */
export const positionSchema = z.string().describe("`<epoch>:<seq>`: a place in the room's log");

/** Members that are known by name only, such as the details of a refusal. */
export const plainMembers = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const reason = {
  code: z.string().describe("Stable reason for programs"),
  field: z.string().optional().describe("The member of the request at fault"),
  details: plainMembers.optional(),
};

/** The body of every error. */
export const errorSchema = z
  .strictObject({
    statusCode: z.number().int(),
    error: z.string().describe("Text for people; it may change"),
    ...reason,
  })
  .register(named, { id: "Error" });

/** A refusal in the form of RFC 6749, at token endpoints and conference calls: see `oauthError`. */
export const tokenErrorSchema = z
  .strictObject({
    error: z
      .string()
      .describe("A word of RFC 6749, RFC 6750 or RFC 7009, such as `invalid_client`, `invalid_scope`"),
    error_description: z.string().describe("Text for people; it may change"),
    type: z.literal("ErrorResponse"),
    error_code: z.number().int().describe("Dolby.io's number where it has one, else ours"),
    error_reason: z.string(),
    status: z.number().int(),
    message: z.string(),
    statusCode: z.number().int(),
    ...reason,
  })
  .register(named, { id: "TokenError" });

/** Where a page is in its list. */
export const pageInfoSchema = z
  .strictObject({
    currentPage: z.number().int(),
    perPage: z.number().int(),
    lastPage: z.number().int().describe("ceil(total / perPage)"),
    total: z.number().int(),
  })
  .register(named, { id: "PageInfo" });

/** A page of something. */
export function pageOf<T extends z.ZodType>(entry: T) {
  return z.strictObject({ pageInfo: pageInfoSchema, data: z.array(entry) });
}

/** Which page is asked for. */
export const pageQuery = {
  page: count(1_000_000).default(1).describe("From 1"),
  perPage: count(100).default(20).describe("At most 100"),
};

function count(most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().int().min(1).max(most));
}

/** The page info of a list with `total` entries. */
export function pageInfo(
  { page, perPage }: { readonly page: number; readonly perPage: number },
  total: number,
): z.infer<typeof pageInfoSchema> {
  return { currentPage: page, perPage, lastPage: Math.ceil(total / perPage), total };
}

/** Id of a room in a path: room id or custom room id. */
export const idParam = z.object({ id: participantIdSchema.describe("Room id or custom room id") });

/** Name of an event in what a webhook hears. */
export const eventName = z
  .string()
  .regex(/^(\*|[a-z][a-z-]{0,63}\*?)$/, "must be the name of an event, or its beginning and a *");

/** Name of a key of an app. */
export const keyName = z.string().min(1).max(128).describe("Name of the key");

/** That something is gone. */
export const goneSchema = z.strictObject({ id: z.string(), deleted: z.literal(true) });

/** What became of a command. `position` is the number in the room's log that holds its effect. */
export const doneSchema = z
  .strictObject({
    roomId: z.string(),
    position: positionSchema.describe("`<epoch>:<seq>`: the effect is in the events up to here"),
    repeated: z.boolean().describe("The command with this Idempotency-Key had its effect before"),
    result: plainMembers,
  })
  .register(named, { id: "Done" });

actorViewSchema.register(named, { id: "Actor" });
knockViewSchema.register(named, { id: "Knock" });
participantViewSchema.register(named, { id: "Participant" });
