import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BreakableNodes } from "../support/breakable-nodes.js";
import { eventually } from "../support/eventually.js";
import { everybodyStays, freshStart } from "../support/fresh-start.js";
import {
  createRoom,
  enter,
  errorOf,
  GUEST,
  hangUp,
  HOST,
  idsIn,
  join,
  MODERATOR,
  stateOf,
} from "../support/meeting.js";
import { token } from "../support/node.js";
import { asJson } from "../support/peer.js";
import { flushAll } from "../support/redis-admin.js";
import { copyOf, restartEmpty } from "../support/rollback.js";
import type { RedisServer } from "../support/redis-server.js";

/** Ways to lose data; the first call is before what will be lost. */
const LOSSES: Readonly<Record<string, (redis: RedisServer) => Promise<() => Promise<void>>>> = {
  FLUSHALL: (redis) => Promise.resolve(() => flushAll(redis)),
  "started again with nothing": (redis) => Promise.resolve(() => restartEmpty(redis)),
  "started again with an old copy": async (redis) => {
    const copy = await copyOf(redis);
    return () => copy.putBack().then(() => copy.drop());
  },
};

describe("Redis loses data", () => {
  let nodes: BreakableNodes;
  beforeEach(async () => {
    nodes = await BreakableNodes.on();
  });
  afterEach(() => nodes.close());

  const cases = Object.entries(LOSSES).flatMap(([name, prepare]) =>
    [1, 2].map((count) => ({ name, count, prepare })),
  );
  test.each(cases)(
    "$name, $count node(s): people, knocks, moderation, bans and names stay",
    async ({ count, prepare }) => {
      const first = await nodes.start();
      const last = count === 1 ? first : await nodes.start();
      const roomId = await createRoom(first.node, { customRoomId: "weekly" });
      const host = await enter(first.node, roomId, "host", MODERATOR);
      const lose = await prepare(nodes.redis);
      const [guest, helper] = [
        await enter(last.node, roomId, "guest", HOST, { micOn: true }),
        await enter(last.node, roomId, "helper", HOST),
      ];
      const knocker = await enter(last.node, roomId, "knocker", GUEST);
      await enter(last.node, roomId, "bad");
      for (const message of [
        { type: "remove", participantId: "bad", ban: true },
        { type: "disable-media", participantId: "guest", kind: "mic" },
        { type: "lock-media", participantId: "*", kind: "mic", locked: true },
        { type: "grant-permission", participantId: "helper", permission: "allow_mod" },
        { type: "lock-room", locked: true },
        { type: "publish", topic: "t", message: "kept", persist: true },
      ])
        expect(await host.ask(message)).toMatchObject({ ok: true });
      const { epoch } = host;
      await lose();

      const inside = [host, guest, helper];
      for (const peer of inside) await freshStart(peer);
      expect(host.epoch).not.toBe(epoch);
      await everybodyStays(nodes, inside, roomId);
      const room = await host.room();
      expect(room).toMatchObject({
        locked: true,
        mediaLocks: { mic: true, webcam: false },
        bans: ["bad"],
        customRoomId: "weekly",
      });
      expect([idsIn(room), idsIn(room, "lobby")]).toEqual([["host", "guest", "helper"], ["knocker"]]);
      expect(JSON.stringify(room["messages"])).toContain('"kept"');
      expect(errorOf((await join(last.node, roomId, "bad")).reply)).toMatchObject({ reason: "banned" });
      expect(errorOf((await join(last.node, roomId, "new")).reply)).toMatchObject({ reason: "room_locked" });
      expect(errorOf(await guest.ask({ type: "set-media", kind: "mic", on: true }))).toMatchObject({
        reason: "media_locked",
      });
      expect(await helper.ask({ type: "admit", participantId: "knocker" })).toMatchObject({ ok: true });
      expect(idsIn(await knocker.room())).toEqual(["host", "guest", "helper", "knocker"]);
      await guest.cut();
      expect((await guest.resumeOn(first.node)).reply).toMatchObject({ ok: true, state: "joined" });
      const authorization = token({ permissions: HOST, roles: ["crawler"] });
      const found = await fetch(`http://127.0.0.1:${last.node.port}/v2/rooms/weekly`, {
        headers: { authorization },
      });
      expect(asJson(await found.json())).toMatchObject({ roomId });
    },
  );

  test("two nodes, one behind, and that one notices first: no acknowledged join is lost, twenty times", async () => {
    const [ahead, behind] = [await nodes.start(), await nodes.start()];
    // Four losses, five rooms each.
    for (let loss = 0; loss < 4; loss += 1) {
      const rooms = await Promise.all(
        Array.from({ length: 5 }, async () => {
          const roomId = await createRoom(ahead.node);
          return { roomId, slow: await enter(behind.node, roomId, "slow", MODERATOR) };
        }),
      );
      behind.store.faults.hears = () => false;
      const joined = await Promise.all(
        rooms.map(({ roomId }) =>
          Promise.all(["a", "b", "c", "d"].map((id) => enter(ahead.node, roomId, id))),
        ),
      );
      await flushAll(nodes.redis);
      behind.store.mend();
      await Promise.all(
        rooms.map(async ({ roomId, slow }, index) => {
          const peers = [slow, ...(joined[index] ?? [])];
          // It finds out by its own command, while the other has nothing to do.
          expect(await slow.ask({ type: "publish", topic: "t", message: "hello?" })).toMatchObject({
            ok: true,
          });
          for (const peer of peers) await freshStart(peer);
          await eventually(async () => {
            const { participants, seq } = await stateOf(behind.node, roomId);
            expect([...participants.keys()].sort()).toEqual(["a", "b", "c", "d", "slow"]);
            for (const peer of peers)
              expect([peer.closed, peer.epoch, peer.seq]).toEqual([null, slow.epoch, seq]);
          });
          hangUp(peers);
        }),
      );
    }
  });
});
