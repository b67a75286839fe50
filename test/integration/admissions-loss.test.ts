/** The admission record where Redis loses data: nothing of what the nodes still hold is missing from it, and nothing is in it twice. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { checkedFetch } from "../support/api-check.js";
import { BreakableNodes, type BreakableNode } from "../support/breakable-nodes.js";
import { eventually } from "../support/eventually.js";
import { freshStart } from "../support/fresh-start.js";
import { createRoom, enter, GUEST, MODERATOR } from "../support/meeting.js";
import { token } from "../support/node.js";
import { asJson, asList } from "../support/peer.js";
import { flushAll } from "../support/redis-admin.js";
import { copyOf } from "../support/rollback.js";

describe("Redis loses data", () => {
  let nodes: BreakableNodes;
  beforeEach(async () => {
    nodes = await BreakableNodes.on();
  });
  afterEach(() => nodes.close());

  /** Who did what, and by whom. */
  const record = async ({ node }: BreakableNode, roomId: string): Promise<string[]> => {
    const authorization = token({ permissions: ["allow_mod"], roles: ["crawler"] });
    const at = `http://127.0.0.1:${node.port}/v2/rooms/${roomId}/admissions`;
    const response = await checkedFetch(at, { headers: { authorization } });
    return asList(asJson(await response.json())["entries"]).map((entry) => {
      const { participantId, what, decidedBy } = asJson(entry);
      const { participantId: by, kind } = asJson(decidedBy ?? {});
      return [participantId, what, by ?? kind].filter((word) => typeof word === "string").join(" ");
    });
  };
  const ADMITTED = ["host joined rule", "guest knocked", "guest admitted host", "guest joined host"];

  test("Q7: everything, while a node holds all of it: the record is as it was", async () => {
    const one = await nodes.start();
    const roomId = await createRoom(one.node);
    const host = await enter(one.node, roomId, "host", MODERATOR);
    const guest = await enter(one.node, roomId, "guest", GUEST);
    await host.ask({ type: "admit", participantId: "guest" });
    expect(await record(one, roomId)).toEqual(ADMITTED);
    await flushAll(nodes.redis);
    await freshStart(host);
    // What was in the records is made again with the next event.
    expect(await host.ask({ type: "publish", topic: "t", message: "m" })).toMatchObject({ ok: true });
    expect(await record(one, roomId)).toEqual(ADMITTED);
    await guest.ask({ type: "leave" });
    expect(await record(one, roomId)).toEqual([...ADMITTED, "guest left guest"]);
  });

  test("Q7: the last of it, while another node goes on from there: each history is in the record once", async () => {
    const ahead = await nodes.start();
    const roomId = await createRoom(ahead.node);
    const host = await enter(ahead.node, roomId, "host", MODERATOR);
    const guest = await enter(ahead.node, roomId, "guest", GUEST);
    const copy = await copyOf(nodes.redis);
    await host.ask({ type: "admit", participantId: "guest" });
    await guest.room();
    expect(await record(ahead, roomId)).toEqual(ADMITTED);
    ahead.store.cutOff();
    await copy.putBack();
    await copy.drop();
    const other = await nodes.start();
    const late = await enter(other.node, roomId, "late", MODERATOR);
    expect(await record(other, roomId)).toEqual([...ADMITTED.slice(0, 2), "late joined rule"]);
    // So many that what the node held can be told from what it missed.
    for (let index = 0; index < 12; index += 1) await late.ask({ type: "publish", topic: "t", message: "m" });
    // All of it was followed when the new epoch begins; else what was not would be lost to those who follow.
    expect(await record(other, roomId)).toHaveLength(3);
    ahead.store.mend();
    for (const peer of [host, guest]) await freshStart(peer);
    await eventually(async () =>
      expect(await record(other, roomId)).toEqual([...ADMITTED, "late joined rule"]),
    );
    expect(await record(ahead, roomId)).toEqual([...ADMITTED, "late joined rule"]);
  });
});
