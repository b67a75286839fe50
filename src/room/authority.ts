/** Who may do what: one table, read by `decide`, by the docs and by the matrix test (`docs/rules.md` A). */
import { refuse, type Refusal } from "../protocol/refusals.js";
import type { Action, Actor, CreateAction, OfficeAction, RoomAction } from "./commands.js";
import type { Right } from "./grant.js";
import type { RoomState } from "./state.js";

/** What a command takes from whoever sends it. */
interface Needs {
  /** The right that a participant must hold; null: none. */
  readonly right: Right | null;
  /** Whether somebody in the lobby may send it. */
  readonly lobby: boolean;
  /** Whether somebody whose token expired under the policy `restrict` may send it. */
  readonly restricted: boolean;
  /** Whether it is aimed at others only: then one's own id is refused. */
  readonly others: boolean;
}

const needs = (right: Right | null, extra: Partial<Needs> = {}): Needs => ({
  right,
  lobby: false,
  restricted: false,
  others: false,
  ...extra,
});

/** The commands that people send, by name (`design.md` section 3: "Who decides a knock", "Moderation", "Token expiry"). */
export const AUTHORITY: Readonly<Record<RoomAction["type"] | "refresh-token", Needs>> = {
  leave: needs(null, { restricted: true }),
  withdraw: needs(null, { lobby: true }),
  "refresh-token": needs(null, { lobby: true, restricted: true }),
  admit: needs("allow_join"),
  "admit-all": needs("allow_join"),
  deny: needs("allow_join"),
  "set-media": needs(null),
  "answer-media": needs(null),
  publish: needs(null),
  "disable-media": needs("allow_mod", { others: true }),
  "request-media": needs("allow_mod", { others: true }),
  "lock-media": needs("allow_mod"),
  remove: needs("allow_mod", { others: true }),
  ban: needs("allow_mod", { others: true }),
  unban: needs("allow_mod"),
  "return-to-lobby": needs("allow_mod", { others: true }),
  "lock-room": needs("allow_mod"),
  "grant-permission": needs("allow_mod"),
  "take-permission": needs("allow_mod"),
  end: needs("allow_mod"),
};

type Personal = RoomAction["type"] | "refresh-token";

/** What a back end alone may do (A7). */
const OFFICE: ReadonlySet<Action["type"]> = new Set<(OfficeAction | CreateAction)["type"]>([
  "create",
  "update-settings",
  "set-status",
]);

function isPersonal(type: Action["type"]): type is Personal {
  return type in AUTHORITY;
}

/**
 * Whether this actor may send this action now; null: yes. A participant is first found by id and connection, then looked at:
 * in the lobby, restricted, without the right, aiming at themselves. A back end (`api`) holds every right in a room that exists.
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
  const { right, lobby, restricted, others } = AUTHORITY[action.type];
  if (present === undefined) return lobby ? null : refuse("in_lobby");
  if (present.restricted && !restricted) return refuse("token_expired");
  if (right !== null && !present.view.permissions.includes(right))
    return refuse("not_permitted", { details: { needs: right } });
  const aimedAt = "participantId" in action ? action.participantId : null;
  if (others && aimedAt === by.participantId) return refuse("self_target", { field: "participantId" });
  return null;
}
