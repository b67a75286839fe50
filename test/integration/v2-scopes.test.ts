import { describe, expect, test } from "@jest/globals";
import { appToken, crawler } from "../support/backend.js";
import { hangUp } from "../support/meeting.js";
import { asJson, asList } from "../support/peer.js";
import { freshName, participantsOf, useV2, V2_TOPOLOGIES } from "../support/v2.js";
import { rowPath, V2_ROWS } from "../support/v2-routes.js";

describe.each(V2_TOPOLOGIES)("how far a token reaches, %s", (topology) => {
  const v2 = useV2(topology);
  const ids = (page: Record<string, unknown>, member: string): unknown[] =>
    asList(page["data"]).map((one) => asJson(one)[member]);

  test("a token of one room sees that room and its sessions, and nothing of others, known or not", async () => {
    const mine = await v2.meeting(["ann"], { customRoomId: freshName("mine") });
    const otherName = freshName("other");
    const other = await v2.meeting(["ann"], { customRoomId: otherName });
    const token = crawler({ roomId: mine.roomId });
    const as = { token };

    expect(ids(await v2.ok(v2.get("/v2/rooms", as)), "roomId")).toEqual([mine.roomId]);
    expect(ids(await v2.ok(v2.get("/v2/sessions", as)), "id")).toEqual([mine.sessionId]);
    for (const filter of [`roomId=${other.roomId}`, `customRoomId=${otherName}`, `query=${other.sessionId}`])
      expect(ids(await v2.ok(v2.get(`/v2/sessions?${filter}`, as)), "id")).toEqual([]);
    expect(ids(await v2.ok(v2.get(`/v2/rooms?query=${otherName}`, as)), "roomId")).toEqual([]);

    for (const id of [other.roomId, otherName, "none"]) {
      for (const path of [`/v2/rooms/${id}`, `/v2/rooms/validate/${id}`])
        expect(await v2.get(path, as)).toMatchObject({ status: 403, body: { code: "room_mismatch" } });
      for (const [path, body] of [
        [`/v2/rooms/${id}`, { status: "disabled" }],
        ["/v2/rooms/deactivate", { roomId: id }],
        ["/v2/sessions/end", { roomId: id }],
        ["/v2/sessions/participants/remove", { roomId: id, participantId: "ann" }],
      ] as const)
        expect(await v2.post(path, body, as)).toMatchObject({ status: 403, body: { code: "room_mismatch" } });
    }
    expect(await v2.post("/v2/rooms", {}, as)).toMatchObject({
      status: 403,
      body: { code: "room_mismatch" },
    });
    for (const id of [other.sessionId, "none"]) {
      for (const rest of ["", "/participants", "/participants/active", "/participants/ann"])
        expect(await v2.get(`/v2/sessions/${id}${rest}`, as)).toMatchObject({
          status: 404,
          body: { code: "session_unknown" },
        });
      const removal = { sessionId: id, participantId: "ann" };
      expect(await v2.post("/v2/sessions/participants/remove", removal, as)).toMatchObject({
        status: 404,
        body: { code: "session_unknown" },
      });
    }
    expect(other.peers[0]?.closed).toBeNull();

    for (const rest of ["", "/participants", "/participants/active", "/participants/ann"])
      expect((await v2.get(`/v2/sessions/${mine.sessionId}${rest}`, as)).status).toBe(200);
    expect((await v2.post("/v2/sessions/end", { roomId: mine.roomId }, as)).status).toBe(200);
    hangUp([...mine.peers, ...other.peers]);
  });

  test("a token of one participant sees and touches that participant alone", async () => {
    const both = await v2.meeting(["ann", "bob"]);
    const without = await v2.meeting(["ann"]);
    const token = crawler({ participantId: "bob" });
    const as = { token };
    const session = `/v2/sessions/${both.sessionId}`;

    const listed = await v2.ok(v2.get(`/v2/sessions?roomId=${both.roomId}`, as));
    for (const seen of [asJson(asList(listed["data"])[0]), await v2.ok(v2.get(session, as))])
      expect(participantsOf(seen).map(({ participantId }) => participantId)).toEqual(["bob"]);
    for (const list of ["participants", "participants/active"]) {
      const page = await v2.ok(v2.get(`${session}/${list}`, as));
      expect(page["pageInfo"]).toMatchObject({ total: 1 });
      expect(participantsOf(page["data"]).map(({ participantId }) => participantId)).toEqual(["bob"]);
    }
    expect((await v2.get(`${session}/participants/bob`, as)).status).toBe(200);
    const mismatch = { status: 403, body: { code: "participant_mismatch", field: "participantId" } };
    for (const other of ["ann", "nobody"]) {
      expect(await v2.get(`${session}/participants/${other}`, as)).toMatchObject(mismatch);
      const removal = { roomId: both.roomId, participantId: other };
      expect(await v2.post("/v2/sessions/participants/remove", removal, as)).toMatchObject(mismatch);
    }
    expect(await v2.post("/v2/sessions/end", { roomId: both.roomId }, as)).toMatchObject(mismatch);

    expect((await v2.get(`/v2/sessions/${without.sessionId}`, as)).status).toBe(404);
    const ofAll = await v2.ok(v2.get("/v2/sessions", as));
    expect(ids(ofAll, "id")).not.toContain(without.sessionId);
    for (const filter of ["userId=ann", `query=${without.sessionId}`, `roomId=${without.roomId}`])
      expect(ids(await v2.ok(v2.get(`/v2/sessions?${filter}`, as)), "id")).toEqual([]);

    const own = { roomId: both.roomId, participantId: "bob" };
    const removed = await v2.ok(v2.post("/v2/sessions/participants/remove", own, as));
    expect(participantsOf(removed).map(({ participantId }) => participantId)).toEqual(["bob"]);
    await both.peers[1]?.ended();
    expect([both.peers[0]?.closed, without.peers[0]?.closed]).toEqual([null, null]);
    hangUp([...both.peers, ...without.peers]);
  });

  test("a guest's token without roles reads, and changes nothing: not_permitted", async () => {
    const { roomId, sessionId, peers } = await v2.meeting(["ann"]);
    const things = { roomId, sessionId, participantId: "ann" };
    for (const permissions of [["ask_join"], ["allow_join"]] as const) {
      const token = appToken(0, { permissions });
      for (const row of V2_ROWS) {
        const asked = { token, ...(row.body === undefined ? {} : { body: row.body(things) }) };
        const { status, body } = await v2.ask(row.method, rowPath(row, things), asked);
        const wanted = row.needs === "read" ? [200, undefined] : [403, "not_permitted"];
        expect([row.path, status, body["code"]]).toEqual([row.path, ...wanted]);
      }
    }
    expect(peers[0]?.closed).toBeNull();
    expect(await v2.ok(v2.get(`/v2/rooms/${roomId}`))).toMatchObject({ status: "enabled" });
    hangUp(peers);
  });

  test("a moderator's token without roles may do it all", async () => {
    const { roomId, sessionId, peers } = await v2.meeting(["ann", "bob"]);
    const things = { roomId, sessionId, participantId: "ann" };
    const token = appToken(0, { permissions: ["allow_join", "allow_mod"] });
    for (const row of V2_ROWS) {
      const asked = { token, ...(row.body === undefined ? {} : { body: row.body(things) }) };
      const { status } = await v2.ask(row.method, rowPath(row, things), asked);
      expect([row.path, status]).toEqual([row.path, 200]);
    }
    for (const peer of peers) await peer.ended();
  });
});
