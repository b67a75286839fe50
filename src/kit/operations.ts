/** Every call that the client knows: where it goes, what shows who calls, what it answers, and whether it may be sent again. */
import type { z } from "zod";
import { ANSWERS } from "./answers.js";

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
const GONE: z.infer<typeof ANSWERS.gone> = { id: "", deleted: true };
const done = (path: string): Operation<z.infer<typeof ANSWERS.done>> => command(post(path, ANSWERS.done));

/** The calls. */
export const OPERATIONS = {
  createRoom: post("/v2/rooms", ANSWERS.room),
  listRooms: get("/v2/rooms", ANSWERS.rooms),
  validateRoom: get("/v2/rooms/validate/{id}", ANSWERS.room),
  getRoom: get(ROOM, ANSWERS.room),
  changeRoom: post(ROOM, ANSWERS.room),
  deactivateRoom: post("/v2/rooms/deactivate", ANSWERS.deactivatedRoom),
  live: get(`${ROOM}/live`, ANSWERS.live),
  events: get(`${ROOM}/events`, ANSWERS.events),

  listSessions: get("/v2/sessions", ANSWERS.sessions),
  getSession: get("/v2/sessions/{sessionId}", ANSWERS.session),
  endSession: command(post("/v2/sessions/end", ANSWERS.session)),
  listAttendees: get("/v2/sessions/{sessionId}/participants", ANSWERS.attendees),
  listInside: get("/v2/sessions/{sessionId}/participants/active", ANSWERS.inside),
  getAttendance: get("/v2/sessions/{sessionId}/participants/{participantId}", ANSWERS.attendance),
  removeFromSession: command(post("/v2/sessions/participants/remove", ANSWERS.session)),

  listLobby: get(`${ROOM}/lobby`, ANSWERS.lobby),
  admit: done(`${ROOM}/lobby/{participantId}/admit`),
  deny: done(`${ROOM}/lobby/{participantId}/deny`),
  admitAll: done(`${ROOM}/lobby/admit`),
  denyAll: done(`${ROOM}/lobby/deny`),
  makeKnockLink: post(`${ROOM}/lobby/{participantId}/link`, ANSWERS.knockLink),

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
  listBans: get(`${ROOM}/bans`, ANSWERS.bans),
  ban: done(`${ROOM}/bans`),
  liftBan: command({ ...done(`${ROOM}/bans/{participantId}`), method: "DELETE" }),

  makeApiToken: post("/v1/auth/token", ANSWERS.issued, { ...BASIC, reads: true }),
  // Nothing is kept of a token that was made: another one does no harm.
  makeClientToken: post("/v2/client-access-token", ANSWERS.issued, { ...API, reads: true }),
  revokeToken: post("/v1/auth/revoke", ANSWERS.nothing, BASIC),
  introspectToken: post("/v1/auth/introspect", ANSWERS.introspected, { ...BASIC, reads: true }),
  explainToken: post("/v2/tokens/explain", ANSWERS.explained, { reads: true }),

  createConference: post("/v2/conferences/create", ANSWERS.conference, API),
  invite: command(post(`${CONFERENCE}/invite`, ANSWERS.conferenceTokens, API)),
  changeConferencePermissions: command(post(`${CONFERENCE}/permissions`, ANSWERS.conferenceTokens, API)),
  kick: command(post(`${CONFERENCE}/kick`, ANSWERS.conferenceNothing, API)),
  sendMessage: command(post(`${CONFERENCE}/message`, ANSWERS.conferenceNothing, API)),
  listConference: get(`${CONFERENCE}/participants`, ANSWERS.conferenceInside, API),
  endConference: drop(CONFERENCE, ANSWERS.conferenceNothing, {}, "api"),

  listRevocations: get("/v2/revocations", ANSWERS.revocations),
  revoke: post("/v2/revocations", ANSWERS.revocation),
  liftRevocation: drop("/v2/revocations/{id}", ANSWERS.gone, GONE),

  listWebhooks: get("/v2/webhooks", ANSWERS.webhooks),
  createWebhook: post("/v2/webhooks", ANSWERS.webhook),
  webhookSecrets: get("/v2/webhooks/secrets", ANSWERS.webhookSecrets),
  getWebhook: get(WEBHOOK, ANSWERS.webhook),
  changeWebhook: post(WEBHOOK, ANSWERS.webhook),
  removeWebhook: drop(WEBHOOK, ANSWERS.gone, GONE),
  testWebhook: post(`${WEBHOOK}/test`, ANSWERS.delivery),
  listDeliveries: get(`${WEBHOOK}/deliveries`, ANSWERS.deliveries),
  replayAll: post(`${WEBHOOK}/replay`, ANSWERS.replayed),
  replayOne: post(`${WEBHOOK}/deliveries/{deliveryId}/replay`, ANSWERS.replayed),
} as const;
