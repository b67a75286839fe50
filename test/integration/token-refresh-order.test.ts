/** The check of a token takes time: what a connection may do meanwhile, and that its messages keep their order. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { refuse } from "../../src/protocol/refusals.js";
import type { Grant } from "../../src/room/grant.js";
import { HandDoor } from "../support/hand-door.js";
import { APP_ID, errorOf, idsIn } from "../support/meeting.js";
import { Peer, type Json } from "../support/peer.js";
import { grant } from "../unit/room/support.js";

const DEADLINE_MS = 400;
const JOIN = { type: "join", id: "join-0123456789ab" } as const;

describe("while a token is looked at", () => {
  let door: HandDoor;
  let roomId: string;
  beforeEach(async () => {
    door = await HandDoor.open(DEADLINE_MS);
    ({ roomId } = await door.gateway.createRoom(APP_ID, null, {}));
  });
  afterEach(() => door.close());

  /** A token of somebody; its text is its name. */
  function known(token: string, participantId: string, part: Partial<Grant> = {}): string {
    door.grants.set(token, grant(token, { app: APP_ID, participantId, ...part }));
    return token;
  }
  const slow = (token: string): string => {
    door.slow.add(token);
    return token;
  };
  async function inside(participantId: string, part: Partial<Grant> = {}): Promise<Peer> {
    const { peer, reply } = await Peer.join(door, {
      roomId,
      token: known(participantId, participantId, part),
    });
    expect(reply).toMatchObject({ ok: true, state: "joined" });
    await peer.room();
    return peer;
  }
  const who = async (): Promise<string[]> => [
    ...((await door.gateway.findRoom(APP_ID, roomId))?.participants.keys() ?? []),
  ];

  test("pings are answered, another way in is `already_joined`, a command `not_joined`; then one is in", async () => {
    const token = slow(known("t", "ann"));
    const peer = await Peer.open(door);
    const joining = peer.ask({ ...JOIN, token, roomId });
    await door.checking(token);
    expect(await peer.ask({ type: "ping" })).toMatchObject({ ok: true });
    for (const again of [
      { ...JOIN, id: "join-another-one-1", token, roomId },
      { type: "resume", id: "resume-0123456789a", secret: "s" },
      { type: "subscribe", token, notifications: [] },
    ])
      expect(errorOf(await peer.ask(again))).toMatchObject({ reason: "already_joined" });
    expect(errorOf(await peer.ask({ type: "leave" }))).toMatchObject({ reason: "not_joined" });
    await door.answer(token);
    expect(await joining).toMatchObject({ ok: true, participantId: "ann" });
    expect(idsIn(await peer.room())).toEqual(["ann"]);
  });

  test("the time to join is not over for whoever has joined, however long the check takes", async () => {
    const token = slow(known("t", "ann"));
    const peer = await Peer.open(door);
    const joining = peer.ask({ ...JOIN, token, roomId });
    await door.checking(token);
    const idle = await Peer.open(door);
    expect(await idle.ended()).toEqual({ code: 4427, reason: "join_deadline" });
    await door.answer(token);
    expect(await joining).toMatchObject({ ok: true });
    expect(peer.closed).toBeNull();
  });

  test("a join that was not valid may be put right, within the time to join that was left", async () => {
    const token = slow(known("t", "ann"));
    const peer = await Peer.open(door);
    const nowhere = peer.ask({ ...JOIN, token });
    await door.answer(token);
    expect(errorOf(await nowhere)).toMatchObject({ reason: "invalid_parameter", field: "roomId" });
    const joining = peer.ask({ ...JOIN, id: "join-another-one-1", token, roomId });
    await door.answer(token);
    expect(await joining).toMatchObject({ ok: true });

    const late = await Peer.open(door);
    const again = late.ask({ ...JOIN, token });
    await door.checking(token);
    const idle = await Peer.open(door);
    await idle.ended();
    await door.answer(token);
    expect(errorOf(await again)).toMatchObject({ reason: "invalid_parameter" });
    expect(await late.ended()).toEqual({ code: 4427, reason: "join_deadline" });
  });

  test("the third join that is not valid ends the connection", async () => {
    const token = known("t", "ann");
    const peer = await Peer.open(door);
    for (const _ of [1, 2, 3])
      expect(errorOf(await peer.ask({ ...JOIN, id: `join-${_}-0123456789`, token }))).toMatchObject({
        reason: "invalid_parameter",
      });
    expect(await peer.ended()).toEqual({ code: 4400, reason: "too_many_mistakes" });
  });

  test("whoever goes meanwhile has never been there", async () => {
    const token = slow(known("t", "ann"));
    const peer = await Peer.open(door);
    peer.send({ ...JOIN, token, roomId });
    await door.checking(token);
    await peer.cut();
    const other = await inside("bob");
    await door.answer(token);
    expect(await other.ask({ type: "publish", topic: "t", message: "m" })).toMatchObject({ ok: true });
    expect(await who()).toEqual(["bob"]);
  });

  test("nor is a conference opened for whoever goes before they may open it", async () => {
    const client = { kind: "client", scopes: ["conf:create"] } as const;
    const joining = async (token: string): Promise<Peer> => {
      const peer = await Peer.open(door);
      peer.send({
        ...JOIN,
        token: slow(known(token, token, { ...client, scopes: [...client.scopes] })),
        roomId: token,
      });
      await door.checking(token);
      return peer;
    };
    const [gone, stays] = [await joining("gone"), await joining("stays")];
    await gone.cut();
    await door.answer("gone");
    await door.answer("stays");
    await stays.room();
    expect(await door.gateway.conferences.find(APP_ID, "gone")).toBeNull();
    expect(await door.gateway.conferences.find(APP_ID, "stays")).not.toBeNull();
  });

  test("a fault of ours is answered as one, and ends the connection with a code that says come back", async () => {
    door.grants.set("t", new Error("a bug"));
    const { peer, reply } = await Peer.join(door, { token: "t", roomId });
    expect(errorOf(reply)).toMatchObject({ reason: "internal_error" });
    expect(await peer.ended()).toEqual({ code: 1011, reason: "internal_error" });
    const ann = await inside("ann");
    expect(errorOf(await ann.ask({ type: "refresh-token", token: "t" }))).toMatchObject({
      reason: "internal_error",
    });
    expect(await ann.ask({ type: "ping" })).toMatchObject({ ok: true });
  });

  test("a conference token goes with a client access token only", async () => {
    const conferenceToken = "a conference token";
    const peer = await Peer.open(door);
    for (const kind of ["customer", "issuer"] as const) {
      const token = known(`t-${kind}`, "ann", { kind });
      const id = `join-${kind}-0123456789`;
      expect(errorOf(await peer.ask({ ...JOIN, id, token, roomId, conferenceToken }))).toMatchObject({
        reason: "invalid_parameter",
        field: "conferenceToken",
      });
    }
    const asked: unknown[] = [];
    door.readPass = (...args) => {
      asked.push(args);
      return { ok: false, refusal: refuse("conference_token_invalid", { field: "conferenceToken" }) };
    };
    const token = known("t-client", "ann", { kind: "client", scopes: [] });
    expect(errorOf(await peer.ask({ ...JOIN, token, roomId, conferenceToken }))).toMatchObject({
      reason: "conference_token_invalid",
    });
    expect(await peer.ended()).toEqual({ code: 4437, reason: "conference_token_invalid" });
    expect(asked).toEqual([[conferenceToken, APP_ID]]);
  });

  test("what is sent behind a refresh is decided behind it, in its order; pings do not wait", async () => {
    const ann = await inside("ann", { expiresAt: Date.now() - 1, expiryPolicy: "restrict" });
    await ann.event("token-expired");
    const publish = (message: string): Promise<Json> =>
      ann.ask({ type: "publish", topic: "t", message, id: message });
    expect(errorOf(await publish("before"))).toMatchObject({ reason: "token_expired" });

    const newer = slow(known("newer", "ann", { expiresAt: Date.now() + 600_000 }));
    const refreshing = ann.ask({ type: "refresh-token", token: newer });
    const one = publish("one");
    const two = publish("two");
    await door.checking(newer);
    expect(await ann.ask({ type: "ping" })).toMatchObject({ ok: true });
    await door.answer(newer);
    for (const reply of await Promise.all([refreshing, one, two])) expect(reply).toMatchObject({ ok: true });
    await ann.event("message-published", (event) => JSON.stringify(event).includes("two"));
    expect(ann.events.map(({ type }) => type)).toEqual([
      "token-expired",
      "token-refreshed",
      "message-published",
      "message-published",
    ]);
    expect(JSON.stringify(ann.events.at(-2))).toContain('"one"');
  });

  test("a refresh that is refused holds nobody up for good, nor does one behind another", async () => {
    const ann = await inside("ann");
    const [bad, good] = [slow("bad"), slow(known("good", "ann"))];
    const replies = [
      ann.ask({ type: "refresh-token", token: bad }),
      ann.ask({ type: "refresh-token", token: good }),
      ann.ask({ type: "publish", topic: "t", message: "m" }),
    ];
    await door.answer(bad);
    await door.answer(good);
    const [first, ...others] = await Promise.all(replies);
    expect(errorOf(first ?? {})).toMatchObject({ reason: "signature_invalid" });
    for (const reply of others) expect(reply).toMatchObject({ ok: true });
  });

  test("no more messages wait behind a refresh than may be unanswered", async () => {
    const ann = await inside("ann");
    const newer = slow(known("newer", "ann"));
    const replies = [ann.ask({ type: "refresh-token", token: newer })];
    for (let i = 0; i < 16; i += 1) replies.push(ann.ask({ type: "publish", topic: "t", message: `${i}` }));
    expect(errorOf((await replies.at(-1)) ?? {})).toMatchObject({ reason: "too_many_commands" });
    await door.answer(newer);
    for (const reply of await Promise.all(replies.slice(0, -1))) expect(reply).toMatchObject({ ok: true });
  });

  test("a token of another app refreshes nothing", async () => {
    const ann = await inside("ann");
    const token = known("theirs", "ann", { app: "other" });
    expect(errorOf(await ann.ask({ type: "refresh-token", token }))).toMatchObject({
      reason: "room_mismatch",
    });
    expect(ann.closed).toBeNull();
  });

  test("who leaves behind a refresh and hangs up has left: the seat is not kept", async () => {
    const host = await inside("host");
    const ann = await inside("ann");
    const newer = slow(known("newer", "ann"));
    ann.send({ type: "refresh-token", id: "r1", token: newer });
    ann.send({ type: "leave", id: "l1" });
    await door.checking(newer);
    await ann.cut();
    expect(await host.event("participant-left")).toMatchObject({
      participantId: "ann",
      reason: { message: "MANUAL_LEAVE_CALLED" },
    });
    await door.answer(newer);
    expect(await host.ask({ type: "ping" })).toMatchObject({ ok: true });
    expect(await who()).toEqual(["host"]);
  });

  test("a line that is cut behind a refresh is lost at once, and comes back", async () => {
    const host = await inside("host");
    const ann = await inside("ann");
    const newer = slow(known("newer", "ann"));
    ann.send({ type: "refresh-token", id: "r1", token: newer });
    await door.checking(newer);
    await ann.cut();
    await host.event("participant-disconnected");
    await door.answer(newer);
    const { peer, reply } = await ann.resumeOn(door);
    expect(reply).toMatchObject({ ok: true, recovered: true });
    expect(await peer.ask({ type: "publish", topic: "t", message: "back" })).toMatchObject({ ok: true });
  });

  test("a token of the upgrade request is looked at before there is a socket; a node that leaves opens none", async () => {
    const open = (token: string): Promise<Peer> =>
      Peer.open(door, ["admitone.v1", `admitone.token.${token}`]);
    const [good, later] = [slow(known("good", "ann")), slow(known("later", "bob"))];
    const opening = open(good);
    await door.answer(good);
    const peer = await opening;
    const joining = peer.ask({ ...JOIN, roomId });
    await door.answer(good);
    expect(await joining).toMatchObject({ ok: true, participantId: "ann" });
    const refused = expect(open(later)).rejects.toThrow();
    await door.checking(later);
    await door.close();
    await refused;
  });
});
