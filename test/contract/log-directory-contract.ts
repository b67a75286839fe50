import { expect, test } from "@jest/globals";
import { LogFault } from "../../src/log/port.js";
import { eventually } from "../support/eventually.js";
import { createRecorder, describeStore, openRoom, ROOM, type StoreKind } from "./log-fixture.js";

const LONG_MS = 1_000_000;

/** Names of rooms, nodes and what they serve, and the store as a whole. */
export function directoryContract(kind: StoreKind): void {
  describeStore(kind, "directories", (fixture) => {
    test("a name is bound once, per app", async () => {
      const [store, other] = [await fixture.connect(), await fixture.connect()];
      expect(await store.rooms.named("app1", "Weekly: {ü}")).toBeNull();
      expect(await store.rooms.name("app1", "Weekly: {ü}", "room1")).toBe("room1");
      expect(await other.rooms.name("app1", "Weekly: {ü}", "room2")).toBe("room1");
      expect(await other.rooms.named("app1", "Weekly: {ü}")).toBe("room1");
      expect(await store.rooms.name("app2", "Weekly: {ü}", "room3")).toBe("room3");
      expect(await store.rooms.named("app1", "Weekly")).toBeNull();
    });

    test("of many who bind a name at once all get the same room", async () => {
      const { rooms } = await fixture.connect();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => rooms.name("app1", "name", `room${index}`)),
      );
      expect(new Set(answers).size).toBe(1);
    });

    test("a name is taken over from the room that it is bound to, and from no other", async () => {
      const [store, other] = [await fixture.connect(), await fixture.connect()];
      await store.rooms.name("app1", "Weekly: {ü}", "room1");
      expect(await other.rooms.rename("app1", "Weekly: {ü}", "room1", "room2")).toBe("room2");
      expect(await store.rooms.named("app1", "Weekly: {ü}")).toBe("room2");
      // Asked again, since the answer was lost; and by somebody who comes late.
      expect(await other.rooms.rename("app1", "Weekly: {ü}", "room1", "room2")).toBe("room2");
      expect(await other.rooms.rename("app1", "Weekly: {ü}", "room1", "room3")).toBe("room2");
      expect(await other.rooms.name("app1", "Weekly: {ü}", "room3")).toBe("room2");
      expect(await other.rooms.rename("app2", "Weekly: {ü}", "room1", "room4")).toBe("room4");
      expect(await store.rooms.named("app1", "Weekly: {ü}")).toBe("room2");
    });

    test("of many who take over a name at once all get the same room, and it is one of theirs", async () => {
      const [store, other] = [await fixture.connect(), await fixture.connect()];
      await store.rooms.name("app1", "name", "old");
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? store : other).rooms.rename("app1", "name", "old", `room${index}`),
        ),
      );
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toMatch(/^room\d+$/);
      expect(await store.rooms.named("app1", "name")).toBe(answers[0]);
    });

    test("a silent node is dead to the others, until it is heard again", async () => {
      const { nodes } = await fixture.connect();
      await nodes.beat("silent", 50);
      expect((await nodes.beat("lively", LONG_MS)).dead).toEqual([]);
      await eventually(async () => expect((await nodes.beat("lively", 50)).dead).toEqual(["silent"]));
      expect((await nodes.beat("lively", LONG_MS)).dead).toEqual([]);
      expect((await nodes.beat("silent", 50)).dead).not.toContain("silent");
    });

    test("beats answer the store's time", async () => {
      const { nodes } = await fixture.connect();
      const { now } = await nodes.beat("node", LONG_MS);
      await eventually(async () => expect((await nodes.beat("node", LONG_MS)).now).toBeGreaterThan(now));
      expect(Math.abs(now - Date.now())).toBeLessThan(LONG_MS);
    });

    test("a node is known once it has beaten, until it is forgotten", async () => {
      const { nodes } = await fixture.connect();
      await nodes.serve("node", ROOM);
      const known = async (): Promise<boolean> => (await nodes.beat("node", LONG_MS)).known;
      expect([await known(), await known()]).toEqual([false, true]);
      await nodes.forget("node");
      // What it serves now must not hide that the rest was forgotten.
      await nodes.serve("node", ROOM);
      expect([await known(), await known()]).toEqual([false, true]);
    });

    test("what a node serves outlives it, until it is forgotten", async () => {
      const [store, other] = [await fixture.connect(), await fixture.connect()];
      const rooms = [ROOM, { app: "app1", room: "room2" }, { app: "app2", room: "a:{b}/ü" }];
      await store.nodes.beat("node", LONG_MS);
      for (const room of rooms) await store.nodes.serve("node", room);
      await store.nodes.serve("node", ROOM);
      expect(sorted(await other.nodes.served("node"))).toEqual(sorted(rooms));
      await store.nodes.release("node", ROOM);
      expect(sorted(await other.nodes.served("node"))).toEqual(sorted(rooms.slice(1)));
      await eventually(async () => expect((await other.nodes.beat("other", 20)).dead).toEqual(["node"]));
      expect(await other.nodes.served("node")).toHaveLength(2);
      await other.nodes.forget("node");
      expect(await other.nodes.served("node")).toEqual([]);
      expect((await other.nodes.beat("other", 20)).dead).toEqual([]);
    });

    test("a node that dies before its first beat is found by what it serves", async () => {
      const { nodes } = await fixture.connect();
      await nodes.serve("node", ROOM);
      await eventually(async () => expect((await nodes.beat("other", 20)).dead).toEqual(["node"]));
    });
  });

  describeStore(kind, "store", (fixture) => {
    test("is healthy until it is closed; then everything is a fault", async () => {
      const store = await fixture.connect();
      const head = await openRoom(store.log, ["a"]);
      const end = await store.log.subscribe(ROOM, createRecorder());
      expect(store.kind).toBe(kind.name);
      expect(await store.healthy()).toBe(true);
      const closing = store.close();
      expect(store.close()).toBe(closing);
      await closing;
      expect(await store.healthy()).toBe(false);
      await end();
      const calls: readonly (() => Promise<unknown>)[] = [
        () => store.log.load(ROOM),
        () => store.log.append(ROOM, { expect: head, commit: "c", events: ["b"] }),
        () => store.log.read(ROOM, "epoch1", 0, 1),
        () => store.log.storeSnapshot(ROOM, { ...head, body: "state" }, 0),
        () => store.log.subscribe(ROOM, createRecorder()),
        () => store.log.relay(ROOM, "text"),
        () => store.log.touch(ROOM, null),
        () => store.rooms.name("app1", "name", "room1"),
        () => store.rooms.rename("app1", "name", "room1", "room2"),
        () => store.rooms.named("app1", "name"),
        () => store.nodes.beat("node", 1),
        () => store.nodes.serve("node", ROOM),
        () => store.nodes.release("node", ROOM),
        () => store.nodes.served("node"),
        () => store.nodes.forget("node"),
      ];
      for (const call of calls) await expect(call()).rejects.toThrow(LogFault);
    });
  });
}

function sorted(rooms: readonly { readonly app: string; readonly room: string }[]): string[] {
  return rooms.map(({ app, room }) => `${app}:${room}`).sort();
}
