/** Asking the gateway: what goes with a request, and what becomes of each kind of answer. */
import { describe, expect, test } from "@jest/globals";
import { createApi, keyOf, pathOf, urlOf, type Ask } from "../../../../src/web/console/api/client.js";
import { ApiFault, codeOf, sentenceOf } from "../../../../src/web/console/api/fault.js";
import { readSession, signIn } from "../../../../src/web/console/api/session.js";
import { FakeSurroundings, settled, type Answer } from "./fake.js";

const NAME: Ask<string> = { method: "GET", path: "/v2/thing", read: (answer) => answer.text("name") };

function world(answer?: Answer) {
  const surroundings = new FakeSurroundings();
  if (answer !== undefined) surroundings.answer = () => answer;
  const seen = { signedOut: 0 };
  const api = createApi(surroundings, { onSignedOut: () => (seen.signedOut += 1) });
  return { surroundings, api, seen };
}

async function faultIn(asked: Promise<unknown>): Promise<ApiFault> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof ApiFault) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("a request of the console", () => {
  test("says that it is the console's, and which app is meant", async () => {
    const { api, surroundings } = world({ status: 200, body: { name: "x" } });
    expect(await api.call({ ...NAME, app: "school", query: { page: 2, none: null, empty: "" } })).toBe("x");
    const [asked] = surroundings.asked;
    expect(asked?.path).toBe("/v2/thing?page=2");
    expect(asked?.init).toMatchObject({ method: "GET", credentials: "same-origin" });
    expect(asked?.init.headers).toEqual({ "x-admitone-console": "1", "x-admitone-app": "school" });
  });

  test("that is a command has a key of its own, so that it has one effect", async () => {
    const { api, surroundings } = world({ status: 200, body: { name: "x" } });
    const command = { ...NAME, method: "POST", body: { a: 1 }, once: true } as const;
    await api.call(command);
    await api.call(command);
    const headers = surroundings.asked.map(({ init }) => new Headers(init.headers));
    expect(headers.map((one) => one.get("idempotency-key"))).toEqual(["id-1", "id-2"]);
    expect(headers[0]?.get("content-type")).toBe("application/json");
    expect(surroundings.asked[0]?.init.body).toBe('{"a":1}');
  });

  test("that is refused fails with the gateway's sentence, its code and the field at fault", async () => {
    const body = {
      statusCode: 400,
      error: "A parameter is not right",
      code: "invalid_parameter",
      field: "ttlSeconds",
      details: { problem: "must be at most 43200" },
    };
    const { fault } = await faultIn(world({ status: 400, body }).api.call(NAME));
    expect(fault).toMatchObject({ kind: "refused", status: 400, field: "ttlSeconds" });
    expect(codeOf(fault)).toBe("invalid_parameter");
    expect(sentenceOf(fault)).toBe("A parameter is not right: it must be at most 43200.");
  });

  test("that nobody answers counts as lost, and so does a gateway that is gone behind its proxy", async () => {
    expect((await faultIn(world("lost").api.call(NAME))).fault).toEqual({ kind: "away" });
    const proxied = world({ status: 503, body: "<h1>Bad gateway</h1>" });
    expect((await faultIn(proxied.api.call(NAME))).fault).toEqual({ kind: "away" });
  });

  test("that is not answered in time counts as lost; one that may be kept back is waited for longer", async () => {
    const { api, surroundings } = world(new Promise<"lost">(() => undefined));
    const quick = faultIn(api.call(NAME));
    const held = faultIn(api.call({ ...NAME, heldMs: 25_000 }));
    let isHeld = true;
    void held.then(() => (isHeld = false));
    await settled();
    await surroundings.pass(15_000);
    expect((await quick).fault).toEqual({ kind: "away" });
    expect(isHeld).toBe(true);
    await surroundings.pass(25_000);
    expect((await held).fault).toEqual({ kind: "away" });
    expect(surroundings.waiting).toBe(0);
  });

  test("whose answer is of another form says which member is wrong, and never what it holds", async () => {
    const { fault } = await faultIn(
      world({ status: 200, body: { name: { secret: "s3cret" } } }).api.call(NAME),
    );
    expect(fault.kind).toBe("unexpected");
    expect(sentenceOf(fault)).toContain("answer.name is not a string");
    expect(sentenceOf(fault)).not.toContain("s3cret");
  });

  test("whose answer has no body is answered", async () => {
    expect(await world({ status: 204, body: {} }).api.call(signIn("t"))).toBeNull();
  });
});

describe("the end of a session", () => {
  const expired = { status: 401, body: { error: "Token is invalid or expired", code: "token_missing" } };

  test("is noticed by whatever is asked", async () => {
    const { api, seen } = world(expired);
    await faultIn(api.call(NAME));
    expect(seen.signedOut).toBe(1);
  });

  test("is not what a wrong sign-in means", async () => {
    const { api, seen } = world(expired);
    await faultIn(api.call(signIn("wrong")));
    await faultIn(api.call(readSession()));
    expect(seen.signedOut).toBe(0);
  });
});

describe("addresses of requests", () => {
  test("hold ids as they are, whatever is in them", () => {
    expect(pathOf`/v2/rooms/${"a/b?c"}/lobby/${"ü #"}/admit`).toBe(
      "/v2/rooms/a%2Fb%3Fc/lobby/%C3%BC%20%23/admit",
    );
    expect(urlOf("/x", { query: "a&b=c" })).toBe("/x?query=a%26b%3Dc");
  });

  test("and the app tell two questions apart", () => {
    expect(keyOf({ ...NAME, app: "a" })).not.toBe(keyOf({ ...NAME, app: "b" }));
    expect(keyOf({ ...NAME, query: { page: 1 } })).not.toBe(keyOf({ ...NAME, query: { page: 2 } }));
    expect(keyOf(NAME)).toBe(keyOf({ ...NAME, read: () => "other" }));
  });
});
