/** Following a room: everything once, in order, over faults, and a new beginning where the past is gone. */
import { describe, expect, test } from "@jest/globals";
import type { Followed, FollowOptions } from "../../../src/kit/follow.js";
import { eventually } from "../../support/eventually.js";
import { AWAY, failureOf, NOW, Scripted, type Answer } from "./support.js";

const LIVE = (position: string): Answer => ({
  body: {
    ...{ roomId: "a", customRoomId: null, position, session: null, locked: false },
    ...{ mediaLocks: { mic: false, webcam: false }, participants: [], lobby: [], bans: [] },
  },
});
const lock = (seq: number) => ({ seq, at: 1, type: "room-lock-changed", locked: true, by: { kind: "rule" } });
const PAGE = (next: string, ...numbers: readonly number[]): Answer => ({
  body: { roomId: "a", events: numbers.map(lock), next, at: next },
});
const GONE: Answer = { status: 410, body: { error: "gone", code: "history_gone", field: "since" } };

/** The first things that a follower is told, in short. */
async function told(gateway: Scripted, count: number, options: FollowOptions = {}): Promise<string[]> {
  const heard: string[] = [];
  for await (const one of gateway.client.events.follow("a", options)) {
    heard.push(inShort(one));
    if (heard.length === count) break;
  }
  return heard;
}
function inShort(one: Followed): string {
  return `${one.kind} ${one.kind === "event" ? one.event.seq : ""}@${one.position}`;
}
const waitedFor = (since: string): string =>
  `GET /v2/rooms/a/events?since=${encodeURIComponent(since)}&limit=1000&wait=25`;

describe("following a room", () => {
  test("begins with the room as it is, and goes on from there", async () => {
    const gateway = new Scripted([LIVE("e:4"), PAGE("e:6", 5, 6), PAGE("e:6"), PAGE("e:7", 7)]);
    expect(await told(gateway, 4)).toEqual(["room @e:4", "event 5@e:5", "event 6@e:6", "event 7@e:7"]);
    expect(gateway.lines).toEqual([
      ...["GET /v2/rooms/a/live", waitedFor("e:4")],
      ...[waitedFor("e:6"), waitedFor("e:6")],
    ]);
  });

  test("goes on from a position that was kept", async () => {
    const gateway = new Scripted([PAGE("e:6", 6)]);
    expect(await told(gateway, 1, { since: "e:5" })).toEqual(["event 6@e:6"]);
    expect(gateway.lines).toEqual([waitedFor("e:5")]);
  });

  test("events that nobody may see are passed over, and not asked for again", async () => {
    const gateway = new Scripted([PAGE("e:9", 6), PAGE("e:10", 10)]);
    await told(gateway, 2, { since: "e:5" });
    expect(gateway.lines.at(-1)).toBe(waitedFor("e:9"));
  });

  test("begins anew where the events are not kept any more", async () => {
    const gateway = new Scripted([GONE, LIVE("f:2"), PAGE("f:3", 3)]);
    expect(await told(gateway, 2, { since: "e:5" })).toEqual(["room @f:2", "event 3@f:3"]);
  });

  test("waits out faults and broken lines, however many", async () => {
    const faults = Array.from({ length: 20 }, (_none, at) => (at % 2 === 0 ? AWAY : "broken"));
    const gateway = new Scripted([...faults, PAGE("e:6", 6)]);
    expect(await told(gateway, 1, { since: "e:5" })).toEqual(["event 6@e:6"]);
    expect(Math.max(...gateway.waits)).toBeLessThanOrEqual(10_000);
  });

  test.each([0, -1, 31, Number.NaN])("a wait of %d seconds is none", async (waitSeconds) => {
    const gateway = new Scripted([LIVE("e:4")]);
    expect(await failureOf(told(gateway, 1, { waitSeconds }))).toBeInstanceOf(RangeError);
    expect(gateway.asked).toEqual([]);
  });

  test("waits for as long as the gateway asks", async () => {
    const gateway = new Scripted([{ ...AWAY, headers: { "retry-after": "120" } }, PAGE("e:6", 6)]);
    expect(await told(gateway, 1, { since: "e:5" })).toEqual(["event 6@e:6"]);
    expect(gateway.waits).toEqual([120_100]);
    for (const never of ["999999999", new Date(NOW + 1e12).toUTCString()]) {
      const closed = new Scripted([{ ...AWAY, headers: { "retry-after": never } }, PAGE("e:6", 6)]);
      await told(closed, 1, { since: "e:5" });
      expect(closed.waits).toEqual([86_400_100]);
    }
  });

  test("a refusal ends it with an error", async () => {
    const gateway = new Scripted([{ status: 404, body: { error: "no", code: "room_unknown" } }]);
    expect(await failureOf(told(gateway, 1))).toMatchObject({ code: "room_unknown" });
  });

  test("its signal ends it without one, in the middle of a wait too", async () => {
    const gateway = new Scripted([PAGE("e:6", 6), "silent"]);
    const ending = new AbortController();
    const all = told(gateway, 99, { since: "e:5", signal: ending.signal });
    await eventually(() => expect(gateway.asked).toHaveLength(2));
    ending.abort();
    expect(await all).toEqual(["event 6@e:6"]);
    expect(gateway.running).toBe(0);
  });

  test("a follower who leaves the loop asks for nothing more", async () => {
    const gateway = new Scripted([PAGE("e:7", 6, 7)]);
    await told(gateway, 1, { since: "e:5" });
    expect([gateway.asked.length, gateway.running]).toEqual([1, 0]);
  });
});

describe("lists", () => {
  test("are walked page by page, as far as somebody reads", async () => {
    const page = (currentPage: number, ...ids: readonly string[]): Answer => ({
      body: {
        pageInfo: { currentPage, perPage: 2, lastPage: 3, total: 5 },
        data: ids.map((id) => ({ id, deleted: true })).map(({ id }) => webhookDelivery(id)),
      },
    });
    const answers = [page(1, "a", "b"), page(2, "c", "d"), page(3, "e")];
    const whole = new Scripted(answers);
    const all = await whole.client.webhooks.deliveries("w", { perPage: 2 }).all();
    expect(all.map(({ id }) => id)).toEqual(["a", "b", "c", "d", "e"]);
    expect(whole.lines[2]).toBe("GET /v2/webhooks/w/deliveries?page=3&perPage=2");
    const part = new Scripted(answers);
    for await (const { id } of part.client.webhooks.deliveries("w")) if (id === "c") break;
    expect(part.asked).toHaveLength(2);
    const paged = new Scripted(answers);
    for await (const { pageInfo } of paged.client.webhooks.deliveries("w").pages()) {
      expect(pageInfo.total).toBe(5);
      break;
    }
    expect(paged.asked).toHaveLength(1);
  });
});

function webhookDelivery(id: string) {
  return {
    ...{ id, webhookId: "w", roomId: null, webhookType: "test", position: null, createdAt: "" },
    ...{ status: "delivered", attempts: 1, last: null, nextAttemptAt: null },
  };
}
