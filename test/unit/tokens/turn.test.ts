/** Credentials for TURN servers as coturn checks them, and the addresses that an operator may name. */
import { createHmac } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { createIceSource, isIceUrl, isRelay, type IceSettings } from "../../../src/tokens/turn.js";

const SECRET = "north-south-east-west";
const RELAYED: IceSettings = {
  urls: ["stun:turn.example.org", "turn:turn.example.org:3478", "turns:turn.example.org:5349?transport=tcp"],
  turnSecret: SECRET,
  ttlSeconds: 600,
};
const ANN = { app: "school", roomId: "fyhz-dxx7-ufud", participantId: "ann" };
const NOW = 1_790_000_000_999;

const relayOf = (settings = RELAYED, bearer = ANN, now = NOW) => {
  const [server] = createIceSource(settings, () => now)(bearer).iceServers.filter(({ username }) => username);
  return { username: server?.username ?? "", credential: server?.credential ?? "" };
};

describe("a credential", () => {
  test("is what coturn computes: the expiry and a name, signed with HMAC-SHA1", () => {
    const { iceServers, expiresAt } = createIceSource(RELAYED, () => NOW)(ANN);
    const { username, credential } = relayOf();
    expect(iceServers).toEqual([
      { urls: ["stun:turn.example.org"] },
      {
        urls: ["turn:turn.example.org:3478", "turns:turn.example.org:5349?transport=tcp"],
        username,
        credential,
      },
    ]);
    expect(username).toMatch(/^1790000600:[A-Za-z0-9_-]{22}$/);
    expect(credential).toBe(createHmac("sha1", SECRET).update(username).digest("base64"));
    expect(expiresAt).toBe(1_790_000_600_000);
  });

  test("names the same person the same way each time, and nobody else so", () => {
    const nameIn = (username: string): string => username.split(":")[1] ?? "";
    const name = nameIn(relayOf().username);
    expect(nameIn(relayOf(RELAYED, ANN, NOW + 60_000).username)).toBe(name);
    const others = [
      { ...ANN, app: "clinic" },
      { ...ANN, roomId: "another" },
      { ...ANN, participantId: "bob" },
      // Joined without care, these would read as the same person.
      { ...ANN, roomId: `${ANN.roomId}","ann`, participantId: "" },
    ];
    const names = [name, ...others.map((bearer) => nameIn(relayOf(RELAYED, bearer).username))];
    expect(new Set(names).size).toBe(5);
  });

  test("says nothing of app, room and person, and cannot be guessed back without the secret", () => {
    const { username } = relayOf();
    for (const id of Object.values(ANN)) expect(username).not.toContain(id);
    expect(relayOf({ ...RELAYED, turnSecret: `${SECRET}!` }).username).not.toBe(username);
  });
});

test("without a relay there are no credentials, and nothing expires", () => {
  const none = { urls: [], turnSecret: null, ttlSeconds: 600 };
  expect(createIceSource(none, () => NOW)(ANN)).toEqual({ iceServers: [], expiresAt: null });
  const plain = { ...none, urls: ["stun:a.example", "stun:b.example"] };
  expect(createIceSource(plain, () => NOW)(ANN)).toEqual({
    iceServers: [{ urls: ["stun:a.example", "stun:b.example"] }],
    expiresAt: null,
  });
  expect(() => createIceSource({ ...RELAYED, turnSecret: null }, () => NOW)).toThrow(/secret/);
});

describe("an address", () => {
  test.each([
    "stun:stun.example.org",
    "stun:192.0.2.1:3478",
    "turn:localhost:3478",
    "turn:turn-1.example.org?transport=udp",
    "turns:[2001:db8::1]:5349?transport=tcp",
  ])("may be %s", (url) => expect(isIceUrl(url)).toBe(true));

  test.each([
    "",
    "turn",
    "turn:",
    "http://turn.example.org",
    "turn://turn.example.org",
    "turn:user@turn.example.org",
    "turn:turn.example.org:0",
    "turn:turn.example.org:65536",
    "turn:turn.example.org:port",
    "turn:turn.example.org?transport=sctp",
    "turn:turn.example.org?transport=udp&x=1",
    "stun:stun.example.org?transport=udp",
    "turn:256.0.0.1",
    "turn:1.2.3",
    "turn:[::g]",
    "turn:[192.0.2.1]",
    "turn:-a.example",
    "turn:a..example",
    "turn:turn.example.org/path",
    "TURN:turn.example.org",
    " turn:turn.example.org",
  ])("may not be %j", (url) => expect(isIceUrl(url)).toBe(false));

  test("is one of a relay or not", () => {
    expect(RELAYED.urls.map(isRelay)).toEqual([false, true, true]);
  });
});
