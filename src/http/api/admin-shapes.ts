/** The shapes of apps, keys and revocations in requests and answers. What was just made is the only secret that an answer holds. */
import { z } from "zod";
import { participantIdSchema, roomIdSchema } from "../../protocol/commands.js";
import { ISSUER_ALGORITHMS } from "../../tokens/app.js";
import { apiKeySchema, appIdSchema, appSettingsShape, secretSchema } from "../../tokens/apps.js";
import { named } from "./shapes.js";

const iso = z.string().describe("Time as ISO 8601, in UTC");
const isoOrNull = iso.nullable();
const policy = z.enum(["stay", "restrict", "leave"]);

/** Paths in which such a name stands could not be asked for: URLs take it for the way up. */
const askableKey = apiKeySchema.refine((key) => key !== "." && key !== "..", {
  error: "cannot be '.' or '..'",
});

const app = appIdSchema.describe("Id of the app");
const apiKey = z.string().min(1).max(128).describe("Name of the key");
const newSecret = secretSchema
  .optional()
  .describe("At least 32 bytes of UTF-8; one is made where none is given");

/** An app in a path. */
export const appParam = z.object({ app });
/** A key of an app in a path. */
export const keyParams = z.object({ app, apiKey });
/** A secret of a key in a path. */
export const secretParams = keyParams.extend({ secretId: z.string().min(1).max(64) });
/** A revocation of an app in a path, as its admin names it. */
export const appRevocationParams = z.object({ app, id: z.string().min(1).max(256) });
/** A revocation in a path. */
export const revocationParam = z.object({ id: z.string().min(1).max(256) });

/** The body that makes an app. */
export const createAppBody = z.object({ id: appIdSchema, ...appSettingsShape });

/** The body that changes one: what is not given stays. */
export const changeAppBody = z.object({
  name: appSettingsShape.name,
  openRooms: appSettingsShape.openRooms.unwrap().optional(),
  allowNoExpiry: appSettingsShape.allowNoExpiry.unwrap().optional(),
  expiryPolicy: appSettingsShape.expiryPolicy.unwrap().optional(),
  clientExpiryPolicy: appSettingsShape.clientExpiryPolicy.unwrap().optional(),
  maxTokenSeconds: appSettingsShape.maxTokenSeconds.unwrap().optional(),
  protectedConferences: appSettingsShape.protectedConferences.unwrap().optional(),
  issuers: appSettingsShape.issuers.unwrap().optional(),
});

/** The body that adds a key. */
export const addKeyBody = z.object({
  apiKey: askableKey.optional().describe("A name is made where none is given"),
  secret: newSecret,
});
/** The body that deactivates or activates a key. */
export const changeKeyBody = z.object({ active: z.boolean() });
/** The body that gives a key its next secret. */
export const rotateBody = z.object({
  secret: newSecret,
  overlapSeconds: z
    .int()
    .min(0)
    .max(2_592_000)
    .default(86_400)
    .describe("How long the secrets that the key has now still count"),
});

const secretView = z.strictObject({
  id: z.string(),
  status: z.enum(["active", "retiring", "retired"]).describe("`retired`: its end has passed"),
  createdAt: isoOrNull,
  retiresAt: isoOrNull.describe("From then on nothing that it signed is taken; null: it has no end"),
});

const keyView = z
  .strictObject({
    apiKey: z.string(),
    active: z.boolean(),
    createdAt: isoOrNull,
    secrets: z.array(secretView).describe("The newest first; what they are is not told"),
  })
  .register(named, { id: "AppKey" });

const issuerView = z
  .strictObject({
    issuer: z.string(),
    audience: z.string(),
    algorithms: z.array(z.enum(ISSUER_ALGORITHMS)),
    jwksUrl: z.string().nullable(),
    keys: z.array(z.record(z.string(), z.unknown())).describe("Public keys as JWK"),
    claims: z.strictObject({
      permissions: z.strictObject({
        claim: z.string().nullable(),
        values: z.record(z.string(), z.array(z.string())),
        otherwise: z.array(z.string()),
      }),
      participantId: z.string(),
      roomId: z.string().nullable(),
      name: z.string().nullable(),
    }),
  })
  .register(named, { id: "Issuer" });

/** An app, without its secrets. */
export const appSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    source: z
      .enum(["settings", "store"])
      .describe("`settings`: from the environment or the apps file, and changed there"),
    createdAt: isoOrNull,
    openRooms: z.boolean(),
    allowNoExpiry: z.boolean(),
    expiryPolicy: policy,
    clientExpiryPolicy: policy,
    maxTokenSeconds: z.number().int().nullable(),
    protectedConferences: z.boolean(),
    issuers: z.array(issuerView),
    keys: z.array(keyView),
  })
  .register(named, { id: "App" });

/** A secret that was just made, and whose it is. */
export const newSecretSchema = z
  .strictObject({
    apiKey: z.string(),
    secretId: z.string(),
    secret: z.string().describe("It is in no other answer"),
  })
  .register(named, { id: "NewSecret" });

/** An app that was just made, with its first key. */
export const createdAppSchema = z.strictObject({ app: appSchema, credentials: newSecretSchema });

const timeSchema = z
  .union([z.iso.datetime({ offset: true }), z.int().min(0).max(8_640_000_000_000_000)], {
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
      apiKey: apiKey.optional(),
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

/** That something is gone. */
export const goneSchema = z.strictObject({ id: z.string(), deleted: z.literal(true) });
