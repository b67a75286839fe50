/** Who may do what: one table, read by `decide`, by the docs and by the matrix test (`docs/rules.md` A). */
import type { ConferencePermission } from "../protocol/events.js";
import { refuse, type Refusal } from "../protocol/refusals.js";
import type { Action, Actor, CreateAction, OfficeAction, RoomAction } from "./commands.js";
import { toSend } from "./conference.js";
import type { Right, SessionScope } from "./grant.js";
import type { Participant, RoomState } from "./state.js";

/** What a command takes from whoever sends it. */
interface Needs {
  /** The right that a participant must hold; null: none. */
  readonly right: Right | null;
  /** In a conference, in place of the right: all of these; `what it turns on` is `SEND_AUDIO` or `SEND_VIDEO`, and for off nothing. */
  readonly conference: readonly ConferencePermission[] | "what it turns on";
  /** What a client access token must cover; other tokens cover everything. Null: nothing. */
  readonly scope: SessionScope | null;
  /** Whether somebody in the lobby may send it. */
  readonly lobby: boolean;
  /** Whether somebody whose token expired under the policy `restrict` may send it. */
  readonly restricted: boolean;
  /** Whether it is aimed at others only: then one's own id is refused. */
  readonly others: boolean;
}

const needs = (
  right: Right | null,
  conference: Needs["conference"],
  extra: Partial<Omit<Needs, "right" | "conference">> = {},
): Needs => ({
  right,
  conference,
  scope: null,
  lobby: false,
  restricted: false,
  others: false,
  ...extra,
});

const MODERATES: readonly ConferencePermission[] = ["KICK", "UPDATE_PERMISSIONS"];

/**
 * The commands that people send, by name (`design.md` section 3: "Who decides a knock", "Moderation", "Token expiry"; for
 * conferences `reference/dolby.md` section 4, for scopes 2.1).
 */
export const AUTHORITY: Readonly<Record<RoomAction["type"] | "refresh-token", Needs>> = {
  leave: needs(null, [], { restricted: true }),
  withdraw: needs(null, [], { lobby: true }),
  "refresh-token": needs(null, [], { lobby: true, restricted: true }),
  rename: needs(null, [], { scope: "session:update" }),
  admit: needs("allow_join", ["INVITE"]),
  "admit-all": needs("allow_join", ["INVITE"]),
  deny: needs("allow_join", ["INVITE"]),
  "set-media": needs(null, "what it turns on"),
  "answer-media": needs(null, "what it turns on"),
  publish: needs(null, ["SEND_MESSAGE"]),
  "disable-media": needs("allow_mod", MODERATES, { others: true }),
  "request-media": needs("allow_mod", MODERATES, { others: true }),
  "lock-media": needs("allow_mod", MODERATES),
  remove: needs("allow_mod", ["KICK"], { others: true }),
  ban: needs("allow_mod", ["KICK"], { others: true }),
  unban: needs("allow_mod", MODERATES),
  "return-to-lobby": needs("allow_mod", ["KICK"], { others: true }),
  "lock-room": needs("allow_mod", MODERATES),
  "grant-permission": needs("allow_mod", ["UPDATE_PERMISSIONS"]),
  "take-permission": needs("allow_mod", ["UPDATE_PERMISSIONS"]),
  end: needs("allow_mod", MODERATES),
};

type Personal = RoomAction["type"] | "refresh-token";

/** What a back end alone may do (A7). */
const OFFICE: ReadonlySet<Action["type"]> = new Set<(OfficeAction | CreateAction)["type"]>([
  "create",
  "update-settings",
  "set-status",
  "invite",
  "set-conference-permissions",
  "kick",
]);

function isPersonal(type: Action["type"]): type is Personal {
  return type in AUTHORITY;
}

/**
 * Whether this actor may send this action now; null: yes. A participant is first found by id and connection, then looked at:
 * in the lobby, restricted, without the right, without the scope, aiming at themselves. A back end (`api`) holds every right in a room that exists.
 */
export function authorize(state: RoomState, by: Actor, action: Action): Refusal | null {
  const personal = isPersonal(action.type);
  const office = OFFICE.has(action.type);
  if (by.kind === "newcomer")
    return action.type === "join" || action.type === "resume" ? null : refuse("not_joined");
  if (by.kind === "gateway") return personal || office ? refuse("not_permitted") : null;
  if (by.kind === "api") {
    if (action.type === "create") return null;
    if (!personal && !office) return refuse("not_permitted");
    return state.room === null ? refuse("room_unknown", { field: "roomId" }) : null;
  }

  const present = state.participants.get(by.participantId);
  const there = present ?? state.knocks.get(by.participantId);
  const speaks = there?.person.line.up === true && there.person.line.connection === by.connection;
  if (!speaks) return refuse("not_joined");
  if (office) return refuse("not_permitted");
  if (!isPersonal(action.type)) return refuse("already_joined");
  const { scope, lobby, restricted, others } = AUTHORITY[action.type];
  if (present === undefined) return lobby ? null : refuse("in_lobby");
  if (present.restricted && !restricted) return refuse("token_expired");
  const missing = lacks(present, AUTHORITY[action.type], action);
  if (missing !== null) return refuse("not_permitted", { details: { needs: missing } });
  if (scope !== null && present.person.token.scopes?.includes(scope) === false)
    return refuse("scope_missing", { details: { needs: scope } });
  const aimedAt = "participantId" in action ? action.participantId : null;
  if (others && aimedAt === by.participantId) return refuse("self_target", { field: "participantId" });
  return null;
}

/** The right that somebody lacks for this, or in a conference the first permission (K3); null: nothing. */
function lacks({ view }: Participant, { right, conference }: Needs, action: Action): string | null {
  const held = view.conferencePermissions;
  if (held === null) return right === null || view.permissions.includes(right) ? null : right;
  const all = conference === "what it turns on" ? turningOn(action) : conference;
  return all.find((one) => !held.includes(one)) ?? null;
}

function turningOn(action: Action): readonly ConferencePermission[] {
  if (action.type === "set-media") return action.on ? [toSend(action.kind)] : [];
  return action.type === "answer-media" && action.accept ? [toSend(action.kind)] : [];
}
