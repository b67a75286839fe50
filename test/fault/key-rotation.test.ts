/** A secret is replaced while tokens of both come in on two nodes: none is refused before the old one's end, and all of it after. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { RunningNode } from "../../src/server.js";
import { admin, makeApp, makeRoom, pairOf, signed, startAdminNode, type Pair } from "../support/admin.js";
import { eventually } from "../support/eventually.js";
import { asJson, asList, Peer } from "../support/peer.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";

let redis: RedisServer;
let nodes: readonly RunningNode[];
beforeAll(async () => {
  redis = await startRedis();
  nodes = await Promise.all([startAdminNode(redis), startAdminNode(redis)]);
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await redis.stop();
});

/** One join, ended at once: when it was asked and what came of it. */
interface Try {
  readonly secret: "old" | "new";
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly outcome: string;
}

test("rotation leaves no gap: both secrets pass until the old one's end, under load, and only the new one after it", async () => {
  const [first, second] = nodes;
  if (first === undefined || second === undefined) throw new Error("two nodes");
  const old = await makeApp(first);
  const roomId = await makeRoom(first, old);
  const tries: Try[] = [];
  let over = false;

  const knockOn = async (node: RunningNode, secret: Try["secret"], pair: Pair): Promise<void> => {
    const askedAt = Date.now();
    const { peer, reply } = await Peer.join(node, {
      token: signed(pair, { permissions: ["ask_join"] }),
      roomId,
    });
    peer.socket.terminate();
    const outcome = reply["ok"] === true ? "in" : String(asJson(reply["error"])["reason"]);
    tries.push({ secret, askedAt, answeredAt: Date.now(), outcome });
  };
  const load = async (secret: Try["secret"], pair: Pair): Promise<void> => {
    while (!over) await Promise.all([knockOn(first, secret, pair), knockOn(second, secret, pair)]);
  };

  const before = load("old", old);
  await eventually(() => expect(tries.length).toBeGreaterThan(20));
  const rotated = await admin(first, "POST", `/apps/${old.id}/keys/${old.apiKey}/rotate`, {
    overlapSeconds: 2,
  });
  const fresh = pairOf(rotated);
  const after = load("new", fresh);
  const { keys } = await admin(second, "GET", `/apps/${old.id}`);
  const secrets = asList(asJson(asList(keys)[0])["secrets"]).map(asJson);
  const end = Date.parse(String(secrets.find(({ status }) => status === "retiring")?.["retiresAt"]));
  await eventually(() => {
    const late = tries.filter(({ secret, askedAt }) => secret === "old" && askedAt > end);
    expect(late.length).toBeGreaterThan(20);
  });
  over = true;
  await Promise.all([before, after]);

  const outcomes = (which: (one: Try) => boolean): string[] => [
    ...new Set(tries.filter(which).map(({ outcome }) => outcome)),
  ];
  expect(end - Date.now()).toBeLessThan(0);
  expect(outcomes(({ secret }) => secret === "new")).toEqual(["in"]);
  expect(outcomes(({ secret, answeredAt }) => secret === "old" && answeredAt < end)).toEqual(["in"]);
  expect(outcomes(({ secret, askedAt }) => secret === "old" && askedAt > end)).toEqual(["signature_invalid"]);
});
