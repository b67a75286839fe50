import { expect, test } from "@jest/globals";
import type { AppendRequest, Head, RoomLog } from "../../src/log/port.js";
import {
  commitId,
  describeStore,
  mustAppend,
  numbered,
  openRoom,
  ROOM,
  type StoreKind,
} from "./log-fixture.js";

/** Compare-and-append: outcomes, numbers, tokens, repetition, fairness. */
export function appendContract(kind: StoreKind): void {
  describeStore(kind, "append", (fixture) => {
    const connect = async (): Promise<RoomLog> => (await fixture.connect()).log;

    test("numbers events without gap and moves the head to the commit", async () => {
      const log = await connect();
      const opened = await openRoom(log, ["a", "b"]);
      expect(opened).toEqual({ epoch: "epoch1", seq: 2, token: opened.token });
      const outcome = await log.append(ROOM, { expect: opened, commit: "c2", events: ["c", "d", "e"] });
      expect(outcome).toEqual({
        kind: "stored",
        head: { epoch: "epoch1", seq: 5, token: "c2" },
        yieldMs: 0,
      });
    });

    test("each commit names the one before it", async () => {
      const log = await connect();
      const first = await openRoom(log, ["a"]);
      const second = await mustAppend(log, first, ["b", "c"]);
      const third = await mustAppend(log, second, ["d"]);
      expect((await log.load(ROOM))?.tail).toEqual([
        { first: 1, commit: first.token, prev: "", events: ["a"] },
        { first: 2, commit: second.token, prev: first.token, events: ["b", "c"] },
        { first: 4, commit: third.token, prev: second.token, events: ["d"] },
      ]);
    });

    test("keeps any text as it is", async () => {
      const log = await connect();
      const events = ["", "\n", '{"a":"ü😀\u0000"}', "x".repeat(100_000)];
      const head = await openRoom(log, events);
      expect((await log.load(ROOM))?.tail[0]?.events).toEqual(events);
      await mustAppend(log, head, ["after"]);
    });

    test("a room that does not exist is missing, whatever is asked of it", async () => {
      const log = await connect();
      const head: Head = { epoch: "epoch1", seq: 3, token: "c" };
      expect(await log.append(ROOM, { expect: head, commit: "c1", events: ["a"] })).toEqual({
        kind: "missing",
      });
      expect(await log.append(ROOM, { expect: head, commit: "c1", events: [] })).toEqual({ kind: "missing" });
      expect(await log.load(ROOM)).toBeNull();
    });

    test("who comes second gets what was missed, and stores nothing", async () => {
      const log = await connect();
      const head = await openRoom(log, ["a"]);
      const second = await mustAppend(log, head, ["b", "c"]);
      const third = await mustAppend(log, second, ["d"]);
      expect(await log.append(ROOM, { expect: head, commit: "late", events: ["x"] })).toEqual({
        kind: "conflict",
        head: third,
        missed: [
          { first: 2, commit: second.token, prev: head.token, events: ["b", "c"] },
          { first: 4, commit: third.token, prev: second.token, events: ["d"] },
        ],
      });
      expect((await log.load(ROOM))?.head).toEqual(third);
    });

    test("a repeated append is recognised by its own id, first among the missed", async () => {
      const log = await connect();
      const head = await openRoom(log, ["a"]);
      const request: AppendRequest = { expect: head, commit: "mine", events: ["b", "c"] };
      const stored = await log.append(ROOM, request);
      expect(stored.kind).toBe("stored");
      const again = await log.append(ROOM, request);
      expect(again).toMatchObject({ kind: "conflict", head: { seq: 3, token: "mine" } });
      expect(again.kind === "conflict" && again.missed[0]?.commit).toBe("mine");

      const next = await mustAppend(log, { epoch: "epoch1", seq: 3, token: "mine" }, ["d"]);
      const later = await log.append(ROOM, request);
      expect(later).toMatchObject({ kind: "conflict", head: next });
      expect(later.kind === "conflict" && later.missed.map(({ commit }) => commit)).toEqual([
        "mine",
        next.token,
      ]);
    });

    test("an empty append compares only", async () => {
      const log = await connect();
      const head = await openRoom(log, ["a"]);
      const compare = { commit: "nothing", events: [] };
      const unmoved = { kind: "stored", head, yieldMs: 0 };
      expect(await log.append(ROOM, { expect: head, ...compare })).toEqual(unmoved);
      const next = await mustAppend(log, head, ["b"]);
      expect(await log.append(ROOM, { expect: head, ...compare })).toEqual({
        kind: "conflict",
        head: next,
        missed: [{ first: 2, commit: next.token, prev: head.token, events: ["b"] }],
      });
      expect((await log.load(ROOM))?.head).toEqual(next);
    });

    test.each<[string, (head: Head) => Head]>([
      ["another epoch", (head) => ({ ...head, epoch: "other" })],
      ["the same number under another commit", (head) => ({ ...head, token: "other" })],
      ["a number that the head has not reached", (head) => ({ ...head, seq: head.seq + 1 })],
      ["a passed number under another commit", (head) => ({ ...head, seq: 1, token: "other" })],
      ["a number within a commit", (head) => ({ ...head, seq: 2 })],
      ["a number before the first event", (head) => ({ ...head, seq: 0, token: "other" })],
    ])("diverged: %s", async (_, change) => {
      const log = await connect();
      const opened = await openRoom(log, ["a"]);
      const head = await mustAppend(log, opened, ["b", "c"]);
      for (const events of [["x"], []]) {
        const request = { expect: change(head), commit: commitId(), events };
        expect(await log.append(ROOM, request)).toEqual({ kind: "diverged", head });
      }
      expect((await log.load(ROOM))?.head).toEqual(head);
    });

    test("a conflict lists 2,000 events and no more", async () => {
      const log = await connect();
      const old = await openRoom(log, ["a"]);
      const head = await mustAppend(log, old, numbered(2_000));
      const full = await log.append(ROOM, { expect: old, commit: "late", events: ["x"] });
      expect(full.kind === "conflict" && full.missed[0]?.events).toEqual(numbered(2_000));
      const further = await mustAppend(log, head, ["one more"]);
      const over = await log.append(ROOM, { expect: old, commit: "late", events: ["x"] });
      expect(over).toEqual({ kind: "diverged", head: further });
    });

    test("diverged, when what was missed is not kept any more", async () => {
      const log = await connect();
      const old = await openRoom(log, ["a"]);
      const middle = await mustAppend(log, old, ["b"]);
      const head = await mustAppend(log, middle, ["c"]);
      await log.storeSnapshot(ROOM, { ...head, body: "state" }, 0);
      expect(await log.append(ROOM, { expect: old, commit: "late", events: ["x"] })).toEqual({
        kind: "diverged",
        head,
      });
    });

    test("the slowest loser's round trip makes the next winner yield, once", async () => {
      const log = await connect();
      const old = await openRoom(log, ["a"]);
      const head = await mustAppend(log, old, ["b"]);
      for (const roundTripMs of [3, 7.5, 5]) {
        const lost = await log.append(ROOM, { expect: old, commit: commitId(), events: ["x"], roundTripMs });
        expect(lost.kind).toBe("conflict");
      }
      const compared = await log.append(ROOM, { expect: head, commit: "look", events: [] });
      expect(compared).toMatchObject({ kind: "stored", yieldMs: 0 });
      const won = await log.append(ROOM, { expect: head, commit: "c3", events: ["c"] });
      expect(won).toMatchObject({ kind: "stored", yieldMs: 16 });
      const next = await log.append(ROOM, {
        expect: { ...head, seq: 3, token: "c3" },
        commit: "c4",
        events: ["d"],
      });
      expect(next).toMatchObject({ kind: "stored", yieldMs: 0 });
    });

    test("yields at most 50 ms, and not to who has won without knowing it", async () => {
      const log = await connect();
      const old = await openRoom(log, ["a"]);
      const mine: AppendRequest = { expect: old, commit: "mine", events: ["b"], roundTripMs: 9 };
      await log.append(ROOM, mine);
      expect((await log.append(ROOM, mine)).kind).toBe("conflict");
      const head = { ...old, seq: 2, token: "mine" };
      const won = await log.append(ROOM, { expect: head, commit: "c3", events: ["c"] });
      expect(won).toMatchObject({ kind: "stored", yieldMs: 0 });
      await log.append(ROOM, { expect: old, commit: "slow", events: [], roundTripMs: 4_000 });
      const next = await log.append(ROOM, {
        expect: { ...old, seq: 3, token: "c3" },
        commit: "c4",
        events: ["d"],
      });
      expect(next).toMatchObject({ kind: "stored", yieldMs: 50 });
    });

    test("50 appenders at once leave one history without gap", async () => {
      const [store, other] = [await fixture.connect(), await fixture.connect()];
      const opened = await openRoom(store.log);
      const appender = async (log: RoomLog, name: string): Promise<void> => {
        let head = opened;
        for (let round = 0; round < 4;) {
          const outcome = await log.append(ROOM, {
            expect: head,
            commit: commitId(),
            events: [`${name} ${round}`],
          });
          if (outcome.kind !== "stored" && outcome.kind !== "conflict") throw new Error(outcome.kind);
          head = outcome.head;
          if (outcome.kind === "stored") round += 1;
        }
      };
      const names = Array.from({ length: 50 }, (_, index) => String(index));
      await Promise.all(names.map((name, at) => appender(at % 2 === 0 ? store.log : other.log, name)));

      const room = await store.log.load(ROOM);
      expect(room?.head.seq).toBe(200);
      let [token, next] = [opened.token, 1];
      for (const commit of room?.tail ?? []) {
        expect(commit).toMatchObject({ first: next, prev: token });
        [token, next] = [commit.commit, next + commit.events.length];
      }
      expect(token).toBe(room?.head.token);
      const events = (room?.tail ?? []).flatMap((commit) => commit.events);
      expect(new Set(events).size).toBe(200);
      for (const name of names) {
        expect(events.filter((event) => event.startsWith(`${name} `))).toEqual(
          [0, 1, 2, 3].map((n) => `${name} ${n}`),
        );
      }
    });

    test.each<[string, AppendRequest]>([
      ["nothing expected and nothing opened", { expect: null, commit: "c", events: ["a"] }],
      ["no commit id", { expect: { epoch: "e", seq: 0, token: "t" }, commit: "", events: ["a"] }],
      ["an opening above 0 without a snapshot", opening({ base: 3, snapshot: null })],
      ["an opening at no number", opening({ base: -1, snapshot: "state" })],
      ["an epoch without a name", opening({ epoch: "" })],
    ])("a bug of the caller is no fault of the store: %s", async (_, request) => {
      const log = await connect();
      await expect(log.append(ROOM, request)).rejects.toThrow(RangeError);
    });

    test("rooms and apps do not meet", async () => {
      const log = await connect();
      await openRoom(log, ["a"]);
      expect(await log.load({ ...ROOM, room: "room2" })).toBeNull();
      expect(await log.load({ ...ROOM, app: "app2" })).toBeNull();
      await expect(log.load({ app: "a", room: "" })).rejects.toThrow(RangeError);
    });

    test("ids hold what keys are made with, and still do not meet", async () => {
      const log = await connect();
      await openRoom(log, ["a"], { app: "app1", room: "a:{b}:c/ü%" });
      expect(await log.load({ app: "app1", room: "a:{b}:c/ü%" })).not.toBeNull();
      expect(await log.load({ app: "app1:a", room: "{b}:c/ü%" })).toBeNull();
      expect(await log.load({ app: "app1", room: "a%3A{b}:c/ü%" })).toBeNull();
    });
  });
}

function opening(change: Partial<NonNullable<AppendRequest["open"]>>): AppendRequest {
  const open = { epoch: "e", base: 0, snapshot: null, ttlMs: null, ...change };
  return { expect: null, commit: "c", events: ["a"], open };
}
