/** `POST /v1/auth/token`: every parameter, limit, form of a scope, and error (`reference/dolby.md` section 1). */
import { describe, expect, test } from "@jest/globals";
import { API_SCOPES } from "../../src/tokens/scopes.js";
import { basic } from "../support/admin.js";
import { APP } from "../support/node.js";
import { backEnd, OTHER_APP } from "../support/rest.js";
import {
  claimsOf,
  expectRefused,
  expectUnkept,
  THEIRS,
  TokenDesk,
  type Refused,
} from "../support/token-desk.js";

const ALL = API_SCOPES.join(" ");
const CONFERENCE = "comms:conf:create comms:conf:admin comms:conf:destroy";
const GRANT = "grant_type=client_credentials";

const atFault = (field: string): Refused => [400, "invalid_parameter", "invalid_request", field];
const UNKNOWN_SCOPES: Refused = [400, "scope_invalid", "invalid_scope", "scope"];
const WRONG_GRANT: Refused = [400, "grant_type_unsupported", "unsupported_grant_type", "grant_type"];
const NO_CLIENT: Refused = [401, "credentials_invalid", "invalid_client", "authorization"];

describe("POST /v1/auth/token", () => {
  const desk = new TokenDesk();

  const GRANTED: readonly (readonly [string, string, number, string])[] = [
    ["nothing else", "", 1_800, ALL],
    ["the shortest life", "&expires_in=1", 1, ALL],
    ["a life between", "&expires_in=600", 600, ALL],
    ["the longest life", "&expires_in=86400", 86_400, ALL],
    ["one scope", "&scope=comms%3Aclient_access_token%3Acreate", 1_800, "comms:client_access_token:create"],
    [
      "two scopes, joined by +",
      "&scope=comms:conf:admin+comms:conf:create",
      1_800,
      "comms:conf:create comms:conf:admin",
    ],
    [
      "a scope twice, and spaces around",
      "&scope=++comms:conf:create%20%20comms:conf:create+",
      1_800,
      "comms:conf:create",
    ],
    [
      "known and unknown scopes",
      "&scope=comms:conf:nothing+comms:conf:admin+*:*+profile",
      1_800,
      "comms:conf:admin",
    ],
    ["all scopes", "&scope=*", 1_800, ALL],
    ["all that begin with comms:", "&scope=comms:*", 1_800, ALL],
    ["all of conferences", "&scope=comms:conf:*", 1_800, CONFERENCE],
    [
      "all of one name and another",
      "&scope=comms:remix:*+comms:conf:create",
      1_800,
      "comms:conf:create comms:remix:read comms:remix:write",
    ],
    ["parameters that nobody knows", "&audience=x&audience=y&client_id=other-key&__proto__=1", 1_800, ALL],
  ];
  test.each(GRANTED)("with %s", async (_what, more, seconds, scope) => {
    const { status, headers, body } = await desk.askApiToken(`${GRANT}${more}`);
    expect([status, body]).toEqual([
      200,
      { token_type: "Bearer", access_token: expect.any(String), expires_in: seconds, scope },
    ]);
    expectUnkept(headers);
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    const { exp, iat, scope: inside } = claimsOf(body["access_token"]);
    expect([Number(exp) - Number(iat), inside]).toEqual([seconds, scope]);
  });

  const SPOILED: readonly (readonly [string, string, Refused])[] = [
    ["no grant type", "expires_in=600", atFault("grant_type")],
    ["an empty grant type", "grant_type=", atFault("grant_type")],
    ["the grant type twice", `${GRANT}&${GRANT}`, atFault("grant_type")],
    ["another grant type", "grant_type=password&username=a&password=b", WRONG_GRANT],
    ["the grant type in capitals", "grant_type=CLIENT_CREDENTIALS", WRONG_GRANT],
    ...[
      "0",
      "86401",
      "1.5",
      "abc",
      "",
      "-1",
      "1e3",
      "0600",
      "600s",
      "99999999999999999999",
      "%20600",
      "%D9%A1",
    ].map((text) => [`a life of '${text}'`, `${GRANT}&expires_in=${text}`, atFault("expires_in")] as const),
    ["the life twice", `${GRANT}&expires_in=60&expires_in=60`, atFault("expires_in")],
    ...[
      "",
      "+",
      "profile",
      "COMMS:CONF:CREATE",
      "comms:conf",
      "comms*",
      ":*",
      "comms:conf:create,comms:conf:admin",
      "**",
    ].map((text) => [`the scope '${text}'`, `${GRANT}&scope=${text}`, UNKNOWN_SCOPES] as const),
    ["the scope twice", `${GRANT}&scope=comms:conf:create&scope=comms:conf:admin`, atFault("scope")],
  ];
  test.each(SPOILED)("refuses %s", async (_what, form, refused) => {
    expectRefused(await desk.askApiToken(form), refused);
  });

  const NO_FORMS: readonly (readonly [string, string | null, string | null])[] = [
    ["no body", null, null],
    ["JSON", '{"grant_type":"client_credentials"}', "application/json"],
    ["a form that says it is text", GRANT, "text/plain"],
    ["a form that does not say what it is", GRANT, null],
  ];
  test.each(NO_FORMS)("refuses %s, and says what it takes", async (_what, body, contentType) => {
    const told = await desk.post("/v1/auth/token", body, { contentType });
    expectRefused(told, atFault("body"));
    expect(told.body["error_description"]).toContain("application/x-www-form-urlencoded");
  });

  test("takes a form in UTF-8 that says so, and no form that is too large", async () => {
    const contentType = "application/x-www-form-urlencoded; charset=UTF-8";
    expect((await desk.askApiToken(GRANT, { contentType })).status).toBe(200);
    const large = await desk.askApiToken(`${GRANT}&filler=${"x".repeat(70_000)}`);
    expectRefused(large, [413, "payload_too_large", "invalid_request", "body"]);
    const many = await desk.askApiToken(`${GRANT}&${"a=&".repeat(5_000)}`);
    expectRefused(many, atFault("body"));
  });

  const STRANGERS: readonly (readonly [string, string | null])[] = [
    ["nothing", null],
    ["a wrong secret", basic({ apiKey: APP.apiKey, secret: `${APP.secret}x` })],
    ["the secret of another app", basic({ apiKey: APP.apiKey, secret: OTHER_APP.secret })],
    ["no secret", basic({ apiKey: APP.apiKey, secret: "" })],
    ["an unknown key", basic({ apiKey: "nobodys-key", secret: APP.secret })],
    ["a key of the language", basic({ apiKey: "__proto__", secret: APP.secret })],
    ["no colon", `Basic ${Buffer.from(APP.apiKey).toString("base64")}`],
    ["nothing behind the scheme", "Basic"],
    ["what is not base64", `Basic ${APP.apiKey}:${APP.secret}`],
    ["a customer's token", `Bearer ${backEnd()}`],
    ["another scheme", "Digest username=x"],
  ];
  test.each(STRANGERS)("asks whoever shows %s for a key and its secret", async (_what, authorization) => {
    const told = await desk.askApiToken({}, { authorization });
    expectRefused(told, NO_CLIENT);
    expect(told.headers.get("www-authenticate")).toBe('Basic realm="admitone", charset="UTF-8"');
    expect(JSON.stringify(told.body)).not.toContain("secret-of");
  });

  test("asks for the key first, whatever is wrong beside", async () => {
    expectRefused(await desk.askApiToken("grant_type=password", { authorization: null }), NO_CLIENT);
    const inTheForm = { client_id: APP.apiKey, client_secret: APP.secret };
    expectRefused(await desk.askApiToken(inTheForm, { authorization: null }), NO_CLIENT);
  });

  test("a token is one of its own, and for its own app", async () => {
    const [one, two, theirs] = [
      await desk.apiToken(),
      await desk.apiToken(),
      await desk.apiToken({}, { authorization: THEIRS }),
    ];
    expect(claimsOf(one)["jti"]).not.toBe(claimsOf(two)["jti"]);
    expect(claimsOf(theirs)["apikey"]).toBe(OTHER_APP.apiKey);
    expect(await desk.introspect(theirs)).toEqual({ active: false });
    const { scope } = await desk.introspect(theirs, { authorization: THEIRS });
    expect(scope).toBe(ALL);
  });

  test("is there for POST alone", async () => {
    const { status, body } = await desk.rest.get("/v1/auth/token");
    expect([status, body["code"]]).toEqual([404, "not_found"]);
  });
});
