/** `/v2/admin/apps/{app}/tokens`: tokens to try an app with, made as its own back end makes them. */
import { z } from "zod";
import { participantIdSchema, roomIdSchema } from "../../protocol/commands.js";
import { usableSecrets, type AppKeys } from "../../tokens/app.js";
import { PERMISSIONS, ROLES } from "../../tokens/claims.js";
import { mintToken } from "../../tokens/mint.js";
import { no, route, yes, type Route } from "../route.js";
import { appParam } from "./admin-shapes.js";
import { adminSpec, upToDate } from "./admin-views.js";
import type { Services } from "./services.js";
import { iso } from "./shapes.js";
import { isoTime } from "./times.js";

const LONGEST_SECONDS = 43_200;

const bodySchema = z
  .object({
    permissions: z.array(z.enum(PERMISSIONS)).min(1),
    roles: z.array(z.enum(ROLES)).min(1).optional().describe("Which doors it opens; both, where not given"),
    roomId: roomIdSchema.optional().describe("The only room that it is for"),
    participantId: participantIdSchema.optional().describe("The only participant that it is for"),
    oneTime: z.boolean().default(false).describe("Used up by the first admission; needs a `roomId`"),
    ttlSeconds: z.int().min(1).max(LONGEST_SECONDS).default(3_600).describe("Life from now"),
  })
  .refine(({ oneTime, roomId }) => !oneTime || roomId !== undefined, {
    error: "is needed with oneTime",
    path: ["roomId"],
  });

const mintedSchema = z.strictObject({
  token: z.string().describe("It is in no other answer, and kept nowhere"),
  apiKey: z.string().describe("The key whose newest secret signed it"),
  expiresAt: iso,
});

/** The route of test tokens. */
export function adminTokenRoutes(services: Pick<Services, "access" | "now" | "freshId">): Route[] {
  const { access, now, freshId } = services;
  const mint = route(
    adminSpec({
      method: "post",
      path: "/v2/admin/apps/{app}/tokens",
      summary: "Make a token to try an app with",
      description:
        "Signed with the newest secret of an active key of the app. Each has an id (`jti`), so that it can be revoked. Whether a door takes it is " +
        "another question, which `/v2/admin/tokens/explain` answers: an app may take no token that lives for so long, and some permissions enter nothing.",
      asks: z.object({ params: appParam, body: bodySchema }),
      answer: mintedSchema,
      refusals: ["app_unknown", "api_key_unknown"],
    }),
    upToDate(services, ({ params: { app }, body }) => {
      if (access.app(app) === null) return no("app_unknown", { field: "app" });
      const signer = signerOf(access, app, now());
      if (signer === null)
        return no("api_key_unknown", { field: "app", details: { problem: "has no active key" } });
      const { apiKey, secret } = signer;
      const { oneTime, ttlSeconds, ...claims } = body;
      // Its `exp` counts from the whole second in which it is made.
      const at = Math.floor(now() / 1_000) * 1_000;
      const token = mintToken({
        ...claims,
        ...{ apiKey, secret, ttlSeconds },
        jti: freshId(),
        now: () => at,
        ...(oneTime ? { oneTime } : {}),
      });
      return yes({ token, apiKey, expiresAt: isoTime(at + ttlSeconds * 1_000) });
    }),
  );
  return [mint];
}

function signerOf(
  keys: Pick<AppKeys, "keysOf">,
  app: string,
  now: number,
): { readonly apiKey: string; readonly secret: string } | null {
  for (const key of keys.keysOf(app)) {
    const [newest] = usableSecrets(key, now);
    if (newest !== undefined) return { apiKey: key.apiKey, secret: newest.key.export().toString("utf8") };
  }
  return null;
}
