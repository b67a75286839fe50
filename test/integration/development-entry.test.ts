/** The door for whoever tries a meeting on their own machine: it gives tokens there, and nowhere else. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { readConfig } from "../../src/config.js";
import { realEnvironment } from "../../src/gateway/environment.js";
import { startNode, type RunningNode } from "../../src/server.js";
import { startTestNode } from "../support/node.js";
import { asJson, Peer, type Json } from "../support/peer.js";
import { plainHttp, type PlainAnswer } from "../support/plain-http.js";

/** A node as a fresh machine starts it. */
function startInDevelopment(): Promise<RunningNode> {
  const read = readConfig({ ADMITONE_PORT: "0", ADMITONE_DRAIN_TIMEOUT_MS: "500" });
  if (!read.ok) throw new Error(read.problems.join("\n"));
  return startNode(read.config, { environment: realEnvironment(pino({ level: "error" })) });
}

const bodyOf = ({ body }: PlainAnswer): Json => asJson(JSON.parse(body.toString("utf8")));
const JSON_TYPE = { "content-type": "application/json" };

describe("in development, on loopback", () => {
  let node: RunningNode;
  let roomId: string;
  beforeAll(async () => {
    node = await startInDevelopment();
    roomId = (await node.gateway.createRoom("development", "first-meeting", {})).roomId;
  });
  afterAll(() => node.close());

  const post = (
    body: unknown,
    headers: Record<string, string> = JSON_TYPE,
    path = `/m/${roomId}/entry`,
  ): Promise<PlainAnswer> => plainHttp(node, path, { method: "POST", headers, body: JSON.stringify(body) });
  const enterAs = async (name: string, role: string): Promise<{ peer: Peer; reply: Json }> => {
    const answer = await post({ name, role });
    expect([answer.status, answer.headers["cache-control"]]).toEqual([200, "no-store"]);
    return Peer.join(node, { token: String(bodyOf(answer)["token"]), roomId, name });
  };

  test("the page is told that there is one", async () => {
    const answer = await plainHttp(node, `/m/${roomId}/entry`);
    expect([answer.status, bodyOf(answer)]).toEqual([200, { development: true }]);
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  test("a host, a guest and a moderator come in as what they are, under ids of their own", async () => {
    const host = await enterAs("Hanna", "host");
    expect(host.reply).toMatchObject({ ok: true, state: "joined" });
    const guest = await enterAs("Gustav Ågren", "guest");
    expect(guest.reply).toMatchObject({ ok: true, state: "waiting" });
    const moderator = await enterAs("日本", "moderator");
    expect(moderator.reply).toMatchObject({ ok: true, state: "joined" });
    const ids = [host, guest, moderator].map(({ reply }) => String(reply["participantId"]));
    expect(ids).toEqual([
      expect.stringMatching(/^hanna-[a-z0-9]{8}$/),
      expect.stringMatching(/^gustav-a-gren-[a-z0-9]{8}$/),
      expect.stringMatching(/^somebody-[a-z0-9]{8}$/),
    ]);
    const again = await enterAs("Hanna", "host");
    expect(again.reply["participantId"]).not.toBe(ids[0]);
    const participantId = ids[1] ?? "";
    expect(await host.peer.ask({ type: "admit", participantId })).toMatchObject({ ok: true });
    const mute = { type: "disable-media", participantId, kind: "mic" };
    expect(await host.peer.ask(mute)).toMatchObject({ ok: false });
    expect(await moderator.peer.ask(mute)).toMatchObject({ ok: true });
  });

  test("such a token opens the meeting and not the REST API", async () => {
    const token = String(bodyOf(await post({ name: "Hanna", role: "host" }))["token"]);
    const answer = await plainHttp(node, "/v2/rooms", { headers: { authorization: token } });
    expect([answer.status, bodyOf(answer)["code"]]).toEqual([403, "role_not_allowed"]);
  });

  test("the room may be named as the start names it; one that does not exist has no door", async () => {
    const body = { name: "Hanna", role: "host" };
    const named = await post(body, JSON_TYPE, "/m/first-meeting/entry");
    expect(bodyOf(named)).toMatchObject({ roomId });
    const unknown = await post(body, JSON_TYPE, "/m/nowhere/entry");
    expect([unknown.status, bodyOf(unknown)["code"]]).toEqual([404, "room_unknown"]);
  });

  test.each([
    ["a name that leads here", { host: "rebound.example" }, "host"],
    ["a name under localhost", { host: "evil.localhost" }, "host"],
    ["a name like the address", { host: "127.0.0.1.evil.example" }, "host"],
    ["another machine", { host: "192.168.1.10:8080" }, "host"],
    ["another page", { origin: "https://evil.example" }, "origin"],
    ["a page without an origin", { origin: "null" }, "origin"],
  ])("requests of others are refused: %s", async (_what, headers, field) => {
    const answer = await post({ name: "Eve", role: "host" }, { ...JSON_TYPE, ...headers });
    expect([answer.status, bodyOf(answer)]).toEqual([
      403,
      expect.objectContaining({ code: "not_permitted", field }),
    ]);
    const told = await plainHttp(node, `/m/${roomId}/entry`, { headers });
    expect(bodyOf(told)).toEqual({ development: false });
  });

  test.each([
    { host: "localhost:8080" },
    { host: "[::1]:8080", origin: "http://[::1]:8080" },
    { host: "127.0.0.1", origin: "http://127.0.0.1" },
    { host: "LOCALHOST", origin: "http://localhost:3000" },
  ])("this machine goes by several names: %j", async (headers) => {
    expect((await post({ name: "Hanna", role: "host" }, { ...JSON_TYPE, ...headers })).status).toBe(200);
  });

  test.each([
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["a text", { "content-type": "text/plain" }],
    ["nothing", {}],
  ])("what a page can send without asking first is refused: %s", async (_what, headers) => {
    const answer = await post({ name: "Eve", role: "host" }, headers);
    expect([answer.status, bodyOf(answer)]).toEqual([
      400,
      expect.objectContaining({ code: "invalid_parameter", field: "content-type" }),
    ]);
    const preflight = await plainHttp(node, `/m/${roomId}/entry`, {
      method: "OPTIONS",
      headers: { origin: "http://localhost:3000", "access-control-request-method": "POST" },
    });
    expect(preflight.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test.each([
    ["no name", { role: "host" }, "name"],
    ["a name of spaces", { name: "  ", role: "host" }, "name"],
    ["a name that is too long", { name: "n".repeat(129), role: "host" }, "name"],
    ["a role that there is not", { name: "Eve", role: "owner" }, "role"],
    ["more than is asked", { name: "Eve", role: "guest", permissions: ["allow_mod"] }, "permissions"],
  ])("what is wrong is named: %s", async (_what, body, field) => {
    const answer = await post(body);
    expect([answer.status, bodyOf(answer)]).toEqual([
      400,
      expect.objectContaining({ code: "invalid_parameter", field }),
    ]);
  });

  test("the plate at / leads to the first meeting", async () => {
    const plate = await plainHttp(node, "/");
    expect(plate.body.toString("utf8")).toContain(`href="/m/${roomId}"`);
  });
});

test("with an app of one's own there is no such door", async () => {
  const node = await startTestNode();
  const told = await plainHttp(node, "/m/room/entry");
  expect([told.status, bodyOf(told)]).toEqual([200, { development: false }]);
  const body = JSON.stringify({ name: "Eve", role: "host" });
  const answer = await plainHttp(node, "/m/room/entry", { method: "POST", headers: JSON_TYPE, body });
  expect([answer.status, bodyOf(answer)["code"]]).toEqual([404, "not_found"]);
  await node.close();
});
