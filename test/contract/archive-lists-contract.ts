import { describe, expect, test } from "@jest/globals";
import type { SessionFilter } from "../../src/archive/archive.js";
import type { Records } from "../../src/log/records.js";
import { RETENTION_MS, emptyArchive, type EmptyRecords } from "./archive-fixture.js";

const ALL = { page: 1, perPage: 100 };

/** Rules H9 to H12: lists, apps that never meet, and what is forgotten. */
export function listsContract(empty: EmptyRecords): void {
  /**
   * Five sessions, in the order of their start: 0 and 1 in room a, 2 in room b, 3 in room a again, 4 in room b and still going
   * on. Ann was in 0, 2 and 4, bob in 1, 3 and 4.
   */
  const five = async () => {
    const { archive, records, room } = await emptyArchive(empty);
    const [a, b] = [room({ room: "a" }), room({ room: "b" })];
    const starts: number[] = [];
    const ids: string[] = [];
    for (const [one, id] of [
      [a, "ann"],
      [a, "bob"],
      [b, "ann"],
      [a, "bob"],
    ] as const) {
      one.now = Math.max(a.now, b.now) + 1_000;
      starts.push(one.join(id));
      ids.push(one.sessionId);
      one.leave(id);
    }
    b.now = a.now + 1_000;
    starts.push(b.join("ann"));
    ids.push(b.sessionId);
    b.join("bob");
    await a.follow();
    await b.follow();
    const list = async (filter: SessionFilter, page = ALL): Promise<(number | string)[]> => {
      const { total, data } = await archive.sessions("app", filter, page);
      return [`of ${total}`, ...data.map(({ id }) => ids.indexOf(id))];
    };
    return { archive, records, list, starts };
  };

  describe("lists", () => {
    test("H9: what one app has, no other one sees, whatever rooms, sessions and people are called", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room({ app: "a", room: "b:c" });
      const other = room({ app: "a:b", room: "c" });
      one.join("ann");
      other.join("ann");
      other.join("bob");
      const [oneId, otherId] = [one.sessionId, other.sessionId];
      await one.follow();
      await other.follow();
      expect([await archive.rooms("a", ALL), await archive.rooms("a:b", ALL)]).toEqual([
        { total: 1, data: ["b:c"] },
        { total: 1, data: ["c"] },
      ]);
      for (const filter of [{}, { participantId: "ann" }, { status: "ongoing" } as const]) {
        const ids = async (app: string) =>
          (await archive.sessions(app, filter, ALL)).data.map(({ id }) => id);
        expect([await ids("a"), await ids("a:b")]).toEqual([[oneId], [otherId]]);
      }
      expect(await archive.session("a", otherId)).toBeNull();
      expect(await archive.attendance("a", otherId)).toEqual([]);
      expect(await archive.sessions("a", { roomId: "c" }, ALL)).toEqual({ total: 0, data: [] });
    });

    test("H10: rooms come newest first, page by page", async () => {
      const { archive, records, room } = await emptyArchive(empty);
      expect(await archive.rooms("app", ALL)).toEqual({ total: 0, data: [] });
      const rooms = ["b", "a", "c"].map((id) => room({ room: id }));
      for (const [index, one] of rooms.entries()) {
        const { changes } = await archive.collect(one.step());
        await records.write(changes.map((each) => ("rank" in each ? { ...each, score: index } : each)));
      }
      const pages = [1, 2, 3].map((page) => archive.rooms("app", { page, perPage: 2 }));
      expect(await Promise.all(pages)).toEqual([
        { total: 3, data: ["c", "a"] },
        { total: 3, data: ["b"] },
        { total: 3, data: [] },
      ]);
    });

    test("H10: sessions come newest first, page by page, with the number of all", async () => {
      const { list } = await five();
      expect(await list({})).toEqual(["of 5", 4, 3, 2, 1, 0]);
      expect(await list({}, { page: 2, perPage: 2 })).toEqual(["of 5", 2, 1]);
      expect(await list({}, { page: 4, perPage: 2 })).toEqual(["of 5"]);
      expect(await list({ roomId: "a" }, { page: 2, perPage: 2 })).toEqual(["of 3", 0]);
    });

    test("H10: sessions that began at the same time come by their ids, the greatest first", async () => {
      const { archive, room } = await emptyArchive(empty);
      const rooms = ["b", "c", "a"].map((id) => room({ room: id }));
      for (const one of rooms) {
        one.join("ann");
        await one.follow();
      }
      const { data } = await archive.sessions("app", {}, ALL);
      expect(data.map(({ roomId }) => roomId)).toEqual(["c", "b", "a"]);
    });

    test("H11: every filter asks for less, and all of them together for what fits them all", async () => {
      const { list, starts } = await five();
      const [, second = 0, , fourth = 0] = starts;
      const between = { startedFrom: second, startedTo: fourth };
      const cases: [SessionFilter, (number | string)[]][] = [
        [{ roomId: "a" }, ["of 3", 3, 1, 0]],
        [{ roomId: "nowhere" }, ["of 0"]],
        [{ status: "ongoing" }, ["of 1", 4]],
        [{ status: "ended" }, ["of 4", 3, 2, 1, 0]],
        [between, ["of 3", 3, 2, 1]],
        [{ startedFrom: fourth + 1 }, ["of 1", 4]],
        [{ startedTo: second - 1 }, ["of 1", 0]],
        [{ participantId: "ann" }, ["of 3", 4, 2, 0]],
        [{ participantId: "nobody" }, ["of 0"]],
        [{ participantId: "bob", ...between }, ["of 2", 3, 1]],
        [{ participantId: "bob", status: "ended" }, ["of 2", 3, 1]],
        [{ participantId: "ann", roomId: "b" }, ["of 2", 4, 2]],
        [{ participantId: "ann", roomId: "b", status: "ongoing" }, ["of 1", 4]],
        [{ roomId: "b", status: "ongoing" }, ["of 1", 4]],
        [{ roomId: "b", status: "ended", ...between }, ["of 1", 2]],
        [{ roomId: "a", status: "ongoing" }, ["of 0"]],
        [{ status: "ongoing", ...between }, ["of 0"]],
      ];
      for (const [filter, expected] of cases) {
        expect([filter, await list(filter)]).toEqual([filter, expected]);
      }
      expect(await list({ status: "ended" }, { page: 2, perPage: 3 })).toEqual(["of 4", 0]);
    });

    test("H11: a page of many ended sessions is as exact as one of few", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      const ids = Array.from({ length: 1_100 }, () => {
        one.join("ann");
        const id = one.sessionId;
        one.leave("ann");
        return id;
      });
      await one.follow(500);
      one.join("ann");
      await one.follow();
      const { total, data } = await archive.sessions("app", { status: "ended" }, { page: 110, perPage: 10 });
      expect(total).toBe(1_100);
      expect(data.map(({ id }) => id)).toEqual(ids.slice(0, 10).reverse());
    });
  });

  describe("what is forgotten", () => {
    test("H12: a session is kept for the retention after its end, and then nothing of it is left", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      one.join("ann");
      const id = one.sessionId;
      const end = one.leave("ann");
      await one.follow();
      expect(await archive.purge("app", end + RETENTION_MS)).toBe(0);
      expect(await archive.session("app", id)).not.toBeNull();
      expect(await archive.purge("other", end + RETENTION_MS + 1)).toBe(0);
      expect(await archive.purge("app", end + RETENTION_MS + 1)).toBe(1);
      expect(await archive.session("app", id)).toBeNull();
      expect(await archive.attendance("app", id)).toEqual([]);
      for (const filter of [{}, { roomId: "room" }, { status: "ended" } as const, { participantId: "ann" }]) {
        expect(await archive.sessions("app", filter, ALL)).toEqual({ total: 0, data: [] });
      }
      expect(await archive.rooms("app", ALL)).toEqual({ total: 1, data: ["room"] });
      expect(await archive.purge("app", end + RETENTION_MS + 1)).toBe(0);
    });

    test("H12: however many there are, and however many attended, all are forgotten, and no other one", async () => {
      const { archive, room } = await emptyArchive(empty);
      const [one, crowd] = [room(), room({ room: "crowd" })];
      for (let count = 0; count < 250; count += 1) {
        one.join("ann");
        one.leave("ann");
      }
      for (let count = 0; count < 1_100; count += 1) {
        crowd.join(`guest-${count}`);
        if (count > 0) crowd.leave(`guest-${count - 1}`);
      }
      crowd.api({ type: "end" });
      const last = Math.max(one.now, crowd.now);
      one.now = last + 1;
      one.join("ann");
      await one.follow(500);
      await crowd.follow(500);
      expect(await archive.purge("app", last + RETENTION_MS + 1)).toBe(251);
      const { total, data } = await archive.sessions("app", {}, ALL);
      expect([total, data[0]?.id]).toEqual([1, one.sessionId]);
      expect((await archive.sessions("app", { participantId: "guest-7" }, ALL)).total).toBe(0);
      expect((await archive.sessions("app", { participantId: "ann" }, ALL)).total).toBe(1);
    });

    test("H12: a session that goes on is never forgotten", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      one.join("ann");
      await one.follow();
      expect(await archive.purge("app", one.now + 1_000 * RETENTION_MS)).toBe(0);
      expect(await archive.attendance("app", one.sessionId)).toHaveLength(1);
    });

    test("H12: nodes that forget at once forget each session once between them", async () => {
      const { archive, records } = await five();
      const now = 10 * RETENTION_MS;
      const counts = await Promise.all([archive.purge("app", now), archive.purge("app", now)]);
      expect(counts[0] + counts[1]).toBe(4);
      expect((await archive.sessions("app", {}, ALL)).total).toBe(1);
      await expectNothingEnded(records);
    });
  });
}

async function expectNothingEnded(records: Records): Promise<void> {
  expect(await records.count("archive:ended:app")).toBe(0);
}
