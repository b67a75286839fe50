/** Every call that the client knows: where it goes, what shows who calls, what it answers, and whether it may be sent again. */
import type { z } from "zod";
import {
  conferenceSchema,
  insideSchema,
  nothingSchema,
  tokensSchema,
} from "../http/api/conference-shapes.js";
import { eventsSchema } from "../http/api/event-shapes.js";
import { explainedSchema } from "../http/api/explain-shapes.js";
import { banListSchema, liveRoomSchema } from "../http/api/live-shapes.js";
import { knockLinkSchema, lobbySchema } from "../http/api/lobby-shapes.js";
import { revocationPageSchema, revocationSchema } from "../http/api/revocation-shapes.js";
import { deactivatedRoomSchema, roomPageSchema, roomSchema } from "../http/api/room-shapes.js";
import {
  attendanceDetailSchema,
  attendeePageSchema,
  insidePageSchema,
  sessionPageSchema,
  sessionSchema,
} from "../http/api/session-shapes.js";
import { doneSchema, goneSchema } from "../http/api/shapes.js";
import { introspectedSchema, issuedSchema, revokedSchema } from "../http/api/token-bodies.js";
import {
  deliveryPageSchema,
  deliverySchema,
  replayedSchema,
  secretsSchema,
  webhookListSchema,
  webhookSchema,
} from "../http/api/webhook-shapes.js";

/** What a call shows: a token that the back end signs, an API token of the gateway's, or key and secret. */
export type Shown = "own" | "api" | "credentials";

/** One call. */
export interface Operation<A> {
  readonly method: "GET" | "POST" | "DELETE";
  /** As in OpenAPI: `/v2/rooms/{id}`. */
  readonly path: string;
  readonly shows: Shown;
  readonly answer: z.ZodType<A>;
  /** Whether the route knows a command by its `Idempotency-Key`; then a repetition has no second effect. */
  readonly keyed: boolean;
  /** Whether it may be sent again where it is not known what became of it. */
  readonly repeatable: boolean;
  /** What is answered where a repetition finds nothing there any more: the call before has done it. */
  readonly gone?: A;
}

interface Extra {
  readonly shows?: Shown;
  /** A POST that changes nothing. */
  readonly reads?: boolean;
}

const get = <A>(path: string, answer: z.ZodType<A>, { shows = "own" }: Extra = {}): Operation<A> => ({
  ...{ method: "GET", path, shows, answer, keyed: false, repeatable: true },
});
const drop = <A>(path: string, answer: z.ZodType<A>, gone: A, shows: Shown = "own"): Operation<A> => ({
  ...{ method: "DELETE", path, shows, answer, keyed: false, repeatable: true, gone },
});
const post = <A>(path: string, answer: z.ZodType<A>, { shows = "own", reads = false }: Extra = {}) => {
  const operation: Operation<A> = { method: "POST", path, shows, answer, keyed: false, repeatable: reads };
  return operation;
};
/** A command: the route knows it by its key. */
const command = <A>(operation: Operation<A>): Operation<A> => ({
  ...operation,
  keyed: true,
  repeatable: true,
});

const ROOM = "/v2/rooms/{id}";
const PERSON = `${ROOM}/participants/{participantId}`;
const CONFERENCE = "/v2/conferences/{id}";
const WEBHOOK = "/v2/webhooks/{id}";
const API: Extra = { shows: "api" };
const BASIC: Extra = { shows: "credentials" };
const GONE: z.infer<typeof goneSchema> = { id: "", deleted: true };
const done = (path: string): Operation<z.infer<typeof doneSchema>> => command(post(path, doneSchema));

/** The calls. */
export const OPERATIONS = {
  createRoom: post("/v2/rooms", roomSchema),
  listRooms: get("/v2/rooms", roomPageSchema),
  validateRoom: get("/v2/rooms/validate/{id}", roomSchema),
  getRoom: get(ROOM, roomSchema),
  changeRoom: post(ROOM, roomSchema),
  deactivateRoom: post("/v2/rooms/deactivate", deactivatedRoomSchema),
  live: get(`${ROOM}/live`, liveRoomSchema),
  events: get(`${ROOM}/events`, eventsSchema),

  listSessions: get("/v2/sessions", sessionPageSchema),
  getSession: get("/v2/sessions/{sessionId}", sessionSchema),
  endSession: command(post("/v2/sessions/end", sessionSchema)),
  listAttendees: get("/v2/sessions/{sessionId}/participants", attendeePageSchema),
  listInside: get("/v2/sessions/{sessionId}/participants/active", insidePageSchema),
  getAttendance: get("/v2/sessions/{sessionId}/participants/{participantId}", attendanceDetailSchema),
  removeFromSession: command(post("/v2/sessions/participants/remove", sessionSchema)),

  listLobby: get(`${ROOM}/lobby`, lobbySchema),
  admit: done(`${ROOM}/lobby/{participantId}/admit`),
  deny: done(`${ROOM}/lobby/{participantId}/deny`),
  admitAll: done(`${ROOM}/lobby/admit`),
  denyAll: done(`${ROOM}/lobby/deny`),
  makeKnockLink: post(`${ROOM}/lobby/{participantId}/link`, knockLinkSchema),

  turnOffAll: done(`${ROOM}/media/off`),
  lockMediaForAll: done(`${ROOM}/media/lock`),
  turnOff: done(`${PERSON}/media/off`),
  requestMedia: done(`${PERSON}/media/request`),
  lockMedia: done(`${PERSON}/media/lock`),
  remove: done(`${PERSON}/remove`),
  returnToLobby: done(`${PERSON}/lobby`),
  setPermissions: done(`${PERSON}/permissions`),
  lockRoom: done(`${ROOM}/lock`),
  end: done(`${ROOM}/end`),
  publish: done(`${ROOM}/messages`),
  listBans: get(`${ROOM}/bans`, banListSchema),
  ban: done(`${ROOM}/bans`),
  liftBan: command({ ...done(`${ROOM}/bans/{participantId}`), method: "DELETE" }),

  makeApiToken: post("/v1/auth/token", issuedSchema, { ...BASIC, reads: true }),
  // Nothing is kept of a token that was made: another one does no harm.
  makeClientToken: post("/v2/client-access-token", issuedSchema, { ...API, reads: true }),
  revokeToken: post("/v1/auth/revoke", revokedSchema, BASIC),
  introspectToken: post("/v1/auth/introspect", introspectedSchema, { ...BASIC, reads: true }),
  explainToken: post("/v2/tokens/explain", explainedSchema, { reads: true }),

  createConference: post("/v2/conferences/create", conferenceSchema, API),
  invite: command(post(`${CONFERENCE}/invite`, tokensSchema, API)),
  changeConferencePermissions: command(post(`${CONFERENCE}/permissions`, tokensSchema, API)),
  kick: command(post(`${CONFERENCE}/kick`, nothingSchema, API)),
  sendMessage: command(post(`${CONFERENCE}/message`, nothingSchema, API)),
  listConference: get(`${CONFERENCE}/participants`, insideSchema, API),
  endConference: drop(CONFERENCE, nothingSchema, {}, "api"),

  listRevocations: get("/v2/revocations", revocationPageSchema),
  revoke: post("/v2/revocations", revocationSchema),
  liftRevocation: drop("/v2/revocations/{id}", goneSchema, GONE),

  listWebhooks: get("/v2/webhooks", webhookListSchema),
  createWebhook: post("/v2/webhooks", webhookSchema),
  webhookSecrets: get("/v2/webhooks/secrets", secretsSchema),
  getWebhook: get(WEBHOOK, webhookSchema),
  changeWebhook: post(WEBHOOK, webhookSchema),
  removeWebhook: drop(WEBHOOK, goneSchema, GONE),
  testWebhook: post(`${WEBHOOK}/test`, deliverySchema),
  listDeliveries: get(`${WEBHOOK}/deliveries`, deliveryPageSchema),
  replayAll: post(`${WEBHOOK}/replay`, replayedSchema),
  replayOne: post(`${WEBHOOK}/deliveries/{deliveryId}/replay`, replayedSchema),
} as const;
