/** How calls are sent, waited for and sent again: against a gateway that answers as each test says. */
import { describe, expect, test } from "@jest/globals";
import { createRestClient, type RestClient } from "../../../src/kit/rest-client.js";
import { eventually } from "../../support/eventually.js";
import { AWAY, DONE, failureOf, KEY, NOW, ROOM, Scripted } from "./support.js";

const UNKNOWN = {
  status: 404,
  body: { statusCode: 404, error: "There is no such room", code: "room_unknown" },
};

/** Calls that may be sent again, and calls that may not. */
const SAFE: readonly (readonly [string, (client: RestClient) => Promise<unknown>, unknown])[] = [
  ["reading", (client) => client.rooms.get("a"), ROOM],
  ["taking away", (client) => client.webhooks.remove("w"), { id: "w", deleted: true }],
  ["a command", (client) => client.lobby.admit("a", "ann"), DONE],
];
const UNSAFE: readonly (readonly [string, (client: RestClient) => Promise<unknown>])[] = [
  ["a new room", (client) => client.rooms.create()],
  ["a new webhook", (client) => client.webhooks.create({ url: "https://a.example" })],
];

describe("where a call goes", () => {
  test("names are written so that they stay what they are", async () => {
    const gateway = new Scripted([{ body: DONE }], "https://gateway.example/meet/");
    await gateway.client.lobby.admit("a/b?c", "ann#1 é", { name: "desk" });
    const [asked] = gateway.asked;
    expect(asked).toMatchObject({
      ...{ method: "POST", body: '{"name":"desk"}' },
      url: "https://gateway.example/meet/v2/rooms/a%2Fb%3Fc/lobby/ann%231%20%C3%A9/admit",
    });
  });

  test.each(["", ".", ".."])("%j names nothing that a path could hold", async (id) => {
    const gateway = new Scripted([{ body: ROOM }]);
    expect(await failureOf(gateway.client.rooms.get(id))).toBeInstanceOf(TypeError);
    expect(gateway.asked).toEqual([]);
  });

  test.each([
    "gateway.example",
    "ftp://gateway.example",
    "https://ann:secret@gateway.example",
    "https://gateway.example/?x=1",
  ])("%s is no address of a gateway", (url) => {
    expect(() => createRestClient({ url, ...KEY })).toThrow(TypeError);
  });
});

describe("sending again", () => {
  test.each(SAFE)("%s: after faults, 429 and broken lines, up to four times", async (_name, call, body) => {
    const gateway = new Scripted(["broken", AWAY, { status: 429, body: {} }, { body }]);
    await call(gateway.client);
    expect(gateway.asked).toHaveLength(4);
    const away = new Scripted([AWAY]);
    expect(await failureOf(call(away.client))).toMatchObject({ code: "unavailable", status: 503 });
    expect(away.asked).toHaveLength(4);
  });

  test("every attempt of a command carries the same key, and two commands have two", async () => {
    const gateway = new Scripted([AWAY, "broken", { body: DONE }]);
    await gateway.client.lobby.admit("a", "ann");
    await gateway.client.lobby.admit("a", "ann");
    await gateway.client.lobby.admit("a", "ann", { idempotencyKey: "mine" });
    const keys = gateway.asked.map(({ headers }) => headers["idempotency-key"]);
    expect([keys[1], keys[2], keys[4]]).toEqual([keys[0], keys[0], "mine"]);
    expect([keys[0], keys[3]]).toEqual([expect.any(String), expect.any(String)]);
    expect(keys[3]).not.toBe(keys[0]);
  });

  test.each(UNSAFE)("%s: never, for there might be two then", async (_name, call) => {
    for (const answer of [AWAY, "broken"] as const) {
      const gateway = new Scripted([answer]);
      expect(await failureOf(call(gateway.client))).toMatchObject({ retryable: true });
      expect(gateway.asked).toHaveLength(1);
      expect(gateway.asked[0]?.headers["idempotency-key"]).toBeUndefined();
    }
  });

  test("a refusal is final", async () => {
    const gateway = new Scripted([UNKNOWN]);
    expect(await failureOf(gateway.client.rooms.get("a"))).toMatchObject({ code: "room_unknown" });
    expect(gateway.asked).toHaveLength(1);
  });

  test("a removal whose answer was lost is done when nothing is there any more", async () => {
    const gone = { status: 404, body: { statusCode: 404, error: "gone", code: "webhook_unknown" } };
    const lost = new Scripted(["broken", gone]);
    await lost.client.webhooks.remove("w");
    expect(lost.asked).toHaveLength(2);
    const never = new Scripted([gone]);
    expect(await failureOf(never.client.webhooks.remove("w"))).toMatchObject({ code: "webhook_unknown" });
  });

  test("waits are spread over a span that doubles, and the gateway's wish comes first", async () => {
    const spread = new Scripted([AWAY, AWAY, AWAY, { body: ROOM }]);
    await spread.client.rooms.get("a");
    expect(spread.waits).toEqual([100, 200, 400]);
    const none = new Scripted([AWAY, { body: ROOM }]);
    none.random = 0;
    await none.client.rooms.get("a");
    expect(none.waits).toEqual([0]);
    const asked = new Scripted([{ ...AWAY, headers: { "retry-after": "7" } }, { body: ROOM }]);
    await asked.client.rooms.get("a");
    expect(asked.waits).toEqual([7_100]);
    const date = new Date(NOW + 3_000).toUTCString();
    const dated = new Scripted([{ ...AWAY, headers: { "retry-after": date } }, { body: ROOM }]);
    await dated.client.rooms.get("a");
    expect(dated.waits).toEqual([3_100]);
  });

  test("a gateway that asks for more than a minute is not waited for", async () => {
    const gateway = new Scripted([{ ...AWAY, headers: { "retry-after": "120" } }]);
    const failure = await failureOf(gateway.client.rooms.get("a"));
    expect(failure).toMatchObject({ code: "unavailable", retryAfterMs: 120_000 });
    expect(gateway.asked).toHaveLength(1);
  });
});

describe("waiting", () => {
  test("an answer that does not come is given up, and the call is sent again", async () => {
    const gateway = new Scripted(["silent", { body: ROOM }]);
    const call = gateway.client.rooms.get("a");
    await eventually(() => expect(gateway.running).toBe(1));
    gateway.timeOut();
    expect(await call).toMatchObject({ roomId: ROOM.roomId });
    expect(gateway.asked[0]?.signal.aborted).toBe(true);
  });

  test("when none comes at all, the error says so", async () => {
    const gateway = new Scripted(["silent"]);
    const call = failureOf(gateway.client.rooms.create());
    await eventually(() => expect(gateway.running).toBe(1));
    gateway.timeOut();
    expect(await call).toMatchObject({ code: "timed_out", status: 0, retryable: true });
  });

  test("the caller's signal ends it, whatever it waits for, and nothing is left running", async () => {
    const reason = new Error("the page was closed");
    const api = "silent while a token is made";
    const calls: Readonly<Record<string, (client: RestClient, signal: AbortSignal) => Promise<unknown>>> = {
      "an answer": (client, signal) => client.rooms.get("a", { signal }),
      "the next attempt": (client, signal) => client.rooms.get("a", { signal }),
      [api]: (client, signal) => client.conferences.create({}, { signal }),
    };
    for (const [waitsFor, call] of Object.entries(calls)) {
      const gateway = new Scripted([waitsFor === "the next attempt" ? AWAY : "silent"]);
      gateway.holds = true;
      const ending = new AbortController();
      const ended = failureOf(call(gateway.client, ending.signal));
      await eventually(() => expect(gateway.asked.length + gateway.waits.length).toBeGreaterThan(0));
      if (waitsFor === "the next attempt") await eventually(() => expect(gateway.waits).toHaveLength(1));
      ending.abort(reason);
      expect(await ended).toBe(reason);
      // The token is for everybody, and goes on being made.
      expect(gateway.running).toBe(waitsFor === api ? 1 : 0);
    }
  });

  test("a call that was ended before it began asks for nothing", async () => {
    const reason = new Error("too late");
    const gateway = new Scripted([{ body: ROOM }]);
    expect(await failureOf(gateway.client.rooms.get("a", { signal: AbortSignal.abort(reason) }))).toBe(
      reason,
    );
    expect(gateway.asked).toEqual([]);
  });
});
