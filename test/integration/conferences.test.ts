/** Conferences over REST: opened, found by alias, entered with their tokens, ended (`reference/dolby.md` sections 3 and 4). */
import { describe, expect, test } from "@jest/globals";
import { CONFERENCE_PERMISSIONS } from "../../src/protocol/events.js";
import { CONFERENCE_APPS, CONFERENCE_CALLS, ConferenceWorld, reasonOf } from "../support/conference-world.js";
import { token } from "../support/node.js";
import { asJson, asList, type Json } from "../support/peer.js";
import { REST_TOPOLOGIES } from "../support/rest.js";
import { freshName } from "../support/v2.js";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const NINE = CONFERENCE_PERMISSIONS.filter((one) => !["INVITE", "KICK", "UPDATE_PERMISSIONS"].includes(one));

/** What a person holds, as a room that somebody sees lists it. */
function permissionsIn(room: Json, participantId: string): unknown {
  return asList(room["participants"])
    .map(asJson)
    .find((one) => one["participantId"] === participantId)?.["conferencePermissions"];
}

describe.each(REST_TOPOLOGIES)("conferences, %s", (topology) => {
  const world = new ConferenceWorld(topology);

  test("opened with everything: the conference, and a token for each", async () => {
    const alias = freshName("weekly");
    const { status, body, headers } = await world.ask("POST", "/v2/conferences/create", {
      alias,
      ownerExternalId: "ann",
      parameters: {
        ...{ dolbyVoice: true, liveRecording: false, audioOnly: false, rtcpMode: "average", ttl: 30 },
        ...{ videoCodec: "H264", pincode: "1234", recording: { format: ["mp3"] }, unheardOf: {} },
      },
      participants: { bob: { permissions: ["JOIN"], notification: true }, "carl with space": {} },
      more: "to ignore",
    });
    expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(body).toEqual({
      conferenceId: expect.stringMatching(UUID),
      conferenceAlias: alias,
      conferencePincode: "1234",
      isProtected: true,
      ownerToken: expect.stringMatching(JWT),
      usersTokens: { bob: expect.stringMatching(JWT), "carl with space": expect.stringMatching(JWT) },
    });
    const app = "guarded";
    const state = await world.gateway.first.gateway.findRoom(app, String(body["conferenceId"]));
    expect(state?.room).toMatchObject({
      customRoomId: alias,
      permanent: false,
      status: "enabled",
      settings: { autoClose: { type: "session-end-and-deactivate", afterMs: 10_800_000 } },
      backOffice: {
        conference: { ownerId: "ann", isProtected: true, emptyTtlMs: 30_000, pincode: "1234" },
      },
    });
  });

  test("opened with nothing: one without an alias and an owner, each time another", async () => {
    const { id, answer } = await world.open({}, { app: "plain" });
    expect(answer).toEqual({
      conferenceId: id,
      conferenceAlias: null,
      conferencePincode: null,
      isProtected: false,
      ownerToken: null,
      usersTokens: {},
    });
    expect((await world.open({}, { app: "plain" })).id).not.toBe(id);
  });

  test("a protected one is entered with the token that was made for oneself, and with no other", async () => {
    const { id, tokens, ownerToken } = await world.open({
      ownerExternalId: "ann",
      participants: { bob: {}, carl: {} },
    });
    const other = await world.open({ participants: { bob: {} } });
    expect(reasonOf((await world.join(id, "bob")).reply)).toBe("conference_token_missing");
    for (const shown of [tokens["carl"], other.tokens["bob"], await world.clientToken("bob"), "no token"])
      expect(reasonOf((await world.join(id, "bob", shown)).reply)).toBe("conference_token_invalid");
    const ann = await world.enter(id, "ann", ownerToken);
    await world.enter(id, "bob", tokens["bob"]);
    await ann.event("participant-joined");
    expect(permissionsIn(await ann.room(), "ann")).toEqual(CONFERENCE_PERMISSIONS);
    const { participant } = await ann.event("participant-joined");
    expect(asJson(participant)).toMatchObject({ participantId: "bob", conferencePermissions: NINE });
  });

  test("one that is not protected is entered without, by its alias too", async () => {
    const alias = freshName("open");
    const { id } = await world.open({ alias, ownerExternalId: "ann" }, { app: "plain" });
    const ann = await world.enter(alias, "ann", null, { app: "plain" });
    expect(permissionsIn(await ann.room(), "ann")).toEqual(CONFERENCE_PERMISSIONS);
    expect((await ann.room())["roomId"]).toBe(id);
  });

  test("the alias of one that goes on leads to it as it is, with new tokens for owner and guests", async () => {
    const alias = freshName("weekly");
    const first = await world.open({
      ...{ alias, ownerExternalId: "ann", parameters: { pincode: "1", ttl: 60 } },
      participants: { bob: {} },
    });
    const ann = await world.enter(first.id, "ann", first.ownerToken);
    const again = await world.open({
      ...{ alias, ownerExternalId: "ann", parameters: { pincode: "2" } },
      participants: { bob: { permissions: ["JOIN"] }, carl: {}, ann: { permissions: [] } },
    });
    expect(again.answer).toMatchObject({ conferenceId: first.id, conferencePincode: "1" });
    expect(Object.keys(again.tokens).sort()).toEqual(["ann", "bob", "carl"]);
    expect(again.tokens["ann"]).toBe(again.ownerToken);
    // The owner is inside and keeps all permissions; the newest token brings them back, the older one does not.
    expect((await ann.find(({ type }) => type === "conference-token"))["token"]).toBe(again.ownerToken);
    expect(reasonOf((await world.join(first.id, "ann", first.ownerToken)).reply)).toBe(
      "conference_token_invalid",
    );
    const back = await world.enter(first.id, "ann", again.ownerToken);
    expect(permissionsIn(await back.room(), "ann")).toEqual(CONFERENCE_PERMISSIONS);
    expect(reasonOf((await world.join(first.id, "bob", first.tokens["bob"])).reply)).toBe(
      "conference_token_invalid",
    );
    await world.enter(first.id, "bob", again.tokens["bob"]);
    const stranger = await world.open({ alias, ownerExternalId: "mallory" });
    expect([stranger.id, stranger.ownerToken, stranger.tokens]).toEqual([first.id, null, {}]);
  });

  test("ended: all are out, its alias is free, and no call finds it any more", async () => {
    const alias = freshName("weekly");
    const first = await world.open({ alias, ownerExternalId: "ann" });
    const ann = await world.enter(first.id, "ann", first.ownerToken);
    expect(await world.ok("DELETE", first.at)).toEqual({});
    await ann.ended();
    for (const [method, rest, body] of CONFERENCE_CALLS)
      for (const at of [first.at, `/v2/conferences/${alias}`])
        expect(await world.ask(method, `${at}${rest}`, body)).toMatchObject({
          status: 404,
          body: { code: "room_unknown", field: "conferenceId", type: "ErrorResponse" },
        });
    expect((await world.join(first.id, "ann", first.ownerToken)).reply["ok"]).toBe(false);
    const second = await world.open({ alias, ownerExternalId: "ann" });
    expect(second.id).not.toBe(first.id);
    await world.enter(alias, "ann", second.ownerToken);
    expect(
      asList((await world.ok("GET", `/v2/conferences/${alias}/participants`))["participants"]),
    ).toHaveLength(1);
  });

  test("with the last to leave it is over, and its alias is free", async () => {
    const alias = freshName("weekly");
    const first = await world.open({ alias, ownerExternalId: "ann" });
    const ann = await world.enter(first.id, "ann", first.ownerToken);
    await ann.ask({ type: "leave" });
    expect((await world.open({ alias })).id).not.toBe(first.id);
    expect((await world.ask("GET", `${first.at}/participants`)).status).toBe(404);
  });

  test("what a plain room goes by is no alias", async () => {
    const customRoomId = freshName("room");
    const back = token({ ...CONFERENCE_APPS.guarded, permissions: ["allow_join"], roles: ["crawler"] });
    const response = await fetch(`http://127.0.0.1:${world.gateway.first.port}/v2/rooms`, {
      method: "POST",
      headers: { authorization: back },
      body: JSON.stringify({ customRoomId }),
    });
    const { roomId } = asJson(await response.json());
    for (const alias of [customRoomId, roomId])
      expect(await world.ask("POST", "/v2/conferences/create", { alias })).toMatchObject({
        status: 409,
        body: { code: "room_exists", field: "alias", error: "invalid_request", status: 409 },
      });
    for (const [method, rest, body] of CONFERENCE_CALLS)
      expect((await world.ask(method, `/v2/conferences/${String(roomId)}${rest}`, body)).status).toBe(404);
    // The other app has neither the room nor its name.
    expect((await world.open({ alias: customRoomId }, { app: "plain" })).answer["conferenceAlias"]).toBe(
      customRoomId,
    );
  });

  test("another app's conference does not exist, by id or alias, and its alias is free", async () => {
    const alias = freshName("weekly");
    const { id, at } = await world.open({ alias });
    for (const [method, rest, body] of CONFERENCE_CALLS)
      for (const name of [id, alias])
        expect(
          await world.ask(method, `/v2/conferences/${name}${rest}`, body, { app: "plain" }),
        ).toMatchObject({ status: 404, body: { code: "room_unknown" } });
    expect((await world.open({ alias }, { app: "plain" })).id).not.toBe(id);
    expect((await world.ask("GET", `${at}/participants`)).status).toBe(200);
  });

  test("each call takes its scope, and with all others it is refused", async () => {
    const { at } = await world.open();
    const calls = [
      ["POST", "/v2/conferences/create", {}, "comms:conf:create"] as const,
      ...CONFERENCE_CALLS.map(
        ([method, rest, body, scope]) => [method, `${at}${rest}`, body, scope] as const,
      ),
    ];
    const scopes = ["comms:conf:create", "comms:conf:admin", "comms:conf:destroy", "comms:monitor:read"];
    for (const [method, target, body, needed] of calls) {
      for (const scope of scopes.filter((one) => one !== needed)) {
        const refused = await world.ask(method, target, body, { scope });
        expect(refused).toMatchObject({
          status: 403,
          body: { code: "scope_missing", error: "insufficient_scope", error_code: 114, status: 403 },
        });
        expect(refused.headers.get("www-authenticate")).toContain(`scope="${needed}"`);
      }
      expect((await world.ask(method, target, body, { scope: needed })).status).toBe(200);
    }
  });
});
