/** What conference calls take and what they refuse, and how they say so (`reference/dolby.md` sections 3, 5 and 8). */
import { describe, expect, test } from "@jest/globals";
import { CONFERENCE_PERMISSIONS } from "../../src/protocol/events.js";
import { ConferenceWorld } from "../support/conference-world.js";
import { asJson, asList, type Json } from "../support/peer.js";
import { RawSocket } from "../support/raw-socket.js";
import { freshName } from "../support/v2.js";

const people = (count: number, one: Json = {}): Json =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`person-${index}`, one]));
const ids = (count: number): string[] => Object.keys(people(count));
/** 1,024 bytes in 512 characters, and one more byte. */
const LONG = "ü".repeat(512);
const LONGER = `${LONG}x`;

const TAKEN: readonly (readonly [string, string, Json])[] = [
  ["an alias of 250 characters", "create", { alias: "a b/ü?".repeat(41) + "abcd" }],
  ["a ttl of 0", "create", { parameters: { ttl: 0 } }],
  ["a ttl of a day", "create", { parameters: { ttl: 86_400 } }],
  [
    "null for what is not given",
    "create",
    {
      ...{ alias: null, ownerExternalId: null, parameters: null, participants: null },
    },
  ],
  ["parameters of null", "create", { parameters: { ttl: null, pincode: null } }],
  ["an owner of 1,024 bytes", "create", { ownerExternalId: LONG }],
  ["1,000 people", "create", { participants: people(1_000) }],
  ["1,000 people", "invite", { participants: people(1_000) }],
  [
    "1,000 people with all twelve",
    "permissions",
    { participants: people(1_000, { permissions: CONFERENCE_PERMISSIONS }) },
  ],
  ["nobody", "invite", { participants: {} }],
  ["nobody", "permissions", { participants: {} }],
  ["1,000 people", "kick", { externalIds: ids(1_000) }],
  ["a message of 16,384 characters", "message", { from: LONG, message: "ü".repeat(16_384) }],
  ["an empty message to 1,000 people", "message", { from: "ann", message: "", to: ids(1_000) }],
];

const REFUSED: readonly (readonly [string, string, Json, string])[] = [
  ["an alias of 251 characters", "create", { alias: "a".repeat(251) }, "alias"],
  ["an alias with #", "create", { alias: "a#b" }, "alias"],
  ["an alias with a control character", "create", { alias: "a\nb" }, "alias"],
  ["an alias with half a character", "create", { alias: "a\ud800" }, "alias"],
  ["an empty alias", "create", { alias: "" }, "alias"],
  ["an alias that is a number", "create", { alias: 5 }, "alias"],
  ["an owner of 1,025 bytes", "create", { ownerExternalId: LONGER }, "ownerExternalId"],
  ["an empty owner", "create", { ownerExternalId: "" }, "ownerExternalId"],
  ["a negative ttl", "create", { parameters: { ttl: -1 } }, "parameters.ttl"],
  ["a ttl of more than a day", "create", { parameters: { ttl: 86_401 } }, "parameters.ttl"],
  ["a ttl in parts of seconds", "create", { parameters: { ttl: 1.5 } }, "parameters.ttl"],
  ["a long pincode", "create", { parameters: { pincode: "1".repeat(65) } }, "parameters.pincode"],
  ["people as a list", "create", { participants: [{ externalId: "bob" }] }, "participants"],
  ["1,001 people", "create", { participants: people(1_001) }, "participants"],
  ["no people", "invite", {}, "participants"],
  ["1,001 people", "invite", { participants: people(1_001) }, "participants"],
  ["somebody of 1,025 bytes", "invite", { participants: { [LONGER]: {} } }, `participants.${LONGER}`],
  ["somebody with half a character", "invite", { participants: { "\ud800": {} } }, "participants.\ud800"],
  ["somebody without a name", "invite", { participants: { "": {} } }, "participants."],
  [
    "__proto__",
    "invite",
    asJson(JSON.parse('{"participants":{"__proto__":{"permissions":[]}}}')),
    "participants",
  ],
  [
    "an unknown permission",
    "invite",
    { participants: { bob: { permissions: ["JOIN", "FLY"] } } },
    "participants.bob.permissions.1",
  ],
  [
    "a permission in other letters",
    "create",
    { participants: { bob: { permissions: ["join"] } } },
    "participants.bob.permissions.0",
  ],
  [
    "a notification that is none",
    "invite",
    { participants: { bob: { notification: "yes" } } },
    "participants.bob.notification",
  ],
  ["no permissions", "permissions", { participants: { bob: {} } }, "participants.bob.permissions"],
  ["1,001 people", "permissions", { participants: people(1_001, { permissions: [] }) }, "participants"],
  ["no ids", "kick", {}, "externalIds"],
  ["1,001 ids", "kick", { externalIds: ids(1_001) }, "externalIds"],
  ["an id that is a number", "kick", { externalIds: ["bob", 5] }, "externalIds.1"],
  ["an empty id", "kick", { externalIds: [""] }, "externalIds.0"],
  ["no message", "message", { from: "ann" }, "message"],
  ["no sender", "message", { message: "hello" }, "from"],
  ["a message of 16,385 characters", "message", { from: "ann", message: "x".repeat(16_385) }, "message"],
  ["1,001 readers", "message", { from: "ann", message: "hello", to: ids(1_001) }, "to"],
];

describe("limits of conference calls", () => {
  const world = new ConferenceWorld("embedded");
  const place = async (call: string): Promise<string> =>
    call === "create" ? "/v2/conferences/create" : `${(await world.open()).at}/${call}`;

  test.each(TAKEN)("%s: %s takes it", async (_what, call, body) => {
    const { status, body: answer } = await world.ask("POST", await place(call), body);
    expect([status, answer["code"]]).toEqual([200, undefined]);
  });

  test.each(REFUSED)("%s: %s refuses it and names the member", async (_what, call, body, field) => {
    const at = await place(call);
    const { status, body: answer } = await world.ask("POST", at, body);
    expect([status, answer["field"]]).toEqual([400, field]);
    expect(answer).toMatchObject({
      ...{ error: "invalid_request", type: "ErrorResponse", error_code: 90, status: 400 },
      ...{
        error_reason: "Illegal argument",
        message: answer["error_description"],
        code: "invalid_parameter",
      },
    });
  });

  test("of 1,000 people each has a token, and everyone named is on the list that counts", async () => {
    const { id, tokens } = await world.open({ participants: people(1_000) });
    expect(Object.keys(tokens)).toHaveLength(1_000);
    await world.enter(id, "person-999", tokens["person-999"]);
  });

  test("an alias of any text leads to its conference, also in a path", async () => {
    const alias = `${freshName("a b/ü?")}%&`;
    const { id, at } = await world.open({ alias });
    expect((await world.open({ alias })).id).toBe(id);
    const named = `/v2/conferences/${encodeURIComponent(alias)}`;
    expect(asList((await world.ok("GET", `${named}/participants`))["participants"])).toEqual([]);
    expect((await world.ask("DELETE", named)).status).toBe(200);
    expect((await world.ask("GET", `${at}/participants`)).status).toBe(404);
  });

  test("an empty body with a content type of JSON is an empty object", async () => {
    const { at } = await world.open();
    const { port } = world.gateway.first;
    const authorization = `Bearer ${await world.apiToken("guarded", "*")}`;
    const headers = { authorization, "content-type": "application/json", "content-length": "0" };
    const opened = await fetch(`http://127.0.0.1:${port}/v2/conferences/create`, { method: "POST", headers });
    expect(opened.status).toBe(200);
    const kicked = await fetch(`http://127.0.0.1:${port}${at}/kick`, { method: "POST", headers });
    expect([kicked.status, asJson(await kicked.json())["field"]]).toEqual([400, "externalIds"]);
    expect((await world.ask("DELETE", at)).status).toBe(200);
  });

  test("a body that was cut off is 400, the line is closed, and the node is well", async () => {
    const { at } = await world.open();
    const body = JSON.stringify({ participants: { "zoë 日本": {} } });
    const socket = await RawSocket.open(world.gateway.first);
    socket.write(
      [
        `POST ${at}/invite HTTP/1.1`,
        "Host: gateway",
        `Authorization: Bearer ${await world.apiToken("guarded", "*")}`,
        "Content-Type: application/json",
        `Content-Length: ${body.length}`,
        "",
        body,
      ].join("\r\n"),
    );
    await socket.find(/^HTTP\/1\.1 400 /);
    await socket.ended();
    expect((await world.ask("GET", `${at}/participants`)).status).toBe(200);
  });
});
