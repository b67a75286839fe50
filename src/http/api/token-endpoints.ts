/**
 * The token endpoints: `POST /v1/auth/token` and `POST /v2/client-access-token` (`reference/dolby.md` sections 1 and 2.1), with the
 * errors and headers of RFC 6749 section 5. What becomes of tokens later is in `token-revocation.ts`.
 */
import { z } from "zod";
import { API_SCOPES, grantScopes, SESSION_SCOPES } from "../../tokens/scopes.js";
import type { Caller } from "../caller.js";
import { no, route, yes, type Route } from "../route.js";
import type { Services } from "./services.js";
import {
  ADVISED_CLIENT_SECONDS,
  apiTokenForm,
  clientTokenBody,
  issued,
  issuedSchema,
} from "./token-bodies.js";
import { tokenRevocationRoutes } from "./token-revocation.js";
import { TOKEN_HEADERS, TOKEN_TAG } from "./token-shared.js";

/** RFC 7234 section 5.5: 299 is a lasting, miscellaneous warning. */
const LONG_LIVED =
  '299 - "A client access token should not live longer than 43200 seconds: it is in the hands of a client"';

type Issuing = Pick<Services, "office" | "access">;

/** The routes that make tokens, revoke them and tell of them. */
export function tokenEndpointRoutes(services: Issuing): Route[] {
  const apiToken = route(
    {
      method: "post",
      path: "/v1/auth/token",
      tag: TOKEN_TAG,
      summary: "Make an API token",
      description:
        "For the calls that ask for an API token. Keep it and use it again until it expires. A parameter that is given twice " +
        "or without a value is an error, others than these are ignored. Scopes that are all unknown are an error too: a token " +
        "that may do everything is made only where no scope is asked for.\n\n" +
        "`comms:client_access_token:create` makes client access tokens, `comms:conf:create` opens conferences, " +
        "`comms:conf:admin` invites, changes permissions, puts people out, sends messages and lists who is there, " +
        "`comms:conf:destroy` ends conferences. The others of Dolby.io are granted where they are asked for, " +
        "and nothing here needs them.",
      access: "credentials",
      takes: "form",
      errors: "oauth",
      headers: TOKEN_HEADERS,
      asks: z.object({ body: apiTokenForm }),
      answer: issuedSchema,
      refusals: ["grant_type_unsupported", "scope_invalid"],
    },
    ({ body, caller }) => {
      if (body.grant_type !== "client_credentials")
        return no("grant_type_unsupported", { field: "grant_type" });
      const scopes = body.scope === undefined ? API_SCOPES : grantScopes(body.scope, API_SCOPES);
      if (scopes.length === 0) return no("scope_invalid", { field: "scope" });
      if (!maySign(services, caller)) return no("key_deactivated");
      const ttlSeconds = body.expires_in;
      const token = services.office.makeApiToken({ apiKey: caller.key, scopes, ttlSeconds });
      return yes(issued(token, ttlSeconds, scopes));
    },
  );

  const clientToken = route(
    {
      method: "post",
      path: "/v2/client-access-token",
      tag: TOKEN_TAG,
      summary: "Make a client access token",
      description:
        "For one device of one person. It opens sessions and says who they are; what they may do in a conference is in its " +
        "conference access token. The token has at most 2,048 bytes; where it would be longer, the error says by how much and " +
        "what to shorten.\n\n" +
        "`conf:create` lets it open the conference that it joins, `session:update` lets the person change their own name, " +
        "`notifications:set` lets them subscribe to notifications. `file:convert` is granted where it is asked for, and nothing " +
        "here needs it.",
      access: "comms:client_access_token:create",
      errors: "oauth",
      headers: TOKEN_HEADERS,
      asks: z.object({ body: clientTokenBody }),
      answer: issuedSchema,
      answerHeaders: { Warning: "Where the token lives longer than 12 hours, which it should not" },
      refusals: ["token_too_large"],
    },
    ({ body, caller }) => {
      const { sessionScope, externalId, ttlSeconds } = body;
      const scopes = grantScopes(sessionScope, SESSION_SCOPES);
      if (!maySign(services, caller)) return no("key_deactivated");
      const { app, key: apiKey } = caller;
      const made = services.office.makeClientToken({ app, apiKey, scopes, externalId, ttlSeconds });
      if (!made.ok) return { ok: false, refusal: { ...made.refusal, field: "externalId" } };
      const answer = issued(made.token, ttlSeconds, scopes);
      return ttlSeconds > ADVISED_CLIENT_SECONDS ? yes(answer, { Warning: LONG_LIVED }) : yes(answer);
    },
  );

  return [apiToken, clientToken, ...tokenRevocationRoutes(services)];
}

/** Between a request's head and the end of its body there is time enough for the key to be taken away. */
function maySign({ access }: Issuing, { key }: Caller): boolean {
  return access.find(key)?.active === true;
}
