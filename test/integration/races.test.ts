import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startTestNode, token, type TestGateway } from "../support/node.js";
import {
  boundToken,
  createRoom,
  enter,
  errorOf,
  GUEST,
  HOST,
  join,
  MODERATOR,
  poised,
  stateOf,
} from "../support/meeting.js";
import { asJson, Peer, type Json } from "../support/peer.js";
import { eventually } from "../support/eventually.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";
import type { RunningNode } from "../../src/server.js";
import { runs } from "../support/runs.js";

const ROOMS = runs({ usual: 25, long: 50 });
const ROUNDS = runs({ usual: 4, long: 20 });
const MIXES = [
  ["admit", "deny"],
  ["deny", "admit"],
  ["admit", "admit"],
  ["deny", "deny"],
] as const;

/** A room of a race: a moderator on each node; the one on the second is the observer from outside as well. */
interface Arena {
  readonly roomId: string;
  readonly one: Peer;
  readonly two: Peer;
}

/** Starts both at once, or one of them some turns of the loop before the other: which, and how many, goes with the index. */
async function both<A, B>(index: number, a: () => Promise<A>, b: () => Promise<B>): Promise<[A, B]> {
  const turns = (index >> 1) % 3;
  const after = async <T>(start: () => Promise<T>): Promise<T> => {
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resume) => setImmediate(resume));
    return start();
  };
  return index % 2 === 0 ? Promise.all([a(), after(b)]) : Promise.all([after(a), b()]);
}

/** Races of each kind (a thousand of each in the long run), many rooms at once, on two nodes: exactly one outcome each. */
describe("races over two nodes", () => {
  let redis: RedisServer;
  let gateway: TestGateway;
  let fresh: RunningNode;

  beforeAll(async () => {
    redis = await startRedis();
    const settings = { REDIS_URL: redis.url };
    const [first, second] = [await startTestNode(settings), await startTestNode(settings)];
    fresh = await startTestNode(settings);
    gateway = {
      first,
      second,
      close: () => Promise.all([first.close(), second.close(), fresh.close()]).then(() => undefined),
    };
  });
  afterAll(async () => {
    await gateway.close();
    await redis.stop();
  });

  /** Runs the rounds of all rooms and prints how they went; then the log is looked at from a node that took no part. */
  async function race(
    what: string,
    settings: Json,
    round: (arena: Arena, index: number) => Promise<string>,
  ): Promise<Map<string, number>> {
    const tally = new Map<string, number>();
    const arena = async (): Promise<void> => {
      const roomId = await createRoom(gateway.first, settings);
      const one = await enter(gateway.first, roomId, "one", MODERATOR);
      const two = await enter(gateway.second, roomId, "two", MODERATOR);
      for (let index = 0; index < ROUNDS; index += 1) {
        const outcome = await round({ roomId, one, two }, index);
        tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
      }
      const state = await stateOf(fresh, roomId);
      expect([...state.participants.keys()]).toEqual(["one", "two"]);
      expect(state.knocks.size).toBe(0);
      await eventually(() => expect([one.seq, two.seq]).toEqual([state.seq, state.seq]));
      for (const peer of [one, two]) expect(await peer.ask({ type: "leave" })).toMatchObject({ ok: true });
    };
    await Promise.all(Array.from({ length: ROOMS }, arena));
    process.stderr.write(`${what}: ${JSON.stringify(Object.fromEntries([...tally].sort()))}\n`);
    expect([...tally.values()].reduce((sum, count) => sum + count, 0)).toBe(ROOMS * ROUNDS);
    return tally;
  }

  /** The observer's events about somebody, once one of the given type is there. */
  async function seen(observer: Peer, participantId: string, last: string): Promise<readonly string[]> {
    const about = (event: Json): boolean =>
      event["participantId"] === participantId ||
      ["knock", "participant"].some(
        (part) => event[part] !== undefined && asJson(event[part])["participantId"] === participantId,
      );
    await observer.event(last, about);
    // Whatever came before this answer has been seen.
    await observer.ask({ type: "ping", id: `seen-${participantId}` });
    return observer.events.filter(about).map(({ type }) => String(type));
  }

  test("two hosts answer one knock", async () => {
    const tally = await race("knocks", { maxParticipants: 50 }, async ({ roomId, one, two }, index) => {
      const id = `guest${index}`;
      const guest = await enter(index % 2 === 0 ? gateway.first : gateway.second, roomId, id, GUEST);
      const [first, second] = MIXES[index % MIXES.length] ?? MIXES[0];
      const answers = [
        { type: first, participantId: id },
        { type: second, participantId: id },
      ];
      await Promise.all(
        [one, two].map((host) =>
          host.event("entry-requested", (event) => asJson(event["knock"])["participantId"] === id),
        ),
      );
      const [a, b] = await both(
        index >> 2,
        () => one.ask({ ...answers[0], id: `a${index}` }),
        () => two.ask({ ...answers[1], id: `a${index}` }),
      );
      const winner = a["ok"] === true ? 0 : 1;
      const decision = answers[winner]?.type === "admit" ? "allowed" : "denied";
      expect([a["ok"], b["ok"]].filter((ok) => ok === true)).toHaveLength(1);
      expect(errorOf(winner === 0 ? b : a)).toMatchObject({
        reason: "already_decided",
        details: {
          decision,
          decidedBy: winner === 0 ? "one" : "two",
          decidedByName: winner === 0 ? "one" : "two",
        },
      });
      if (decision === "allowed") {
        await guest.room();
        expect(await guest.ask({ type: "leave" })).toMatchObject({ ok: true });
        const events = await seen(two, id, "participant-left");
        expect(events).toEqual([
          "entry-requested",
          "entry-responded",
          "participant-joined",
          "participant-left",
        ]);
      } else {
        expect(await guest.ended()).toEqual({ code: 4404, reason: "entry_denied" });
        expect(guest.frames.some(({ type }) => type === "snapshot")).toBe(false);
        expect(await seen(two, id, "entry-responded")).toEqual(["entry-requested", "entry-responded"]);
      }
      return `${decision} by ${winner === 0 ? "one" : "two"}`;
    });
    expect(tally.size).toBeGreaterThan(2);
  }, 120_000);

  test("two guests take the last seat", async () => {
    await race("last seat", { maxParticipants: 3 }, async ({ roomId, two }, index) => {
      const [goA, goB] = await Promise.all([
        poised(gateway.first, { token: boundToken(roomId, `a${index}`), roomId }),
        poised(gateway.second, { token: boundToken(roomId, `b${index}`), roomId }),
      ]);
      const [a, b] = await both(index, goA, goB);
      const winner = a.reply["ok"] === true ? a : b;
      const loser = winner === a ? b : a;
      expect(winner.reply).toMatchObject({ ok: true, state: "joined" });
      expect(errorOf(loser.reply)).toMatchObject({ reason: "room_full", code: 4009 });
      expect(await loser.peer.ended()).toEqual({ code: 4009, reason: "room_full" });
      expect(await winner.peer.ask({ type: "leave" })).toMatchObject({ ok: true });
      const [in_, out] = winner === a ? ["a", "b"] : ["b", "a"];
      expect(await seen(two, `${in_}${index}`, "participant-left")).toEqual([
        "participant-joined",
        "participant-left",
      ]);
      expect(two.events.filter((event) => JSON.stringify(event).includes(`"${out}${index}"`))).toEqual([]);
      return winner === a ? "the first node" : "the second node";
    });
  }, 120_000);

  test("the same participant joins on both nodes at once", async () => {
    const tally = await race("same participant", {}, async ({ roomId, two }, index) => {
      const id = `p${index}`;
      const proven = index % 2 === 0;
      const message = proven
        ? { token: boundToken(roomId, id), roomId }
        : { token: token({ permissions: HOST, roomId }), roomId, participantId: id };
      const [goA, goB] = [await poised(gateway.first, message), await poised(gateway.second, message)];
      const [a, b] = await both(index >> 1, goA, goB);
      const ended = await Promise.race([a.peer.ended().then(() => a), b.peer.ended().then(() => b)]);
      const stays = ended === a ? b : a;
      expect(ended.peer.closed).toEqual({ code: 4005, reason: "participant_id_taken" });
      expect(stays.reply).toMatchObject({ ok: true, participantId: id });
      if (proven) expect(ended.reply).toMatchObject({ ok: true });
      else expect(errorOf(ended.reply)).toMatchObject({ reason: "participant_id_taken", code: 4005 });
      expect(await stays.peer.ask({ type: "leave" })).toMatchObject({ ok: true });
      const events = await seen(two, id, "participant-left");
      expect(events).toEqual([
        "participant-joined",
        ...(proven ? ["participant-resumed"] : []),
        "participant-left",
      ]);
      return `${proven ? "proven" : "claimed"}, ${stays === a ? "the first" : "the second"} node stays`;
    });
    expect([...tally.values()].length).toBeGreaterThan(1);
  }, 120_000);

  test("removed or banned while coming in or coming back", async () => {
    await race("removed while coming", {}, async ({ roomId, one, two }, index) => {
      const id = `p${index}`;
      const ban = index % 2 === 1;
      const back = index % 4 < 2;
      // The token that they came with is void after a removal; a newer one would not be.
      const credential = { token: boundToken(roomId, id) };
      const before = await enter(gateway.second, roomId, id, HOST, credential);
      await one.event("participant-joined", (event) => asJson(event["participant"])["participantId"] === id);
      if (back) await before.cut();
      const go = await poised(
        gateway.second,
        back ? { secret: before.resumeSecret } : { ...credential, roomId },
      );
      const remover = index < ROUNDS / 2 ? one : two;
      const [removed, { peer, reply }] = await both(
        index >> 2,
        () => remover.ask({ type: "remove", id: `r${index}`, participantId: id, ban }),
        go,
      );
      expect(removed).toMatchObject({ ok: true });
      const reason = reply["ok"] === true ? "removed" : String(errorOf(reply)["reason"]);
      expect(["removed", "banned"]).toContain(reason);
      expect(await peer.ended()).toEqual({ code: reason === "banned" ? 4401 : 4402, reason });
      // Nothing of them comes after the removal, and nothing opens the door again.
      const events = await seen(two, id, "participant-left");
      expect(events.at(-1)).toBe("participant-left");
      expect(events.filter((type) => type === "participant-left")).toHaveLength(1);
      expect(
        errorOf((await peer.resumeOn(gateway.first, { secret: before.resumeSecret })).reply)["reason"],
      ).toMatch(/^(removed|resume_invalid)$/);
      const again = await join(gateway.first, roomId, id, HOST, credential);
      expect(errorOf(again.reply)).toMatchObject({ reason: ban ? "banned" : "removed" });
      return `${back ? "resume" : "join"}, ${reply["ok"] === true ? "was in and out" : reason}`;
    });
  }, 120_000);
});
