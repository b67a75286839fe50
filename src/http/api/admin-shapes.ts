/** The shapes of apps and keys in requests and answers. What was just made is the only secret that an answer holds. */
import { z } from "zod";
import { ISSUER_ALGORITHMS } from "../../tokens/app.js";
import { apiKeySchema, appIdSchema, appSettingsShape, secretSchema } from "../../tokens/apps.js";
import { revocationParam } from "./revocation-shapes.js";
import { isoOrNull, keyName, named } from "./shapes.js";

const policy = z.enum(["stay", "restrict", "leave"]);

/** Paths in which such a name stands could not be asked for: URLs take it for the way up. */
const askableKey = apiKeySchema.refine((key) => key !== "." && key !== "..", {
  error: "cannot be '.' or '..'",
});

const app = appIdSchema.describe("Id of the app");
const newSecret = secretSchema
  .optional()
  .describe("At least 32 bytes of UTF-8; one is made where none is given");

/** An app in a path. */
export const appParam = z.object({ app });
/** A key of an app in a path. */
export const keyParams = z.object({ app, apiKey: keyName });
/** A secret of a key in a path. */
export const secretParams = keyParams.extend({ secretId: z.string().min(1).max(64) });
/** A revocation of an app in a path, as its admin names it. */
export const appRevocationParams = appParam.extend(revocationParam.shape);

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
