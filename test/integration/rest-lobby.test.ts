/** The lobby over REST: a back end sees who waits and answers, beside the hosts on their sockets. */
import { describe, expect, test } from "@jest/globals";
import { eventually } from "../support/eventually.js";
import { createRoom, errorOf, GUEST, HOST, join, named } from "../support/meeting.js";
import { token } from "../support/node.js";
import { asJson, asList, type Json, type Peer } from "../support/peer.js";
import { backEnd, otherBackEnd, refusedAs, Rest, REST_TOPOLOGIES, type Reply } from "../support/rest.js";

const SOON = { deadlineMs: 1_000 } as const;

describe.each(REST_TOPOLOGIES)("the lobby over REST, %s", (topology) => {
  const rest = new Rest(topology);
  const inside = (peer: Peer): Promise<Json> => peer.find(({ type }) => type === "snapshot", "a snapshot");
  const turnedAway = (peer: Peer): Promise<Json> => peer.find(({ type }) => type === "entry-responded");
  const idsOf = (list: unknown): unknown[] => asList(list).map((one) => asJson(one)["participantId"]);
  const queue = async (at: string, ...ids: readonly string[]): Promise<Json> =>
    eventually(async () => {
      const { status, body } = await rest.get(`${at}/lobby`);
      expect([status, idsOf(body["knocks"])]).toEqual([200, ids]);
      return body;
    }, SOON);
  const answersTo = (host: Peer, id: string): Json[] =>
    host.events.filter((event) => event["type"] === "entry-responded" && event["participantId"] === id);

  test("lists who waits, in order, and whether a host is there", async () => {
    const roomId = await createRoom(rest.sockets, {});
    const at = `/v2/rooms/${roomId}`;
    await rest.knock(roomId, "g1", { metaData: { seat: 7 } });
    await rest.knock(roomId, "g2");
    const body = await queue(at, "g1", "g2");
    const times = { since: expect.any(Number), expiresAt: expect.any(Number) };
    const one = { name: "g1", metaData: { seat: 7 }, returned: false, online: true, ...times };
    expect(body).toEqual({
      roomId,
      hostPresent: false,
      knocks: [
        { participantId: "g1", ...one, position: 1 },
        { participantId: "g2", ...one, name: "g2", metaData: null, position: 2 },
      ],
    });
    await join(rest.sockets, roomId, "host", HOST);
    await eventually(async () => {
      expect((await rest.get(`${at}/lobby`)).body).toMatchObject({ hostPresent: true });
    }, SOON);
  });

  test("an admission over REST seats the knocker within a second, and the hosts hear for whom it was", async () => {
    const { roomId, host, at } = await rest.meeting({ customRoomId: `clinic-${topology.length}` });
    const guest = await rest.knock(roomId, "g");
    await queue(at, "g");
    const { status, body } = await rest.post(`/v2/rooms/clinic-${topology.length}/lobby/g/admit`, {
      name: "Dr. Lee",
      region: "unknown members are left alone",
    });
    expect(status).toBe(200);
    await eventually(() => expect(guest.frames.map(({ type }) => type)).toContain("snapshot"), SOON);
    const told = await host.event("entry-responded", named("g"));
    expect(told).toMatchObject({ decision: "allowed", by: { kind: "api", name: "Dr. Lee" } });
    const joined = await host.event(
      "participant-joined",
      ({ participant }) => asJson(participant)["participantId"] === "g",
    );
    const position = `${String(host.epoch)}:${String(joined["seq"])}`;
    expect(body).toEqual({ roomId, position, repeated: false, result: {} });
  });

  test("a denial reaches the knocker with its note; with a ban the door stays closed", async () => {
    const { roomId, at } = await rest.meeting();
    const [denied, banned] = [await rest.knock(roomId, "denied"), await rest.knock(roomId, "banned")];
    await queue(at, "denied", "banned");
    expect(await rest.post(`${at}/lobby/denied/deny`, { note: "Come back at noon" })).toMatchObject({
      status: 200,
    });
    expect(await turnedAway(denied)).toMatchObject({
      decision: "denied",
      note: "Come back at noon",
      banned: false,
      mayKnockAt: expect.any(Number),
    });
    // Deciding is enough for a ban with a denial; lifting it is not.
    const decider = backEnd({ roles: undefined, permissions: ["allow_join"] });
    const answer = await rest.post(`${at}/lobby/banned/deny`, { note: "no", ban: true }, { token: decider });
    expect(answer.status).toBe(200);
    expect(await turnedAway(banned)).toMatchObject({ note: "no", banned: true });
    expect(await denied.ended()).toMatchObject({ code: 4404 });
    const again = await join(rest.sockets, roomId, "banned", GUEST);
    expect(errorOf(again.reply)).toMatchObject({ reason: "banned" });
    const soon = await join(rest.sockets, roomId, "denied", GUEST);
    expect(errorOf(soon.reply)).toMatchObject({ reason: "cooling_down" });
  });

  test("who comes second learns who decided: after a host, after another back end, after this one", async () => {
    const { roomId, host, at } = await rest.meeting();
    const byHost = await rest.knock(roomId, "by-host");
    expect(await host.ask({ type: "admit", participantId: "by-host" })).toMatchObject({ ok: true });
    await inside(byHost);
    const decidedByHost = { decision: "allowed", decidedBy: "host", decidedByName: "host" };
    await eventually(async () => {
      expect(await rest.post(`${at}/lobby/by-host/deny`)).toMatchObject(
        refusedAs(409, "already_decided", "participantId", decidedByHost),
      );
    }, SOON);

    await rest.knock(roomId, "by-rest");
    await queue(at, "by-rest");
    expect((await rest.post(`${at}/lobby/by-rest/deny`, { name: "Front desk" })).status).toBe(200);
    const refusal = await host.ask({ type: "admit", participantId: "by-rest" });
    expect(errorOf(refusal)).toMatchObject({
      reason: "already_decided",
      details: { decision: "denied", decidedBy: "api", decidedByName: "Front desk" },
    });
    expect(await rest.post(`${at}/lobby/by-rest/admit`)).toMatchObject(refusedAs(409, "already_decided"));
  });

  test("of two back ends at once, on two nodes, one decides and the other is told which", async () => {
    const { roomId, host, at } = await rest.meeting();
    await rest.knock(roomId, "g");
    await queue(at, "g");
    const both = await Promise.all([
      rest.post(`${at}/lobby/g/admit`, { name: "A" }, { node: rest.sockets }),
      rest.post(`${at}/lobby/g/deny`, { name: "B" }),
    ]);
    const won = both.findIndex(({ status }) => status === 200);
    const details = {
      decision: won === 0 ? "allowed" : "denied",
      decidedBy: "api",
      decidedByName: won === 0 ? "A" : "B",
    };
    expect(both[1 - won]).toMatchObject(refusedAs(409, "already_decided", "participantId", details));
    await host.event("entry-responded", named("g"));
    expect(answersTo(host, "g")).toHaveLength(1);
  });

  test("an answer to an earlier knock does not fall on a later one", async () => {
    const { roomId, at } = await rest.meeting();
    const first = await rest.knock(roomId, "g");
    const since = asJson(asList((await queue(at, "g"))["knocks"])[0])["since"];
    expect(await first.ask({ type: "withdraw" })).toMatchObject({ ok: true });
    // Another knock of the same millisecond could not be told from it.
    await eventually(() => expect(Date.now()).toBeGreaterThan(Number(since) + 5));
    const second = await rest.knock(roomId, "g");
    await eventually(async () => {
      const { body } = await rest.get(`${at}/lobby`);
      expect(asJson(asList(body["knocks"])[0])["since"]).not.toBe(since);
    }, SOON);
    expect(await rest.post(`${at}/lobby/g/deny`, { since })).toMatchObject(refusedAs(404, "knock_unknown"));
    expect((await rest.post(`${at}/lobby/g/admit`)).status).toBe(200);
    await inside(second);
  });

  test("the same Idempotency-Key has one effect, on every node", async () => {
    const { roomId, host, at } = await rest.meeting();
    const guest = await rest.knock(roomId, "g");
    await queue(at, "g");
    const first = await rest.post(`${at}/lobby/g/admit`, {}, { key: "admit-1" });
    expect(first).toMatchObject({ status: 200, body: { repeated: false } });
    await inside(guest);
    for (const node of [rest.api, rest.sockets]) {
      const again = await rest.post(`${at}/lobby/g/admit`, {}, { key: "admit-1", node });
      expect(again).toEqual({ status: 200, body: { ...first.body, repeated: true, result: {} } });
    }
    expect(answersTo(host, "g")).toHaveLength(1);
    const other = await rest.post(`${at}/lobby/g/deny`, {}, { key: "admit-1" });
    expect(other).toMatchObject(refusedAs(409, "command_id_reused", "idempotency-key"));
    expect(await rest.post(`${at}/lobby/g/admit`, {}, { key: "not a key" })).toMatchObject(
      refusedAs(400, "invalid_parameter", "idempotency-key"),
    );
  });

  test("all are admitted in their order while seats last", async () => {
    const { roomId, at } = await rest.meeting({ maxParticipants: 3 });
    const guests: Peer[] = [];
    for (const id of ["g1", "g2", "g3"]) guests.push(await rest.knock(roomId, id));
    await queue(at, "g1", "g2", "g3");
    const { status, body } = await rest.post(`${at}/lobby/admit`, { name: "Door" });
    expect([status, body["result"]]).toEqual([200, { admitted: 2, waiting: 1 }]);
    await Promise.all(guests.slice(0, 2).map(inside));
    await queue(at, "g3");
    expect(await rest.post(`${at}/lobby/g3/admit`)).toMatchObject(refusedAs(403, "room_full"));
  });

  test("all are denied who wait now, and not who comes later; those decided meanwhile are left to that answer", async () => {
    const { roomId, host, at } = await rest.meeting();
    const ids = ["g1", "g2", "g3", "g4"];
    const guests: Peer[] = [];
    for (const id of ids) guests.push(await rest.knock(roomId, id));
    await queue(at, ...ids);
    const ban = { note: "Closed for today", ban: true, name: "Night watch" };
    const [byHost, all] = await Promise.all([
      host.ask({ type: "admit", participantId: "g3" }),
      rest.post(`${at}/lobby/deny`, ban, { key: "all" }),
    ]);
    expect(all).toMatchObject({ status: 200, body: { repeated: false } });
    const denied = byHost["ok"] === true ? 3 : 4;
    expect(all.body["result"]).toEqual({ denied });
    for (const id of ids) await host.event("entry-responded", named(id));
    for (const id of ids) expect(answersTo(host, id)).toHaveLength(1);
    const [first] = guests;
    if (first === undefined) throw new Error("nobody");
    expect(await turnedAway(first)).toMatchObject({ note: ban.note, banned: true });

    const late = await rest.knock(roomId, "late");
    await queue(at, "late");
    for (const node of [rest.api, rest.sockets]) {
      const again = await rest.post(`${at}/lobby/deny`, ban, { key: "all", node });
      expect(again).toMatchObject({ status: 200, body: { repeated: true, result: {} } });
    }
    await queue(at, "late");
    expect(late.closed).toBeNull();
    expect((await rest.post(`${at}/lobby/deny`)).body["result"]).toEqual({ denied: 1 });
    expect((await rest.post(`${at}/lobby/deny`)).body["result"]).toEqual({ denied: 0 });
  });

  const calls = (at: string, token: string): Promise<Reply[]> =>
    Promise.all([
      rest.get(`${at}/lobby`, { token }),
      ...["lobby/g/admit", "lobby/g/deny", "lobby/admit", "lobby/deny"].map((path) =>
        rest.post(`${at}/${path}`, {}, { token }),
      ),
    ]);

  test("a guest's token answers nothing, nor does one of another room or app", async () => {
    const { roomId, at } = await rest.meeting();
    await rest.knock(roomId, "g");
    await queue(at, "g");
    for (const permissions of [["ask_join"], ["allow_mod"]] as const) {
      for (const answer of await calls(at, token({ permissions })))
        expect(answer).toMatchObject(refusedAs(403, "not_permitted"));
    }
    for (const answer of await calls(at, backEnd({ roomId: "elsewhere" })))
      expect(answer).toMatchObject(refusedAs(403, "room_mismatch", "roomId"));
    for (const answer of await calls(at, otherBackEnd()))
      expect(answer).toMatchObject(refusedAs(404, "room_unknown", "roomId"));
    for (const answer of await calls("/v2/rooms/nowhere", backEnd()))
      expect(answer).toMatchObject(refusedAs(404, "room_unknown", "roomId"));
    await queue(at, "g");
  });

  test("a token for one participant sees and answers that one only", async () => {
    const { roomId, at } = await rest.meeting();
    await rest.knock(roomId, "g1");
    const guest = await rest.knock(roomId, "g2");
    await queue(at, "g1", "g2");
    const only = { token: backEnd({ roomId, participantId: "g2" }) };
    const { body } = await rest.get(`${at}/lobby`, only);
    expect(body["knocks"]).toMatchObject([{ participantId: "g2", position: 2 }]);
    for (const path of ["g1/admit", "g1/deny", "admit", "deny"]) {
      expect(await rest.post(`${at}/lobby/${path}`, {}, only)).toMatchObject(
        refusedAs(403, "participant_mismatch", "participantId"),
      );
    }
    expect((await rest.post(`${at}/lobby/g2/admit`, {}, only)).status).toBe(200);
    await inside(guest);
  });

  test("what is wrong is named", async () => {
    const { at } = await rest.meeting();
    const nobody = refusedAs(404, "knock_unknown", "participantId");
    expect(await rest.post(`${at}/lobby/nobody/admit`)).toMatchObject(nobody);
    expect(await rest.post(`${at}/lobby/nobody/deny`)).toMatchObject(nobody);
    const wrong: readonly (readonly [string, unknown, string])[] = [
      ["lobby/g/admit", { since: "now" }, "since"],
      ["lobby/g/admit", { name: "x".repeat(129) }, "name"],
      ["lobby/g/deny", { note: "x".repeat(513) }, "note"],
      ["lobby/g/deny", { ban: "yes" }, "ban"],
      ["lobby/deny", { note: 1 }, "note"],
      ["lobby/%20/admit", {}, "participantId"],
      ["lobby/*/admit", {}, "participantId"],
    ];
    for (const [path, body, field] of wrong)
      expect(await rest.post(`${at}/${path}`, body)).toMatchObject(
        refusedAs(400, "invalid_parameter", field),
      );
  });
});
