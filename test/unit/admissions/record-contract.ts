/** What the record keeps, how it is read and forgotten: the same on every store. */
import { describe, expect, test } from "@jest/globals";
import { cursorFrom, cursorText } from "../../../src/admissions/reading.js";
import { GUEST, HOST, START, admit, type Room } from "../room/support.js";
import { RETENTION_MS, emptyRecord, told, type EmptyRecords } from "./support.js";

const leave = (id: string) => (room: Room) => room.as(id, { type: "leave" });

/** Rules Q2, Q6, Q8, Q9 and Q10. */
export function recordContract(empty: EmptyRecords): void {
  const filled = () => emptyRecord(empty);

  /** A room in which so many have knocked, each a millisecond after the other. */
  const lobbyOf = async (count: number) => {
    const world = await filled();
    const one = world.room();
    for (let knock = 0; knock < count; knock += 1) await one.then((it) => it.join(`guest-${knock}`, GUEST));
    return { ...world, one };
  };
  const ids = (entries: readonly { readonly participantId: string | null }[]) =>
    entries.map(({ participantId }) => participantId);

  describe("reading", () => {
    test("Q2: entries come oldest first, and those of one time in the order of the events", async () => {
      const { room } = await filled();
      const one = room();
      one.room.join("host", HOST);
      for (const id of ["zoe", "ann", "mia"]) one.room.join(id, GUEST);
      one.room.as("host", { type: "admit-all" });
      await one.follow(2);
      expect(told(await one.entries())).toEqual([
        "host joined by rule (token)",
        ...["zoe knocked", "ann knocked", "mia knocked"],
        ...["zoe", "ann", "mia"].flatMap((id) => [`${id} admitted by host`, `${id} joined by host`]),
      ]);
    });

    test.each([1, 2, 3, 7, 500])("Q10: pages of %i together are everything, once", async (limit) => {
      const { one } = await lobbyOf(7);
      one.room.join("host", HOST);
      one.room.as("host", { type: "admit-all" });
      await one.follow();
      const whole = await one.entries();
      expect(whole).toHaveLength(7 + 1 + 14);
      expect(await one.entries(limit)).toEqual(whole);
    });

    test("Q10: more entries of one time than a page holds, and than are read at once", async () => {
      const { room } = await filled();
      const one = room({ settings: { maxParticipants: 700 } });
      for (let guest = 0; guest < 650; guest += 1) one.room.join(`guest-${guest}`);
      one.room.api({ type: "end" });
      await one.follow();
      const whole = await one.entries(10_000);
      expect(whole).toHaveLength(1_300);
      expect(ids(whole.slice(650))).toEqual(Array.from({ length: 650 }, (_, guest) => `guest-${guest}`));
      expect(await one.entries(499)).toEqual(whole);
      expect(await one.entries(501)).toEqual(whole);
    });

    test("Q10: times bound what is read, both ends included, with or without a place to go on from", async () => {
      const { one } = await lobbyOf(5);
      const at = (guest: number) => START + 1 + guest;
      const read = (from: number | undefined, to: number | undefined, limit = 10) =>
        one.entries(limit, { from, to }).then(ids);
      expect(await read(at(1), at(3))).toEqual(["guest-1", "guest-2", "guest-3"]);
      expect(await read(at(1), at(3), 1)).toEqual(["guest-1", "guest-2", "guest-3"]);
      expect(await read(at(3), undefined)).toEqual(["guest-3", "guest-4"]);
      expect(await read(undefined, at(0))).toEqual(["guest-0"]);
      expect(await read(at(3), at(1))).toEqual([]);
    });

    test("Q10: a place can be written down, and leads on also where its entry is forgotten", async () => {
      const { admissions, one } = await lobbyOf(3);
      const { next } = await admissions.list("app", "room", { limit: 2 });
      const after = cursorFrom(next === null ? "" : cursorText(next)) ?? undefined;
      expect(after).toEqual(next);
      await admissions.purge("app", one.room.now + RETENTION_MS);
      const { entries, next: last } = await admissions.list("app", "room", { limit: 2, after });
      expect(ids(entries)).toEqual(["guest-2"]);
      expect(last).toBeNull();
    });

    test("Q10: of a room without a record there is nothing to read", async () => {
      const { admissions } = await lobbyOf(1);
      expect(await admissions.list("app", "another", { limit: 10 })).toEqual({ entries: [], next: null });
      expect(await admissions.knows("app", "another")).toBe(false);
      expect(await admissions.knows("app", "room")).toBe(true);
    });
  });

  test("Q8: rooms of the same name in two apps have records of their own, whatever they are called", async () => {
    const { admissions, room } = await filled();
    const names = [
      ["a", "b:c"],
      ["a:b", "c"],
      ["a", "b%3Ac"],
      ["x", "__proto__"],
      ["y", "__proto__"],
    ] as const;
    for (const [app, name] of names) {
      const one = room({ app, name });
      await one.then((it) => it.join(`${app} ${name}`.replaceAll(" ", "/")));
      await one.then((it) => it.join("__proto__", GUEST));
    }
    for (const [app, name] of names) {
      const { entries } = await admissions.list(app, name, { limit: 10 });
      expect(ids(entries)).toEqual([`${app} ${name}`.replaceAll(" ", "/"), "__proto__"]);
    }
    await admissions.purge("a", START + 3 * RETENTION_MS);
    expect(await Promise.all(names.map(([app, name]) => admissions.knows(app, name)))).toEqual([
      ...[false, true, false, true, true],
    ]);
  });

  describe("forgetting", () => {
    test("Q9: an entry is kept for the retention, and then forgotten", async () => {
      const { admissions, one } = await lobbyOf(3);
      const at = (guest: number) => START + 1 + guest;
      expect(await admissions.purge("app", at(1) + RETENTION_MS)).toBe(1);
      expect(ids(await one.entries())).toEqual(["guest-1", "guest-2"]);
      expect(await admissions.purge("app", at(1) + RETENTION_MS)).toBe(0);
      expect(await admissions.purge("app", at(2) + RETENTION_MS + 1)).toBe(2);
      expect(await admissions.knows("app", "room")).toBe(false);
    });

    test("Q9: more than one write forgets, in many rooms", async () => {
      const { admissions, room } = await filled();
      const rooms = Array.from({ length: 103 }, (_, index) => room({ name: `room-${index}` }));
      for (const one of rooms) {
        for (let guest = 0; guest < 5; guest += 1) one.room.join(`guest-${guest}`);
        one.room.api({ type: "end" });
        await one.follow();
      }
      expect(await admissions.purge("app", START + RETENTION_MS + 1)).toBe(1_030);
      expect(await Promise.all(rooms.map((one) => one.entries()))).toEqual(rooms.map(() => []));
    });

    test("Q9: of whoever stays longer than that, what they came in with is known when they leave", async () => {
      const { admissions, one } = await lobbyOf(1);
      await one.then((it) => it.join("host", HOST));
      await one.then((it) => it.as("host", admit("guest-0")));
      await admissions.purge("app", one.room.now + 2 * RETENTION_MS);
      expect(await one.entries()).toEqual([]);
      one.room.now += 3 * RETENTION_MS;
      await one.then(leave("guest-0"));
      const [left] = await one.entries();
      expect(left).toMatchObject({ what: "left", name: "name of guest-0", token: { key: "key" } });
      expect(left?.sessionId).not.toBeNull();
    });

    test("Q9: nothing is kept of a room in which nobody is and of which everything is forgotten", async () => {
      const { admissions, records, one } = await lobbyOf(0);
      await one.then((it) => it.join("ann"));
      await one.then(leave("ann"));
      const maps = ["known", "texts"].map((kind) => `admissions:${kind}:app:room`);
      const sizes = () => Promise.all(maps.map(async (map) => (await records.fields(map)).size));
      expect(await sizes()).toEqual([1, 2]);
      await admissions.purge("app", one.room.now + RETENTION_MS + 1);
      expect(await sizes()).toEqual([0, 0]);
      const indexes = ["rooms:app", "all:app", "times:app:room"].map((name) => `admissions:${name}`);
      expect(await Promise.all(indexes.map((index) => records.count(index)))).toEqual([0, 0, 0]);
      await one.then((it) => it.join("ann"));
      expect(told(await one.entries())).toEqual(["ann joined by rule (token)"]);
    });
  });

  test("Q6: asked twice for the same step it answers the same, and nothing is kept until it is written", async () => {
    const { admissions, records, room } = await filled();
    const one = room();
    one.room.join("ann");
    const step = one.step();
    const first = await admissions.collect(step);
    expect(await admissions.knows("app", "room")).toBe(false);
    expect(await admissions.collect(step)).toEqual(first);
    await records.write(first);
    expect(await one.entries()).toHaveLength(1);
  });
}
