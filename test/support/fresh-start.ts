/** What everybody in a room may count on after the log has lost data. */
import { expect } from "@jest/globals";
import type { BreakableNodes } from "./breakable-nodes.js";
import { eventually } from "./eventually.js";
import { stateOf } from "./meeting.js";
import type { Json, Peer } from "./peer.js";

/** The snapshot that says that history could not be continued. */
export function freshStart(peer: Peer): Promise<Json> {
  return peer.find(({ type, cause }) => type === "snapshot" && cause === "recovered", "a fresh start");
}

/** Everybody stays on the line that they had, in the same history, at the same number; and it goes on. */
export async function everybodyStays(
  nodes: BreakableNodes,
  peers: readonly Peer[],
  roomId: string,
): Promise<void> {
  const { node } = await nodes.start();
  await eventually(async () => {
    const { seq } = await stateOf(node, roomId);
    for (const peer of peers) expect([peer.epoch, peer.seq]).toEqual([peers[0]?.epoch, seq]);
  });
  const [speaker] = peers;
  const said = await speaker?.ask({ type: "publish", topic: "t", message: "still here" });
  expect(said).toMatchObject({ ok: true });
  for (const peer of peers) {
    await peer.event("message-published", ({ seq }) => seq === said?.["seq"]);
    expect(peer.closed).toBeNull();
  }
}
