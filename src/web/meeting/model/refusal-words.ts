/** The gateway's reasons as sentences for people who do not run it. The stable reason is shown beside them. */
import type { Reason } from "../../../protocol/refusals.js";

/** What to say about a reason, and what can be done about it. */
export interface ReasonWords {
  readonly title: string;
  readonly text: string;
  /** `now`: the same may work. `link`: only another link helps. `none`: nothing that this person could do. */
  readonly next: "now" | "link" | "none";
}

const link = (text: string, title = "This link does not work"): ReasonWords => ({
  title,
  text,
  next: "link",
});
const never = (title: string, text: string): ReasonWords => ({ title, text, next: "none" });
const again = (title: string, text: string): ReasonWords => ({ title, text, next: "now" });

const UNREADABLE = "Its token cannot be read. Perhaps the link was cut when it was copied.";

const WORDS: Readonly<Partial<Record<string, ReasonWords>>> = {
  token_missing: link("It has no token, and without one nobody comes in."),
  token_too_long: link("Its token is longer than any that this gateway takes."),
  token_malformed: link(UNREADABLE),
  algorithm_not_allowed: link("Its token is signed in a way that this gateway does not take."),
  critical_extension: link("Its token asks for something that this gateway does not know."),
  claims_invalid: link("Something that its token says is not valid."),
  version_required: link("Its token names a room, a person or a role but does not say `version: 2`."),
  signature_invalid: link("Its token was not signed with the right secret, or was changed afterwards."),
  token_expired: link("Its token has expired.", "This link has expired"),
  token_not_yet_valid: again("Too early", "The token of this link is not valid yet. Please try again later."),
  expiry_missing: link("Its token does not say when it expires, and this gateway wants to know."),
  lifetime_too_long: link("Its token lives longer than this gateway allows."),
  token_revoked: link("Its token was revoked.", "This link was withdrawn"),
  token_used: link("It was good for one person, and somebody has come in with it.", "This link was used"),
  key_unknown: link("Its token was made with a key that this gateway does not know."),
  key_deactivated: link("The key that its token was made with is switched off."),
  permissions_invalid: link(
    "Its token gives no right to enter or to knock, or rights that contradict each other.",
  ),
  room_mismatch: link("Its token is for another room."),
  participant_mismatch: link("Its token is for somebody else."),
  role_not_allowed: link("Its token is for programs and does not open meetings."),
  conference_token_missing: link("This conference takes a second token, and the link has none."),
  conference_token_invalid: link(
    "Its second token is not good for this conference, or was replaced by a newer one.",
  ),
  scope_missing: link("Its token does not cover this."),

  room_unknown: never(
    "There is no such room",
    "Please check the address. The room may also have been deleted.",
  ),
  room_disabled: never("This room is closed", "Whoever runs it can open it again."),
  participant_not_allowed: never(
    "This room is for certain people",
    "The name on your link is not on the list.",
  ),
  participant_id_taken: again(
    "You are in this meeting elsewhere",
    "The meeting was opened with the same link in another tab or on another device.",
  ),
  room_full: again("The room is full", "All seats are taken. Somebody has to leave before you can come in."),
  room_locked: again(
    "The room is locked",
    "A moderator has locked the room, so nobody comes in or knocks for now.",
  ),
  banned: never("You cannot enter this room", "You are banned from it. A moderator can lift that."),
  removed: never("You were removed", "This link does not open this session again."),
  cooling_down: again("Not yet", "You were turned away a short while ago and can ask again later."),
  host_absent: again(
    "No host is here",
    "Nobody who could let you in is in the room. Please try again later.",
  ),
  lobby_full: again("Too many people are waiting", "The lobby is full. Please try again in a while."),
  entry_denied: again("You were not let in", "A host has turned your request down."),
  knock_timed_out: again("Nobody answered", "Your request was kept for as long as this room keeps one."),
  session_ended: again("The meeting is over", "It was ended for everybody."),
  resume_invalid: again("Your seat is gone", "It was kept for a while after your connection was lost."),
  resume_window_over: again("Your seat is gone", "Your connection was lost for longer than a seat is kept."),
  place_lost: again("Your seat was lost", "The gateway lost data and could not place you again."),

  unreachable: again(
    "The gateway cannot be reached",
    "Is your network up? It may also be down for a moment.",
  ),
  unavailable: again("The gateway is not ready", "It cannot reach its store at the moment."),
  internal_error: again("Something went wrong", "The fault is on the gateway's side."),
  join_deadline: again("That took too long", "The gateway waited for your request and gave up."),
  wrong_protocol: never(
    "This is no meeting gateway",
    "What answers at this address speaks another language.",
  ),
} satisfies Partial<Record<Reason | OtherReason, ReasonWords>>;

/** Words beside the table of refusals: close reasons, and what the client finds by itself. */
type OtherReason = "place_lost" | "unreachable" | "join_deadline" | "wrong_protocol";

/** The words for a reason; for one that this page does not know, what the gateway itself said. */
export function wordsFor(reason: string, message: string): ReasonWords {
  return WORDS[reason] ?? again("You could not come in", message);
}
