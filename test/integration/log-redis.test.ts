import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { LogFault, type Head, type Store } from "../../src/log/port.js";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import { commitId, createRecorder, mustAppend, openRoom, ROOM, storedHead } from "../contract/log-fixture.js";
import { eventually } from "../support/eventually.js";
import { connectAdmin, type RedisAdmin } from "../support/redis-admin.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";

/** What Redis alone can show: its keys, and what happens to it. */
describe("redis store", () => {
  let server: RedisServer;
  let store: Store;
  let admin: RedisAdmin;
  let reconnections: number;

  beforeEach(async () => {
    server = await startRedis({ aof: true });
    // Long enough for a machine with other work: what counts reconnections must see none of a stall.
    store = await connectRedisStore({ url: server.url, prefix: "ao:", commandTimeoutMs: 5_000 });
    admin = await connectAdmin(server.url);
    reconnections = 0;
    store.log.onReconnect(() => (reconnections += 1));
  });

  afterEach(async () => {
    server.resume();
    await store.close();
    admin.close();
    await server.stop();
  });

  test("a room's keys share one hash tag, and nothing else is left", async () => {
    const head = await openRoom(store.log, ["a"]);
    expect(await admin.keys()).toEqual(["ao:{app1:room1}:head", "ao:{app1:room1}:log"]);
    await store.log.storeSnapshot(ROOM, { ...head, body: "state" }, 1);
    await store.log.append(ROOM, { expect: head, commit: "look", events: [] });
    await store.log.append(ROOM, { expect: { ...head, epoch: "other" }, commit: "late", events: ["x"] });
    await store.log.append({ ...ROOM, room: "room2" }, { expect: head, commit: "late", events: ["x"] });
    await store.log.touch({ ...ROOM, room: "room2" }, 1_000);
    await (
      await store.log.subscribe(ROOM, createRecorder())
    )();
    await store.nodes.serve("node", ROOM);
    await store.nodes.release("node", ROOM);
    await store.nodes.forget("node");
    const keys = ["ao:{app1:room1}:head", "ao:{app1:room1}:log", "ao:{app1:room1}:snapshot"];
    expect(await admin.keys()).toEqual(keys);
    await store.log.touch(ROOM, 0);
    expect(await admin.keys()).toEqual([]);
  });

  test("every key of a room with a life ends with it, also those that come later", async () => {
    const open = { epoch: "epoch1", base: 0, snapshot: null, ttlMs: 1_000_000 };
    let head = storedHead(
      await store.log.append(ROOM, { expect: null, commit: commitId(), events: [], open }),
    );
    head = await mustAppend(store.log, head, ["a", "b"]);
    await store.log.storeSnapshot(ROOM, { ...head, body: "state" }, 0);
    await mustAppend(store.log, head, ["c"]);
    const keys = await admin.keys();
    expect(keys).toHaveLength(3);
    const ends = await Promise.all(keys.map((key) => admin.send("PEXPIRETIME", key)));
    expect(new Set(ends).size).toBe(1);
    expect(await admin.life(keys[0] ?? "")).toBeGreaterThan(0);

    await store.log.touch(ROOM, null);
    for (const key of keys) expect(await admin.life(key)).toBe(-1);
    await store.log.touch(ROOM, 1_000_000);
    for (const key of keys) expect(await admin.life(key)).toBeGreaterThan(0);
    await store.rooms.name("app1", "name", "room1");
    expect(await admin.life("ao:name:app1:name")).toBe(-1);
  });

  test("entries are numbered like the events", async () => {
    const head = await openRoom(store.log, ["a", "b"]);
    await mustAppend(store.log, head, ["c"]);
    const entries = await admin.send("XRANGE", "ao:{app1:room1}:log", "-", "+");
    const fields: unknown = expect.any(Array);
    expect(entries).toEqual(["1-0", "2-0", "3-0"].map((id) => [id, fields]));
  });

  test("SCRIPT FLUSH changes nothing", async () => {
    let head = await openRoom(store.log, ["a"]);
    for (let round = 0; round < 5; round += 1) {
      const flushed = admin.send("SCRIPT", "FLUSH");
      head = await mustAppend(store.log, head, [`round ${round}`]);
      await flushed;
      await admin.send("SCRIPT", "FLUSH");
      const [loaded, read] = await Promise.all([
        store.log.load(ROOM),
        store.log.read(ROOM, "epoch1", 0, 100),
      ]);
      expect(loaded?.head).toEqual(head);
      expect(read).toMatchObject({ kind: "read", head });
    }
    expect(head.seq).toBe(6);
  });

  test("killed and started again in mid-run: nothing acknowledged is lost, nothing is stored twice", async () => {
    const recorder = createRecorder();
    await store.log.subscribe(ROOM, recorder);
    let head = await openRoom(store.log, ["event 0"]);
    let outage: Promise<void> | undefined;
    for (let round = 1; round <= 200; round += 1) {
      if (round === 100) outage = server.restart();
      head = await appendForSure(store, head, `event ${round}`);
    }
    await outage;
    const room = await store.log.load(ROOM);
    expect(room?.head).toEqual(head);
    const events = room?.tail.flatMap((commit) => commit.events);
    expect(events).toEqual(Array.from({ length: 201 }, (_, index) => `event ${index}`));

    await eventually(() => expect(reconnections).toBe(2));
    await mustAppend(store.log, head, ["after"]);
    await eventually(() => expect(recorder.publications.at(-1)?.events).toEqual(["after"]));
    const commits = recorder.publications.map(({ commit }) => commit);
    expect(new Set(commits).size).toBe(commits.length);
  });

  test("while Redis is down everything is a fault at once, and afterwards all is as before", async () => {
    const [kept, ended] = [createRecorder(), createRecorder()];
    await store.log.subscribe(ROOM, kept);
    const end = await store.log.subscribe(ROOM, ended);
    const endOther = await store.log.subscribe({ ...ROOM, room: "room2" }, ended);
    const head = await openRoom(store.log, ["a"]);
    await server.kill();
    await eventually(async () => {
      await expect(store.log.subscribe(ROOM, ended)).rejects.toThrow("Redis is away");
      await expect(store.log.load(ROOM)).rejects.toThrow("Redis is away");
    });
    await expect(mustAppend(store.log, head, ["b"])).rejects.toThrow(LogFault);
    await expect(store.nodes.beat("node", 1)).rejects.toThrow(LogFault);
    expect(await store.healthy()).toBe(false);
    await end();
    await endOther();
    expect(reconnections).toBe(0);

    await server.restart();
    await eventually(() => expect(reconnections).toBe(2));
    expect(await store.healthy()).toBe(true);
    await store.log.relay(ROOM, "text");
    await eventually(() => expect(kept.relayed).toEqual(["text"]));
    expect((await store.log.load(ROOM))?.head).toEqual(head);
    expect(ended.relayed).toEqual([]);
    await eventually(async () => {
      expect(await admin.send("PUBSUB", "SHARDCHANNELS")).toEqual(["ao:{app1:room1}:channel"]);
    });
  });

  test("a frozen Redis is a fault in time, and both connections are replaced", async () => {
    await store.close();
    store = await connectRedisStore({ url: server.url, prefix: "ao:", commandTimeoutMs: 500 });
    store.log.onReconnect(() => (reconnections += 1));
    const recorder = createRecorder();
    await store.log.subscribe(ROOM, recorder);
    const head = await openRoom(store.log, ["a"]);
    server.pause();
    await expect(store.log.load(ROOM)).rejects.toMatchObject({ name: "LogFault", cause: { name: "Late" } });
    expect(await store.healthy()).toBe(false);
    // The subscriber says nothing by itself: its own heartbeat has to notice.
    await eventually(async () => {
      await expect(store.log.subscribe(ROOM, recorder)).rejects.toThrow("Redis is away");
    });
    server.resume();
    await eventually(() => expect(reconnections).toBeGreaterThanOrEqual(2));
    const next = await mustAppend(store.log, head, ["b"]);
    await eventually(() => expect(recorder.publications.at(-1)?.commit).toBe(next.token));
  });

  test.each(["normal", "pubsub"])(
    "a lost %s connection is told once, and heard again after that",
    async (type) => {
      const recorder = createRecorder();
      await store.log.subscribe(ROOM, recorder);
      const undone = store.log.onReconnect(() => (reconnections += 100));
      undone();
      await admin.send("CLIENT", "KILL", "TYPE", type, "SKIPME", "yes");
      await eventually(() => expect(reconnections).toBe(1));
      await store.log.relay(ROOM, "text");
      await eventually(() => expect(recorder.relayed).toEqual(["text"]));
      expect(reconnections).toBe(1);
    },
  );

  test("a server that is full is a fault; an append behind it has stored nothing", async () => {
    const head = await openRoom(store.log, ["a"]);
    await admin.send("CONFIG", "SET", "maxmemory", "1");
    const refused = mustAppend(store.log, head, ["b"]);
    await expect(refused).rejects.toBeInstanceOf(LogFault);
    await expect(refused).rejects.toMatchObject({ cause: { message: expect.stringContaining("OOM") } });
    await admin.send("CONFIG", "SET", "maxmemory", "0");
    expect((await store.log.load(ROOM))?.head).toEqual(head);
    await mustAppend(store.log, head, ["b"]);
  });
});

/** Appends as the gateway does: the same request again while its outcome is unknown. */
async function appendForSure(store: Store, expected: Head, event: string): Promise<Head> {
  const commit = commitId();
  return eventually(async () => {
    const outcome = await store.log.append(ROOM, { expect: expected, commit, events: [event] });
    if (outcome.kind === "conflict" && outcome.missed[0]?.commit === commit) return outcome.head;
    return storedHead(outcome);
  });
}
