import { describe, expect, test } from "@jest/globals";
import { crawler } from "../support/backend.js";
import { eventually } from "../support/eventually.js";
import { hangUp } from "../support/meeting.js";
import { asJson, asList } from "../support/peer.js";
import { freshName, participantsOf, useV2, V2_TOPOLOGIES } from "../support/v2.js";
import { ACTIVE, DETAILED_PARTICIPANT, misfits, PARTICIPANTS, SESSION } from "../support/v2-shapes.js";

describe.each(V2_TOPOLOGIES)("VideoSDK's participants, %s", (topology) => {
  const v2 = useV2(topology);
  const REMOVE = "/v2/sessions/participants/remove";

  test("the lists page through participants in the order of joining; the session is around them", async () => {
    const people = ["p1", "p2", "p3", "p4", "p5"];
    const { sessionId, peers } = await v2.meeting(people);
    const list = `/v2/sessions/${sessionId}/participants`;
    for (const path of [list, `${list}/active`]) {
      const { sizes, data } = await v2.pages(path, 2, {}, participantsOf);
      expect([sizes, data.map(({ participantId }) => participantId)]).toEqual([[2, 2, 1], people]);
      expect(await v2.ok(v2.get(`${path}/`))).toMatchObject({
        pageInfo: { currentPage: 1, perPage: 20, lastPage: 1, total: 5 },
      });
      const beyond = await v2.ok(v2.get(`${path}?page=2`));
      expect(participantsOf(beyond["data"])).toEqual([]);
    }
    hangUp(peers);
  });

  test("the list is one session object with everybody; the active list is a list of one, with who is inside", async () => {
    const { sessionId, peers } = await v2.meeting(["ann", "bob"]);
    await peers[0]?.ask({ type: "set-media", kind: "mic", on: true });
    await peers[0]?.ask({ type: "set-media", kind: "webcam", on: true });
    await peers[0]?.ask({ type: "set-media", kind: "webcam", on: false });
    await peers[1]?.ask({ type: "leave" });
    const { body: active } = await eventually(async () => {
      const answer = await v2.get(`/v2/sessions/${sessionId}/participants/active`);
      expect(answer.status).toBe(200);
      expect(asJson(answer.body["pageInfo"])["total"]).toBe(1);
      return answer;
    });
    expect(misfits(active, ACTIVE)).toEqual([]);
    expect(asList(active["data"])).toHaveLength(1);
    const [ann] = participantsOf(active["data"]);
    expect(ann).toMatchObject({ participantId: "ann", timelog: [{ end: null }] });
    const { mic, webcam, ...shared } = asJson(ann?.["events"]);
    expect(mic).toMatchObject([{ end: null }]);
    expect(asList(webcam)).toHaveLength(1);
    expect(asJson(asList(webcam)[0])["end"]).not.toBeNull();
    expect(shared).toEqual({ screenShare: [], screenShareAudio: [] });

    const all = await v2.ok(v2.get(`/v2/sessions/${sessionId}/participants`));
    expect(misfits(all, PARTICIPANTS)).toEqual([]);
    expect(asJson(all["data"])["id"]).toBe(sessionId);
    expect(participantsOf(all["data"]).map((one) => one["participantId"])).toEqual(["ann", "bob"]);
    hangUp(peers);
  });

  test("nobody is inside of a session that ended: 404", async () => {
    const { roomId, sessionId } = await v2.meeting(["ann"]);
    await v2.ok(v2.post("/v2/sessions/end", { roomId }));
    const answer = await v2.get(`/v2/sessions/${sessionId}/participants/active`);
    expect(answer).toMatchObject({ status: 404, body: { statusCode: 404, code: "participant_unknown" } });
    expect((await v2.get(`/v2/sessions/${sessionId}/participants`)).status).toBe(200);
  });

  test("one participant, by id", async () => {
    const { sessionId, peers } = await v2.meeting(["ann"]);
    for (const end of ["", "/"]) {
      const { status, body } = await v2.get(`/v2/sessions/${sessionId}/participants/ann${end}`);
      expect([status, misfits(body, DETAILED_PARTICIPANT)]).toEqual([200, []]);
      expect(body).toMatchObject({ participantId: "ann", name: "Name of ann" });
    }
    hangUp(peers);
  });

  test("who waits in the lobby is in no list, and cannot be removed", async () => {
    const { roomId, sessionId, peers } = await v2.meeting(["ann"]);
    const knocker = await v2.knock(roomId, "bob");
    const list = await v2.ok(v2.get(`/v2/sessions/${sessionId}/participants`));
    expect(participantsOf(list["data"]).map((one) => one["participantId"])).toEqual(["ann"]);
    expect((await v2.get(`/v2/sessions/${sessionId}/participants/bob`)).status).toBe(404);
    const removal = await v2.post(REMOVE, { roomId, participantId: "bob" });
    expect(removal).toMatchObject({ status: 404, body: { code: "participant_unknown" } });
    expect(knocker.closed).toBeNull();
    hangUp([...peers, knocker]);
  });

  test("a removal, by room id, custom id or session id: out with REMOVE_PEER_API, and the session is answered", async () => {
    const customRoomId = freshName("kick");
    const people = ["host", "one", "two", "three", "four"];
    const { roomId, sessionId, peers } = await v2.meeting(people, { customRoomId });
    const [host, ...others] = peers;
    const ways = [{ roomId }, { roomId: customRoomId }, { customRoomId, sessionId }, { sessionId }];
    for (const [at, way] of ways.entries()) {
      const participantId = people[at + 1];
      const end = at === 0 ? "/" : "";
      const { status, body } = await v2.post(REMOVE + end, { ...way, participantId, token: "unknown" });
      expect([status, misfits(body, SESSION)]).toEqual([200, []]);
      expect(body).toMatchObject({ id: sessionId, status: "ongoing" });
      const one = asList(body["participants"])
        .map(asJson)
        .find((each) => each["participantId"] === participantId);
      expect(asJson(asList(one?.["timelog"])[0])["end"]).not.toBeNull();
      const reason = { code: 1010, message: "REMOVE_PEER_API" };
      const left = await others[at]?.find(({ type }) => type === "meeting-left", "a meeting-left");
      expect(left).toMatchObject({ reason });
      await others[at]?.ended();
      await host?.event(
        "participant-left",
        (event) => event["participantId"] === participantId && asJson(event["reason"])["code"] === 1010,
      );
    }
    hangUp(peers);
  });

  test("the last one removed ends the session, and the same Idempotency-Key is answered again", async () => {
    const { roomId, sessionId } = await v2.meeting(["ann"]);
    const headers = { authorization: crawler(), "idempotency-key": freshName("key") };
    for (const way of [{ roomId }, { roomId }, { sessionId }]) {
      const answer = await v2.post(REMOVE, { ...way, participantId: "ann" }, { headers });
      expect(answer).toMatchObject({ status: 200, body: { id: sessionId, status: "ended" } });
    }
    const anew = await v2.post(REMOVE, { roomId, participantId: "ann" });
    expect(anew).toMatchObject({ status: 404, body: { code: "session_unknown" } });
    const reused = await v2.post("/v2/sessions/end", { roomId }, { headers });
    expect(reused).toMatchObject({ status: 409, body: { code: "command_id_reused" } });
  });

  test("nobody is removed from another session than the one that goes on", async () => {
    const { roomId, sessionId: past } = await v2.meeting(["ann"]);
    await v2.ok(v2.post("/v2/sessions/end", { roomId }));
    const { peer } = await v2.enter(roomId, "ann");
    for (const way of [{ sessionId: past }, { roomId, sessionId: past }, { sessionId: "none" }]) {
      const answer = await v2.post(REMOVE, { ...way, participantId: "ann" });
      expect(answer).toMatchObject({ status: 404, body: { code: "session_unknown", field: "sessionId" } });
    }
    expect(peer.closed).toBeNull();
    hangUp([peer]);
  });
});
