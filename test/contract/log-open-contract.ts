import { expect, test } from "@jest/globals";
import type { AppendRequest, Head, RoomLog } from "../../src/log/port.js";
import { eventually } from "../support/eventually.js";
import {
  commitId,
  describeStore,
  mustAppend,
  openRoom,
  ROOM,
  storedHead,
  type StoreKind,
} from "./log-fixture.js";

const NEW: AppendRequest = {
  expect: null,
  commit: "opener",
  events: ["a", "b"],
  open: { epoch: "epoch1", base: 0, snapshot: null, ttlMs: null },
};

/** Opening rooms and epochs, and how long rooms live. */
export function openContract(kind: StoreKind): void {
  describeStore(kind, "open", (fixture) => {
    const connect = async (): Promise<RoomLog> => (await fixture.connect()).log;

    test("opens a room with its first events", async () => {
      const log = await connect();
      const head = storedHead(await log.append(ROOM, NEW));
      expect(head).toEqual({ epoch: "epoch1", seq: 2, token: "opener" });
      expect(await log.load(ROOM)).toEqual({
        head,
        snapshot: null,
        tail: [{ first: 1, commit: "opener", prev: "", events: ["a", "b"] }],
      });
    });

    test("opens a room without events", async () => {
      const log = await connect();
      const head = storedHead(await log.append(ROOM, { ...NEW, events: [] }));
      expect(head).toEqual({ epoch: "epoch1", seq: 0, token: "opener" });
      expect(await log.load(ROOM)).toEqual({ head, snapshot: null, tail: [] });
      const next = await mustAppend(log, head, ["a"]);
      expect((await log.load(ROOM))?.tail).toEqual([
        { first: 1, commit: next.token, prev: "opener", events: ["a"] },
      ]);
    });

    test("of two who open at once one wins, and the other hears who", async () => {
      const log = await connect();
      const other = {
        ...NEW,
        commit: "second",
        open: { epoch: "epoch2", base: 0, snapshot: null, ttlMs: null },
      };
      const outcomes = await Promise.all([log.append(ROOM, NEW), log.append(ROOM, other)]);
      expect(outcomes.map((outcome) => outcome.kind).sort()).toEqual(["diverged", "stored"]);
      const heads = outcomes.map((outcome) => "head" in outcome && outcome.head);
      expect(heads[0]).toEqual(heads[1]);
    });

    test("a repeated opening is answered with the head, by whose epoch the caller knows it", async () => {
      const log = await connect();
      const head = storedHead(await log.append(ROOM, NEW));
      expect(await log.append(ROOM, NEW)).toEqual({ kind: "diverged", head });
      const next = await mustAppend(log, head, ["c"]);
      expect(await log.append(ROOM, NEW)).toEqual({ kind: "diverged", head: next });
      expect(next.epoch).toBe("epoch1");
    });

    test.each([
      ["with events", ["x", "y"], "next:base", 12],
      ["without events", [], "next", 10],
    ])("a new epoch replaces what was stored, %s", async (_, events, baseToken, seq) => {
      const log = await connect();
      const old = await openRoom(log, ["a", "b", "c"]);
      await log.storeSnapshot(ROOM, { ...old, body: "old state" }, 0);
      const open = { epoch: "epoch2", base: 10, snapshot: "state at 10", ttlMs: null };
      const request = { expect: old, commit: "next", events, open };
      const head = storedHead(await log.append(ROOM, request));
      expect(head).toEqual({ epoch: "epoch2", seq, token: "next" });
      const loaded = await log.load(ROOM);
      expect(loaded).toEqual({
        head,
        snapshot: { epoch: "epoch2", seq: 10, token: baseToken, body: "state at 10" },
        tail: events.length === 0 ? [] : [{ first: 11, commit: "next", prev: baseToken, events }],
      });

      const further = await mustAppend(log, head, ["z"]);
      const tail = (await log.load(ROOM))?.tail ?? [];
      expect(tail.at(-1)).toEqual({ first: seq + 1, commit: further.token, prev: "next", events: ["z"] });
      expect(await log.append(ROOM, request)).toEqual({ kind: "diverged", head: further });
      expect(await log.read(ROOM, "epoch1", 0, 10)).toEqual({ kind: "gone" });
      expect(await log.read(ROOM, "epoch2", 9, 10)).toEqual({ kind: "gone" });
    });

    test("a room that was lost is opened again from a snapshot", async () => {
      const log = await connect();
      const open = { epoch: "epoch2", base: 7, snapshot: "state at 7", ttlMs: null };
      const head = storedHead(await log.append(ROOM, { expect: null, commit: "next", events: ["x"], open }));
      expect(head).toEqual({ epoch: "epoch2", seq: 8, token: "next" });
      expect((await log.load(ROOM))?.snapshot).toEqual({
        epoch: "epoch2",
        seq: 7,
        token: "next:base",
        body: "state at 7",
      });
    });

    test("a new epoch over a head that has moved opens nothing", async () => {
      const log = await connect();
      const old = await openRoom(log, ["a"]);
      const moved = await mustAppend(log, old, ["b"]);
      const open = { epoch: "epoch2", base: 1, snapshot: "state", ttlMs: null };
      const request: AppendRequest = { expect: old, commit: "next", events: ["x"], open };
      expect(await log.append(ROOM, request)).toMatchObject({ kind: "conflict", head: moved });
      expect(await log.append(ROOM, { ...request, expect: { ...old, token: "other" } })).toEqual({
        kind: "diverged",
        head: moved,
      });
      expect((await log.load(ROOM))?.head).toEqual(moved);
    });

    test("a room opened for a time ends with all that it kept", async () => {
      const log = await connect();
      const open = { epoch: "epoch1", base: 4, snapshot: "state at 4", ttlMs: 500 };
      const request = { expect: null, commit: "opener", events: ["a"], open };
      const head = storedHead(await log.append(ROOM, request));
      await mustAppend(log, head, ["b"]);
      await eventually(async () => expect(await log.load(ROOM)).toBeNull());
      expect(await log.append(ROOM, { expect: head, commit: "c", events: ["c"] })).toEqual({
        kind: "missing",
      });
      expect(await log.read(ROOM, "epoch1", 4, 10)).toEqual({ kind: "gone" });
      expect(await log.storeSnapshot(ROOM, { ...head, body: "late" }, 0)).toBe(false);
      expect((await openRoom(log, ["new"])).seq).toBe(1);
    });

    test("touch gives a life, takes it back, and makes no room", async () => {
      const log = await connect();
      const [kept, ended]: readonly [Head, Head] = [await openRoom(log, ["a"]), await openOther(log)];
      await log.touch(ROOM, 500);
      await log.touch(ROOM, null);
      await log.touch(OTHER, 600);
      await eventually(async () => expect(await log.load(OTHER)).toBeNull());
      expect((await log.load(ROOM))?.head).toEqual(kept);
      expect(await log.append(OTHER, { expect: ended, commit: "c", events: [] })).toEqual({
        kind: "missing",
      });
      await log.touch(OTHER, 1_000_000);
      await log.touch(OTHER, null);
      expect(await log.load(OTHER)).toBeNull();
    });

    test("appends and snapshots do not lengthen a life", async () => {
      const log = await connect();
      let head = storedHead(
        await log.append(ROOM, {
          ...NEW,
          events: [],
          open: { epoch: "epoch1", base: 0, snapshot: null, ttlMs: 200 },
        }),
      );
      await eventually(async () => {
        const outcome = await log.append(ROOM, { expect: head, commit: commitId(), events: ["a"] });
        if (outcome.kind === "stored") {
          head = outcome.head;
          await log.storeSnapshot(ROOM, { ...head, body: "state" }, 0);
        }
        expect(outcome).toEqual({ kind: "missing" });
      });
      expect(await log.load(ROOM)).toBeNull();
    });

    test("a new epoch lives as long as it says, not as the old one did", async () => {
      const log = await connect();
      const old = await openRoom(log, ["a"]);
      await log.touch(ROOM, 500);
      const open = { epoch: "epoch2", base: 1, snapshot: "state", ttlMs: null };
      const head = storedHead(await log.append(ROOM, { expect: old, commit: "next", events: [], open }));
      const other = await openOther(log);
      await log.touch(OTHER, 600);
      await eventually(async () => expect(await log.load(OTHER)).toBeNull());
      expect(other.seq).toBe(0);
      expect((await log.load(ROOM))?.head).toEqual(head);
    });
  });
}

/** Its end shows that time has passed. */
const OTHER = { ...ROOM, room: "room2" };

async function openOther(log: RoomLog): Promise<Head> {
  const open = { epoch: "epoch1", base: 0, snapshot: null, ttlMs: null };
  return storedHead(await log.append(OTHER, { expect: null, commit: commitId(), events: [], open }));
}
