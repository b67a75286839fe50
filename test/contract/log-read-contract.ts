import { expect, test } from "@jest/globals";
import type { Head, RoomLog } from "../../src/log/port.js";
import { describeStore, mustAppend, numbered, openRoom, ROOM, type StoreKind } from "./log-fixture.js";

/** Ranges, snapshots and trimming. */
export function readContract(kind: StoreKind): void {
  describeStore(kind, "read", (fixture) => {
    const connect = async (): Promise<RoomLog> => (await fixture.connect()).log;

    /** Three commits: 1 to 3, 4 to 5, 6. */
    const fill = async (log: RoomLog): Promise<readonly [Head, Head, Head]> => {
      const first = await openRoom(log, numbered(3));
      const second = await mustAppend(log, first, numbered(2, 4));
      return [first, second, await mustAppend(log, second, numbered(1, 6))];
    };

    /** Numbers that each commit of a read begins with, or null: gone. */
    const starts = async (log: RoomLog, after: number, limit = 100): Promise<readonly number[] | null> => {
      const outcome = await log.read(ROOM, "epoch1", after, limit);
      return outcome.kind === "gone" ? null : outcome.commits.map(({ first }) => first);
    };

    test("answers whole commits after a number, and the head", async () => {
      const log = await connect();
      const [first, second, head] = await fill(log);
      expect(await log.read(ROOM, "epoch1", 3, 100)).toEqual({
        kind: "read",
        head,
        commits: [
          { first: 4, commit: second.token, prev: first.token, events: numbered(2, 4) },
          { first: 6, commit: head.token, prev: second.token, events: numbered(1, 6) },
        ],
      });
      expect(await log.read(ROOM, "epoch1", 6, 100)).toEqual({ kind: "read", head, commits: [] });
    });

    test("a number within a commit brings that commit whole", async () => {
      const log = await connect();
      await fill(log);
      expect(await starts(log, 1)).toEqual([1, 4, 6]);
      expect(await starts(log, 4)).toEqual([4, 6]);
    });

    test("stops at the end of the commit that brings enough", async () => {
      const log = await connect();
      await fill(log);
      expect(await starts(log, 0, 1)).toEqual([1]);
      expect(await starts(log, 0, 3)).toEqual([1]);
      expect(await starts(log, 0, 4)).toEqual([1, 4]);
      expect(await starts(log, 1, 2)).toEqual([1]);
      expect(await starts(log, 1, 3)).toEqual([1, 4]);
      expect(await starts(log, 3, 2)).toEqual([4]);
      expect(await starts(log, 3, 0)).toEqual([4]);
    });

    test("gone: no room, another epoch, numbers not reached or not kept", async () => {
      const log = await connect();
      expect(await starts(log, 0)).toBeNull();
      const [, second, head] = await fill(log);
      expect(await log.read(ROOM, "other", 0, 100)).toEqual({ kind: "gone" });
      expect(await starts(log, 7)).toBeNull();
      expect(await log.storeSnapshot(ROOM, { ...second, body: "state" }, 0)).toBe(true);
      expect(await starts(log, 0)).toBeNull();
      expect(await starts(log, 3)).toBeNull();
      expect(await starts(log, 4)).toBeNull();
      expect(await starts(log, 5)).toEqual([6]);
      expect(await log.read(ROOM, "epoch1", 6, 1)).toEqual({ kind: "read", head, commits: [] });
    });

    test("a room is its snapshot and the tail after it", async () => {
      const log = await connect();
      const [first, second, head] = await fill(log);
      expect(await log.storeSnapshot(ROOM, { ...first, body: "state at 3" }, 100)).toBe(true);
      expect(await log.load(ROOM)).toEqual({
        head,
        snapshot: { ...first, body: "state at 3" },
        tail: [
          { first: 4, commit: second.token, prev: first.token, events: numbered(2, 4) },
          { first: 6, commit: head.token, prev: second.token, events: numbered(1, 6) },
        ],
      });
      expect(await starts(log, 0)).toEqual([1, 4, 6]);
    });

    test("a snapshot at the head empties the tail, and the room goes on", async () => {
      const log = await connect();
      const [, , head] = await fill(log);
      expect(await log.storeSnapshot(ROOM, { ...head, body: "state at 6" }, 0)).toBe(true);
      const snapshot = { ...head, body: "state at 6" };
      expect(await log.load(ROOM)).toEqual({ head, snapshot, tail: [] });
      const next = await mustAppend(log, head, ["event 7"]);
      expect(await log.load(ROOM)).toEqual({
        head: next,
        snapshot,
        tail: [{ first: 7, commit: next.token, prev: head.token, events: ["event 7"] }],
      });
    });

    test.each([
      [0, [6]],
      [1, [4, 6]],
      [2, [4, 6]],
      [3, [1, 4, 6]],
      [100, [1, 4, 6]],
    ])("trims to %d events up to the snapshot, in whole commits", async (keep, kept) => {
      const log = await connect();
      const [, second] = await fill(log);
      expect(await log.storeSnapshot(ROOM, { ...second, body: "state" }, keep)).toBe(true);
      const oldest = kept[0] ?? 0;
      expect(await starts(log, oldest - 1)).toEqual(kept);
      if (oldest > 1) expect(await starts(log, oldest - 2)).toBeNull();
    });

    test("refuses a snapshot that is not newer, or not of this history", async () => {
      const log = await connect();
      const snapshot = { epoch: "epoch1", seq: 3, token: "t", body: "state" };
      expect(await log.storeSnapshot(ROOM, snapshot, 0)).toBe(false);
      const [first, second, head] = await fill(log);
      const refused = [
        { ...second, epoch: "other" },
        { ...second, token: "other" },
        { ...head, token: "other" },
        { ...head, seq: 7 },
        { ...first, seq: 2 },
      ];
      for (const at of refused) expect(await log.storeSnapshot(ROOM, { ...at, body: "bad" }, 0)).toBe(false);
      expect(await log.storeSnapshot(ROOM, { ...second, body: "good" }, 100)).toBe(true);
      expect(await log.storeSnapshot(ROOM, { ...second, body: "again" }, 0)).toBe(false);
      expect(await log.storeSnapshot(ROOM, { ...first, body: "older" }, 0)).toBe(false);
      expect((await log.load(ROOM))?.snapshot?.body).toBe("good");
      expect(await log.storeSnapshot(ROOM, { ...head, body: "newer" }, 100)).toBe(true);
      expect((await log.load(ROOM))?.snapshot?.body).toBe("newer");
    });
  });
}
