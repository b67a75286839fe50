import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { setTimeout as pause } from "node:timers/promises";
import { BreakableNodes, type BreakableNode } from "../support/breakable-nodes.js";
import { eventually } from "../support/eventually.js";
import { away, never } from "../support/faulty-store.js";
import { boundToken, createRoom, enter, MODERATOR, stateOf } from "../support/meeting.js";
import { asJson, Peer, type Json } from "../support/peer.js";
import { connectAdmin } from "../support/redis-admin.js";
import { runs } from "../support/runs.js";

const ROOMS = runs({ usual: 4, long: 8 });
const COMMANDS = 40;

/** Numbers from 0 to 1 that look random, and are the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Answers that are lost, before the work or after it, late, or never; publications that are not heard. */
function unreliable({ store }: BreakableNode, random: () => number, tally: { faults: number }): void {
  store.faults.append = async (_request, next) => {
    const dice = random();
    if (dice < 0.15 || dice > 0.84) tally.faults += 1;
    if (dice < 0.1) throw away();
    if (dice < 0.15) await pause(random() * 40);
    const outcome = await next();
    if (dice > 0.85) throw away();
    if (dice > 0.84)
      return Promise.race([never<typeof outcome>(), pause(200).then(() => Promise.reject(away()))]);
    return outcome;
  };
  store.faults.before = (call) => {
    if (call !== "beat" && random() < 0.05) throw away();
  };
  store.faults.hears = () => random() > 0.05;
}

/** Sends a command until it is done, always under the same id, over whatever line its sender has then. */
async function untilDone(peer: Peer, message: Json): Promise<Json> {
  for (;;) {
    const before = peer.frames.length;
    peer.send(message);
    const reply = await eventually(() => {
      const found = peer.frames
        .slice(before)
        .find(({ type, id }) => type === "reply" && id === message["id"]);
      if (found === undefined) throw new Error(`no answer to ${JSON.stringify(message)}`);
      return found;
    });
    if (reply["ok"] === true) return reply;
    expect(asJson(reply["error"])).toMatchObject({ reason: "unavailable", retryable: true });
  }
}

/** Joins until it is let in, always as the same join. */
async function joinUntilIn(nodes: readonly BreakableNode[], roomId: string, id: string): Promise<Peer> {
  const message = { type: "join", id: `join-${roomId}-${id}`, token: boundToken(roomId, id), roomId };
  for (let attempt = 0; ; attempt += 1) {
    const target = nodes[attempt % nodes.length]?.node;
    if (target === undefined) throw new Error("no nodes");
    const peer = await Peer.open(target);
    const reply = await peer.ask(message);
    if (reply["ok"] === true) return peer;
    expect(asJson(reply["error"])).toMatchObject({ reason: "unavailable", retryable: true });
  }
}

describe("answers of the store are lost", () => {
  let nodes: BreakableNodes;
  let both: BreakableNode[];
  beforeEach(async () => {
    nodes = await BreakableNodes.on();
    const settings = { ADMITONE_COMMAND_TIMEOUT_MS: "1000" };
    both = [await nodes.start(settings), await nodes.start(settings)];
  });
  afterEach(() => nodes.close());

  test.each([1, 2, 3])(
    "everything acknowledged is there once, in order, without a gap (seed %d)",
    async (seed) => {
      const random = randomFrom(seed);
      const [first, second] = both;
      if (first === undefined || second === undefined) throw new Error("two nodes");
      const rooms = await Promise.all(
        Array.from({ length: ROOMS }, async (_, index) => {
          const roomId = await createRoom(first.node);
          const on = (turn: number) => (turn % 2 === 0 ? first : second).node;
          const people = [
            await enter(on(index), roomId, "one", MODERATOR),
            await enter(on(index + 1), roomId, "two", MODERATOR),
          ];
          return { roomId, people, done: new Map<string, unknown>() };
        }),
      );
      const tally = { faults: 0 };
      for (const one of both) unreliable(one, random, tally);
      let over = false;
      const admin = await connectAdmin(nodes.redis.url);
      const cutter = (async () => {
        while (!over) {
          await pause(60 + random() * 100);
          await admin.send("CLIENT", "KILL", "TYPE", random() < 0.5 ? "normal" : "pubsub", "SKIPME", "yes");
        }
      })();

      const latecomers = await Promise.all(
        rooms.map(async ({ roomId, people, done }) => {
          const joined: Peer[] = [];
          await Promise.all(
            people.map(async (peer, who) => {
              for (let index = 0; index < COMMANDS; index += 1) {
                const message = `${who}-${index}`;
                const reply = await untilDone(peer, {
                  type: "publish",
                  id: `m${index}`,
                  topic: "t",
                  message,
                });
                done.set(message, reply["seq"]);
                if (who === 0 && index % 10 === 5)
                  joined.push(await joinUntilIn(both, roomId, `late${index}`));
                if (who === 1 && index % 10 === 7)
                  await untilDone(peer, {
                    type: "lock-media",
                    id: `l${index}`,
                    participantId: "*",
                    kind: "mic",
                    locked: index % 20 === 7,
                  });
              }
            }),
          );
          return joined;
        }),
      );
      over = true;
      await cutter;
      admin.close();
      for (const { store } of both) store.mend();
      process.stderr.write(`appends that were disturbed: ${tally.faults}\n`);
      expect(tally.faults).toBeGreaterThan(100);

      for (const [index, { roomId, people, done }] of rooms.entries()) {
        const everybody = [...people, ...(latecomers[index] ?? [])];
        // The first thing said over whole lines shows to everybody what they have not heard.
        const said = await untilDone(people[0] ?? (await Peer.open(first.node)), {
          type: "publish",
          id: "end",
          topic: "t",
          message: "end",
        });
        done.set("end", said["seq"]);
        await untilDone(people[1] ?? (await Peer.open(first.node)), {
          type: "publish",
          id: "end",
          topic: "t",
          message: "end, too",
        });
        await eventually(async () => {
          const { seq } = await stateOf(first.node, roomId);
          for (const peer of everybody) expect([peer.closed, peer.seq]).toEqual([null, seq]);
        });
        const [observer] = people;
        const heard = (observer?.events ?? []).filter(({ type }) => type === "message-published");
        const places = new Map(
          heard.map((event) => [String(asJson(event["message"])["message"]), event["seq"]]),
        );
        expect(heard).toHaveLength(2 * COMMANDS + 2);
        for (const [message, seq] of done) expect([message, places.get(message)]).toEqual([message, seq]);
        const state = await stateOf(second.node, roomId);
        expect([...state.participants.keys()].sort()).toEqual([
          "late15",
          "late25",
          "late35",
          "late5",
          "one",
          "two",
        ]);
        expect(state.mediaLocks.mic).toBe(false);
        const joins = (observer?.events ?? []).filter(({ type }) => type === "participant-joined");
        expect(joins.filter((event) => JSON.stringify(event).includes('"late'))).toHaveLength(4);
      }
    },
    90_000,
  );
});
