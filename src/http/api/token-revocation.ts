/** Taking a token back (RFC 7009) and asking what it is (RFC 7662). Both know the tokens of the caller's app alone. */
import { z } from "zod";
import type { TokenFacts } from "../../tokens/office.js";
import { no, route, yes, type Route } from "../route.js";
import type { Services } from "./services.js";
import { introspectedSchema, revokedSchema, tokenForm } from "./token-bodies.js";
import { TOKEN_HEADERS, TOKEN_TAG } from "./token-shared.js";

/** The routes of tokens that were made already. */
export function tokenRevocationRoutes({ office, access }: Pick<Services, "office" | "access">): Route[] {
  const revoke = route(
    {
      method: "post",
      path: "/v1/auth/revoke",
      tag: TOKEN_TAG,
      summary: "Revoke a token",
      description:
        "From now on it opens nothing, and whoever stands on it is out of their meetings within a second. A token that does " +
        "not count, or is not of this app, is a success as well: there is nothing to revoke. One without a `jti` cannot be " +
        "told from others: revoke the tokens of its participant or key instead.",
      access: "credentials",
      takes: "form",
      errors: "oauth",
      headers: TOKEN_HEADERS,
      asks: z.object({ body: tokenForm }),
      answer: revokedSchema,
      refusals: ["token_not_revocable"],
    },
    async ({ body, caller }) => {
      const facts = await office.facts(body.token, caller.app, "ever");
      if (facts === null) return yes({});
      const { jti, expiresAt } = facts;
      if (jti === null) return no("token_not_revocable", { field: "token" });
      // The one refusal is that the app is gone, and then its tokens are as well.
      await access.admin.revoke(
        caller.app,
        { kind: "token", jti },
        { expiresAt, by: `key ${caller.key}`, note: null },
      );
      return yes({});
    },
  );

  const introspect = route(
    {
      method: "post",
      path: "/v1/auth/introspect",
      tag: TOKEN_TAG,
      summary: "Tell what a token is",
      description:
        "Of a token that counts now. Of any other, of tokens of other apps and of what is no token, `active` is false and nothing " +
        "else is told. Whether a room would let its bearer in, the dry run tells.",
      access: "credentials",
      takes: "form",
      errors: "oauth",
      headers: TOKEN_HEADERS,
      asks: z.object({ body: tokenForm }),
      answer: introspectedSchema,
    },
    async ({ body, caller }) => {
      const facts = await office.facts(body.token, caller.app);
      return yes(facts === null ? { active: false } : introspected(facts));
    },
  );

  return [revoke, introspect];
}

function introspected(facts: TokenFacts): z.infer<typeof introspectedSchema> {
  const { kind, key, subject, scope, roomId, jti, issuedAt, expiresAt } = facts;
  return {
    active: true,
    token_type: "Bearer",
    token_kind: kind,
    ...(kind === "issuer" ? { iss: key } : { client_id: key }),
    ...(subject === null ? {} : { sub: subject }),
    ...(scope === null ? {} : { scope }),
    ...(roomId === null ? {} : { room_id: roomId }),
    ...(jti === null ? {} : { jti }),
    ...(issuedAt === null ? {} : { iat: seconds(issuedAt) }),
    ...(expiresAt === null ? {} : { exp: seconds(expiresAt) }),
  };
}

function seconds(epochMilliseconds: number): number {
  return Math.floor(epochMilliseconds / 1_000);
}
