/** Reading answers: each as the API's document has it, and nothing that is not. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readEntry } from "../../../../src/web/console/api/admissions.js";
import { readApp } from "../../../../src/web/console/api/apps.js";
import { readLiveRoom } from "../../../../src/web/console/api/live.js";
import { readNode } from "../../../../src/web/console/api/nodes.js";
import { readPage } from "../../../../src/web/console/api/paging.js";
import { Reader, ShapeFault } from "../../../../src/web/console/api/reader.js";
import { readRevocation } from "../../../../src/web/console/api/revocations.js";
import { readRoom } from "../../../../src/web/console/api/rooms.js";
import { readSession } from "../../../../src/web/console/api/sessions.js";
import { readExplained } from "../../../../src/web/console/api/tokens.js";
import { readDelivery } from "../../../../src/web/console/api/webhooks.js";

const AT = "2026-03-04T12:00:00.000Z";
const MS = Date.parse(AT);

const APP = {
  id: "school",
  name: "School",
  source: "store",
  createdAt: AT,
  openRooms: false,
  allowNoExpiry: false,
  expiryPolicy: "stay",
  clientExpiryPolicy: "restrict",
  maxTokenSeconds: null,
  protectedConferences: false,
  issuers: [{ issuer: "https://id.example.test/" }],
  keys: [
    {
      apiKey: "ak",
      active: true,
      createdAt: null,
      secrets: [{ id: "s1", status: "retiring", createdAt: null, retiresAt: AT }],
    },
  ],
};

const ROOM = {
  roomId: "abcd",
  customRoomId: null,
  status: "enabled",
  createdAt: AT,
  settings: {
    maxParticipants: 50,
    hostAbsent: "hold",
    knockTimeout: 600,
    resumeWindow: 60,
    tokenExpiry: null,
    lobbyForAll: false,
  },
  webhook: null,
  autoCloseConfig: null,
  allowedParticipantIds: null,
  knockPolicy: null,
};

const PERSON = {
  participantId: "p",
  name: "Pia",
  permissions: ["allow_join"],
  micOn: true,
  webcamOn: false,
  micLocked: false,
  webcamLocked: false,
  online: true,
  joinedAt: MS,
};

const LIVE = {
  roomId: "abcd",
  customRoomId: "weekly",
  position: "e:4",
  session: { id: "s", startedAt: MS },
  locked: false,
  mediaLocks: { mic: false, webcam: true },
  participants: [PERSON],
  lobby: [{ participantId: "g", name: "", since: MS, expiresAt: MS + 1, returned: false, online: true }],
  bans: [{ participantId: "b", note: null, by: { kind: "api", name: "console" }, at: MS }],
};

const EXPLAINED = {
  door: "meeting",
  outcome: "refuse",
  sentence: "is refused",
  rule: { id: "token/times", sentence: "expired" },
  key: { verified: true, app: "school", sentence: "signed" },
  header: { alg: "HS256" },
  claims: [{ name: "exp", value: 12, sentence: "expired" }],
  roomId: null,
  participantId: null,
  refusal: { code: "token_expired", number: 4002, error: "Token is invalid or expired" },
};

const SAMPLE = { at: AT, joins: 1, refused: 0, resumes: 2, resumesFailed: 0, lobbyWaitMs: null, sockets: 3 };
const NODE = {
  ...{ node: "n", version: "0.1.0", startedAt: AT, seenAt: AT, up: true, sockets: 3, rooms: 1, memoryMb: 90 },
  series: [SAMPLE],
};

const DELIVERY = {
  id: "msg_1",
  roomId: null,
  webhookType: "test",
  createdAt: AT,
  status: "failed",
  attempts: 2,
  last: { at: AT, httpStatus: null, error: "refused", tookMs: 3 },
  nextAttemptAt: null,
};

const SESSION = {
  id: "s",
  roomId: "abcd",
  customRoomId: null,
  start: AT,
  end: null,
  status: "ongoing",
  participants: [{ participantId: "p", name: "Pia", timelog: [{ start: AT, end: null }] }],
};

const ENTRY = {
  at: AT,
  seq: 3,
  what: "admitted",
  participantId: "g",
  name: "Gert",
  decidedBy: { kind: "participant", participantId: "h", name: "Hanna" },
  rule: null,
  reason: null,
  note: "hello",
  token: { key: "ak", jti: null },
};

const REVOKED = { id: "r", at: AT, until: null, by: "admin", note: null, type: "participant" };

const GOOD: readonly (readonly [string, (answer: Reader) => unknown, Readonly<Record<string, unknown>>])[] = [
  ["an app", readApp, APP],
  ["a room", readRoom, ROOM],
  ["a live room", readLiveRoom, LIVE],
  ["an explained token", readExplained, EXPLAINED],
  ["a node", readNode, NODE],
  ["a delivery", readDelivery, DELIVERY],
  ["a session", readSession, SESSION],
  ["a line of the admission record", readEntry, ENTRY],
  ["a revocation", readRevocation, { ...REVOKED, participantId: "p", roomId: null, before: AT }],
];

describe("answers", () => {
  test.each(GOOD)(
    "%s is read, and refused where any member that it needs is of another kind",
    (_name, read, good) => {
      expect(() => read(new Reader(good))).not.toThrow();
      // Of a symbol no member can be made; what is read at all is therefore missed.
      const needed = Object.keys(good).filter((name) => {
        try {
          read(new Reader({ ...good, [name]: Symbol(name) }));
          return false;
        } catch (error) {
          expect(error).toBeInstanceOf(ShapeFault);
          return true;
        }
      });
      expect(needed).toEqual(Object.keys(good));
    },
  );

  test("have instants in one form, whichever the API has", () => {
    const reader = new Reader({ iso: AT, ms: MS, none: null, wrong: "tomorrow" });
    expect(reader.instant("iso")).toBe(MS);
    expect(reader.instant("ms")).toBe(MS);
    expect(reader.instantOrNull("none")).toBeNull();
    expect(() => reader.instant("wrong")).toThrow(ShapeFault);
  });

  test("of other kinds than objects are refused without repeating them", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.integer())), (value) => {
        expect(() => new Reader(value)).toThrow(new ShapeFault("answer is not an object"));
      }),
    );
  });

  test("say where in a list the fault is", () => {
    const people = { ...LIVE, participants: [PERSON, { ...PERSON, micOn: "yes" }] };
    expect(() => readLiveRoom(new Reader(people))).toThrow(
      "answer.participants[1].micOn is not true or false",
    );
  });

  test("that come page by page have at least one page", () => {
    const empty = { pageInfo: { currentPage: 1, perPage: 20, lastPage: 0, total: 0 }, data: [] };
    expect(readPage(readRoom)(new Reader(empty))).toEqual({ items: [], page: 1, lastPage: 1, total: 0 });
  });

  test("read a revocation of each kind", () => {
    const kinds = [
      { type: "token", jti: "j" },
      { type: "participant", participantId: "p", roomId: "r", before: AT },
      { type: "key", key: "ak", before: AT },
      { type: "all", before: AT },
    ];
    const read = kinds.map((kind) => readRevocation(new Reader({ ...REVOKED, ...kind })).revoked);
    expect(read).toEqual(kinds.map((kind) => ("before" in kind ? { ...kind, before: MS } : kind)));
  });
});
