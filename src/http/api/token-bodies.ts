/** What the token endpoints are asked, and what they answer (`reference/dolby.md` sections 1 and 2, RFC 7009, RFC 7662). */
import { z } from "zod";
import { LIMITS } from "../../protocol/limits.js";
import { named } from "./shapes.js";

/** The longest life of an API token and of a client access token, seconds. */
const LONGEST = 86_400;
const DEFAULT_API_SECONDS = 1_800;
const DEFAULT_CLIENT_SECONDS = 3_600;
/** A client access token should not live longer than this, seconds (`reference/dolby.md` section 0). */
export const ADVISED_CLIENT_SECONDS = 43_200;

const SECONDS = "must be a whole number of seconds from 1 to 86,400";

/** Seconds as forms and some JSON clients write them: digits and nothing else. */
const secondsText = z
  .string({ error: fault(SECONDS) })
  .regex(/^[1-9]\d{0,4}$/, { error: SECONDS })
  .transform(Number)
  .pipe(z.number().max(LONGEST, { error: SECONDS }));

/** Seconds in JSON: a number, or such a text (`reference/dolby.md` section 2.1, "Spelling trap"). */
const secondsMember = z.union([z.number().int().min(1).max(LONGEST), secondsText], { error: SECONDS });

/** A parameter of a form. Given twice it arrives as a list, which RFC 6749 section 3.2 forbids. */
function parameter(problem = "is needed") {
  return z.string({ error: fault(problem) });
}

function said(count: number): string {
  return count.toLocaleString("en");
}

function fault(problem: string) {
  return ({ input }: { readonly input?: unknown }): string =>
    Array.isArray(input) ? "is there more than once" : problem;
}

/** The form of `POST /v1/auth/token`. Parameters that are not known are ignored (RFC 6749 section 3.2). */
export const apiTokenForm = z.object({
  grant_type: parameter().min(1, { error: "is needed" }).describe("`client_credentials`"),
  expires_in: secondsText
    .default(DEFAULT_API_SECONDS)
    .describe(`Life of the token in whole seconds, 1 to 86,400; default ${said(DEFAULT_API_SECONDS)}`),
  scope: parameter()
    .optional()
    .describe(
      "Scopes, separated by spaces; `comms:*` and `*` stand for all that begin so. Those that are not known are left out. Not given: all",
    ),
});

/** The body of `POST /v2/client-access-token`. Members that are not known are ignored. */
export const clientTokenBody = z
  .object({
    sessionScope: z
      .string({ error: "must be a text" })
      .describe(
        "Scopes, separated by spaces; `conf:*` and `*` stand for all that begin so. Those that are not known are left out, so that none may be left; none are needed to join",
      ),
    externalId: z
      .string({ error: "must be a text" })
      .min(1, { error: "must not be empty: leave it out for somebody without an id" })
      .refine((text) => Buffer.byteLength(text) <= LIMITS.externalIdBytes, {
        error: `must have at most ${LIMITS.externalIdBytes} bytes`,
      })
      // Half of a surrogate pair would become the sign that every other half becomes, and so somebody else's id.
      .refine((text) => !/\p{Surrogate}/u.test(text), { error: "must be well-formed Unicode" })
      .nullish()
      .describe(
        "Your own id of the person, at most 1,024 bytes of UTF-8. It, and nothing that the client says, tells who they are. Not given or null: they cannot be told from others",
      ),
    expiresIn: secondsMember
      .nullish()
      .describe(
        `Life of the token in whole seconds, 1 to 86,400, also as a text; default ${said(DEFAULT_CLIENT_SECONDS)}`,
      ),
    expires_in: secondsMember
      .nullish()
      .describe("The same in another spelling; where both are given, `expiresIn` counts"),
  })
  .transform(({ sessionScope, externalId, expiresIn, expires_in }) => ({
    sessionScope,
    externalId: externalId ?? null,
    ttlSeconds: expiresIn ?? expires_in ?? DEFAULT_CLIENT_SECONDS,
  }));

/** A new token. */
export const issuedSchema = z
  .strictObject({
    token_type: z.literal("Bearer"),
    access_token: z.string(),
    expires_in: z.number().int().describe("Seconds"),
    scope: z.string().describe("The scopes that were granted, separated by spaces"),
  })
  .register(named, { id: "IssuedToken" });

/** The answer about a new token. */
export function issued(
  token: string,
  ttlSeconds: number,
  scopes: readonly string[],
): z.infer<typeof issuedSchema> {
  return { token_type: "Bearer", access_token: token, expires_in: ttlSeconds, scope: scopes.join(" ") };
}

/** The form of `POST /v1/auth/revoke` and `POST /v1/auth/introspect`. */
export const tokenForm = z.object({
  token: parameter()
    .min(1, { error: "is needed" })
    .describe("A token of the app, of any kind; it is neither kept nor repeated"),
  token_type_hint: parameter("must be a text").optional().describe("Ignored: the kind is told by the token"),
});

/** The answer about a token that was taken back (RFC 7009 section 2.2). */
export const revokedSchema = z.strictObject({});

/** What RFC 7662 section 2.2 tells of a token. */
export const introspectedSchema = z
  .union([
    z.strictObject({ active: z.literal(false) }),
    z.strictObject({
      active: z.literal(true),
      token_type: z.literal("Bearer"),
      token_kind: z
        .enum(["customer", "issuer", "api", "client", "conference"])
        .describe(
          "`customer`: signed with the app's secret; `issuer`: by an identity provider; the others are made here",
        ),
      client_id: z.string().optional().describe("The API key; not of an identity provider's tokens"),
      iss: z.string().optional().describe("The identity provider, of its tokens"),
      sub: z.string().optional().describe("Who shows it: the external id or the participant's"),
      scope: z.string().optional(),
      room_id: z.string().optional().describe("The only room that it is for"),
      jti: z.string().optional().describe("By this it can be revoked"),
      iat: z.number().int().optional().describe("Seconds since 1970"),
      exp: z.number().int().optional().describe("Seconds since 1970; not given: it does not expire"),
    }),
  ])
  .register(named, { id: "IntrospectedToken" });
