/** People of conferences over REST: invited, allowed, put out, written to, listed (`reference/dolby.md` sections 3 and 4). */
import { describe, expect, test } from "@jest/globals";
import { CONFERENCE_PERMISSIONS } from "../../src/protocol/events.js";
import { CONFERENCE_APPS, ConferenceWorld, reasonOf, type Opened } from "../support/conference-world.js";
import { eventually } from "../support/eventually.js";
import { token } from "../support/node.js";
import { asJson, asList, Peer, type Json } from "../support/peer.js";
import { REST_TOPOLOGIES } from "../support/rest.js";

const NINE = CONFERENCE_PERMISSIONS.filter((one) => !["INVITE", "KICK", "UPDATE_PERMISSIONS"].includes(one));

/** What a conference access token says, unchecked. */
function claimsOf(pass: unknown): Json {
  return asJson(JSON.parse(Buffer.from(String(pass).split(".")[1] ?? "", "base64url").toString("utf8")));
}

describe.each(REST_TOPOLOGIES)("people of conferences, %s", (topology) => {
  const world = new ConferenceWorld(topology);

  /** A conference with its owner, ann, in it. */
  async function withAnn(): Promise<Opened & { readonly ann: Peer }> {
    const opened = await world.open({ ownerExternalId: "ann" });
    return { ...opened, ann: await world.enter(opened.id, "ann", opened.ownerToken) };
  }

  test("invite: a token for each who is not inside; the newest counts, and a list decides", async () => {
    const { id, at } = await withAnn();
    const participants = { ann: {}, bob: {}, carl: { permissions: ["JOIN", "SEND_AUDIO", "JOIN"] } };
    const first = await world.ask("POST", `${at}/invite`, { participants });
    expect(first.headers.get("cache-control")).toBe("no-store");
    expect(Object.keys(first.body).sort()).toEqual(["bob", "carl"]);
    expect(claimsOf(first.body["bob"])).toMatchObject({ roomId: id, sub: "bob", authorities: NINE });
    const { authorities, iat, exp } = claimsOf(first.body["carl"]);
    expect([authorities, Number(exp) - Number(iat)]).toEqual([["JOIN", "SEND_AUDIO"], 10_800]);
    const second = await world.ok("POST", `${at}/invite`, { participants: { bob: { permissions: null } } });
    const old = await world.join(id, "bob", first.body["bob"]);
    expect(reasonOf(old.reply)).toBe("conference_token_invalid");
    await world.enter(id, "bob", second["bob"]);
    const carl = await world.enter(id, "carl", first.body["carl"]);
    expect(await carl.ask({ type: "set-media", kind: "webcam", on: true })).toMatchObject({ ok: false });
    expect(await world.ok("POST", `${at}/invite`, { participants: { bob: {}, ann: {} } })).toEqual({});
  });

  test("invited without JOIN one knocks; with an empty list too", async () => {
    const { id, at, ann } = await withAnn();
    const participants = { bob: { permissions: ["SEND_AUDIO"] }, carl: { permissions: [] } };
    const tokens = await world.ok("POST", `${at}/invite`, { participants });
    for (const who of ["bob", "carl"]) {
      expect((await world.join(id, who, tokens[who])).reply).toMatchObject({ ok: true, state: "waiting" });
      await ann.event("entry-requested", (event) => asJson(event["knock"])["participantId"] === who);
    }
  });

  test("permissions: at once, the new token on the socket, the old one dead", async () => {
    const { id, at, ann } = await withAnn();
    const invited = await world.ok("POST", `${at}/invite`, { participants: { bob: {}, carl: {} } });
    const bob = await world.enter(id, "bob", invited["bob"], { micOn: true });
    const participants = { bob: { permissions: ["JOIN"] }, carl: { permissions: ["JOIN", "KICK"] } };
    const changed = await world.ask("POST", `${at}/permissions`, { participants });
    expect([changed.headers.get("cache-control"), Object.keys(changed.body).sort()]).toEqual([
      "no-store",
      ["bob", "carl"],
    ]);
    expect(await bob.find(({ type }) => type === "conference-token")).toEqual({
      type: "conference-token",
      roomId: id,
      token: changed.body["bob"],
    });
    expect(await ann.event("permissions-changed")).toMatchObject({
      participantId: "bob",
      conferencePermissions: ["JOIN"],
    });
    expect(await ann.event("stream-disabled")).toMatchObject({ participantId: "bob", kind: "mic" });
    expect(ann.frames.filter(({ type }) => type === "conference-token")).toEqual([]);
    expect(reasonOf((await world.join(id, "carl", invited["carl"])).reply)).toBe("conference_token_invalid");
    await world.enter(id, "carl", changed.body["carl"]);
  });

  test("permissions: who merely claims the id gets neither the token nor the permissions", async () => {
    const { id, at } = await withAnn();
    const guest = token({ ...CONFERENCE_APPS.guarded, permissions: ["allow_join"], roomId: id });
    const { peer: claimant } = await Peer.join(world.gateway.second, {
      ...{ token: guest, roomId: id, participantId: "bob" },
    });
    await claimant.room();
    const all = { permissions: CONFERENCE_PERMISSIONS };
    const changed = await world.ok("POST", `${at}/permissions`, { participants: { bob: all } });
    const bob = await world.enter(id, "bob", changed["bob"]);
    await claimant.ended();
    expect(claimant.frames.filter(({ type }) => type === "conference-token")).toEqual([]);
    await bob.room();
  });

  test("kick: out for good, here or not, until invited again", async () => {
    const { id, at } = await withAnn();
    const tokens = await world.ok("POST", `${at}/invite`, { participants: { bob: {}, "carl c": {} } });
    const bob = await world.enter(id, "bob", tokens["bob"]);
    const externalIds = ["bob", "carl c", "nobody"];
    expect(await world.ok("POST", `${at}/kick`, { externalIds })).toEqual({});
    await bob.ended();
    for (const who of ["bob", "carl c"])
      expect(reasonOf((await world.join(id, who, tokens[who])).reply)).toBe("banned");
    const again = await world.ok("POST", `${at}/invite`, { participants: { "carl c": {} } });
    await world.enter(id, "carl c", again["carl c"]);
    expect(await world.ok("POST", `${at}/kick`, { externalIds: [] })).toEqual({});
  });

  test("message: to everybody, or to those named", async () => {
    const { id, at, ann } = await withAnn();
    const tokens = await world.ok("POST", `${at}/invite`, { participants: { "bob b": {}, carl: {} } });
    const bob = await world.enter(id, "bob b", tokens["bob b"]);
    const carl = await world.enter(id, "carl", tokens["carl"]);
    await world.ok("POST", `${at}/message`, { from: "desk", message: "for bob", to: ["bob b", "bob b"] });
    await world.ok("POST", `${at}/message`, { from: "desk", message: "for all", to: [] });
    await world.ok("POST", `${at}/message`, { from: "desk", message: "the end" });
    const heard = async (peer: Peer): Promise<unknown[]> => {
      await peer.event("message-published", (event) => asJson(event["message"])["message"] === "the end");
      const messages = peer.events.filter(({ type }) => type === "message-published");
      return messages.map((event) => asJson(event["message"])["message"]);
    };
    expect(await heard(ann)).toEqual(["for all", "the end"]);
    expect(await heard(carl)).toEqual(["for all", "the end"]);
    expect(await heard(bob)).toEqual(["for bob", "for all", "the end"]);
    expect(asJson((await ann.event("message-published"))["message"])).toMatchObject({
      ...{ topic: "conference", senderId: null, senderName: "desk", persist: false, payload: null },
    });
  });

  test("participants: who is inside; what is not known is null", async () => {
    const { id, at, ann, tokens } = await withAnn();
    expect(tokens).toEqual({});
    const invited = await world.ok("POST", `${at}/invite`, { participants: { "bob b": {} } });
    const avatarUrl = "https://example.com/bob.png";
    const bob = await world.enter(id, "bob b", invited["bob b"], { scope: "session:update" });
    const renamed = await bob.ask({ type: "rename", name: "Bob", metaData: { avatarUrl } });
    expect(renamed).toMatchObject({ ok: true });
    const guest = token({ ...CONFERENCE_APPS.guarded, permissions: ["allow_join"], roomId: id });
    const { peer } = await Peer.join(world.gateway.second, {
      ...{ token: guest, roomId: id, participantId: "claimed" },
    });
    await peer.room();
    const list = async (): Promise<Json[]> =>
      asList((await world.ok("GET", `${at}/participants`))["participants"]).map(asJson);
    const unknown = { ipAddress: null, userAgent: null, lastJoinTimestamp: expect.any(Number), nbSession: 1 };
    expect(await list()).toEqual([
      { ...unknown, userId: "ann", externalId: "ann", name: "ann", avatarUrl: null },
      {
        ...unknown,
        userId: expect.stringMatching(/^ext-[\w-]{22}$/),
        externalId: null,
        ...{ name: "Bob", avatarUrl },
      },
      { ...unknown, userId: "claimed", externalId: null, name: "", avatarUrl: null },
    ]);
    // A lost line keeps the seat; to leave and come back is to join once more.
    await bob.cut();
    await ann.ask({ type: "leave" });
    await eventually(async () =>
      expect((await list()).map(({ externalId }) => externalId)).toEqual([null, null]),
    );
    const back = await world.ok("POST", `${at}/invite`, { participants: { ann: {} } });
    await world.enter(id, "ann", back["ann"]);
    expect((await list()).map(({ nbSession }) => nbSession)).toEqual([1, 1, 2]);
    peer.socket.terminate();
  });

  test("external ids of any text are people, and never two of them one", async () => {
    const { id, at } = await withAnn();
    const long = "x".repeat(1_024);
    const ids = ["bob@example.test", "ann", "ann ", "ünïcode ☕", "*", long, "ext-aaaaaaaaaaaaaaaaaaaaaa"];
    const participants = Object.fromEntries(ids.slice(2).map((one) => [one, {}]));
    const tokens = await world.ok("POST", `${at}/invite`, { participants });
    expect(Object.keys(tokens).sort()).toEqual(ids.slice(2).sort());
    for (const [who, shown] of Object.entries(tokens)) await world.enter(id, who, shown);
    expect(asList((await world.ok("GET", `${at}/participants`))["participants"])).toHaveLength(6);
  });

  test("the same Idempotency-Key has one effect, and the same tokens count", async () => {
    const { id, at } = await withAnn();
    const body = { participants: { bob: {}, carl: {} } };
    const first = await world.ok("POST", `${at}/invite`, body, { key: "invite-1" });
    await world.enter(id, "carl", first["carl"]);
    const again = await world.ok("POST", `${at}/invite`, body, {
      ...{ key: "invite-1", node: world.gateway.second },
    });
    expect([Object.keys(again), claimsOf(again["bob"])["jti"]]).toEqual([
      ["bob"],
      claimsOf(first["bob"])["jti"],
    ]);
    const kick = await world.ask("POST", `${at}/kick`, { externalIds: ["bob"] }, { key: "invite-1" });
    expect(kick).toMatchObject({
      status: 409,
      body: { code: "command_id_reused", field: "idempotency-key" },
    });
    await world.enter(id, "bob", first["bob"]);
  });
});
