import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BreakableNodes } from "../support/breakable-nodes.js";
import { eventually } from "../support/eventually.js";
import { everybodyStays, freshStart } from "../support/fresh-start.js";
import { APP_ID, createRoom, enter, errorOf, idsIn, join, MODERATOR, stateOf } from "../support/meeting.js";
import { Peer } from "../support/peer.js";
import { flushAll } from "../support/redis-admin.js";
import { copyOf } from "../support/rollback.js";

describe("the log and a node hold two histories", () => {
  let nodes: BreakableNodes;
  beforeEach(async () => {
    nodes = await BreakableNodes.on();
  });
  afterEach(() => nodes.close());

  test("rolled back while another node goes on from there: both histories become one, nobody is lost", async () => {
    const ahead = await nodes.start();
    const roomId = await createRoom(ahead.node, { maxParticipants: 7 });
    const host = await enter(ahead.node, roomId, "host", MODERATOR);
    const early = await enter(ahead.node, roomId, "early");
    const copy = await copyOf(nodes.redis);
    const [kept, more] = [await enter(ahead.node, roomId, "kept"), await enter(ahead.node, roomId, "more")];
    await enter(ahead.node, roomId, "bad");
    for (const message of [
      { type: "remove", participantId: "bad", ban: true },
      { type: "lock-media", participantId: "*", kind: "webcam", locked: true },
      { type: "disable-media", participantId: "kept", kind: "mic" },
    ])
      expect(await host.ask(message)).toMatchObject({ ok: true });
    ahead.store.cutOff();
    await copy.putBack();
    await copy.drop();

    // Another node knows only the old copy, and a meeting goes on there.
    const other = await nodes.start();
    const late = await enter(other.node, roomId, "late", MODERATOR);
    expect(idsIn(await late.room())).toEqual(["host", "early", "late"]);
    expect(await late.ask({ type: "ban", participantId: "worse" })).toMatchObject({ ok: true });
    for (let index = 0; index < 12; index += 1) {
      expect(await late.ask({ type: "publish", topic: "t", message: `m${index}` })).toMatchObject({
        ok: true,
      });
    }
    ahead.store.mend();
    for (const peer of [host, early, kept, more]) await freshStart(peer);
    await everybodyStays(nodes, [host, early, kept, more, late], roomId);
    for (const node of [ahead, other]) {
      const state = await stateOf(node.node, roomId);
      expect([...state.participants.keys()].sort()).toEqual(["early", "host", "kept", "late", "more"]);
      expect([...state.bans.keys()].sort()).toEqual(["bad", "worse"]);
      expect(state.mediaLocks).toEqual({ mic: false, webcam: true });
    }
    for (const id of ["bad", "worse"])
      expect(errorOf((await join(other.node, roomId, id)).reply)).toMatchObject({ reason: "banned" });
  });

  test("whoever comes back from the history that lost gets a fresh start, not the other's numbers", async () => {
    const ahead = await nodes.start();
    const roomId = await createRoom(ahead.node);
    const host = await enter(ahead.node, roomId, "host", MODERATOR);
    const away = await enter(ahead.node, roomId, "away");
    await host.event("participant-joined");
    const copy = await copyOf(nodes.redis);
    for (const message of ["one", "two", "three"])
      expect(await host.ask({ type: "publish", topic: "t", message })).toMatchObject({ ok: true });
    await eventually(() => expect(away.seq).toBe(host.seq));
    ahead.store.cutOff();
    await copy.putBack();
    await copy.drop();
    const other = await nodes.start();
    const late = await enter(other.node, roomId, "late", MODERATOR);
    for (let index = 0; index < 9; index += 1)
      expect(await late.ask({ type: "publish", topic: "t", message: `m${index}` })).toMatchObject({
        ok: true,
      });
    ahead.store.mend();
    await freshStart(host);
    await away.find(({ cause }) => cause === "recovered");
    const { resumeSecret, closed } = away;
    expect(closed).toBeNull();
    // As if the line had been lost before the fresh start came.
    const before = {
      secret: resumeSecret,
      epoch: String(away.frames.find(({ type }) => type === "snapshot")?.["epoch"]),
      seq: 7,
    };
    await away.cut();
    const line = await Peer.open(other.node);
    const reply = await line.ask({ type: "resume", id: "resume-0123456789abcdef", ...before });
    expect(reply).toMatchObject({ ok: true, recovered: false });
    await everybodyStays(nodes, [host, late, line], roomId);
  });

  test("a node that only looked at the room opens it again: nothing was lost, so nothing is asserted twice", async () => {
    const [first, second, reader] = [await nodes.start(), await nodes.start(), await nodes.start()];
    const roomId = await createRoom(first.node);
    const one = await enter(first.node, roomId, "one", MODERATOR);
    const two = await enter(second.node, roomId, "two");
    for (const message of ["a", "b", "c"])
      expect(await one.ask({ type: "publish", topic: "t", message })).toMatchObject({ ok: true });
    // After the first loss the log is a snapshot and nothing behind it.
    await flushAll(nodes.redis);
    for (const peer of [one, two]) await freshStart(peer);
    const { seq } = await stateOf(reader.node, roomId);
    for (const { store } of [first, second]) store.cutOff();
    await flushAll(nodes.redis);
    const key = { app: APP_ID, room: roomId };
    await eventually(async () => expect(await reader.store.log.load(key)).not.toBeNull());
    for (const { store } of [first, second]) store.mend();
    const starts = (peer: Peer) => peer.frames.filter(({ cause }) => cause === "recovered");
    for (const peer of [one, two]) await eventually(() => expect(starts(peer)).toHaveLength(2));
    expect((await stateOf(reader.node, roomId)).seq).toBe(seq);
    await everybodyStays(nodes, [one, two], roomId);
  });

  test("whoever has no seat in the history that won is told so", async () => {
    const ahead = await nodes.start();
    const roomId = await createRoom(ahead.node, { maxParticipants: 2 });
    const host = await enter(ahead.node, roomId, "host", MODERATOR);
    const copy = await copyOf(nodes.redis);
    const unlucky = await enter(ahead.node, roomId, "unlucky");
    ahead.store.cutOff();
    await copy.putBack();
    await copy.drop();
    const other = await nodes.start();
    const late = await enter(other.node, roomId, "late");
    ahead.store.mend();
    expect(await unlucky.ended()).toEqual({ code: 4428, reason: "place_lost" });
    expect(unlucky.frames.at(-1)).toMatchObject({
      type: "meeting-left",
      reason: { code: 1203, message: "PLACE_LOST" },
    });
    await freshStart(host);
    await everybodyStays(nodes, [host, late], roomId);
  });
});
