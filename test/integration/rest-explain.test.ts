/** The dry run of a token: it says what the door would do, and does nothing. */
import { describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import { ADMIN_TOKEN, asking } from "../support/admin.js";
import { eventually } from "../support/eventually.js";
import { ROWS, SECRET, type Scene, type Visitor } from "../support/explain-rows.js";
import { breakable } from "../support/faulty-store.js";
import {
  APP_ID,
  createRoom,
  enter,
  errorOf,
  GUEST,
  hangUp,
  HOST,
  join,
  MODERATOR,
} from "../support/meeting.js";
import { startTestNode, token } from "../support/node.js";
import { asJson, asList, Peer, type Json } from "../support/peer.js";
import {
  backEnd,
  OTHER_APP,
  otherBackEnd,
  refusedAs,
  Rest,
  REST_TOPOLOGIES,
  type Reply,
} from "../support/rest.js";

describe.each(REST_TOPOLOGIES)("the dry run of a token, %s", (topology) => {
  const rest = new Rest(topology);
  const explain = (body: unknown, credential = backEnd()): Promise<Reply> =>
    rest.post("/v2/tokens/explain", body, { token: credential });

  /** What the meeting door does with a visitor, in the words of the dry run. */
  const atTheDoor = async (visitor: Visitor): Promise<Json> => {
    const { peer, reply } = await Peer.join(rest.sockets, { ...visitor });
    if (reply["ok"] !== true) {
      const { reason, code } = errorOf(reply);
      return { outcome: "refuse", refusal: { code: reason, number: code } };
    }
    if (reply["state"] === "joined") return { outcome: "enter", refusal: null };
    const lobby = await peer.find(({ type }) => type === "lobby");
    return { outcome: lobby["hostPresent"] === true ? "knock" : "hold", refusal: null };
  };

  test.each(Object.entries(ROWS))("%s: is what happens at the door", async (_name, row) => {
    const roomId = await createRoom(rest.sockets, row.settings ?? {});
    const hosts: Peer[] = [];
    const scene: Scene = {
      rest,
      roomId,
      at: `/v2/rooms/${roomId}`,
      claims: (claims) => token({ jti: randomBytes(6).toString("hex"), ...claims }),
      hosted: async () => {
        const host = await enter(rest.sockets, roomId, "host", MODERATOR);
        hosts.push(host);
        return host;
      },
    };
    const visitor = await row.visitor(scene);
    const position = () => rest.api.gateway.position(APP_ID, visitor.roomId ?? roomId);
    // What went before is the same to both.
    await eventually(async () => {
      expect(await rest.sockets.gateway.position(APP_ID, visitor.roomId ?? roomId)).toEqual(await position());
      expect((await explain({ ...visitor })).body).toMatchObject({
        outcome: row.outcome,
        rule: { id: row.rule },
      });
    });
    const before = await position();
    const frames = hosts.map((host) => host.frames.length);
    const { status, body } = await explain({ ...visitor });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      door: "meeting",
      outcome: row.outcome,
      rule: { id: row.rule },
      refusal: row.code === undefined ? null : { code: row.code },
    });
    // The admin asks about tokens of any app, and is told the same of this one.
    const shown = { ...visitor };
    const path = "/v2/admin/tokens/explain";
    // Until both are asked within one second: times are told in words.
    await eventually(async () => {
      const [toAdmin, again] = await Promise.all([
        asking(rest.api, `Bearer ${ADMIN_TOKEN}`, "POST", path, shown),
        explain(shown),
      ]);
      expect([toAdmin.status, toAdmin.body]).toEqual([200, again.body]);
    });
    expect(await position()).toEqual(before);
    expect(hosts.map((host) => host.frames.length)).toEqual(frames);
    expect(body).toMatchObject(await atTheDoor(visitor));
    hangUp(hosts);
  });

  test("says which key made it and what each claim means, and repeats nothing of the token itself", async () => {
    const roomId = await createRoom(rest.sockets);
    const shown = token({ permissions: HOST, roomId, participantId: "v", jti: "j" });
    const { body } = await explain({ token: shown });
    expect(body).toMatchObject({
      key: { verified: true, app: APP_ID },
      header: { alg: "HS256" },
      roomId,
      participantId: "v",
      outcome: "enter",
      refusal: null,
    });
    expect(asJson(body["key"])["sentence"]).toContain("test-key");
    expect(body["sentence"]).toContain("enters at once");
    const claims = new Map(
      asList(body["claims"]).map((one) => [asJson(one)["name"], asJson(one)["sentence"]]),
    );
    expect(claims.get("participantId")).toBe('good for the participant "v" only');
    expect(claims.get("roomId")).toBe(`good for the room "${roomId}" only`);
    const [, payload = "", signature = ""] = shown.split(".");
    for (const part of [shown, payload, signature]) expect(JSON.stringify(body)).not.toContain(part);
    const bad = await explain({ token: [shown] });
    expect(bad).toMatchObject(refusedAs(400, "invalid_parameter", "token"));
    expect(JSON.stringify(bad.body)).not.toContain(signature);
  });

  test("another app's key is not known here, whoever asks about whose room", async () => {
    const roomId = await createRoom(rest.sockets);
    const foreign = token({ ...OTHER_APP, permissions: HOST });
    const unknown = token({ apiKey: "unheard-of", secret: SECRET, permissions: HOST });
    const [one, other] = await Promise.all([
      explain({ token: foreign, roomId }),
      explain({ token: unknown, roomId }),
    ]);
    for (const { status, body } of [one, other]) {
      expect(status).toBe(200);
      expect(body).toMatchObject({
        outcome: "refuse",
        key: { verified: false, app: null },
        refusal: { code: "key_unknown" },
      });
    }
    // But for the name of the key, which is the token's own, both say the same.
    const said = (reply: Reply, key: string): string =>
      JSON.stringify([reply.body["key"], reply.body["sentence"], reply.body["refusal"]]).replaceAll(
        key,
        "KEY",
      );
    expect(said(one, OTHER_APP.apiKey)).toBe(said(other, "unheard-of"));
    const theirs = await explain({ token: foreign, roomId }, otherBackEnd());
    expect(theirs.body).toMatchObject({ key: { verified: true }, refusal: { code: "room_unknown" } });
  });

  test("to the admin every app's key is known, and the room is that of the token's own app", async () => {
    const ask = async (body: Json): Promise<Json> =>
      (await asking(rest.api, `Bearer ${ADMIN_TOKEN}`, "POST", "/v2/admin/tokens/explain", body)).body;
    const ours = await createRoom(rest.sockets);
    const made = await rest.post("/v2/rooms", { maxParticipants: 1 }, { token: otherBackEnd() });
    const theirs = String(made.body["roomId"]);
    const foreign = token({ ...OTHER_APP, permissions: HOST });
    const known = { key: { verified: true, app: "other" } };
    expect(await ask({ token: foreign, roomId: theirs })).toMatchObject({ ...known, outcome: "enter" });
    const { peer } = await Peer.join(rest.sockets, { token: foreign, roomId: theirs, name: "first" });
    await eventually(async () =>
      expect(
        await ask({ token: token({ ...OTHER_APP, permissions: HOST, jti: "x" }), roomId: theirs }),
      ).toMatchObject({
        ...known,
        outcome: "refuse",
        refusal: { code: "room_full" },
      }),
    );
    expect(await ask({ token: foreign, roomId: ours })).toMatchObject({
      ...known,
      outcome: "refuse",
      refusal: { code: "room_unknown" },
    });
    const forged = token({ ...OTHER_APP, secret: SECRET, permissions: HOST });
    expect(await ask({ token: forged, roomId: theirs })).toMatchObject({
      key: { verified: false, app: null },
      refusal: { code: "signature_invalid" },
    });
    hangUp([peer]);
  });

  test("the REST door: as the API itself answers", async () => {
    const tokens = [
      token({ permissions: HOST, roles: ["crawler"] }),
      token({ permissions: HOST }),
      token({ permissions: GUEST }),
      token({ permissions: HOST, roles: ["rtc"] }),
      token({ permissions: HOST, ttlSeconds: -1 }),
      token({ permissions: HOST, secret: SECRET }),
      token({ ...OTHER_APP, apiKey: "unheard-of", permissions: HOST }),
    ];
    for (const shown of tokens) {
      const { body } = await explain({ token: shown, door: "rest" });
      const real = await rest.get("/v2/rooms", { token: shown });
      const refusal = real.status === 200 ? null : { code: real.body["code"] };
      expect(body).toMatchObject({
        door: "rest",
        outcome: real.status === 200 ? "enter" : "refuse",
        refusal,
      });
    }
  });

  test("is for moderating tokens, each within its scope", async () => {
    const roomId = await createRoom(rest.sockets);
    const shown = token({ permissions: HOST, roomId, participantId: "v" });
    expect(await explain({ token: shown }, token({ permissions: GUEST }))).toMatchObject(
      refusedAs(403, "not_permitted"),
    );
    expect(await explain({ token: shown }, token({ permissions: HOST }))).toMatchObject(
      refusedAs(403, "not_permitted"),
    );
    const elsewhere = backEnd({ roomId: "elsewhere" });
    for (const body of [
      { token: shown },
      { token: shown, roomId },
      { token: "nonsense", roomId },
      { token: shown, door: "rest" },
    ])
      expect(await explain(body, elsewhere)).toMatchObject(refusedAs(403, "room_mismatch", "roomId"));
    expect((await explain({ token: shown }, backEnd({ roomId }))).status).toBe(200);
    const only = backEnd({ roomId, participantId: "w" });
    const mismatch = refusedAs(403, "participant_mismatch", "participantId");
    for (const body of [
      { token: shown },
      { token: token({ permissions: HOST, roomId }) },
      { token: token({ permissions: HOST, roomId }), participantId: "v" },
      { token: "nonsense", participantId: "v" },
    ])
      expect(await explain(body, only)).toMatchObject(mismatch);
    const own = { token: token({ permissions: HOST, roomId }), participantId: "w" };
    expect((await explain(own, only)).body).toMatchObject({ outcome: "enter", participantId: "w" });
  });

  test("what is wrong with the question is named", async () => {
    for (const [body, field] of [
      [{}, "token"],
      [{ token: 1 }, "token"],
      [{ token: "t", door: "window" }, "door"],
      [{ token: "t", roomId: "a b" }, "roomId"],
      [{ token: "t", participantId: "*" }, "participantId"],
    ] as const)
      expect(await explain(body)).toMatchObject(refusedAs(400, "invalid_parameter", field));
  });
});

test("a dry run writes nothing anywhere: no event, no record, no name, no room", async () => {
  const real = createMemoryStore({ now: Date.now });
  const store = breakable(real);
  // What the node tells of itself every few seconds is not what is watched here.
  const node = await startTestNode({}, { store, vitalsStepMs: 3_600_000 });
  const roomId = await createRoom(node);
  const { peer } = await join(node, roomId, "host", HOST);
  await node.gateway.catchUp();
  const written: string[] = [];
  const reading = [
    "load",
    "read",
    "subscribe",
    "named",
    "beat",
    "serve",
    "release",
    "served",
    "forget",
    "touch",
  ];
  store.faults.before = (call) => {
    if (![...reading, "fields", "range", "count", "scores"].includes(call)) written.push(call);
  };
  store.faults.append = (request, next) => {
    if (request.events.length > 0 || "open" in request) written.push("append");
    return next();
  };
  store.faults.write = (next) => {
    written.push("write");
    return next();
  };
  const before = peer.frames.length;
  for (const permissions of [HOST, GUEST, MODERATOR]) {
    for (const asked of [roomId, "no-such-room", `opened-${permissions.length}`]) {
      const response = await fetch(`http://127.0.0.1:${node.port}/v2/tokens/explain`, {
        method: "POST",
        headers: { authorization: backEnd() },
        body: JSON.stringify({ token: token({ permissions, roomId: asked }) }),
      });
      expect(response.status).toBe(200);
      expect((await node.gateway.peek(APP_ID, asked)).room === null).toBe(asked !== roomId);
    }
  }
  expect(written).toEqual([]);
  expect(peer.frames).toHaveLength(before);
  // The same watch sees what is written: the test could fail.
  expect(await peer.ask({ type: "set-media", kind: "mic", on: true })).toMatchObject({ ok: true });
  expect(written).toContain("append");
  store.mend();
  hangUp([peer]);
  await node.close();
  await real.close();
});
