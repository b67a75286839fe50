import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createRoom, enter, stateOf } from "../support/meeting.js";
import { startGateway, type TestGateway } from "../support/node.js";
import type { Peer } from "../support/peer.js";
import { frame, handshake, OPCODES, RawSocket } from "../support/raw-socket.js";

const { continuation, text, binary, close, ping, pong } = OPCODES;
const PING = '{"type":"ping","id":"c1"}';
const closing = (code: number, rest: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from([code >> 8, code & 0xff]), rest]);
const badText = Buffer.from([0xc3, 0x28]);

/** What is wrong, the bytes, and the close code of RFC 6455 section 7.4.1 (or ours) that answers them. */
const BAD_FRAMES: readonly (readonly [string, readonly Buffer[], number])[] = [
  ...[1, 2, 3, 4, 5, 6, 7].map(
    (rsv) => [`reserved bits ${rsv}`, [frame({ opcode: text, rsv, payload: PING })], 1002] as const,
  ),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
    (opcode) => [`opcode ${opcode}`, [frame({ opcode, payload: PING })], 1002] as const,
  ),
  ...[text, binary, ping, close].map(
    (opcode) =>
      [`opcode ${opcode} unmasked`, [frame({ opcode, masked: false, payload: PING })], 1002] as const,
  ),
  ...[ping, pong, close].map(
    (opcode) => [`control frame ${opcode} in pieces`, [frame({ opcode, fin: false })], 1002] as const,
  ),
  ...[ping, pong, close].map(
    (opcode) =>
      [`control frame ${opcode} too long`, [frame({ opcode, payload: Buffer.alloc(126) })], 1002] as const,
  ),
  ...[0, 1, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535].map(
    (code) => [`close code ${code}`, [frame({ opcode: close, payload: closing(code) })], 1002] as const,
  ),
  ["a close frame of one byte", [frame({ opcode: close, payload: Buffer.from([3]) })], 1002],
  ["a close reason that is not UTF-8", [frame({ opcode: close, payload: closing(1000, badText) })], 1007],
  ["a continuation of nothing", [frame({ opcode: continuation, payload: PING })], 1002],
  [
    "a new text within a text",
    [frame({ opcode: text, fin: false, payload: "{" }), frame({ opcode: text, payload: "}" })],
    1002,
  ],
  ["a text that is not UTF-8", [frame({ opcode: text, payload: badText })], 1007],
  [
    "a text whose pieces together are not UTF-8",
    [
      frame({ opcode: text, fin: false, payload: Buffer.from([0xe2, 0x82]) }),
      frame({ opcode: continuation, payload: Buffer.from([0x28]) }),
    ],
    1007,
  ],
  ["a surrogate in UTF-8", [frame({ opcode: text, payload: Buffer.from([0xed, 0xa0, 0x80]) })], 1007],
  ["more than 64 KiB", [frame({ opcode: text, payload: Buffer.alloc(65_537, 0x20) })], 1009],
  ["a frame that claims 1 GB", [frame({ opcode: text, claims: 1_000_000_000, payload: "{" })], 1009],
  ["a frame that claims 2^63 bytes", [frame({ opcode: text, claims: 1n << 63n, payload: "{" })], 1009],
  ["a frame that claims all that can be said", [frame({ opcode: text, claims: (1n << 64n) - 1n })], 1009],
  [
    "pieces that are too much together",
    [
      frame({ opcode: text, fin: false, payload: Buffer.alloc(60_000, 0x20) }),
      frame({ opcode: continuation, fin: false, payload: Buffer.alloc(60_000, 0x20) }),
    ],
    1009,
  ],
  [
    "pieces without end",
    [
      frame({ opcode: text, fin: false, payload: "{" }),
      ...Array.from({ length: 400 }, () => frame({ opcode: continuation, fin: false, payload: " " })),
    ],
    1008,
  ],
  [
    "empty pieces without end",
    [
      frame({ opcode: text, fin: false }),
      ...Array.from({ length: 400 }, () => frame({ opcode: continuation, fin: false })),
    ],
    1008,
  ],
  ["a binary frame", [frame({ opcode: binary, payload: PING })], 4400],
  ["an HTTP request where frames belong", [Buffer.from("GET / HTTP/1.1\r\n\r\n")], 1002],
  ["zeroes", [Buffer.alloc(4_096)], 1002],
  ["ones", [Buffer.alloc(4_096, 0xff)], 1002],
  ["a frame that never ends", [frame({ opcode: text, claims: 100, payload: "{" })], 4427],
  ["half of a frame's head", [frame({ opcode: text, payload: PING }).subarray(0, 1)], 4427],
  ["pings alone", Array.from({ length: 50 }, () => frame({ opcode: ping, payload: "x" })), 4427],
];

/** Upgrade requests that must not open a socket, with the status that answers them. */
const BAD_HANDSHAKES: readonly (readonly [string, string, RegExp])[] = [
  ["no key", handshake({ "Sec-WebSocket-Key": null }), /^HTTP\/1\.1 400 /],
  ["a key that is none", handshake({ "Sec-WebSocket-Key": "short" }), /^HTTP\/1\.1 400 /],
  ["another version", handshake({ "Sec-WebSocket-Version": "12" }), /^HTTP\/1\.1 (400|426) /],
  ["another protocol than WebSocket", handshake({ Upgrade: "h2c" }), /^HTTP\/1\.1 400 /],
  ["another path", handshake({}, "/v2/elsewhere"), /^HTTP\/1\.1 404 .*"code":"not_found"/s],
  ["a path behind the path", handshake({}, "/v2/meeting/x"), /^HTTP\/1\.1 404 /],
  [
    "no subprotocol",
    handshake({ "Sec-WebSocket-Protocol": null }),
    /^HTTP\/1\.1 400 .*sec-websocket-protocol/s,
  ],
  ["another subprotocol", handshake({ "Sec-WebSocket-Protocol": "chat" }), /^HTTP\/1\.1 400 /],
  [
    "a subprotocol list that is none",
    handshake({ "Sec-WebSocket-Protocol": "admitone.v1,," }),
    /^HTTP\/1\.1 400 /,
  ],
  [
    "2,000 headers",
    handshake(Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`X-${index}`, "y"]))),
    /^HTTP\/1\.1 (101|400|431) /,
  ],
  ["a header of 100 kB", handshake({ "X-Long": "y".repeat(100_000) }), /^HTTP\/1\.1 431 /],
  ["no HTTP at all", "\u0016\u0003\u0001\u0002\r\n\r\n", /^HTTP\/1\.1 400 /],
];

describe("malformed bytes on one node", () => {
  let gateway: TestGateway;
  let roomId: string;
  let host: Peer;
  let guest: Peer;
  let round = 0;

  beforeAll(async () => {
    gateway = await startGateway("embedded", { ADMITONE_JOIN_DEADLINE_MS: "700" });
    roomId = await createRoom(gateway.first);
    host = await enter(gateway.first, roomId, "host");
    guest = await enter(gateway.first, roomId, "guest");
  });
  afterAll(() => gateway.close());

  async function othersAreFine(): Promise<void> {
    round += 1;
    const message = `round ${round}`;
    expect(await host.ask({ type: "publish", topic: "t", message })).toMatchObject({ ok: true });
    await guest.event("message-published", (event) => JSON.stringify(event).includes(message));
    expect((await stateOf(gateway.first, roomId)).participants.size).toBe(2);
    expect([host.closed, guest.closed]).toEqual([null, null]);
  }

  test.each(BAD_FRAMES)("%s", async (_what, bytes, code) => {
    const raw = await RawSocket.upgrade(gateway.first);
    for (const part of bytes) raw.write(part);
    expect(await raw.closeCode()).toBe(code);
    raw.destroy();
    await othersAreFine();
  });

  test.each(BAD_HANDSHAKES)("handshake: %s", async (_what, bytes, answer) => {
    const raw = await RawSocket.open(gateway.first);
    raw.write(bytes);
    await raw.find(answer);
    raw.destroy();
    await othersAreFine();
  });

  test("lines that end in the middle of whatever they were saying", async () => {
    const whole = handshake({});
    for (let at = 1; at < whole.length; at += 11) {
      const raw = await RawSocket.open(gateway.first);
      raw.write(whole.slice(0, at));
      if (at % 2 === 0) raw.end();
      else raw.destroy();
    }
    const bytes = frame({ opcode: text, payload: PING });
    for (let at = 0; at < bytes.length; at += 5) {
      const raw = await RawSocket.upgrade(gateway.first);
      raw.write(bytes.subarray(0, at));
      raw.end();
      await raw.ended();
    }
    await othersAreFine();
  });

  test("a good message, one byte at a time, and in pieces with a ping between", async () => {
    const raw = await RawSocket.upgrade(gateway.first);
    for (const byte of frame({ opcode: text, payload: PING })) raw.write(Buffer.from([byte]));
    await raw.find(/"type":"reply","id":"c1","ok":true/);
    raw.write(frame({ opcode: text, fin: false, payload: '{"type":"ping",' }));
    raw.write(frame({ opcode: ping, payload: "are you there" }));
    raw.write(frame({ opcode: continuation, payload: '"id":"c2"}' }));
    await raw.find(/are you there.*"type":"reply","id":"c2","ok":true/s);
    raw.destroy();
    await othersAreFine();
  });
});
