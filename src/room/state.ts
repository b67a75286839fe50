/** What a room is at a number: the fold of its events. Immutable; `evolve` makes the next one. */
import { z } from "zod";
import {
  actorViewSchema,
  conferencePermissionSchema,
  knockViewSchema,
  participantViewSchema,
  roomSettingsSchema,
  roomStatusSchema,
  topicMessageSchema,
  type KnockView,
  type ParticipantView,
  type TopicMessage,
} from "../protocol/events.js";
import type { MediaKind } from "../protocol/commands.js";
import { backOfficeSchema, markSchema, personSchema, prospectSchema, type Person } from "./events.js";
import { Table } from "./table.js";

const right = z.enum(["allow_join", "allow_mod"]);
/** `conferencePermissions`: null outside conferences. */
const heldSchema = z.object({
  permissions: z.array(right),
  conferencePermissions: z.array(conferencePermissionSchema).nullable(),
});

const askSchema = z.object({ by: z.string().nullable() }).nullable();
const participantSchema = z.object({
  view: participantViewSchema,
  person: personSchema,
  /** True after the token expired under the policy `restrict`, until a refresh. */
  restricted: z.boolean(),
  /** Who asked to turn something on and has no answer yet. */
  asked: z.object({ mic: askSchema, webcam: askSchema }),
});
const knockSchema = z.object({ view: knockViewSchema, person: personSchema, prospect: prospectSchema });
const banSchema = z.object({
  by: actorViewSchema,
  note: z.string().nullable(),
  at: z.number(),
  tokens: z.array(z.string()),
});
const denialSchema = z.object({ count: z.number(), until: z.number() });
const decisionSchema = z.object({ decision: z.enum(["allowed", "denied"]), by: actorViewSchema });
const departureSchema = z.object({
  hash: z.string(),
  reason: z.enum([
    "removed",
    "entry_denied",
    "knock_timed_out",
    "resume_window_over",
    "room_disabled",
    "session_ended",
    "token_expired",
    "token_revoked",
    "key_deactivated",
    "key_unknown",
  ]),
});
const invitationSchema = z.object({
  passId: z.string(),
  permissions: z.array(conferencePermissionSchema),
  /** When a back end said so, so that a recovery does not put an older one over a newer one. */
  at: z.number(),
});
const keptMessageSchema = z.object({ message: topicMessageSchema, length: z.number() });
const markedSchema = markSchema.omit({ key: true }).extend({ seq: z.number() });

/** Somebody in the room: what others see, and what only the gateway knows. */
export type Participant = z.infer<typeof participantSchema>;
/** Somebody in the lobby. */
export type Knock = z.infer<typeof knockSchema>;
/** What somebody holds: rights, and in a conference the permissions that they follow from. */
export type Held = z.infer<typeof heldSchema>;
/** Why somebody is not here any more, for the day that their resume secret comes back. */
export type Departure = z.infer<typeof departureSchema>;

/** The tables of a room, by name: what each entry is. Keys are participant ids unless said otherwise. */
const tables = {
  participants: participantSchema,
  knocks: knockSchema,
  bans: banSchema,
  /** By subject (see `subjects`): denied, how often, and until when they may not knock. */
  denials: denialSchema,
  /** By digest: tokens that do not open this session again. */
  spentTokens: z.literal(true),
  /** By subject: sent back to the lobby, so they have to knock whatever their token says. */
  mustKnock: z.literal(true),
  /** Ids proven by a token that were let in during this session. */
  admitted: z.literal(true),
  /** What ids proven by a token hold since it was changed in the room. In a conference the invitation has it, where there is one. */
  rights: heldSchema,
  /** By digest: rights, and permissions of a conference, taken in the room from somebody with this token. */
  taken: z.array(z.union([right, conferencePermissionSchema])),
  /** The last answers to knocks. */
  decisions: decisionSchema,
  departed: departureSchema,
  /** Into a conference: what each may do there, and which conference access token says so. They outlive sessions. */
  invitations: invitationSchema,
  /** By `jti`: one-time tokens that admitted somebody, with their expiry. They outlive sessions. */
  usedTokens: z.number(),
  /** By sender: the last commands that had an effect. */
  commands: z.array(markedSchema),
  /** By message id: kept topic messages, and how long each is as JSON text. */
  messages: keptMessageSchema,
} as const;
type Tables = { readonly [K in keyof typeof tables]: Table<z.infer<(typeof tables)[K]>> };

const scalars = z.object({
  seq: z.number().int().min(0),
  room: z
    .object({
      roomId: z.string(),
      customRoomId: z.string().nullable(),
      permanent: z.boolean(),
      settings: roomSettingsSchema,
      backOffice: backOfficeSchema,
      status: roomStatusSchema,
      createdAt: z.number(),
      /** When each of the two was set, so that a recovery does not put an older one over a newer one. */
      settingsAt: z.number(),
      statusAt: z.number(),
      /** When the last one left a conference that may go on empty for a while; null: somebody is in, or nobody was yet. */
      emptySince: z.number().nullable(),
    })
    .nullable(),
  session: z.object({ id: z.string(), startedAt: z.number() }).nullable(),
  locked: z.boolean(),
  mediaLocks: z.object({ mic: z.boolean(), webcam: z.boolean() }),
});

/** A room at the number `seq`. `room` is null while it does not exist, `session` while nobody is in. */
export type RoomState = Readonly<z.infer<typeof scalars>> & Tables;

/** The state before the first event. */
export const NO_ROOM: RoomState = {
  seq: 0,
  room: null,
  session: null,
  locked: false,
  mediaLocks: { mic: false, webcam: false },
  participants: Table.of(),
  knocks: Table.of(),
  bans: Table.of(),
  denials: Table.of(),
  spentTokens: Table.of(),
  mustKnock: Table.of(),
  admitted: Table.of(),
  rights: Table.of(),
  taken: Table.of(),
  decisions: Table.of(),
  departed: Table.of(),
  invitations: Table.of(),
  usedTokens: Table.of(),
  commands: Table.of(),
  messages: Table.of(),
};

const table = <V>(value: z.ZodType<V>) =>
  z
    .array(z.object({ key: z.string(), value }))
    .transform((list) => Table.of(list.map((entry) => [entry.key, entry.value] as const)));
const stateSchema = scalars.extend({
  participants: table(tables.participants),
  knocks: table(tables.knocks),
  bans: table(tables.bans),
  denials: table(tables.denials),
  spentTokens: table(tables.spentTokens),
  mustKnock: table(tables.mustKnock),
  admitted: table(tables.admitted),
  rights: table(tables.rights),
  taken: table(tables.taken),
  decisions: table(tables.decisions),
  departed: table(tables.departed),
  invitations: table(tables.invitations),
  usedTokens: table(tables.usedTokens),
  commands: table(tables.commands),
  messages: table(tables.messages),
});

/** Text for a snapshot in the log. */
export function encodeState(state: RoomState): string {
  return JSON.stringify(state, (_key, value: unknown) =>
    value instanceof Table
      ? Array.from(value.entries(), ([key, entry]: [string, unknown]) => ({ key, value: entry }))
      : value,
  );
}

/** A state from its text. Throws where it is not one. */
export function decodeState(text: string): RoomState {
  return stateSchema.parse(JSON.parse(text));
}

/** Whom a rule about a person also has to recognise: the proven id, or else the tokens that they showed. */
export function subjects(participantId: string, person: Pick<Person, "bound" | "tokens">): readonly string[] {
  return person.bound ? [`id:${participantId}`] : person.tokens.map((token) => `token:${token}`);
}

/** Under which name the ids of commands over REST are remembered: no participant goes by it, ids have no white space. */
export const API_SENDER = "rest api";

/** Whether a ban closes the door to this id, or to one of these tokens. */
export function isBanned({ bans }: RoomState, participantId: string, tokens: readonly string[]): boolean {
  if (bans.has(participantId)) return true;
  for (const ban of bans.values()) if (ban.tokens.some((token) => tokens.includes(token))) return true;
  return false;
}

/** Whether something may not be turned on by its owner: locked for them, or for all who do not moderate. */
export function isLocked(state: RoomState, view: ParticipantView, kind: MediaKind): boolean {
  const own = kind === "mic" ? view.micLocked : view.webcamLocked;
  return own || (state.mediaLocks[kind] && !view.permissions.includes("allow_mod"));
}

/** Whether somebody who may answer knocks holds a seat in the room. */
export function hostPresent(state: RoomState): boolean {
  for (const { view } of state.participants.values())
    if (view.permissions.includes("allow_join")) return true;
  return false;
}

/** Views that travel with the state. */
export type { KnockView, ParticipantView, TopicMessage };
