/**
 * What the gateway sends, decoded from unknown. Members that are not known here are left out, events and frames of unknown types
 * passed over: a newer gateway may say more than this client understands.
 */
import type {
  AcceptedFrame,
  AskView,
  ConferenceNews,
  EntryAnswer,
  HelloFrame,
  LobbyFrame,
  RefusedFrame,
  SelfView,
  ServerFrame,
  SnapshotFrame,
} from "./frame-types.js";
import type { MeetingErrorBody } from "./meeting-error.js";
import { decodeEvent, entryAnswered, isEventType, type RoomEvent } from "./room-events.js";
import {
  anything,
  fit,
  flag,
  isObject,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  positive,
  record,
  text,
  whole,
  type Reader,
} from "./shape.js";
import { leaveReason, lobbyView, roomView, textOrNull } from "./view-shapes.js";

/** The answer to a join or resume. */
export const entryShape = object<EntryAnswer>({
  state: oneOf("joined", "waiting"),
  participantId: text,
  roomId: text,
  resume: text,
  resumeWindowMs: number,
  recovered: optional(flag),
});

const seq = whole();
const type = oneOf;
const ask = nullable(object<AskView>({ by: textOrNull }));

const acceptedHead = object<Pick<AcceptedFrame, "type" | "id" | "ok" | "seq" | "repeated">>({
  type: type("reply"),
  id: text,
  ok: oneOf(true),
  seq: optional(seq),
  repeated: optional(flag),
});
const accepted: Reader<AcceptedFrame> = {
  read: (input) => ({ ...record(anything).read(input), ...acceptedHead.read(input) }),
};

const refused = object<RefusedFrame>({
  type: type("reply"),
  id: textOrNull,
  ok: oneOf(false),
  error: object<MeetingErrorBody>({
    code: number,
    name: text,
    reason: text,
    message: text,
    retryable: flag,
    field: optional(text),
    details: optional(record(anything)),
  }),
});

const batchHead = object({ epoch: text, seq, count: seq, events: list(anything) });
const eventHead = object({ seq, at: number, type: text });

/** The frames by type, but for batches: what a batch holds is passed over where it is not known. */
const frameShapes = {
  hello: object<HelloFrame>({ type: type("hello"), protocol: text, version: text, heartbeatMs: positive }),
  reply: {
    read: (input: unknown): AcceptedFrame | RefusedFrame =>
      isObject(input) && input["ok"] === false ? refused.read(input) : accepted.read(input),
  },
  snapshot: object<SnapshotFrame>({
    type: type("snapshot"),
    cause: text,
    epoch: text,
    seq,
    participantId: text,
    self: optional(object<SelfView>({ restricted: flag, asked: object({ mic: ask, webcam: ask }) })),
    room: roomView,
  }),
  lobby: object<LobbyFrame>({ type: type("lobby"), cause: text, ...lobbyView }),
  "entry-responded": object({ type: type("entry-responded"), ...entryAnswered }),
  "meeting-left": object({ type: type("meeting-left"), reason: leaveReason, note: textOrNull }),
  signal: object({ type: type("signal"), from: text, id: text, payload: record(anything) }),
  "token-refresh": object({
    type: type("token-refresh"),
    mark: text,
    expiresAt: number,
    isExpired: flag,
    policy: text,
  }),
  "conference-token": object({ type: type("conference-token"), roomId: text, token: text }),
  notification: object({
    type: type("notification"),
    notification: object<ConferenceNews>({
      type: text,
      conferenceId: text,
      conferenceAlias: textOrNull,
      participantId: optional(text),
      name: optional(text),
      participantCount: optional(number),
      permissions: optional(list(text)),
    }),
    at: number,
  }),
};

/** A frame, null for one of a type that is not known here, or what is wrong with it. */
export type DecodedFrame =
  | { readonly ok: true; readonly frame: ServerFrame | null }
  | { readonly ok: false; readonly problem: string };

/** Decodes what a socket brought. Never throws. */
export function decodeServerFrame(data: unknown): DecodedFrame {
  if (typeof data !== "string") return wrong("not a text frame");
  let input: unknown;
  try {
    input = JSON.parse(data);
  } catch {
    return wrong("not JSON");
  }
  const type = isObject(input) ? input["type"] : null;
  if (typeof type !== "string") return wrong("no type");
  if (type === "events") return decodeBatch(input);
  if (!isFrameType(type)) return { ok: true, frame: null };
  const frame = fit<ServerFrame>(frameShapes[type], input);
  return frame === null ? wrong(`${type} is not well formed`) : { ok: true, frame };
}

function decodeBatch(input: unknown): DecodedFrame {
  const batch = fit(batchHead, input);
  if (batch === null) return wrong("events is not well formed");
  const { epoch, seq, count } = batch;
  const events: RoomEvent[] = [];
  let last = seq - 1;
  for (const one of batch.events) {
    const head = fit(eventHead, one);
    const isInPlace = head !== null && head.seq > last && head.seq < seq + count;
    if (!isInPlace) return wrong("an event is not in its place");
    last = head.seq;
    if (!isEventType(head.type)) continue;
    const event = decodeEvent(head.type, one);
    if (event === null) return wrong(`${head.type} is not well formed`);
    events.push(event);
  }
  return { ok: true, frame: { type: "events", epoch, seq, count, events } };
}

function wrong(problem: string): DecodedFrame {
  return { ok: false, problem };
}

function isFrameType(type: string): type is keyof typeof frameShapes {
  return Object.hasOwn(frameShapes, type);
}
