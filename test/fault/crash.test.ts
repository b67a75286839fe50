import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import type { RunningNode } from "../../src/server.js";
import { eventually } from "../support/eventually.js";
import { breakable, never, type FaultyStore } from "../support/faulty-store.js";
import {
  boundToken,
  createRoom,
  enter,
  errorOf,
  GUEST,
  HOST,
  MODERATOR,
  stateOf,
} from "../support/meeting.js";
import { startTestNode, token } from "../support/node.js";
import { asJson, Peer, type Json } from "../support/peer.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";
import { runs } from "../support/runs.js";

/** A node whose next append is stored, or not, and never answered: then it dies. */
interface Victim {
  readonly node: RunningNode;
  readonly store: FaultyStore;
  /** From now on the next commit is the last thing that it does. */
  arm(stored: boolean): void;
  /** Kills the node once the commit has happened. */
  die(): Promise<void>;
}

/** What somebody was doing when the node died. `ask` does it on a node; the same again has to be the same. */
interface Deed {
  /** Sends the command to the node that dies. */
  start(): void;
  /** Sends it again, elsewhere; answers the reply. */
  again(): Promise<Json>;
  /** What the observer must have seen once, and once only. */
  readonly effect: (event: Json) => boolean;
  /** Whether the answer says that the effect was there before: commands do, a join or resume brings a new line. */
  readonly remembered: boolean;
}

const ROUNDS = runs({ usual: 2, long: 4 });
const about = (event: Json, id: string): boolean =>
  ["knock", "participant"].some(
    (part) => event[part] !== undefined && asJson(event[part])["participantId"] === id,
  );

describe("a node dies between a commit and its answer", () => {
  let redis: RedisServer;
  let survivor: RunningNode;
  let kills = 0;

  beforeAll(async () => {
    redis = await startRedis();
    survivor = await startTestNode({ REDIS_URL: redis.url });
  });
  afterAll(async () => {
    process.stderr.write(`nodes killed in mid-commit: ${kills}\n`);
    await survivor.close();
    await redis.stop();
  });

  async function startVictim(): Promise<Victim> {
    const store = breakable(await connectRedisStore({ url: redis.url, prefix: "admitone" }));
    const node = await startTestNode({ ADMITONE_COMMAND_TIMEOUT_MS: "2000" }, { store });
    let struck = false;
    return {
      node,
      store,
      arm(stored) {
        store.faults.append = async (request, next) => {
          if (request.events.length === 0) return next();
          // Its own publication would tell it as well.
          store.faults.hears = () => false;
          if (stored) await next();
          struck = true;
          return never();
        };
      },
      async die() {
        await eventually(() => expect(struck).toBe(true));
        await node.kill();
        await store.close();
        kills += 1;
      },
    };
  }

  /** A command of somebody who was in the room on the node that dies: they come back, and ask again. */
  const command = (actor: Peer, message: Json, effect: Deed["effect"]): Deed => {
    const whole = { id: "the-command", ...message };
    return {
      start: () => actor.send(whole),
      async again() {
        const { peer, reply } = await actor.resumeOn(survivor);
        expect(reply).toMatchObject({ ok: true });
        return peer.ask(whole);
      },
      effect,
      remembered: true,
    };
  };
  /** A first message, and the same first message again on another line. */
  const first = async (node: RunningNode, message: Json, effect: Deed["effect"]): Promise<Deed> => {
    const line = await Peer.open(node);
    return {
      start: () => line.send(message),
      again: () => Peer.open(survivor).then((peer) => peer.ask(message)),
      effect,
      remembered: false,
    };
  };
  const on = (type: string, id?: string) => (event: Json) =>
    event["type"] === type && (id === undefined || event["participantId"] === id || about(event, id));

  type Prepare = (victim: RunningNode, roomId: string) => Promise<Deed>;
  const DEEDS: Readonly<Record<string, Prepare>> = {
    "join with a token that names nobody": (victim, roomId) => {
      const message = {
        type: "join",
        id: "join-0123456789abcdef",
        token: token({ permissions: HOST, roomId }),
        name: "Nameless",
      };
      return first(
        victim,
        message,
        (event) => event["type"] === "participant-joined" && JSON.stringify(event).includes("Nameless"),
      );
    },
    "join with a token that names somebody": (victim, roomId) =>
      first(
        victim,
        { type: "join", id: "join-0123456789abcdef", token: boundToken(roomId, "named") },
        on("participant-joined", "named"),
      ),
    knock: (victim, roomId) =>
      first(
        victim,
        { type: "join", id: "join-0123456789abcdef", token: boundToken(roomId, "knocker", GUEST) },
        on("entry-requested", "knocker"),
      ),
    admit: async (victim, roomId) => {
      await enter(survivor, roomId, "guest", GUEST);
      const host = await enter(victim, roomId, "host");
      return command(host, { type: "admit", participantId: "guest" }, on("entry-responded", "guest"));
    },
    publish: async (victim, roomId) =>
      command(
        await enter(victim, roomId, "talker"),
        { type: "publish", topic: "t", message: "once", persist: true },
        on("message-published"),
      ),
    "disable-media": async (victim, roomId) => {
      await enter(survivor, roomId, "loud", HOST, { micOn: true });
      const moderator = await enter(victim, roomId, "mod", MODERATOR);
      return command(
        moderator,
        { type: "disable-media", participantId: "loud", kind: "mic" },
        on("stream-disabled", "loud"),
      );
    },
    remove: async (victim, roomId) => {
      await enter(survivor, roomId, "bad");
      const moderator = await enter(victim, roomId, "mod", MODERATOR);
      return command(moderator, { type: "remove", participantId: "bad" }, on("participant-left", "bad"));
    },
    resume: async (victim, roomId) => {
      const before = await enter(survivor, roomId, "back");
      await before.cut();
      const message = { type: "resume", id: "resume-0123456789abcdef", secret: before.resumeSecret };
      const deed = await first(victim, message, on("participant-resumed", "back"));
      return {
        ...deed,
        async again() {
          const stolen = await Peer.open(survivor);
          const secret = String(before.resumeSecret);
          const forged = `${secret.slice(0, -2)}${secret.endsWith("AA") ? "BB" : "AA"}`;
          const other = await stolen.ask({ ...message, id: "resume-of-somebody-else", secret: forged });
          expect(errorOf(other)).toMatchObject({ reason: "resume_invalid" });
          return deed.again();
        },
      };
    },
  };

  const cases = Object.entries(DEEDS).flatMap(([name, prepare]) =>
    [true, false].map((stored) => ({ name, stored, prepare })),
  );
  test.each(cases)(
    "$name (stored: $stored): asked again elsewhere, one effect",
    async ({ name, stored, prepare }) => {
      const round = async (): Promise<void> => {
        const roomId = await createRoom(survivor);
        const observer = await enter(survivor, roomId, "observer", MODERATOR);
        const victim = await startVictim();
        const deed = await prepare(victim.node, roomId);
        victim.arm(stored);
        deed.start();
        await victim.die();
        const reply = await deed.again();
        expect(reply).toMatchObject({ ok: true });
        const state = await stateOf(survivor, roomId);
        await eventually(() => expect(observer.seq).toBe(state.seq));
        const effects = observer.events.filter((event) => deed.effect(event));
        // A resume that was stored is told once more: the line is another one. It is the same seat.
        expect(effects).toHaveLength(name === "resume" && stored ? 2 : 1);
        expect(reply["repeated"] ?? false).toBe(stored && deed.remembered);
        await observer.ask({ type: "end" });
      };
      await Promise.all(Array.from({ length: ROUNDS }, round));
    },
  );
});
