/**
 * From a step of a room's log to messages in lanes (`docs/rules.md` N1, N4, N6). What is returned here is written together with
 * the cursor of the log, so every event is queued exactly once. It is written without looking at what the workers do meanwhile;
 * so it touches no claim: it adds to queues, changes their marks, and asks for a look at the lanes.
 */
import type { Told } from "../archive/archive.js";
import { freshId, type Environment } from "../gateway/environment.js";
import type { Followed } from "../gateway/following.js";
import type { Change, Records } from "../log/records.js";
import { bodyOf, noticesOf, VIDEOSDK_EVENTS, type KnockLink, type Notice } from "./bodies.js";
import { passes, type Endpoints } from "./endpoints.js";
import { discard, enqueue, type Message, type Question } from "./message.js";
import {
  DUE,
  DUE_POLICIES,
  laneMap,
  laneOf,
  POLICY_ENDPOINT,
  queueOf,
  ROOM_ENDPOINT,
  roomMap,
  type Lane,
} from "./names.js";

/** Messages that may wait in one lane. */
export const LANE_LENGTH = 10_000;
/** Between the positions of two events: room for replays, which go behind what waits and before what comes. */
export const STRIDE = 1_000_000;
/** Between the places of two messages in a delivery log, which are times in milliseconds: as little as numbers can tell apart. */
const ORDER_STEP = 1 / 4_096;

/** What collecting works with. Times in milliseconds. */
export interface CollectorHost {
  readonly records: Records;
  readonly environment: Environment;
  readonly endpoints: Endpoints;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly knockLinkFor: KnockLink;
  readonly keepFailedMs: number;
  /** How long the room's positions are kept: longer than anything waits. */
  readonly keepPositionsMs: number;
}

/** Works out what is to be queued of a step. Reads records, writes nothing. */
export async function collectNotices(
  host: CollectorHost,
  followed: Followed,
  told: readonly Told[],
): Promise<readonly Change[]> {
  const { records, now } = host;
  const { room } = followed;
  const begin = now();
  const notices = noticesOf(followed, told, host.knockLinkFor, begin);
  if (notices.length === 0) return [];
  const orders = [
    ...(await targetsOf(host, followed)).map(({ id, events }) => ({
      lane: laneOf(room, id),
      due: DUE,
      notices: notices.filter(({ webhookType }) => passes(events, webhookType)),
      question: null,
    })),
    ...questionsOf(followed, told),
  ].filter((order) => order.notices.length > 0);
  if (orders.length === 0) return [];

  const [kept, ...lengths] = await Promise.all([
    records.fields(roomMap(room), ["tail", "order"]),
    ...orders.map(({ lane }) => records.count(queueOf(lane.name))),
  ]);
  let tail = Number(kept.get("tail") ?? 0);
  // Later than all before it in this room, also within the same millisecond.
  let order = Math.max(begin, Number(kept.get("order") ?? 0));
  const changes: Change[] = [];
  for (const [index, { lane, due, notices: own, question }] of orders.entries()) {
    const free = LANE_LENGTH - (lengths[index] ?? 0);
    for (const [place, notice] of own.entries()) {
      const message = messageOf(host, { lane, notice, question, at: begin, order });
      const body = bodyOf(notice, message.id);
      order += ORDER_STEP;
      tail += STRIDE;
      if (place < free) changes.push(...enqueue(message, body, tail));
      else changes.push(...discard(overflowed(message), body, begin + host.keepFailedMs));
    }
    changes.push(
      { put: laneMap(lane.name), field: "mark", text: String(tail) },
      { rank: due, member: lane.name, score: begin },
    );
  }
  return [
    ...changes,
    { put: roomMap(room), field: "tail", text: String(tail) },
    { put: roomMap(room), field: "order", text: String(order) },
    { expire: roomMap(room), ttlMs: host.keepPositionsMs },
  ];
}

async function targetsOf(
  { endpoints }: CollectorHost,
  { room, state }: Followed,
): Promise<{ id: string; events: readonly string[] }[]> {
  const own = state.room?.backOffice.webhook ?? null;
  const ofApp = (await endpoints.list(room.app)).filter(({ enabled }) => enabled);
  if (own === null) return ofApp.map(({ id, events }) => ({ id, events }));
  const events = own.events.length === 0 ? VIDEOSDK_EVENTS : own.events;
  return [...ofApp, { id: `${ROOM_ENDPOINT}${room.room}`, events }];
}

interface Order {
  readonly lane: Lane;
  readonly due: string;
  readonly notices: readonly Notice[];
  readonly question: Question | null;
}

/** Each knock is a lane of its own, so that no question waits for the answer to another. */
function questionsOf({ epoch, room, state }: Followed, told: readonly Told[]): Order[] {
  if ((state.room?.backOffice.knockPolicy ?? null) === null) return [];
  return told.flatMap(({ seq, event }) => {
    if (event.type !== "entry-requested" || event.body.knock.returned) return [];
    const { participantId, name: participantName, metaData, since, expiresAt } = event.body.knock;
    const data = { meetingId: room.room, participantId, participantName, metaData, since, expiresAt };
    return {
      lane: laneOf(room, `${POLICY_ENDPOINT}${room.room}`, `${epoch} ${seq}`),
      due: DUE_POLICIES,
      notices: [{ webhookType: "entry-policy", data, epoch, seq, at: event.at }],
      question: { participantId, since, askedAt: event.at, expiresAt, verdict: null },
    };
  });
}

function messageOf(
  { environment }: CollectorHost,
  given: { lane: Lane; notice: Notice; question: Question | null; at: number; order: number },
): Message {
  const { lane, notice, question, at, order } = given;
  return {
    id: `msg_${freshId(environment)}`,
    app: lane.room.app,
    endpointId: lane.endpointId,
    roomId: lane.room.room,
    webhookType: notice.webhookType,
    epoch: notice.epoch,
    seq: notice.seq,
    createdAt: at,
    status: "pending",
    attempts: 0,
    last: null,
    nextAttemptAt: null,
    lane: lane.name,
    triedSince: at,
    order,
    question,
  };
}

function overflowed(message: Message): Message {
  const last = { at: message.createdAt, httpStatus: null, error: "too many messages wait", tookMs: 0 };
  return { ...message, status: "failed", last };
}
