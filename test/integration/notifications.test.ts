/** Told of conferences without being in one: over sockets, by client access tokens, from what happens over REST and in rooms. */
import { afterEach, describe, expect, test } from "@jest/globals";
import { basic } from "../support/admin.js";
import { CONFERENCE_APPS, ConferenceWorld, type AppName } from "../support/conference-world.js";
import { eventually } from "../support/eventually.js";
import { errorOf, hangUp } from "../support/meeting.js";
import { asJson, Peer, type Json } from "../support/peer.js";
import { REST_TOPOLOGIES } from "../support/rest.js";
import { freshName } from "../support/v2.js";

/** What somebody has been told, without the times. */
function told(peer: Peer): Json[] {
  return peer.frames
    .filter(({ type }) => type === "notification")
    .map((frame) => asJson(frame["notification"]));
}
const types = (peer: Peer): unknown[] => told(peer).map(({ type }) => type);

/** All that can be asked of an alias. */
const allOf = (conferenceAlias: string): Json[] =>
  [
    "Conference.Created",
    "Conference.Ended",
    "Participant.Joined",
    "Participant.Left",
    "Conference.ActiveParticipants",
  ].map((type) => ({ type, conferenceAlias }));

describe.each(REST_TOPOLOGIES)("notifications, %s", (topology) => {
  const world = new ConferenceWorld(topology);
  let peers: Peer[] = [];
  afterEach(() => {
    hangUp(peers);
    peers = [];
  });

  /** Somebody on the second node who follows this; the conferences are opened on the first. */
  async function follower(
    notifications: readonly Json[],
    { externalId = "ann", app = "plain" }: { externalId?: string | null; app?: AppName } = {},
  ): Promise<Peer> {
    const token = await world.clientToken(externalId, { app, scope: "notifications:set" });
    const peer = await Peer.open(world.gateway.second);
    peers.push(peer);
    expect(await peer.ask({ type: "subscribe", token, notifications })).toMatchObject({ ok: true });
    return peer;
  }

  test("a conference from its opening to its end, in order, with names and times", async () => {
    const alias = freshName("standup");
    const peer = await follower(allOf(alias), { externalId: null });
    const before = Date.now();
    const { id } = await world.open({ alias }, { app: "plain" });
    const of = { conferenceId: id, conferenceAlias: alias };
    const bob = await world.enter(alias, "bob", null, { app: "plain" });
    await eventually(() => expect(types(peer)).toContain("Conference.ActiveParticipants"));
    expect(await bob.ask({ type: "leave" })).toMatchObject({ ok: true });
    await eventually(() => expect(types(peer)).toContain("Conference.Ended"));
    const person = { participantId: "bob", name: expect.any(String) };
    expect(told(peer)).toEqual([
      { type: "Conference.Created", ...of },
      { type: "Participant.Joined", ...of, ...person },
      { type: "Conference.ActiveParticipants", ...of, participantCount: 1 },
      { type: "Participant.Left", ...of, ...person },
      { type: "Conference.ActiveParticipants", ...of, participantCount: 0 },
      { type: "Conference.Ended", ...of },
    ]);
    const times = peer.frames.flatMap((frame) =>
      frame["type"] === "notification" ? [Number(frame["at"])] : [],
    );
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const at of times) expect(Math.abs(at - before)).toBeLessThan(60_000);
  });

  test("an end for all: everybody left, by the name that they had, then it is over", async () => {
    const alias = freshName("standup");
    const { id, at } = await world.open({ alias }, { app: "plain" });
    await world.enter(id, "bob", null, { app: "plain" });
    const peer = await follower(allOf(alias));
    await world.ok("DELETE", at, undefined, { app: "plain" });
    await eventually(() => expect(types(peer)).toContain("Conference.Ended"));
    // What came before the follower did may still be on its way.
    expect(told(peer).slice(-3)).toMatchObject([
      { type: "Participant.Left", participantId: "bob", name: "bob" },
      { type: "Conference.ActiveParticipants", participantCount: 0 },
      { type: "Conference.Ended", conferenceId: id },
    ]);
  });

  test("invitations reach whom they name, where they are to be told, with what they may do", async () => {
    const list = [{ type: "Invitation" }];
    const [ann, bob, carl] = await Promise.all(
      ["ann", "bob", "carl with space"].map((externalId) => follower(list, { externalId, app: "guarded" })),
    );
    const namesake = await follower(list, { externalId: "ann", app: "plain" });
    const alias = freshName("weekly");
    const { id, at } = await world.open({
      alias,
      participants: { ann: { permissions: ["JOIN"], notification: true }, bob: { notification: false } },
    });
    await world.ok("POST", `${at}/invite`, { participants: { "carl with space": { notification: true } } });
    const invitation = { type: "Invitation", conferenceId: id, conferenceAlias: alias };
    await eventually(() => {
      expect(ann === undefined ? [] : told(ann)).toEqual([{ ...invitation, permissions: ["JOIN"] }]);
      expect(carl === undefined ? [] : told(carl)).toMatchObject([invitation]);
    });
    for (const other of [bob, namesake]) expect(other === undefined ? null : told(other)).toEqual([]);
  });

  test("of a protected conference the invited hear, and nobody else; another app's followers never do", async () => {
    const alias = freshName("secret");
    const [invited, stranger, nobody] = await Promise.all(
      ["ann", "carl", null].map((externalId) => follower(allOf(alias), { externalId, app: "guarded" })),
    );
    const elsewhere = await follower(allOf(alias), { externalId: "ann", app: "plain" });
    const { id, tokens } = await world.open({ alias, participants: { ann: {}, bob: {} } });
    await world.enter(id, "bob", tokens["bob"]);
    await eventually(() => {
      expect(invited === undefined ? [] : types(invited)).toEqual([
        "Participant.Joined",
        "Conference.ActiveParticipants",
      ]);
    });
    for (const other of [stranger, nobody, elsewhere])
      expect(other === undefined ? null : told(other)).toEqual([]);
  });

  test("another list takes the place of the one before, and needs no token", async () => {
    const alias = freshName("standup");
    const peer = await follower(allOf(alias));
    const witness = await follower([{ type: "Conference.Created", conferenceAlias: alias }]);
    expect(await peer.ask({ type: "subscribe", notifications: [{ type: "Invitation" }] })).toMatchObject({
      ok: true,
    });
    const { at } = await world.open({ alias }, { app: "plain" });
    await eventually(() => expect(types(witness)).toEqual(["Conference.Created"]));
    await world.ok(
      "POST",
      `${at}/invite`,
      { participants: { ann: { notification: true } } },
      { app: "plain" },
    );
    await eventually(() => expect(types(peer)).toEqual(["Invitation"]));
  });

  test.each([
    ["conf:create file:convert session:update", { code: 4438, reason: "scope_missing" }],
    ["", { code: 4438, reason: "scope_missing" }],
  ])("a token with the scopes '%s' follows nothing", async (scope, end) => {
    const token = await world.clientToken("ann", { app: "plain", scope });
    const peer = await Peer.open(world.gateway.second);
    peers.push(peer);
    const reply = await peer.ask({ type: "subscribe", token, notifications: [] });
    expect(errorOf(reply)).toMatchObject({
      reason: "scope_missing",
      details: { needs: "notifications:set" },
    });
    expect(await peer.ended()).toEqual(end);
  });

  test("a token that is revoked, on another node, ends the connection; another person's stays", async () => {
    const token = await world.clientToken("ann", { app: "plain", scope: "notifications:set" });
    const peer = await Peer.open(world.gateway.second);
    peers.push(peer);
    expect(
      await peer.ask({ type: "subscribe", token, notifications: [{ type: "Invitation" }] }),
    ).toMatchObject({
      ok: true,
    });
    const other = await follower([{ type: "Invitation" }], { externalId: "bob" });
    const revoked = await fetch(`http://127.0.0.1:${world.gateway.first.port}/v1/auth/revoke`, {
      method: "POST",
      headers: { authorization: basic(CONFERENCE_APPS.plain) },
      body: new URLSearchParams({ token }),
    });
    expect(revoked.status).toBe(200);
    expect(await peer.ended()).toEqual({ code: 4002, reason: "token_revoked" });
    expect(await other.ask({ type: "ping" })).toMatchObject({ ok: true });
    const again = await Peer.open(world.gateway.second);
    peers.push(again);
    expect(errorOf(await again.ask({ type: "subscribe", token, notifications: [] }))).toMatchObject({
      reason: "token_revoked",
    });
  });

  test("a token that expires ends the connection; a newer one of the same person, shown in time, keeps it", async () => {
    const order = { sessionScope: "notifications:set", externalId: "ann" };
    const short = async (): Promise<string> =>
      String(
        (await world.ok("POST", "/v2/client-access-token", { ...order, expiresIn: 2 }, { app: "plain" }))[
          "access_token"
        ],
      );
    const follow = async (): Promise<Peer> => {
      const peer = await Peer.open(world.gateway.second);
      peers.push(peer);
      const reply = await peer.ask({ type: "subscribe", token: await short(), notifications: [] });
      expect(reply).toMatchObject({ ok: true });
      return peer;
    };
    const [expiring, renewed] = await Promise.all([follow(), follow()]);
    const newer = await world.clientToken("ann", { app: "plain", scope: "notifications:set" });
    const list = [{ type: "Invitation" }];
    expect(await renewed.ask({ type: "subscribe", token: newer, notifications: list })).toMatchObject({
      ok: true,
    });
    expect(await expiring.ended()).toEqual({ code: 4002, reason: "token_expired" });
    // One that expired later than the renewed one's first token would have.
    expect(await (await follow()).ended()).toMatchObject({ code: 4002 });
    expect(await renewed.ask({ type: "ping" })).toMatchObject({ ok: true });
  });

  test("a word of the gateway reaches one person on whatever node, in room and lobby, once", async () => {
    const app = "plain";
    const { id } = await world.open({}, { app });
    const ann = await world.enter(id, "ann", null, { app });
    const bob = await world.enter(id, "bob", null, { app });
    const { first, second } = world.gateway;
    const words = [first, second].map(({ gateway }, index) =>
      gateway.tell(app, id, "ann", { type: "a-word", index } as const),
    );
    await Promise.all(words);
    await eventually(() => expect(ann.frames.filter(({ type }) => type === "a-word")).toHaveLength(2));
    await first.gateway.tell(app, id, "nobody", { type: "a-word" });
    expect(await bob.ask({ type: "ping" })).toMatchObject({ ok: true });
    expect(ann.frames.filter(({ type }) => type === "a-word")).toHaveLength(2);
    expect(bob.frames.filter(({ type }) => type === "a-word")).toEqual([]);
  });
});
