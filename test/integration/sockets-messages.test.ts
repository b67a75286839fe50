import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { eventually } from "../support/eventually.js";
import {
  boundToken,
  createRoom,
  enter,
  errorOf,
  GUEST,
  hangUp,
  HOST,
  idsIn,
  join,
  stateOf,
} from "../support/meeting.js";
import { startGateway, type TestGateway } from "../support/node.js";
import { Peer, type Json } from "../support/peer.js";

const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const joinText = (members: string): string => `{"type":"join","id":"0123456789abcdef"${members}}`;

/** What is wrong, the text, and the error that has to come: the field at fault where there is one. */
const BAD: readonly (readonly [string, string, Json])[] = [
  ["not JSON", "hello", { reason: "invalid_parameter" }],
  ["an empty text", "", { reason: "invalid_parameter" }],
  ["half of a message", '{"type":"join"', { reason: "invalid_parameter" }],
  ["a list", "[1,2,3]", { reason: "invalid_parameter" }],
  ["null", "null", { reason: "invalid_parameter" }],
  ["a number", "42", { reason: "invalid_parameter" }],
  ["a text in quotes", '"join"', { reason: "invalid_parameter" }],
  ["an empty object", "{}", { field: "type" }],
  ["a type that there is not", '{"type":"dance","id":"c1"}', { field: "type" }],
  ["a type that every object has", '{"type":"constructor","id":"c1"}', { field: "type" }],
  ["__proto__ as the type", '{"type":"__proto__","id":"c1"}', { field: "type" }],
  ["a type that is no text", '{"type":{"a":1},"id":"c1"}', { field: "type" }],
  ["no id", '{"type":"ping"}', { field: "id" }],
  ["an id that is a number", '{"type":"ping","id":7}', { field: "id" }],
  ["an id with a space", '{"type":"ping","id":"a b"}', { field: "id" }],
  ["an id of 65 characters", `{"type":"ping","id":"${"a".repeat(65)}"}`, { field: "id" }],
  ["a join id that could be guessed", '{"type":"join","id":"short","token":"x"}', { field: "id" }],
  ["a member that there is not", joinText(',"admin":true'), { field: "admin" }],
  ["__proto__ as a member", joinText(',"__proto__":{"admin":true}'), { field: "__proto__" }],
  ["constructor as a member", joinText(',"constructor":{}'), { field: "constructor" }],
  ["a token that is a list", joinText(',"token":["a"]'), { field: "token" }],
  ["a room id with a space", joinText(',"roomId":"a b"'), { field: "roomId" }],
  ["a room id that is half a character", joinText(',"roomId":"\\ud800"'), { field: "roomId" }],
  ["a participant id for everybody", joinText(',"participantId":"*"'), { field: "participantId" }],
  ["a name that is a number", joinText(',"name":1e400'), { field: "name" }],
  ["a name of 129 characters", joinText(`,"name":"${"n".repeat(129)}"`), { field: "name" }],
  ["metaData that is a list", joinText(',"metaData":[]'), { field: "metaData" }],
  ["metaData that is too long", joinText(`,"metaData":{"a":"${"x".repeat(5_000)}"}`), { field: "metaData" }],
  ["metaData that is too deep", joinText(`,"metaData":{"a":${nested(40)}}`), { field: "metaData" }],
  ["metaData as deep as fits", joinText(`,"metaData":{"a":${nested(8_000)}}`), { field: "metaData" }],
  ["metaData with __proto__", joinText(',"metaData":{"__proto__":{"a":1}}'), { field: "metaData" }],
  ["micOn as a text", joinText(',"micOn":"yes"'), { field: "micOn" }],
  [
    "a number as large as can be",
    '{"type":"resume","id":"0123456789abcdef","secret":"x","epoch":"e","seq":1e999}',
    { field: "seq" },
  ],
  [
    "a number below zero",
    '{"type":"resume","id":"0123456789abcdef","secret":"x","seq":-1}',
    { field: "seq" },
  ],
  [
    "a number with a fraction",
    '{"type":"resume","id":"0123456789abcdef","secret":"x","seq":0.5}',
    { field: "seq" },
  ],
  ["no secret", '{"type":"resume","id":"0123456789abcdef"}', { field: "secret" }],
  ["admit without anybody", '{"type":"admit","id":"c1"}', { field: "participantId" }],
  [
    "a webcam that is a camera",
    '{"type":"set-media","id":"c1","kind":"camera","on":true}',
    { field: "kind" },
  ],
  [
    "an empty list of readers",
    '{"type":"publish","id":"c1","topic":"t","message":"m","sendOnly":[]}',
    { field: "sendOnly" },
  ],
  [
    "a reader that is a number",
    '{"type":"publish","id":"c1","topic":"t","message":"m","sendOnly":["a",3]}',
    { field: "sendOnly.1" },
  ],
  [
    "a right that there is not",
    '{"type":"grant-permission","id":"c1","participantId":"a","permission":"ask_join"}',
    { field: "permission" },
  ],
];

describe("bad messages on one node", () => {
  let gateway: TestGateway;
  let roomId: string;
  let host: Peer;
  let guest: Peer;
  let round = 0;

  beforeAll(async () => {
    gateway = await startGateway("embedded");
    roomId = await createRoom(gateway.first);
    host = await enter(gateway.first, roomId, "host");
    guest = await enter(gateway.first, roomId, "guest");
  });
  afterAll(() => gateway.close());

  /** Those who were there before are still there, on the same lines, and hear each other. */
  async function othersAreFine(): Promise<void> {
    round += 1;
    const message = `round ${round}`;
    expect(await host.ask({ type: "publish", topic: "t", message, id: `round${round}` })).toMatchObject({
      ok: true,
    });
    await guest.event("message-published", (event) => JSON.stringify(event).includes(message));
    const state = await stateOf(gateway.first, roomId);
    expect([...state.participants.keys()].slice(0, 2)).toEqual(["host", "guest"]);
    expect([host.closed, guest.closed]).toEqual([null, null]);
  }

  test.each(BAD)("from a stranger: %s", async (_what, text, error) => {
    const peer = await Peer.open(gateway.first);
    peer.socket.send(text);
    const reply = await peer.find(({ type }) => type === "reply");
    expect(errorOf(reply)).toMatchObject({ ...error, reason: "invalid_parameter", code: 3073 });
    // A mistake is no reason to close; three are.
    expect(await peer.ask({ type: "ping", id: "ping" })).toMatchObject({ ok: true });
    peer.socket.send(text);
    peer.socket.send(text);
    expect(await peer.ended()).toEqual({ code: 4400, reason: "too_many_mistakes" });
    await othersAreFine();
  });

  test("from somebody inside: each is answered, the line stays", async () => {
    const peer = await enter(gateway.first, roomId, "clumsy");
    for (const [index, [what, text, error]] of BAD.entries()) {
      const before = peer.frames.length;
      peer.socket.send(text);
      const reply = await eventually(() => {
        const found = peer.frames.slice(before).find(({ type }) => type === "reply");
        if (found === undefined) throw new Error(`${index} ${what}: no answer`);
        return found;
      });
      expect({ what, ...errorOf(reply) }).toMatchObject({ what, ...error });
    }
    expect(await peer.ask({ type: "leave" })).toMatchObject({ ok: true });
    await othersAreFine();
  });

  test("binary frames, and more than a frame may hold", async () => {
    const binary = await Peer.open(gateway.first);
    binary.socket.send(Buffer.from('{"type":"ping","id":"c1"}'), { binary: true });
    expect(await binary.ended()).toEqual({ code: 4400, reason: "text_only" });
    const long = await Peer.open(gateway.first);
    long.send({ type: "join", id: "0123456789abcdef", token: "x".repeat(16_400) });
    expect(errorOf(await long.find(({ type }) => type === "reply"))).toMatchObject({
      reason: "payload_too_large",
    });
    expect(await long.ended()).toEqual({ code: 4400, reason: "payload_too_large" });
    const inside = await enter(gateway.first, roomId, "talker");
    inside.send({ type: "publish", id: "c1", topic: "t", message: "x".repeat(66_000) });
    expect((await inside.ended()).code).toBe(1009);
    const { peer, reply } = await inside.resumeOn(gateway.first);
    expect(reply).toMatchObject({ ok: true });
    await peer.ask({ type: "leave" });
    await othersAreFine();
  });

  test("commands before the join, a second join, commands from the lobby", async () => {
    const peer = await Peer.open(gateway.first);
    for (const type of ["leave", "admit-all", "end"]) {
      expect(errorOf(await peer.ask({ type }))).toMatchObject({ reason: "not_joined", code: 3035 });
    }
    expect(
      await peer.ask({
        type: "join",
        id: "join-0123456789ab",
        token: boundToken(roomId, "knocker", GUEST),
        roomId,
      }),
    ).toMatchObject({ state: "waiting" });
    const again = { id: "join-ba9876543210", token: boundToken(roomId, "other"), roomId };
    expect(errorOf(await peer.ask({ type: "join", ...again }))).toMatchObject({ reason: "already_joined" });
    const secret = peer.resumeSecret;
    expect(errorOf(await peer.ask({ type: "resume", id: "resume-0123456789", secret }))).toMatchObject({
      reason: "already_joined",
    });
    for (const type of ["admit-all", "leave", "end"])
      expect(errorOf(await peer.ask({ type }))).toMatchObject({ reason: "in_lobby" });
    expect(errorOf(await peer.ask({ type: "signal", to: "host", payload: {} }))).toMatchObject({
      reason: "in_lobby",
    });
    expect(errorOf(await peer.ask({ type: "publish", topic: "t", message: "m" }))).toMatchObject({
      reason: "in_lobby",
    });
    expect(await peer.ask({ type: "withdraw" })).toMatchObject({ ok: true });
    expect(await peer.ended()).toEqual({ code: 1000, reason: "withdrawn" });
    await othersAreFine();
  });

  test("somebody else's ids prove nothing", async () => {
    const named = { token: boundToken(roomId, "me"), roomId, participantId: "host" };
    const { peer: one, reply } = await Peer.join(gateway.first, named);
    expect(errorOf(reply)).toMatchObject({ reason: "participant_mismatch", code: 4023 });
    expect(await one.ended()).toMatchObject({ code: 4023 });
    const forged = Buffer.from(JSON.stringify(["default", roomId, "host"])).toString("base64url");
    for (const secret of [
      `${forged}.${"A".repeat(43)}`,
      forged,
      "..",
      `${Buffer.from('["default","\\ud800","x"]').toString("base64url")}.${"A".repeat(43)}`,
      `${Buffer.from('["default","no-such-room","x"]').toString("base64url")}.${"A".repeat(43)}`,
    ]) {
      const peer = await Peer.open(gateway.first);
      const refused = errorOf(await peer.ask({ type: "resume", id: "resume-0123456789", secret }));
      expect(["resume_invalid", "room_unknown"]).toContain(refused["reason"]);
      expect((await peer.ended()).code).toBe(refused["code"]);
    }
    await othersAreFine();
  });

  test("what comes behind a refusal is not heard", async () => {
    const peer = await Peer.open(gateway.first);
    peer.send({ type: "join", id: "join-bad-0123456789", token: "x", roomId });
    peer.send({ type: "join", id: "join-good-0123456789", token: boundToken(roomId, "eager"), roomId });
    await peer.ended();
    await othersAreFine();
    expect(host.events.filter((event) => JSON.stringify(event).includes("eager"))).toEqual([]);
    hangUp([peer]);
  });

  test("too many commands without waiting for answers are refused, the others stand", async () => {
    const { peer } = await join(gateway.first, roomId, "hasty", HOST);
    for (let index = 0; index < 40; index += 1)
      peer.send({ type: "publish", id: `p${index}`, topic: "hasty", message: String(index) });
    const answers = await eventually(() => {
      const found = peer.frames.filter(({ type, id }) => type === "reply" && /^p\d/.test(String(id)));
      expect(found).toHaveLength(40);
      return found;
    });
    const taken = answers.filter(({ ok }) => ok === true).map(({ id }) => String(id).slice(1));
    expect(taken.length).toBeGreaterThanOrEqual(16);
    for (const answer of answers.filter(({ ok }) => ok === false))
      expect(errorOf(answer)).toMatchObject({ reason: "too_many_commands", retryable: true });
    await host.event("message-published", (event) => JSON.stringify(event).includes('"hasty"'));
    await peer.ask({ type: "leave" });
    const heard = await eventually(() => {
      const texts = host.events
        .map((event) => JSON.stringify(event))
        .filter((text) => text.includes('"topic":"hasty"'));
      expect(texts).toHaveLength(taken.length);
      return texts;
    });
    expect(heard.map((text) => /"message":"(\d+)"/.exec(text)?.[1])).toEqual(taken);
    expect(idsIn(await host.room())).toEqual(["host"]);
  });
});
