/** `POST /v2/client-access-token`: every member, limit, spelling, form of a scope, and error (`reference/dolby.md` section 2.1). */
import { describe, expect, test } from "@jest/globals";
import { SESSION_SCOPES } from "../../src/tokens/scopes.js";
import { backEnd } from "../support/rest.js";
import {
  claimsOf,
  expectRefused,
  expectUnkept,
  MINE,
  TokenDesk,
  type Refused,
} from "../support/token-desk.js";

const ALL = SESSION_SCOPES.join(" ");
const NEEDED = "comms:client_access_token:create";
const atFault = (field: string): Refused => [400, "invalid_parameter", "invalid_request", field];
const LIVES = { expiresIn: "expiresIn", expires_in: "expires_in" } as const;

describe("POST /v2/client-access-token", () => {
  const desk = new TokenDesk();

  const SCOPES: readonly (readonly [string, string])[] = [
    ["*", ALL],
    ["conf:*", "conf:create"],
    ["conf:create notifications:set", "conf:create notifications:set"],
    ["notifications:set   conf:create conf:create", "conf:create notifications:set"],
    ["file:convert session:update conf:join comms:conf:create", "file:convert session:update"],
    ["unknown", ""],
    ["CONF:CREATE", ""],
    ["", ""],
  ];
  test.each(SCOPES)("the session scope '%s' grants '%s'", async (sessionScope, scope) => {
    const { status, headers, body } = await desk.askClientToken({ sessionScope });
    expect([status, body]).toEqual([
      200,
      { token_type: "Bearer", access_token: expect.any(String), expires_in: 3_600, scope },
    ]);
    expectUnkept(headers);
    const claims = claimsOf(body["access_token"]);
    expect([claims["scope"], Number(claims["exp"]) - Number(claims["iat"])]).toEqual([scope, 3_600]);
    expect(claims).not.toHaveProperty("sub");
  });

  const LIFETIMES: readonly (readonly [string, number])[] = [
    ["{}", 3_600],
    ['{"expiresIn":1}', 1],
    ['{"expiresIn":86400}', 86_400],
    ['{"expiresIn":600.0}', 600],
    ['{"expiresIn":"600"}', 600],
    ['{"expires_in":600}', 600],
    ['{"expires_in":"1"}', 1],
    ['{"expires_in":"86400","grant_type":"client_credentials"}', 86_400],
    ['{"expiresIn":60,"expires_in":600}', 60],
    ['{"expires_in":"600","expiresIn":60}', 60],
    ['{"expiresIn":null}', 3_600],
    ['{"expiresIn":null,"expires_in":600}', 600],
    ['{"expiresIn":60,"expires_in":null}', 60],
  ];
  test.each(LIFETIMES)("%s means %i seconds", async (members, seconds) => {
    const body = members.replace(/^\{/, members === "{}" ? '{"sessionScope":"*"' : '{"sessionScope":"*",');
    const told = await desk.askClientToken(body);
    expect([told.status, told.body["expires_in"]]).toEqual([200, seconds]);
    const { exp, iat } = claimsOf(told.body["access_token"]);
    expect(Number(exp) - Number(iat)).toBe(seconds);
  });

  test("more than 12 hours is warned of", async () => {
    const warned = async (expiresIn: number): Promise<string | null> =>
      (await desk.askClientToken({ sessionScope: "*", expiresIn })).headers.get("warning");
    expect(await warned(43_200)).toBeNull();
    expect(await warned(43_201)).toMatch(/^299 - "[^"]*43200 seconds[^"]*"$/);
  });

  const WRONG_LIVES = [
    0,
    -1,
    86_401,
    1.5,
    1e300,
    true,
    false,
    "abc",
    "",
    "0",
    "86401",
    "1.5",
    " 60",
    "060",
    "1e3",
    [60],
    {},
  ];
  test.each(Object.values(LIVES).flatMap((name) => WRONG_LIVES.map((life) => [name, life] as const)))(
    "refuses %s: %j",
    async (name, life) => {
      expectRefused(await desk.askClientToken({ sessionScope: "*", [name]: life }), atFault(name));
    },
  );

  const NAMES: readonly (readonly [string, string])[] = [
    ["1,024 bytes", "a".repeat(1_024)],
    ["1,024 bytes in signs of two", "é".repeat(512)],
    ["1,024 bytes in signs of three", `${"名".repeat(341)}a`],
    ["1,024 bytes in signs of four", "😀".repeat(256)],
    ["an address", "alice@example.test"],
    ["one blank", " "],
  ];
  test.each(NAMES)("takes an external id of %s, as it is", async (_what, externalId) => {
    const { body } = await desk.askClientToken({ sessionScope: "", externalId });
    expect(claimsOf(body["access_token"])["sub"]).toBe(externalId);
    expect(await desk.introspect(String(body["access_token"]))).toMatchObject({ sub: externalId, scope: "" });
  });

  test("null is as good as no external id", async () => {
    const { status, body } = await desk.askClientToken({ sessionScope: "", externalId: null });
    expect(status).toBe(200);
    expect(claimsOf(body["access_token"])).not.toHaveProperty("sub");
  });

  const NO_NAMES: readonly (readonly [string, unknown])[] = [
    ["1,025 bytes", "a".repeat(1_025)],
    ["1,025 bytes in signs of two", `${"é".repeat(512)}a`],
    ["1,026 bytes in signs of three", "名".repeat(342)],
    ["1,028 bytes in signs of four", "😀".repeat(257)],
    ["nothing", ""],
    ["half of a sign", "a\ud83d"],
    ["a number", 42],
    ["a list", ["alice"]],
    ["an object", { id: "alice" }],
    ["a truth", true],
  ];
  test.each(NO_NAMES)("refuses an external id of %s", async (_what, externalId) => {
    expectRefused(await desk.askClientToken({ sessionScope: "*", externalId }), atFault("externalId"));
  });

  const NO_SCOPES: readonly (readonly [string, unknown])[] = [
    ["none", {}],
    ["null", { sessionScope: null }],
    ["a list", { sessionScope: ["*"] }],
    ["the name of API tokens", { scope: "*" }],
  ];
  test.each(NO_SCOPES)("refuses a session scope of %s", async (_what, body) => {
    expectRefused(await desk.askClientToken(body), atFault("sessionScope"));
  });

  test("a token has at most 2,048 bytes; one that would have more says how many, and what to shorten", async () => {
    const authorization = `Bearer ${await desk.apiToken()}`;
    const size = async (letters: number): Promise<number> => {
      // A quotation mark takes two bytes in JSON, so that an id that is short enough fills a token.
      const externalId = '"'.repeat(500) + "a".repeat(letters);
      const told = await desk.askClientToken({ sessionScope: "*", externalId }, { authorization });
      if (told.status === 200) return String(told.body["access_token"]).length;
      const { details } = told.body;
      const bytes = Number(Reflect.get(Object(details), "bytes"));
      expectRefused(told, [400, "token_too_large", "invalid_request", "externalId"]);
      expect(details).toEqual({ bytes, limit: 2_048, over: bytes - 2_048, shorten: "externalId" });
      expect(told.body["error_description"]).toContain(`${bytes} bytes, ${bytes - 2_048} more than 2048`);
      expect(bytes).toBeGreaterThan(2_048);
      return bytes;
    };
    const sizes: number[] = [];
    for (let letters = 300; letters < 330; letters += 1) sizes.push(await size(letters));
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    const accepted = sizes.filter((bytes) => bytes <= 2_048);
    // Base64 has no parts of 4n + 1 characters, and with the header and signature that there are this is the part of 2,048.
    expect([accepted.at(-1), sizes[accepted.length]]).toEqual([2_047, 2_049]);
  });

  test("1,024 quotation marks are an id, and too much for a token", async () => {
    const told = await desk.askClientToken({ sessionScope: "", externalId: '"'.repeat(1_024) });
    expectRefused(told, [400, "token_too_large", "invalid_request", "externalId"]);
  });

  test("is JSON whatever it says it is", async () => {
    for (const contentType of [
      null,
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json; charset=utf-8",
    ])
      expect((await desk.askClientToken({ sessionScope: "*" }, { contentType })).status).toBe(200);
  });

  const NO_BODIES: readonly (readonly [string, string, string])[] = [
    ["nothing", "", "sessionScope"],
    ["null", "null", "sessionScope"],
    ["a list", "[]", "body"],
    ["a text", '"*"', "body"],
    ["half of an object", '{"sessionScope":"*"', "body"],
    ["a form", "sessionScope=*", "body"],
  ];
  test.each(NO_BODIES)("refuses %s for a body", async (_what, text, field) => {
    expectRefused(await desk.askClientToken(text), atFault(field));
  });

  test("asks for an API token that has the scope", async () => {
    const few = await desk.askClientToken(
      { sessionScope: "*" },
      { authorization: `Bearer ${await desk.apiToken({ scope: "comms:conf:* comms:monitor:*" })}` },
    );
    expectRefused(few, [403, "scope_missing", "insufficient_scope", null]);
    expect(few.headers.get("www-authenticate")).toBe(`Bearer error="insufficient_scope", scope="${NEEDED}"`);
    expect(few.body).toMatchObject({ error_code: 114, error_description: expect.stringContaining(NEEDED) });
    const enough = { authorization: `Bearer ${await desk.apiToken({ scope: NEEDED })}` };
    expect((await desk.askClientToken({ sessionScope: "*" }, enough)).status).toBe(200);
  });

  test("takes nothing else in its place", async () => {
    const invalid = 'Bearer error="invalid_token"';
    const shown: readonly (readonly [string | null, Refused, string])[] = [
      [null, [401, "token_missing", "invalid_token", null], "Bearer"],
      [MINE, [401, "token_missing", "invalid_token", null], "Bearer"],
      ["Bearer", atFault("authorization"), 'Bearer error="invalid_request"'],
      ["Bearer hello", [401, "token_malformed", "invalid_token", null], invalid],
    ];
    for (const [authorization, refused, challenge] of shown) {
      const told = await desk.askClientToken({ sessionScope: "*" }, { authorization });
      expectRefused(told, refused);
      expect(told.headers.get("www-authenticate")).toBe(challenge);
    }
    for (const token of [backEnd(), await desk.clientToken()]) {
      const told = await desk.askClientToken({ sessionScope: "*" }, { authorization: `Bearer ${token}` });
      expect([told.status, told.body["error"], told.body["error_code"]]).toEqual([401, "invalid_token", 89]);
      expect(told.headers.get("www-authenticate")).toBe(invalid);
      expectUnkept(told.headers);
    }
  });

  test("an API token in the URL is not taken", async () => {
    const token = await desk.apiToken();
    const told = await desk.post(`/v2/client-access-token?access_token=${token}`, '{"sessionScope":"*"}', {
      authorization: null,
    });
    expectRefused(told, [401, "token_missing", "invalid_token", null]);
  });
});
