import { describe, expect, test } from "@jest/globals";
import { crawler } from "../support/backend.js";
import { eventually } from "../support/eventually.js";
import { hangUp } from "../support/meeting.js";
import { asJson, asList, type Json } from "../support/peer.js";
import { freshName, newestFirst, participantsOf, useV2, V2_TOPOLOGIES } from "../support/v2.js";
import { misfits, pageOf, SESSION } from "../support/v2-shapes.js";

describe.each(V2_TOPOLOGIES)("VideoSDK's sessions, %s", (topology) => {
  const v2 = useV2(topology);

  async function idsOf(query: string): Promise<unknown[]> {
    const page = await v2.ok(v2.get(`/v2/sessions?${query}`));
    expect(misfits(page, pageOf(SESSION))).toEqual([]);
    const ids = asList(page["data"]).map((one) => asJson(one)["id"]);
    expect(asJson(page["pageInfo"])["total"]).toBe(ids.length);
    return ids;
  }

  /** One session after the other in a room, each ended; answers them, newest first. All begin by one node's clock. */
  async function pastSessions(roomId: string, count: number): Promise<Json[]> {
    const past: Json[] = [];
    for (let at = 0; at < count; at += 1) {
      const { peer } = await v2.enter(roomId, `visitor-${at}`, v2.backend.gateway.first);
      past.push(await v2.ok(v2.post("/v2/sessions/end", { roomId })));
      await peer.ended();
    }
    return newestFirst(past, "start");
  }

  test("GET /v2/sessions/{id}: who is inside since when, and who has left", async () => {
    const customRoomId = freshName("room");
    const { roomId, sessionId, peers } = await v2.meeting(["ann", "bob"], { customRoomId });
    await peers[1]?.ask({ type: "leave" });
    for (const path of [`/v2/sessions/${sessionId}`, `/v2/sessions/${sessionId}/`]) {
      const { status, body } = await eventually(async () => {
        const answer = await v2.get(path);
        const left = asJson(asList(asJson(asList(answer.body["participants"])[1])["timelog"])[0]);
        expect(left["end"]).not.toBeNull();
        return answer;
      });
      expect([status, misfits(body, SESSION)]).toEqual([200, []]);
      expect(body).toMatchObject({ id: sessionId, roomId, customRoomId, end: null, status: "ongoing" });
      expect(body["participants"]).toMatchObject([
        { participantId: "ann", name: "Name of ann", timelog: [{ end: null }] },
        { participantId: "bob", name: "Name of bob", timelog: [{}] },
      ]);
    }
    hangUp(peers);
  });

  test("every stay of one participant is an entry of their timelog", async () => {
    const { roomId, sessionId, peers } = await v2.meeting(["ann", "bob"]);
    await peers[1]?.ask({ type: "leave" });
    const { peer } = await v2.enter(roomId, "bob");
    const stays = await eventually(async () => {
      const { participants } = await v2.ok(v2.get(`/v2/sessions/${sessionId}`));
      const log = asList(asJson(asList(participants)[1])["timelog"]).map(asJson);
      expect(log).toHaveLength(2);
      return log;
    });
    expect(stays[0]?.["end"]).not.toBeNull();
    expect(stays[1]?.["end"]).toBeNull();
    hangUp([...peers, peer]);
  });

  test("POST /v2/sessions/end puts everybody out, and answers with the ended session", async () => {
    const { roomId, sessionId, peers } = await v2.meeting(["ann", "bob"]);
    const extra = { vsdkForceKill: true, ignoreClosed: false, token: "unknown" };
    const { status, body } = await v2.post("/v2/sessions/end/", { roomId, sessionId, ...extra });
    expect([status, misfits(body, SESSION)]).toEqual([200, []]);
    expect(body).toMatchObject({ id: sessionId, status: "ended" });
    for (const one of asList(body["participants"]))
      expect(asJson(asList(asJson(one)["timelog"])[0])["end"]).not.toBeNull();
    for (const peer of peers) {
      await peer.find(({ type }) => type === "meeting-left", "a meeting-left");
      await peer.ended();
    }
    const seen = await v2.ok(v2.get(`/v2/sessions/${sessionId}`));
    expect({ ...seen, links: null }).toEqual({ ...body, links: null });
  });

  test("a session ends by the custom id of its room, in either member", async () => {
    for (const member of ["roomId", "customRoomId"]) {
      const customRoomId = freshName("end");
      const { sessionId } = await v2.meeting(["ann"], { customRoomId });
      const body = await v2.ok(v2.post("/v2/sessions/end", { [member]: customRoomId }));
      expect(body).toMatchObject({ id: sessionId, customRoomId, status: "ended" });
    }
  });

  test("with another session's id, or without a session, nothing ends", async () => {
    const roomId = await v2.room();
    const [past] = await pastSessions(roomId, 1);
    const unknown = { status: 404, body: { statusCode: 404, code: "session_unknown" } };
    expect(await v2.post("/v2/sessions/end", { roomId })).toMatchObject(unknown);
    expect(await v2.post("/v2/sessions/end", { roomId, ignoreClosed: true })).toMatchObject(unknown);
    const { peer, sessionId } = await v2.enter(roomId, "ann");
    for (const other of [past?.["id"], "none"])
      expect(await v2.post("/v2/sessions/end", { roomId, sessionId: other })).toMatchObject(unknown);
    expect(await v2.ok(v2.get(`/v2/sessions/${sessionId}`))).toMatchObject({ status: "ongoing" });
    expect(peer.closed).toBeNull();
    hangUp([peer]);
  });

  test("an Idempotency-Key ends one session, however often it is sent", async () => {
    const { roomId, sessionId } = await v2.meeting(["ann"]);
    const headers = { authorization: crawler(), "idempotency-key": freshName("key") };
    const first = await v2.post("/v2/sessions/end", { roomId }, { headers });
    expect(first).toMatchObject({ status: 200, body: { id: sessionId, status: "ended" } });
    const { peer, sessionId: next } = await v2.enter(roomId, "bob");
    for (const body of [{ roomId }, { roomId, sessionId }])
      expect(await v2.post("/v2/sessions/end", body, { headers })).toMatchObject({
        status: 200,
        body: { id: sessionId, status: "ended" },
      });
    expect(await v2.ok(v2.get(`/v2/sessions/${next}`))).toMatchObject({ status: "ongoing" });
    hangUp([peer]);
  });

  test("GET /v2/sessions pages through a room's sessions, newest first; the first is the one that goes on", async () => {
    const customRoomId = freshName("many");
    const roomId = await v2.room({ customRoomId });
    const ended = await pastSessions(roomId, 4);
    const { peer, sessionId } = await v2.enter(roomId, "ann", v2.backend.gateway.first);
    const current = await v2.ok(v2.get(`/v2/sessions/${sessionId}`));
    const past = ended.map(({ id }) => id);
    const all = newestFirst([current, ...ended], "start").map(({ id }) => id);
    for (const by of [`roomId=${roomId}`, `customRoomId=${customRoomId}`, `query=${customRoomId}`]) {
      const { sizes, data } = await v2.pages(`/v2/sessions?${by}`, 2);
      expect([sizes, data.map(({ id }) => id)]).toEqual([[2, 2, 1], all]);
    }
    expect(await idsOf(`roomId=${roomId}&status=ongoing&perPage=1`)).toEqual([sessionId]);
    expect(await idsOf(`roomId=${roomId}&status=ended`)).toEqual(past);
    hangUp([peer]);
  });

  test("GET /v2/sessions filters by time, both ends included, and by the exact id", async () => {
    const roomId = await v2.room();
    const past = await pastSessions(roomId, 3);
    const [third, second, first] = past.map(({ id }) => id);
    const starts = past.map(({ start }) => Date.parse(String(start)));
    const [, at] = starts;
    // Each took a join and an end, so no two began in the same millisecond.
    expect(new Set(starts).size).toBe(3);
    const room = `roomId=${roomId}`;
    expect(await idsOf(`${room}&startDate=${String(at)}`)).toEqual([third, second]);
    expect(await idsOf(`${room}&endDate=${String(at)}`)).toEqual([second, first]);
    expect(await idsOf(`${room}&startDate=${String(at)}&endDate=${String(at)}`)).toEqual([second]);
    expect(await idsOf(`${room}&startDate=${Number(at) + 1}&endDate=${String(at)}`)).toEqual([]);
    expect(await idsOf(`query=${String(second)}`)).toEqual([second]);
    expect(await idsOf(`query=${String(second)}&status=ended&${room}`)).toEqual([second]);
    expect(await idsOf(`query=${String(second)}&status=ongoing`)).toEqual([]);
    expect(await idsOf(`query=${String(second)}&endDate=${Number(at) - 1}`)).toEqual([]);
    expect(await idsOf(`query=${String(second)}&userId=visitor-0`)).toEqual([]);
    expect(await idsOf(`query=${freshName("none")}`)).toEqual([]);
    expect(await idsOf(`roomId=${freshName("none")}`)).toEqual([]);
    expect(await idsOf(`${room}&customRoomId=${freshName("none")}`)).toEqual([]);
  });

  test("userId is the account, or somebody who attended", async () => {
    const roomId = await v2.room();
    const past = await pastSessions(roomId, 2);
    const { userId } = await v2.ok(v2.get(`/v2/rooms/validate/${roomId}`));
    const all = past.map(({ id }) => id);
    expect(await idsOf(`roomId=${roomId}&userId=${String(userId)}`)).toEqual(all);
    const ofVisitor = past.filter((one) => participantsOf(one)[0]?.["participantId"] === "visitor-1");
    expect(await idsOf(`roomId=${roomId}&userId=visitor-1`)).toEqual(ofVisitor.map(({ id }) => id));
    expect(ofVisitor).toHaveLength(1);
    expect(await idsOf(`roomId=${roomId}&userId=nobody`)).toEqual([]);
  });

  test("GET /v2/sessions without a filter is the whole app, newest first", async () => {
    const { sessionId, peers } = await v2.meeting(["ann"]);
    const later = await v2.meeting(["ann"]);
    await eventually(async () => {
      const page = await v2.ok(v2.get("/v2/sessions/"));
      expect(misfits(page, pageOf(SESSION))).toEqual([]);
      const listed = asList(page["data"]).map(asJson);
      expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining([sessionId, later.sessionId]));
      expect(listed).toEqual(newestFirst(listed, "start"));
    });
    hangUp([...peers, ...later.peers]);
  });
});
