/** What calls show to the gateway, and what they tell when they fail. */
import { describe, expect, test } from "@jest/globals";
import { RestError } from "../../../src/kit/rest-error.js";
import { failureOf, KEY, ROOM, Scripted, type Answer } from "./support.js";

const EXPIRED = { status: 401, body: { statusCode: 401, error: "no", code: "token_expired" } };
const ISSUED = (token: string, seconds = 1_800): Answer => ({
  body: { token_type: "Bearer", access_token: token, expires_in: seconds, scope: "" },
});
const CONFERENCE = {
  ...{ conferenceId: "c", conferenceAlias: null, conferencePincode: null, isProtected: false },
  ...{ ownerToken: null, usersTokens: {} },
};

describe("what calls show", () => {
  test("a token of their own, used again until a minute before its end", async () => {
    const gateway = new Scripted([{ body: ROOM }]);
    await gateway.client.rooms.get("a");
    gateway.now += 539_000;
    await gateway.client.rooms.get("a");
    gateway.now += 1_000;
    await gateway.client.rooms.get("a");
    const shown = gateway.asked.map(({ headers }) => headers["authorization"]);
    expect(shown[1]).toBe(shown[0]);
    expect(shown[2]).not.toBe(shown[0]);
    expect(shown[0]).toMatch(/^Bearer ey/);
  });

  test("an API token for conferences: asked for once for many callers, again near its end", async () => {
    let made = 0;
    const gateway = new Scripted(({ url }) =>
      url.endsWith("/v1/auth/token") ? ISSUED(`api-${(made += 1)}`) : { body: CONFERENCE },
    );
    const { conferences } = gateway.client;
    await Promise.all([conferences.create(), conferences.create(), conferences.create()]);
    gateway.now += 1_739_000;
    await conferences.create();
    expect(made).toBe(1);
    gateway.now += 1_000;
    await conferences.create();
    expect(made).toBe(2);
    const [first] = gateway.asked;
    const pair = Buffer.from(`${KEY.apiKey}:${KEY.secret}`).toString("base64");
    expect(first).toMatchObject({
      headers: { authorization: `Basic ${pair}`, "content-type": "application/x-www-form-urlencoded" },
      body: "grant_type=client_credentials",
    });
    expect(gateway.asked.at(-1)?.headers["authorization"]).toBe("Bearer api-2");
  });

  test("one that is not taken is replaced once, even where the call is not sent again otherwise", async () => {
    let made = 0;
    const taken = new Set(["Bearer api-2"]);
    const gateway = new Scripted(({ url, headers }) => {
      if (url.endsWith("/v1/auth/token")) return ISSUED(`api-${(made += 1)}`);
      return taken.has(headers["authorization"] ?? "") ? { body: CONFERENCE } : EXPIRED;
    });
    await gateway.client.conferences.create();
    expect(made).toBe(2);
    taken.clear();
    expect(await failureOf(gateway.client.conferences.create())).toMatchObject({ code: "token_expired" });
    expect(made).toBe(3);
  });

  test("several calls that meet the same dead token replace it once", async () => {
    let made = 0;
    const gateway = new Scripted(({ url, headers }) => {
      if (url.endsWith("/v1/auth/token")) return ISSUED(`api-${(made += 1)}`);
      return headers["authorization"] === "Bearer api-1" ? EXPIRED : { body: CONFERENCE };
    });
    const { conferences } = gateway.client;
    await Promise.all([conferences.create(), conferences.create(), conferences.create()]);
    expect(made).toBe(2);
  });

  test("an API token that cannot be had is told to all who wait, and asked for anew by the next", async () => {
    let refuses = true;
    const gateway = new Scripted(({ url }) => {
      if (!url.endsWith("/v1/auth/token")) return { body: CONFERENCE };
      const code = "credentials_invalid";
      return refuses ? { status: 401, body: { error: "invalid_client", code } } : ISSUED("api");
    });
    const { conferences } = gateway.client;
    const failures = await Promise.all([failureOf(conferences.create()), failureOf(conferences.create())]);
    expect(failures).toMatchObject([{ code: "credentials_invalid" }, { code: "credentials_invalid" }]);
    expect(gateway.asked).toHaveLength(1);
    refuses = false;
    await conferences.create();
  });
});

describe("errors", () => {
  test("say what was asked, why not, which member is at fault, and under which id the gateway knows it", async () => {
    const body = {
      ...{ statusCode: 409, error: "Somebody else has answered this knock", code: "already_decided" },
      ...{ field: "participantId", details: { decision: "denied", decidedByName: "Bea" } },
    };
    const gateway = new Scripted([{ status: 409, body, headers: { "x-request-id": "r-1" } }]);
    const failure = await failureOf(gateway.client.lobby.admit("a", "ann"));
    expect(failure).toBeInstanceOf(RestError);
    expect(failure).toMatchObject({
      ...{ name: "RestError", code: "already_decided", status: 409, field: "participantId" },
      ...{ details: body.details, retryable: false, retryAfterMs: null, requestId: "r-1" },
      message:
        "POST /v2/rooms/a/lobby/ann/admit: Somebody else has answered this knock (already_decided, participantId)",
    });
  });

  test("a refusal in the form of RFC 6749 is told by its description", async () => {
    const body = {
      ...{ error: "invalid_scope", error_description: "None of the scopes asked for is known" },
      ...{ code: "scope_invalid", statusCode: 400 },
    };
    const gateway = new Scripted([{ status: 400, body }]);
    const failure = await failureOf(gateway.client.tokens.client());
    expect(failure).toMatchObject({ code: "scope_invalid" });
    expect(String(failure)).toContain("None of the scopes asked for is known");
  });

  test.each<[string, Answer, boolean]>([
    ["a page of something between", { status: 502, body: "<h1>Bad gateway</h1>" }, true],
    ["a yes that is none", { status: 200, body: { hello: "world" } }, false],
    ["no JSON", { status: 200, body: "ok" }, false],
    ["another status", { status: 301, body: "" }, false],
  ])("%s is no answer", async (_name, answer, retryable) => {
    const gateway = new Scripted([answer]);
    const failure = await failureOf(gateway.client.rooms.create());
    expect(failure).toMatchObject({ code: "answer_unreadable", retryable });
  });

  test("none holds a token or the secret", async () => {
    const gateway = new Scripted(({ headers }) => ({
      ...{ status: 400, body: { error: "no", code: "invalid_parameter" } },
      headers: { "x-request-id": headers["x-none"] ?? "r" },
    }));
    const broken = new Scripted(["broken"]);
    const token = "a-token-of-somebody";
    for (const { client, asked } of [gateway, broken]) {
      for (const call of [client.tokens.introspect(token), client.rooms.get("a"), client.tokens.client()]) {
        const failure = await failureOf(call);
        const shown = `${String(failure)} ${JSON.stringify(failure)}`;
        for (const hidden of [token, KEY.secret, "Bearer", "Basic"]) expect(shown).not.toContain(hidden);
      }
      expect(asked.length).toBeGreaterThan(0);
    }
  });
});
