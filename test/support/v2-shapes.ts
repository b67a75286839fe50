/** What VideoSDK's callers read, member by member, from the examples of `reference/videosdk.md` 2.2 and 2.3; nothing of ours. */

/** What a value has to be: a check, all members of an object and no other, or a list of one kind. */
export type Shape = ((value: unknown) => boolean) | readonly [Shape] | { readonly [member: string]: Shape };

/** Where a value is not of a shape, as paths; empty: it is. */
export function misfits(value: unknown, shape: Shape, path = "$"): string[] {
  if (typeof shape === "function") return shape(value) ? [] : [`${path}: ${JSON.stringify(value)}`];
  if (isList(shape)) {
    if (!Array.isArray(value)) return [`${path}: not a list`];
    return value.flatMap((one: unknown, at) => misfits(one, shape[0], `${path}[${at}]`));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path}: not an object`];
  const given = new Map<string, unknown>(Object.entries(value));
  const missing = Object.keys(shape).filter((name) => !given.has(name));
  const extra = [...given.keys()].filter((name) => !Object.hasOwn(shape, name));
  return [
    ...missing.map((name) => `${path}.${name}: missing`),
    ...extra.map((name) => `${path}.${name}: unknown`),
    ...Object.entries(shape).flatMap(([name, inner]) =>
      given.has(name) ? misfits(given.get(name), inner, `${path}.${name}`) : [],
    ),
  ];
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

const text = (value: unknown): boolean => typeof value === "string" && value !== "";
const whole = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const truth = (value: unknown): boolean => typeof value === "boolean";
const matching =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    typeof value === "string" && pattern.test(value);
const orNull =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || check(value);
const anything = (): boolean => true;

/** 24 hex digits, as VideoSDK's documents have them. */
export const documentId = matching(/^[0-9a-f]{24}$/);
const roomId = matching(/^[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}$/);
const iso = (value: unknown): boolean =>
  typeof value === "string" && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value;

/** What our rooms have beside VideoSDK's. */
const ofOurs = {
  status: matching(/^(enabled|disabled|deactivated)$/),
  knockPolicy: anything,
  settings: anything,
} as const;
/** What VideoSDK's rooms have where they were set (`webhook`, `autoCloseConfig`, `allowedParticipantIds`). */
const wherever = {
  webhook: orNull((value) => misfits(value, { endPoint: text, events: [text] }).length === 0),
  autoCloseConfig: orNull((value) => misfits(value, { type: text, duration: whole }).length === 0),
  allowedParticipantIds: orNull((value) => misfits(value, [text]).length === 0),
} as const;
const user = { id: documentId, name: text, email: orNull(text) } as const;
const room = {
  roomId,
  customRoomId: orNull(text),
  disabled: truth,
  createdAt: iso,
  updatedAt: iso,
  id: documentId,
  links: {
    get_room: matching(/^http:\/\/127\.0\.0\.1:\d+\/v2\/rooms\/[a-z0-9-]+$/),
    get_session: matching(/^http:\/\/127\.0\.0\.1:\d+\/v2\/sessions\/$/),
  },
  ...wherever,
  ...ofOurs,
} as const;

/** A room as it was created or validated. */
export const ROOM: Shape = { ...room, userId: documentId };
/** A room as get, list and change show it. */
export const OWNED_ROOM: Shape = { ...room, user };
/** The answer to a deactivation. */
export const DEACTIVATED: Shape = {
  meetingId: roomId,
  userMeetingId: orNull(text),
  userId: documentId,
  user,
  webhook: wherever.webhook,
  disabled: (value) => value === true,
  id: documentId,
  createdAt: iso,
  updatedAt: iso,
};

const span = { start: iso, end: orNull(iso) } as const;
/** Somebody in a session. */
export const PARTICIPANT: Shape = { participantId: text, name: text, timelog: [span] };
/** Somebody with what they had turned on. */
export const DETAILED_PARTICIPANT: Shape = {
  participantId: text,
  name: text,
  timelog: [span],
  events: { mic: [span], webcam: [span], screenShare: [span], screenShareAudio: [span] },
};

const session = {
  id: documentId,
  roomId,
  customRoomId: orNull(text),
  start: iso,
  end: orNull(iso),
  status: matching(/^(ongoing|ended)$/),
  links: {
    get_room: matching(/\/v2\/rooms\/[a-z0-9-]+$/),
    get_session: matching(/\/v2\/sessions\/[0-9a-f]{24}$/),
  },
} as const;
/** A session. */
export const SESSION: Shape = { ...session, participants: [PARTICIPANT] };

const pageInfo = { currentPage: whole, perPage: whole, lastPage: whole, total: whole } as const;
/** A page of something. */
export function pageOf(entry: Shape): Shape {
  return { pageInfo, data: [entry] };
}
/** Everybody who attended a session. */
export const PARTICIPANTS: Shape = { pageInfo, data: SESSION };
/** Who is inside. */
export const ACTIVE: Shape = { pageInfo, data: [{ ...session, participants: [DETAILED_PARTICIPANT] }] };

/** An error; `field` where a member of the request is at fault. */
export const ERROR: Shape = { statusCode: whole, error: text, code: text };
/** An error that names the member of the request at fault. */
export const ERROR_OF_FIELD: Shape = { statusCode: whole, error: text, code: text, field: text };
