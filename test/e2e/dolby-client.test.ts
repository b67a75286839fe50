/** Dolby.io's own Node REST client against this gateway, as its users run it: only the address is another one. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { CONFERENCE_PERMISSIONS } from "../../src/protocol/events.js";
import { CONFERENCE_APPS, ConferenceWorld, reasonOf } from "../support/conference-world.js";
import { DolbyClient } from "../support/dolby-client.js";
import { eventually } from "../support/eventually.js";
import { asJson, asList } from "../support/peer.js";
import { freshName } from "../support/v2.js";

const NINE = CONFERENCE_PERMISSIONS.filter((one) => !["INVITE", "KICK", "UPDATE_PERMISSIONS"].includes(one));
const { apiKey, secret } = CONFERENCE_APPS.guarded;

describe("@dolbyio/dolbyio-rest-apis-client", () => {
  const world = new ConferenceWorld("Redis, two nodes");
  let client: DolbyClient;
  let api: unknown;
  beforeAll(async () => {
    client = await DolbyClient.start(world.gateway.first);
    api = await client.value("authentication.getApiAccessToken", apiKey, secret, 600, ["comms:*"]);
  });
  afterAll(() => client.close());

  const conference = (call: string, ...args: readonly unknown[]): Promise<unknown> =>
    client.value(`communications.conference.${call}`, api, ...args);
  const refusedAs = (call: string, ...args: readonly unknown[]): Promise<string> =>
    client.refusal(`communications.conference.${call}`, api, ...args);

  /** A person's token, made by the client, and the person shows it on the other node. */
  async function join(conferenceId: unknown, externalId: string, conferenceToken: unknown) {
    const sessionScope = ["notifications:set"];
    const { access_token: token } = asJson(
      await client.value("communications.authentication.getClientAccessTokenV2", {
        ...{ accessToken: api, sessionScope, externalId, expiresIn: 600 },
      }),
    );
    return world.show({ token, conferenceToken, roomId: conferenceId });
  }

  test("the client is the one that is meant", () => {
    expect(client.version).toBe("4.1.0");
  });

  test("an API token: its four members, with what was asked for", async () => {
    expect(api).toEqual({
      ...{ token_type: "Bearer", access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) },
      ...{ expires_in: 600, scope: expect.stringContaining("comms:conf:create comms:conf:admin") },
    });
    expect(await client.value("authentication.getApiAccessToken", apiKey, secret)).toMatchObject({
      expires_in: 1_800,
    });
    const [key, other] = [apiKey, `${secret}x`];
    const refusal = await client.refusal("authentication.getApiAccessToken", key, other);
    expect(refusal).toMatch(/code 401 .*"error":"invalid_client"/);
  });

  test("a client access token: its four members, with the scopes that are known", async () => {
    const made = await client.value("communications.authentication.getClientAccessTokenV2", {
      accessToken: api,
      ...{ sessionScope: ["conf:create", "unheard:of"], externalId: "alice@example.test" },
    });
    expect(made).toMatchObject({ token_type: "Bearer", expires_in: 3_600, scope: "conf:create" });
  });

  test("a conference from its creation to its end", async () => {
    const alias = freshName("dolby");
    const made = asJson(
      await conference("createConference", {
        ...{ ownerExternalId: "ann", alias, pinCode: "1234", dolbyVoice: false, liveRecording: true },
        ...{
          rtcpMode: "max",
          ttl: 60,
          videoCodec: "VP8",
          audioOnly: true,
          recordingFormats: ["mp3"],
          region: "eu",
        },
        participants: [
          { externalId: "bob", permissions: ["JOIN", "SEND_AUDIO"], notify: true },
          { externalId: "carl" },
        ],
      }),
    );
    const { conferenceId, ownerToken } = made;
    const usersTokens = asJson(made["usersTokens"]);
    expect(made).toMatchObject({ conferenceAlias: alias, conferencePincode: "1234", isProtected: true });
    expect(Object.keys(usersTokens).sort()).toEqual(["bob", "carl"]);

    const ann = await join(conferenceId, "ann", ownerToken);
    const bob = await join(conferenceId, "bob", usersTokens["bob"]);
    const seen = asList((await bob.peer.room())["participants"]).map(asJson);
    expect(seen.map((one) => [one["participantId"], one["conferencePermissions"]])).toEqual([
      ["ann", CONFERENCE_PERMISSIONS],
      ["bob", ["JOIN", "SEND_AUDIO"]],
    ]);

    const listed = asJson(await conference("participants", conferenceId));
    expect(asList(listed["participants"]).map((one) => asJson(one)["externalId"])).toEqual(["ann", "bob"]);

    // Who is inside gets no token; whoever else is named gets the only one that counts.
    const invited = asJson(
      await conference("invite", conferenceId, [{ externalId: "bob" }, { externalId: "dora", notify: true }]),
    );
    expect(Object.keys(invited)).toEqual(["dora"]);
    const dora = await join(conferenceId, "dora", invited["dora"]);
    expect(dora.reply).toMatchObject({ ok: true, state: "joined" });
    const { participant } = await bob.peer.event("participant-joined");
    expect(asJson(participant)["conferencePermissions"]).toEqual(NINE);

    const changed = asJson(
      await conference("updatePermissions", conferenceId, [{ externalId: "bob", permissions: ["JOIN"] }]),
    );
    const pushed = await bob.peer.find(({ type }) => type === "conference-token");
    expect(pushed["token"]).toBe(changed["bob"]);

    expect(await conference("sendMessage", conferenceId, "desk", ["ann"], "for ann")).toBeNull();
    await conference("sendMessage", conferenceId, "desk", [], "for all");
    const message = asJson((await bob.peer.event("message-published"))["message"]);
    expect([message["message"], message["senderName"]]).toEqual(["for all", "desk"]);
    const first = asJson((await ann.peer.event("message-published"))["message"]);
    expect(first["message"]).toBe("for ann");

    await conference("kick", conferenceId, ["bob", "carl"]);
    await bob.peer.ended();
    expect(reasonOf((await join(conferenceId, "bob", changed["bob"])).reply)).toBe("banned");

    await conference("terminate", conferenceId);
    await Promise.all([ann.peer.ended(), dora.peer.ended()]);
    expect(await refusedAs("participants", conferenceId)).toMatch(/code 404 .*"code":"room_unknown"/);
    expect(await refusedAs("terminate", conferenceId)).toMatch(/code 404/);
    expect(asJson(await conference("createConference", { alias }))["conferenceId"]).not.toBe(conferenceId);
  });

  test("a token without the scope is refused in a form that the client hands on", async () => {
    const little = await client.value("authentication.getApiAccessToken", apiKey, secret, 60, [
      "comms:conf:create",
    ]);
    const made = asJson(await client.value("communications.conference.createConference", little, {}));
    expect(made).toMatchObject({ isProtected: true, ownerToken: null });
    const call = "communications.conference.terminate";
    const refusal = await client.refusal(call, little, made["conferenceId"]);
    expect(refusal).toMatch(/code 403 .*"error_code":114/);
    const other = await client.value("authentication.getApiAccessToken", ...plainApp());
    expect(await client.refusal(call, other, made["conferenceId"])).toMatch(/code 404/);
  });

  test("an unknown permission is refused by its name", async () => {
    const participants = [{ externalId: "bob", permissions: ["JOIN", "FLY"] }];
    const refusal = await refusedAs("createConference", { ownerExternalId: "ann", participants });
    expect(refusal).toMatch(/code 400 .*"error_code":90.*"field":"participants\.bob\.permissions\.1"/);
  });

  test("a body that the client cuts off is refused, and the node is well", async () => {
    const { conferenceId } = asJson(await conference("createConference", { ownerExternalId: "ann" }));
    for (const who of ["zoë", "日本語", "😀"])
      expect(await refusedAs("invite", conferenceId, [{ externalId: who }])).toMatch(/code 400/);
    expect(await refusedAs("sendMessage", conferenceId, "ann", [], "grüße")).toMatch(/code 400/);
    // The client may have kept the line on which the rest of that body came.
    const invited = await eventually(() => conference("invite", conferenceId, [{ externalId: "bob" }]));
    expect(Object.keys(asJson(invited))).toEqual(["bob"]);
  });

  function plainApp(): readonly string[] {
    return [CONFERENCE_APPS.plain.apiKey, CONFERENCE_APPS.plain.secret];
  }
});
