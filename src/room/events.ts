/**
 * Events as the log keeps them: the public body that everybody sees, and beside it what only the gateway needs (`hidden`), when
 * it happened, and the command that caused it. `protocol/events.ts` holds the public shapes.
 */
import { z } from "zod";
import { conferencePermissionSchema, eventShapes } from "../protocol/events.js";
import { LIMITS } from "../protocol/limits.js";

/** Which of its client's connections it was, as the client counts them; 0 where the client does not, and in logs from before it was kept. */
const attempt = z.number().default(0);

/** A connection: up on some node, or lost with the place kept until a time (epoch milliseconds). */
export const lineSchema = z.discriminatedUnion("up", [
  z.object({ up: z.literal(true), connection: z.string(), node: z.string(), attempt }),
  z.object({ up: z.literal(false), until: z.number(), attempt }),
]);
/** A connection, up or lost. */
export type Line = z.infer<typeof lineSchema>;

/**
 * The resume secret, as a digest. `spent` is the digest that the last resume used up and the id of that resume: the same
 * resume, sent again because its answer was lost, is still good (`design.md` promise 3). Null where none was used up, or its
 * answer is known to have come (R5).
 */
const secretSchema = z.object({
  hash: z.string(),
  spent: z.object({ hash: z.string(), id: z.string() }).nullable(),
});

/** The token that somebody last showed: what the stay stands on (`TokenMark`), when it was shown, and what it covers. */
const tokenSchema = z.object({
  fingerprint: z.string(),
  kind: z.enum(["customer", "client", "issuer"]),
  key: z.string(),
  secretId: z.string().nullable(),
  jti: z.string().nullable(),
  issuedAt: z.number().nullable(),
  shownAt: z.number(),
  oneTime: z.boolean(),
  scopes: z.array(z.enum(["conf:create", "notifications:set", "file:convert", "session:update"])).nullable(),
});

/** What is known of the token that somebody last showed; `tokens` are the digests of all they showed in this stay. */
const credentials = {
  token: tokenSchema,
  bound: z.boolean(),
  tokens: z.array(z.string()),
  tokenExpiresAt: z.number().nullable(),
  expiryPolicy: z.enum(["stay", "restrict", "leave"]),
};

/** The hidden side of somebody in the room or the lobby. */
export const personSchema = z.object({
  /** Whether the token names the participant: then the id is proven, not claimed. */
  ...credentials,
  line: lineSchema,
  secret: secretSchema,
});
/** The hidden side of somebody in the room or the lobby. */
export type Person = z.infer<typeof personSchema>;

/** What a knock will turn into when it is admitted. */
export const prospectSchema = z.object({
  rights: z.array(z.enum(["allow_join", "allow_mod"])),
  conferencePermissions: z.array(conferencePermissionSchema).nullable(),
  micOn: z.boolean(),
  webcamOn: z.boolean(),
});

/** What only back ends know of a room's settings. */
export const backOfficeSchema = z.object({
  /** Where this room's events are delivered, by name or with a `*` at the end. */
  webhook: z.object({ endPoint: z.string(), events: z.array(z.string()) }).nullable(),
  /** Who is asked about each knock, for how long, and what holds where no answer comes. */
  knockPolicy: z
    .object({ url: z.string(), timeoutMs: z.number(), fallback: z.enum(["allow", "deny", "ask"]) })
    .nullable(),
  /** Only these ids may enter or knock; null: any. */
  allowedParticipantIds: z.array(z.string()).max(LIMITS.allowedParticipantIds).nullable(),
  /** What makes the room a conference (`reference/dolby.md` sections 3 and 4); null: a plain room. */
  conference: z
    .object({
      /** The participant id of its owner, who holds all twelve permissions. */
      ownerId: z.string().nullable(),
      /** Joining takes a conference access token. */
      isProtected: z.boolean(),
      /** How long it goes on empty, milliseconds; 0: ends with the last to leave. */
      emptyTtlMs: z.number().int().min(0),
      pincode: z.string().nullable(),
    })
    .nullable(),
});
/** What only back ends know of a room's settings. */
export type BackOffice = z.infer<typeof backOfficeSchema>;
/** What holds where no back end said anything. */
export const NO_BACK_OFFICE: BackOffice = {
  webhook: null,
  knockPolicy: null,
  allowedParticipantIds: null,
  conference: null,
};
const withBackOffice = z.object({ backOffice: backOfficeSchema });

const resumed = z.object({
  line: lineSchema,
  secret: secretSchema,
  /** New credentials, where the way back was a join with a token and not a resume. */
  credentials: z.object(credentials).nullable(),
});

/** Which connection was lost: a recovery must not take it for a newer one. */
const lostSchema = z.object({ connection: z.string() });

/** The command that caused an event: who sent it, under which id, and what it was. */
export const markSchema = z.object({ key: z.string(), id: z.string(), type: z.string() });
/** The command that caused an event. */
export type CommandMark = z.infer<typeof markSchema>;

type Shapes = typeof eventShapes;
const event = <T extends keyof Shapes>(type: T) =>
  z.object({
    type: z.literal(type),
    at: z.number(),
    cmd: markSchema.nullable(),
    body: z.object(eventShapes[type]),
  });

/** Every event, decoded from the log. */
const roomEventSchema = z.discriminatedUnion("type", [
  event("room-created").extend({ hidden: withBackOffice }),
  event("room-settings-changed").extend({ hidden: withBackOffice }),
  event("room-status-changed"),
  event("session-started"),
  event("session-ended"),
  event("entry-requested").extend({ hidden: z.object({ person: personSchema, prospect: prospectSchema }) }),
  event("entry-responded"),
  event("entry-withdrawn"),
  event("entry-disconnected").extend({ hidden: lostSchema }),
  event("entry-resumed").extend({ hidden: resumed }),
  event("participant-joined").extend({ hidden: z.object({ person: personSchema }) }),
  event("participant-left").extend({ hidden: z.object({ note: z.string().nullable() }) }),
  event("participant-disconnected").extend({ hidden: lostSchema }),
  event("participant-resumed").extend({ hidden: resumed }),
  event("stream-enabled"),
  event("stream-disabled"),
  event("mic-requested"),
  event("webcam-requested"),
  event("mic-responded"),
  event("webcam-responded"),
  event("media-lock-changed"),
  event("participant-banned").extend({ hidden: z.object({ tokens: z.array(z.string()) }) }),
  event("participant-unbanned"),
  event("room-lock-changed"),
  event("permissions-changed"),
  event("participant-renamed"),
  /** `passId`: the `jti` of the one conference access token that counts from now on. `notify`: whether they are to be told. */
  event("participant-invited").extend({ hidden: z.object({ passId: z.string(), notify: z.boolean() }) }),
  event("invitation-revoked"),
  event("token-expired"),
  event("token-refreshed").extend({ hidden: z.object(credentials) }),
  event("message-published"),
]);

/** One entry of a room's log. */
export type RoomEvent = z.infer<typeof roomEventSchema>;

type WithoutStamp<E> = E extends RoomEvent ? Omit<E, "at" | "cmd"> : never;
/** An event as a rule writes it, before the time and the command are put on. */
export type NewEvent = WithoutStamp<RoomEvent>;

/** Text for the log. */
export function encodeEvent(event: RoomEvent): string {
  return JSON.stringify(event);
}

/** An entry of the log from its text. Throws where the text is not an event: then the log is damaged or from another version. */
export function decodeEvent(text: string): RoomEvent {
  return roomEventSchema.parse(JSON.parse(text));
}
