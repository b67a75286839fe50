import { describe, expect, test } from "@jest/globals";
import { appToken } from "../support/backend.js";
import { eventually } from "../support/eventually.js";
import { errorOf, hangUp } from "../support/meeting.js";
import { Peer } from "../support/peer.js";
import { useV2, V2_TOPOLOGIES } from "../support/v2.js";

describe.each(V2_TOPOLOGIES)("what a room's settings do to those who join, %s", (topology) => {
  const v2 = useV2(topology);
  const joinAs = (roomId: string, participantId: string): ReturnType<typeof Peer.join> =>
    Peer.join(v2.node, {
      token: appToken(0, { roles: ["rtc"], participantId }),
      roomId,
      name: participantId,
    });

  test("allowedParticipantIds: the others are refused, whatever their token says; null takes the list away", async () => {
    const roomId = await v2.room({ allowedParticipantIds: ["ann"] });
    const { peer } = await v2.enter(roomId, "ann");
    const refused = await joinAs(roomId, "bob");
    expect(errorOf(refused.reply)).toMatchObject({ reason: "participant_not_allowed" });
    await v2.ok(v2.post(`/v2/rooms/${roomId}`, { allowedParticipantIds: ["bob"] }));
    const later = await joinAs(roomId, "bob");
    expect(later.reply["ok"]).toBe(true);
    expect(peer.closed).toBeNull();
    expect(errorOf((await joinAs(roomId, "eve")).reply)).toMatchObject({ reason: "participant_not_allowed" });
    await v2.ok(v2.post(`/v2/rooms/${roomId}`, { allowedParticipantIds: null }));
    const eve = await joinAs(roomId, "eve");
    expect(eve.reply["ok"]).toBe(true);
    hangUp([peer, later.peer, eve.peer]);
  });

  test("autoCloseConfig session-ends: over for all in time, and the next session may begin", async () => {
    const roomId = await v2.room({ autoCloseConfig: { type: "session-ends", duration: 1 } });
    const { peer, sessionId } = await v2.enter(roomId, "ann");
    const knocker = await v2.knock(roomId, "bob");
    for (const one of [peer, knocker]) {
      await one.find(({ type }) => type === "meeting-left", "a meeting-left");
      await one.ended();
    }
    await eventually(async () => {
      expect(await v2.ok(v2.get(`/v2/sessions/${sessionId}`))).toMatchObject({ status: "ended" });
    });
    const { start, end } = await v2.ok(v2.get(`/v2/sessions/${sessionId}`));
    expect(Date.parse(String(end)) - Date.parse(String(start))).toBeGreaterThanOrEqual(1_000);
    expect((await v2.get(`/v2/rooms/validate/${roomId}`)).status).toBe(200);
    const next = await v2.enter(roomId, "ann");
    expect(next.sessionId).not.toBe(sessionId);
    hangUp([next.peer]);
  });

  test("autoCloseConfig session-end-and-deactivate: the room is closed with the session", async () => {
    const roomId = await v2.room({ autoCloseConfig: { type: "session-end-and-deactivate", duration: 1 } });
    const { peer } = await v2.enter(roomId, "ann");
    await peer.find(({ type }) => type === "meeting-left", "a meeting-left");
    await peer.ended();
    await eventually(async () => {
      expect((await v2.get(`/v2/rooms/validate/${roomId}`)).status).toBe(402);
    });
    expect(await v2.ok(v2.get(`/v2/rooms/${roomId}`))).toMatchObject({
      disabled: true,
      status: "deactivated",
    });
    expect(errorOf((await joinAs(roomId, "ann")).reply)).toMatchObject({
      reason: "room_disabled",
      code: 4052,
    });
  });

  const CLOSINGS = [
    ["disabled", (roomId: string) => v2.post(`/v2/rooms/${roomId}`, { status: "disabled" })],
    ["deactivated", (roomId: string) => v2.post("/v2/rooms/deactivate", { roomId })],
  ] as const;
  test.each(CLOSINGS)(
    "a room that is %s over REST: all sockets close, validate says 402",
    async (_how, close) => {
      const { roomId, sessionId, peers } = await v2.meeting(["ann", "bob"]);
      const knocker = await v2.knock(roomId, "carl");
      await v2.ok(close(roomId));
      for (const peer of [...peers, knocker]) await peer.ended();
      for (const peer of peers)
        expect(peer.frames).toContainEqual(expect.objectContaining({ type: "meeting-left" }));
      expect((await v2.get(`/v2/rooms/validate/${roomId}`)).status).toBe(402);
      expect(await v2.ok(v2.get(`/v2/sessions/${sessionId}`))).toMatchObject({ status: "ended" });
      for (const one of ["ann", "dora"])
        expect(errorOf((await joinAs(roomId, one)).reply)).toMatchObject({
          reason: "room_disabled",
          code: 4052,
        });
    },
  );

  test("a room that was disabled opens again when it is enabled", async () => {
    const { roomId, sessionId, peers } = await v2.meeting(["ann"]);
    await v2.ok(v2.post(`/v2/rooms/${roomId}`, { status: "disabled" }));
    await peers[0]?.ended();
    await v2.ok(v2.post(`/v2/rooms/${roomId}`, { status: "enabled" }));
    const again = await v2.enter(roomId, "ann");
    expect(again.sessionId).not.toBe(sessionId);
    hangUp([again.peer]);
  });
});
