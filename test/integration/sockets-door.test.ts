import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import jwt from "jsonwebtoken";
import { boundToken, createRoom, enter, errorOf, hangUp } from "../support/meeting.js";
import { APP, startGateway, token, type TestGateway } from "../support/node.js";
import { asJson, asList, Peer, type Json } from "../support/peer.js";
import { handshake, RawSocket } from "../support/raw-socket.js";

const JOIN_DEADLINE_MS = 800;
const signed = (payload: object, secret: string = APP.secret): string =>
  jwt.sign({ apikey: APP.apiKey, permissions: ["allow_join"], ...payload }, secret, {
    algorithm: "HS256",
    ...("exp" in payload ? {} : { expiresIn: 600 }),
  });

describe("the door", () => {
  let gateway: TestGateway;
  let roomId: string;
  beforeAll(async () => {
    gateway = await startGateway("embedded", {
      ADMITONE_JOIN_DEADLINE_MS: String(JOIN_DEADLINE_MS),
      ADMITONE_HEARTBEAT_SECONDS: "1",
      ADMITONE_ALLOWED_ORIGINS: "https://meet.example, https://other.example:8443",
    });
    roomId = await createRoom(gateway.first);
  });
  afterAll(() => gateway.close());

  /** Token faults: the token, and the reason and number that go with the one outward text. */
  const now = Math.floor(Date.now() / 1_000);
  const FAULTS: readonly (readonly [string, () => string | null, string, number])[] = [
    ["expired", () => token({ permissions: ["allow_join"], ttlSeconds: -1 }), "token_expired", 4002],
    [
      "of another secret",
      () => signed({}, "another-secret-0123456789-0123456789"),
      "signature_invalid",
      4002,
    ],
    ["of an unknown key", () => signed({ apikey: "nobody" }), "key_unknown", 4001],
    ["none at all", () => null, "token_missing", 4002],
    ["text that is no token", () => "hello", "token_malformed", 4002],
    [
      "without expiry",
      () => jwt.sign({ apikey: APP.apiKey, permissions: ["allow_join"] }, APP.secret),
      "expiry_missing",
      4002,
    ],
    ["for ever", () => signed({ exp: 1e300 }), "claims_invalid", 4002],
    ["from the future", () => signed({ nbf: now + 600 }), "token_not_yet_valid", 4002],
    ["with no right", () => signed({ permissions: [] }), "permissions_invalid", 4008],
    [
      "with the right to moderate alone",
      () => signed({ permissions: ["allow_mod"] }),
      "permissions_invalid",
      4008,
    ],
    [
      "that asks and may join",
      () => signed({ permissions: ["ask_join", "allow_join"] }),
      "permissions_invalid",
      4008,
    ],
    ["for another room", () => signed({ version: 2, roomId: "other" }), "room_mismatch", 4022],
    ["scoped without version", () => signed({ roomId: "other" }), "version_required", 4002],
    ["for back ends", () => signed({ version: 2, roles: ["crawler"] }), "role_not_allowed", 4024],
    [
      "with alg none",
      () =>
        jwt.sign({ apikey: APP.apiKey, permissions: ["allow_join"], exp: now + 600 }, "", {
          algorithm: "none",
        }),
      "token_malformed",
      4002,
    ],
    ["too long", () => signed({ filler: "x".repeat(8_200) }), "token_too_long", 4002],
  ];

  test.each(FAULTS)("a token %s", async (_what, make, reason, code) => {
    const { peer, reply } = await Peer.join(gateway.first, { token: make(), roomId });
    expect(errorOf(reply)).toMatchObject({
      message: "Token is invalid or expired",
      reason,
      code,
      retryable: false,
    });
    expect(await peer.ended()).toEqual({ code, reason });
  });

  test("a room that there is not, and a token that names none", async () => {
    const free = token({ permissions: ["allow_join"] });
    const { peer, reply } = await Peer.join(gateway.first, { token: free, roomId: "no-such-room" });
    expect(errorOf(reply)).toMatchObject({ reason: "room_unknown", code: 4003, field: "roomId" });
    expect(await peer.ended()).toMatchObject({ code: 4003 });
    const { peer: patient, reply: asked } = await Peer.join(gateway.first, { token: free });
    expect(errorOf(asked)).toMatchObject({ reason: "invalid_parameter", field: "roomId" });
    expect(await patient.ask({ type: "join", id: "join-0123456789ab", token: free, roomId })).toMatchObject({
      ok: true,
    });
    hangUp([patient]);
  });

  test("a token in the subprotocol list: a good one joins without another, a bad one opens no socket", async () => {
    const good = boundToken(roomId, "listed");
    const peer = await Peer.open(gateway.first, ["admitone.v1", `admitone.token.${good}`]);
    expect(peer.socket.protocol).toBe("admitone.v1");
    expect(await peer.ask({ type: "join", id: "join-0123456789ab" })).toMatchObject({
      ok: true,
      participantId: "listed",
      roomId,
    });
    hangUp([peer]);

    const refusals: readonly (readonly [string, RegExp])[] = [
      [
        `admitone.v1, admitone.token.${token({ permissions: ["allow_join"], ttlSeconds: -1 })}`,
        /^HTTP\/1\.1 401 .*WWW-Authenticate: Bearer.*"error":"Token is invalid or expired","code":"token_expired"/s,
      ],
      ["admitone.v1, admitone.token.hello", /^HTTP\/1\.1 401 .*"code":"token_malformed"/s],
      ["admitone.v1, admitone.token.", /^HTTP\/1\.1 401 .*"code":"token_(missing|malformed)"/s],
      [`admitone.v1, admitone.token.${good}, admitone.token.${good}`, /^HTTP\/1\.1 400 /],
      [`admitone.token.${good}`, /^HTTP\/1\.1 400 /],
    ];
    for (const [list, answer] of refusals) {
      const raw = await RawSocket.open(gateway.first);
      raw.write(handshake({ "Sec-WebSocket-Protocol": list }));
      await raw.find(answer);
      await raw.ended();
    }
  });

  test("origins: only those of the list, to the letter; programs send none", async () => {
    for (const origin of ["https://meet.example", "https://other.example:8443", null]) {
      const raw = await RawSocket.open(gateway.first);
      raw.write(handshake({ Origin: origin }));
      await raw.find(/^HTTP\/1\.1 101 /);
      raw.destroy();
    }
    const hostile = [
      "https://evil.example",
      "http://meet.example",
      "https://meet.example.evil.example",
      "https://meet.example:444",
      "https://MEET.example",
      "null",
      "",
    ];
    for (const origin of hostile) {
      const raw = await RawSocket.open(gateway.first);
      raw.write(handshake({ Origin: origin }));
      await raw.find(/^HTTP\/1\.1 403 .*"field":"origin"/s);
      await raw.ended();
    }
  });

  test("origins: the gateway's own pages may always open a meeting, under whatever name it is reached", async () => {
    const own = [
      ["gateway.example:8080", "http://gateway.example:8080"],
      // Behind a proxy that speaks TLS.
      ["gateway.example", "https://gateway.example"],
      ["Gateway.Example", "https://gateway.example"],
      ["[::1]:8080", "http://[::1]:8080"],
    ] as const;
    for (const [Host, Origin] of own) {
      const raw = await RawSocket.open(gateway.first);
      raw.write(handshake({ Host, Origin }));
      await raw.find(/^HTTP\/1\.1 101 /);
      raw.destroy();
    }
    const others = [
      ["gateway.example:8080", "http://gateway.example"],
      ["gateway.example", "http://gateway.example:8080"],
      ["gateway.example", "https://gateway.example.evil.example"],
      ["gateway.example", "https://evil.example"],
      ["gateway.example", "chrome-extension://gateway.example"],
      ["", "null"],
    ] as const;
    for (const [Host, Origin] of others) {
      const raw = await RawSocket.open(gateway.first);
      raw.write(handshake({ Host, Origin }));
      await raw.find(/^HTTP\/1\.1 403 .*"field":"origin"/s);
      await raw.ended();
    }
  });

  test("whoever does not join in time is closed, and pings do not help", async () => {
    const peer = await Peer.open(gateway.first);
    const pings = setInterval(() => peer.send({ type: "ping", id: "p1" }), 50);
    expect(await peer.ended()).toEqual({ code: 4427, reason: "join_deadline" });
    clearInterval(pings);
  });

  test("a line that misses its heartbeat is lost, and its owner comes back", async () => {
    const host = await enter(gateway.first, roomId, "host");
    const silent = await enter(gateway.first, roomId, "silent");
    silent.socket.pause();
    await host.event("participant-disconnected", ({ participantId }) => participantId === "silent");
    silent.socket.resume();
    expect((await silent.ended()).code).toBe(1006);
    const { peer, reply } = await silent.resumeOn(gateway.first);
    expect(reply).toMatchObject({ ok: true, recovered: true });
    await host.event("participant-resumed", ({ participantId }) => participantId === "silent");
    expect(host.closed).toBeNull();
    for (const one of [host, peer]) expect(await one.ask({ type: "leave" })).toMatchObject({ ok: true });
  });

  test("the greeting says what is spoken here", async () => {
    const peer = await Peer.open(gateway.first);
    const hello: Json = asJson(peer.frames[0] ?? (await peer.find(({ type }) => type === "hello")));
    expect(hello).toMatchObject({
      type: "hello",
      protocol: "admitone.v1",
      limits: { messageBytes: 65_536, unansweredCommands: 16 },
    });
    expect(asList(peer.frames)).toHaveLength(1);
    hangUp([peer]);
  });
});
