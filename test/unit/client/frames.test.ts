/** The client's small decoder against the protocol's schemas: on whole frames, on frames with something wrong, and on cut ones. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeServerFrame } from "../../../src/client/frames.js";
import { EVENT_TYPES } from "../../../src/client/room-events.js";
import { CONFERENCE_PERMISSIONS, eventShapes } from "../../../src/protocol/events.js";
import { decodeBySchema } from "./wire-schemas.js";

const text = fc.string({ maxLength: 6 });
const time = fc.oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 2e12 }));
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { nil: null });
const ownObject = maybe(
  fc.dictionary(fc.oneof(text, fc.constant("__proto__")), fc.jsonValue(), { maxKeys: 3 }),
);
const kind = fc.constantFrom("mic", "webcam");
const rights = fc.subarray(["allow_join", "allow_mod"]);
const conferencePermissions = fc.subarray([...CONFERENCE_PERMISSIONS]);
const by = fc.oneof(
  fc.record({ kind: fc.constant("participant"), participantId: text, name: text }),
  fc.record({ kind: fc.constant("api"), name: maybe(text) }),
  fc.record({ kind: fc.constant("rule") }),
);
const participant = fc.record({
  ...{ participantId: text, name: text, metaData: ownObject, permissions: rights, joinedAt: time },
  conferencePermissions: maybe(conferencePermissions),
  ...{ micOn: fc.boolean(), webcamOn: fc.boolean(), micLocked: fc.boolean(), webcamLocked: fc.boolean() },
  online: fc.boolean(),
});
const knock = fc.record({
  ...{ participantId: text, name: text, metaData: ownObject, since: time, expiresAt: time },
  ...{ returned: fc.boolean(), online: fc.boolean() },
});
const message = fc.record({
  ...{ id: text, topic: text, message: text, payload: ownObject, senderId: maybe(text), senderName: text },
  ...{ timestamp: time, persist: fc.boolean(), sendOnly: maybe(fc.array(text, { maxLength: 2 })) },
});
const settings = fc.record({
  maxParticipants: fc.constantFrom(1, 10_000, 0, 10_001, 1.5),
  hostAbsent: fc.constantFrom("hold", "refuse"),
  knockTimeoutMs: fc.constantFrom(10_000, 86_400_000, 9_999),
  resumeWindowMs: fc.constantFrom(1_000, 3_600_000, 3_600_001),
  tokenExpiry: maybe(fc.constantFrom("stay", "restrict", "leave")),
  lobbyForAll: fc.boolean(),
  autoClose: maybe(
    fc.record({
      type: fc.constantFrom("session-ends", "session-end-and-deactivate"),
      afterMs: fc.constantFrom(1_000, 2_592_000_000, 999),
    }),
  ),
});

/** A bound for a machine with much to do, milliseconds. */
const PATIENCE_MS = 120_000;

/** Values for members by their names: wide enough that every event is made whole now and then. */
const MEMBERS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  ...{ by, kind, participant, knock, message, settings, metaData: ownObject, note: maybe(text) },
  ...{ roomId: text, customRoomId: maybe(text), sessionId: text, targetId: text, name: text },
  ...{ participantId: fc.oneof(text, fc.constant(null)), askerId: maybe(text), until: time },
  ...{ permanent: fc.boolean(), banned: fc.boolean(), accepted: fc.boolean(), locked: fc.boolean() },
  ...{
    mayKnockAt: maybe(time),
    expiresAt: maybe(time),
    status: fc.constantFrom("enabled", "disabled", "deactivated"),
  },
  decision: fc.constantFrom("allowed", "denied"),
  reason: fc.record({ code: fc.nat(), message: text }),
  permissions: fc.oneof(rights, conferencePermissions),
  conferencePermissions: maybe(conferencePermissions),
  cause: fc.constantFrom(
    ...["last-left", "ended", "auto-closed", "room-closed", "withdrawn", "timed-out", "disconnected"],
    ...["entered", "duplicate", "token-revoked", "key-deactivated", "app-deleted"],
  ),
};

const event = fc.constantFrom(...EVENT_TYPES).chain((type) =>
  fc.record({
    ...{ type: fc.constant(type), at: time, newer: fc.constant(1) },
    ...Object.fromEntries(
      Object.keys(eventShapes[type]).map((name) => [name, MEMBERS[name] ?? fc.constant("no such member")]),
    ),
  }),
);
const seq = fc.nat({ max: 1_000 });
const batch = fc
  .tuple(seq, fc.array(event, { maxLength: 3 }), fc.nat({ max: 2 }))
  .map(([first, events, more]) => ({
    ...{ type: "events", epoch: "e", seq: first, count: events.length + more },
    events: events.map((one, index) => ({ ...one, seq: first + index })),
  }));
const ask = maybe(fc.record({ by: maybe(text) }));
const frames: readonly fc.Arbitrary<object>[] = [
  fc.record({ type: fc.constant("hello"), protocol: text, version: text, heartbeatMs: time }),
  fc.record(
    {
      type: fc.constant("reply"),
      id: text,
      ok: fc.constant(true),
      seq,
      repeated: fc.boolean(),
      other: fc.jsonValue(),
    },
    { requiredKeys: ["type", "id", "ok"] },
  ),
  fc.record({
    ...{ type: fc.constant("reply"), id: maybe(text), ok: fc.constant(false) },
    error: fc.record(
      {
        ...{ code: fc.nat(), name: text, reason: text, message: text, retryable: fc.boolean(), field: text },
        details: fc.dictionary(text, fc.jsonValue(), { maxKeys: 2 }),
      },
      { requiredKeys: ["code", "name", "reason", "message", "retryable"] },
    ),
  }),
  fc.record(
    {
      ...{ type: fc.constant("snapshot"), cause: text, epoch: text, seq, participantId: text },
      self: fc.record({ restricted: fc.boolean(), asked: fc.record({ mic: ask, webcam: ask }) }),
      room: fc.record(
        {
          ...{ roomId: text, customRoomId: maybe(text), sessionId: maybe(text), startedAt: maybe(time) },
          ...{ locked: fc.boolean(), mediaLocks: fc.record({ mic: fc.boolean(), webcam: fc.boolean() }) },
          ...{ maxParticipants: fc.nat(), lobbyForAll: fc.boolean() },
          participants: fc.array(participant, { maxLength: 2 }),
          messages: fc.array(message, { maxLength: 2 }),
          ...{
            lobby: fc.array(knock, { maxLength: 2 }),
            bans: fc.array(text, { maxLength: 2 }),
            newer: text,
          },
        },
        { noNullPrototype: true },
      ),
    },
    { requiredKeys: ["type", "cause", "epoch", "seq", "participantId", "room"] },
  ),
  fc.record({
    ...{ type: fc.constant("lobby"), cause: text, participantId: text, since: time, expiresAt: time },
    hostPresent: fc.boolean(),
  }),
  fc.record({
    ...{
      type: fc.constant("entry-responded"),
      participantId: text,
      decision: fc.constantFrom("allowed", "denied"),
    },
    ...{ by, note: maybe(text), banned: fc.boolean(), mayKnockAt: maybe(time) },
  }),
  fc.record({
    type: fc.constant("meeting-left"),
    reason: fc.record({ code: fc.nat(), message: text }),
    note: maybe(text),
  }),
  fc.record({
    ...{ type: fc.constant("signal"), from: text, id: text },
    payload: fc.dictionary(text, fc.jsonValue(), { maxKeys: 2 }),
  }),
  fc.record({
    ...{ type: fc.constant("token-refresh"), mark: text, expiresAt: time, isExpired: fc.boolean() },
    policy: text,
  }),
  fc.record({ type: fc.constant("conference-token"), roomId: text, token: text }),
  fc.record({
    ...{ type: fc.constant("notification"), at: time },
    notification: fc.record(
      {
        ...{ type: text, conferenceId: text, conferenceAlias: maybe(text), participantId: text, name: text },
        ...{ participantCount: fc.nat(), permissions: fc.array(text, { maxLength: 2 }) },
      },
      { requiredKeys: ["type", "conferenceId", "conferenceAlias"] },
    ),
  }),
  fc.record({ type: text, newer: fc.jsonValue() }),
  batch,
  batch,
  batch,
];
const frame = fc.oneof(...frames);

/** Something else in one place: another value, nothing, or one member more. */
function mutate(value: unknown, path: readonly number[], other: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== "object" || value === null) return other;
  const keys = Object.keys(value);
  const key = keys[step % (keys.length + 1)];
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.map((item, index) => (String(index) === key ? mutate(item, rest, other) : item));
  }
  if (key === undefined) return { ...value, extra: other };
  const entries: [string, unknown][] = Object.entries(value);
  if (other === undefined && rest.length === 0)
    return Object.fromEntries(entries.filter(([name]) => name !== key));
  return Object.fromEntries(
    entries.map(([name, one]) => [name, name === key ? mutate(one, rest, other) : one]),
  );
}

function compare(textOfFrame: string): boolean {
  const ours = decodeServerFrame(textOfFrame);
  const theirs = decodeBySchema(textOfFrame);
  expect({ text: textOfFrame, ok: ours.ok }).toEqual({ text: textOfFrame, ok: theirs.ok });
  if (ours.ok && theirs.ok) expect(ours.frame).toEqual(theirs.frame);
  return ours.ok && ours.frame !== null;
}

describe("the client's decoder and the protocol's schemas", () => {
  test(
    "agree on frames as the gateway makes them, and most of these are read",
    () => {
      let read = 0;
      fc.assert(
        fc.property(frame, (one) => {
          if (compare(JSON.stringify(one))) read += 1;
        }),
        { numRuns: 800 },
      );
      expect(read).toBeGreaterThan(250);
    },
    PATIENCE_MS,
  );

  test(
    "agree on every event, and each is read somewhere",
    () => {
      const read = new Set<string>();
      fc.assert(
        fc.property(batch, (one) => {
          const decoded = decodeServerFrame(JSON.stringify(one));
          if (decoded.ok && decoded.frame?.type === "events")
            for (const { type } of decoded.frame.events) read.add(type);
          compare(JSON.stringify(one));
        }),
        { numRuns: 2_000 },
      );
      expect([...read].sort()).toEqual([...Object.keys(eventShapes)].sort());
    },
    PATIENCE_MS,
  );

  test(
    "agree on frames with something else in one place",
    () => {
      const others = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(undefined, -1, 0.5, 1e308, ""));
      fc.assert(
        fc.property(
          frame,
          fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 5 }),
          others,
          (one, path, other) => {
            compare(JSON.stringify(mutate(one, path, other)));
          },
        ),
        { numRuns: 2_000 },
      );
    },
    PATIENCE_MS,
  );

  test(
    "agree on what was cut off, and on what is no frame",
    () => {
      fc.assert(
        fc.property(frame, fc.nat(), (one, cut) => {
          const whole = JSON.stringify(one);
          compare(whole.slice(0, cut % whole.length));
        }),
        { numRuns: 300 },
      );
      for (const one of [
        "",
        "null",
        "[]",
        "1",
        '"hello"',
        "{}",
        '{"type":1}',
        '{"type":"__proto__"}',
        '{"type":"hello","heartbeatMs":1e999}',
      ])
        compare(one);
    },
    PATIENCE_MS,
  );

  test("leave out a prototype that somebody sends as a member", () => {
    const payload = '{"type":"signal","from":"bob","id":"s","payload":{"__proto__":{"polluted":true},"a":1}}';
    const decoded = decodeServerFrame(payload);
    expect(decoded).toEqual({ ok: true, frame: { type: "signal", from: "bob", id: "s", payload: { a: 1 } } });
    compare(payload);
  });
});
