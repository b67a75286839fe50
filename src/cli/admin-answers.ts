/** What the operator's commands read of the API's answers. Members that they do not show may be missing, and further ones come. */
import { z } from "zod";

const time = z.string().nullable();

/** An app. */
export const appAnswer = z.object({
  id: z.string(),
  name: z.string(),
  source: z.string(),
  createdAt: time,
  openRooms: z.boolean(),
  allowNoExpiry: z.boolean(),
  expiryPolicy: z.string(),
  clientExpiryPolicy: z.string(),
  maxTokenSeconds: z.number().nullable(),
  protectedConferences: z.boolean(),
  issuers: z.array(
    z.object({
      issuer: z.string(),
      audience: z.string(),
      algorithms: z.array(z.string()),
      jwksUrl: z.string().nullable(),
      keys: z.array(z.unknown()),
    }),
  ),
  keys: z.array(
    z.object({
      apiKey: z.string(),
      active: z.boolean(),
      secrets: z.array(z.object({ id: z.string(), status: z.string(), createdAt: time, retiresAt: time })),
    }),
  ),
});
/** An app. */
export type AppAnswer = z.infer<typeof appAnswer>;

/** All apps. */
export const appsAnswer = z.object({ data: z.array(appAnswer) });

/** A secret that was just made. */
export const newSecretAnswer = z.object({ apiKey: z.string(), secretId: z.string(), secret: z.string() });
/** A secret that was just made. */
export type NewSecretAnswer = z.infer<typeof newSecretAnswer>;

/** An app that was just made. */
export const createdAnswer = z.object({ app: appAnswer, credentials: newSecretAnswer });

/** That something is gone. */
export const goneAnswer = z.object({ id: z.string() });

/** A revocation. */
export const revocationAnswer = z.object({
  id: z.string(),
  type: z.string(),
  jti: z.string().optional(),
  participantId: z.string().optional(),
  roomId: z.string().nullable().optional(),
  key: z.string().optional(),
  before: z.string().optional(),
  at: z.string(),
  until: time,
  by: z.string(),
  note: z.string().nullable(),
});
/** A revocation. */
export type RevocationAnswer = z.infer<typeof revocationAnswer>;

/** A page of revocations. */
export const revocationsAnswer = z.object({
  pageInfo: z.object({ lastPage: z.number() }),
  data: z.array(revocationAnswer),
});
