/** What each "no" means to the person at the keyboard, and what they can do about it. */
import type { MeetingError } from "../client/meeting-error.js";
import type { LocalReason } from "../client/refusals.js";
import type { Reason } from "../protocol/refusals.js";
import type { Paint } from "./io.js";
import { columns, printable, timeOfDay } from "./text.js";

const MEANINGS: Readonly<Record<Reason | LocalReason, string>> = {
  token_missing: "No token was shown. Give one with --token.",
  token_too_long: "The token is longer than 8 KiB. Was something else pasted?",
  token_malformed: "This is not a token. Was it cut off when it was copied?",
  algorithm_not_allowed: "The token is not signed with HS256. Whoever made it must change that.",
  critical_extension: "The token asks for an extension that the gateway does not have.",
  claims_invalid: "A claim is missing or of the wrong form. See: admitone inspect.",
  version_required: 'A token with roomId, participantId or roles also needs "version": 2.',
  signature_invalid: "The token was not signed with the secret that belongs to its key.",
  token_expired: "The token's time is over. Ask for a new one.",
  token_not_yet_valid: "The token is only good later, or one of the two clocks is wrong.",
  expiry_missing: "The token never expires, and the app does not allow that.",
  lifetime_too_long: "The token lives longer than the app allows. Ask for a shorter one.",
  token_revoked: "The token was called back. Ask whoever gave it to you for a new one.",
  token_used: "The token is good for one admission only, and has had it. Ask for a new one.",
  key_deactivated: "The key that signed the token is switched off.",
  key_unknown: "The gateway does not know the key of this token. Is it for another gateway?",
  permissions_invalid: "The token has no way into a meeting: it needs allow_join, or ask_join alone.",
  room_mismatch: "The token is for another room.",
  participant_mismatch: "The token is for another participant id.",
  role_not_allowed: "The token is for the REST API, not for meetings.",
  room_unknown: "Nobody has created this room, or its name is misspelt.",
  room_disabled: "The room is closed. Ask whoever runs it whether it will open again.",
  participant_not_allowed: "Only certain people may enter this room, and your id is not among theirs.",
  participant_id_taken: "Somebody goes by this id. Choose another, or use a token that names it.",
  room_full: "All seats are taken. Try again when somebody has left.",
  room_locked: "A moderator has locked the room. Ask them to open it.",
  banned: "You are banned from this room until somebody lifts it.",
  removed: "You were removed; the token that you came with does not open this session again.",
  cooling_down: "You were turned away a moment ago. Knock again later.",
  host_absent: "Nobody is there who could let you in. Try again later.",
  lobby_full: "Too many people wait already. Try again later.",
  already_joined: "This line has joined already.",
  resume_invalid: "The way back is closed. Join again with the token.",
  resume_window_over: "You were away for too long; the seat was given up. Join again with the token.",
  entry_denied: "A host said no.",
  knock_timed_out: "Nobody answered in time. Knock again, or tell a host.",
  session_ended: "The meeting was ended for all.",
  not_joined: "You are not in the room.",
  in_lobby: "You are still in the lobby.",
  not_permitted: "You lack the permission for this.",
  participant_unknown: "Nobody of that id is in the room. See: who.",
  participant_offline: "Their line is lost at the moment. Try again.",
  knock_unknown: "Nobody of that id waits. See: lobby.",
  already_decided: "Somebody else was quicker.",
  self_target: "This is for others only.",
  media_locked: "A moderator has locked it.",
  request_unknown: "Nobody has asked for this, or it was answered.",
  ban_unknown: "Nobody of that id is banned.",
  room_exists: "There is such a room already.",
  command_id_reused: "The program has used an id twice.",
  invalid_parameter: "Something in the request has the wrong form.",
  payload_too_large: "That is too much for one message.",
  too_many_commands: "Too much at once. Wait for the answers.",
  session_unknown: "There was no such session in this room.",
  history_gone: "What happened that long ago is not kept any more.",
  room_deactivated: "The room was closed for good. Create another.",
  webhook_unknown: "There is no such webhook, or no such delivery.",
  address_refused: "The gateway sends nothing to this address. Is it a private one?",
  link_invalid: "The link is not whole, or its time is over.",
  conference_token_missing: "This conference is protected: it takes a conference access token as well.",
  conference_token_invalid:
    "The conference access token is for another conference or person, or a newer one was made.",
  scope_missing: "The token does not cover this.",
  credentials_invalid: "The key or its secret is not right.",
  grant_type_unsupported: "The only grant type is client_credentials.",
  scope_invalid: "No scope that was asked for is known. Are they spelt right?",
  token_too_large: "The token would be too large. Ask for less in it: a shorter id, fewer scopes.",
  token_not_revocable: "The token has no jti, so it cannot be revoked by itself.",
  admin_token_invalid: "The admin token is not right.",
  admin_disabled: "The gateway was started without an admin token, so nobody administers it this way.",
  app_unknown: "There is no such app.",
  app_exists: "There is such an app, or such a key, already.",
  app_fixed: "The app comes from the gateway's settings. Change it there.",
  api_key_unknown: "The app has no such key, or no such secret.",
  last_secret: "It is the last secret of the key that signs. Add another first.",
  encryption_key_missing: "The gateway was started without an encryption key, so it keeps no secrets.",
  revocation_unknown: "There is no such revocation.",
  rate_limited: "Too many attempts have failed from here. Wait a minute.",
  not_found: "There is no meeting door at this address. Does it end in /v2/meeting?",
  unavailable: "The gateway has lost its store for the moment. Try again.",
  internal_error: "The gateway made a mistake. Try again; its log says more.",
  unreachable: "Nobody answers there. Does the gateway run, and is the address right?",
  wrong_protocol: "Something answers there, but it is not this gateway.",
  cancelled: "You stopped before there was an answer.",
  unanswered: "The line ended before there was an answer.",
};

/** What a reason means; empty for one that is not known here. */
export function meaningOf(reason: string): string {
  return isKnown(reason) ? MEANINGS[reason] : "";
}

/** A join that failed: the outward text, the reason, and what it means. */
export function describeFailure(error: MeetingError, paint: Paint, timeZone?: string): string {
  const { message, reason, code, name, field, details } = error;
  const rows = [["reason", `${printable(reason)} (${code} ${printable(name)})`]];
  const meaning = meaningOf(reason);
  if (meaning !== "") rows.push(["means", meaning]);
  if (field !== undefined) rows.push(["field", printable(field)]);
  for (const [key, value] of Object.entries(details ?? {}))
    rows.push([printable(key), detail(key, value, timeZone)]);
  return `${paint("bad", `Could not join: ${printable(message)}`)}\n${columns(rows)}`;
}

/** A refused command in one line. */
export function describeRefusal(error: MeetingError, timeZone?: string): string {
  const details = Object.entries(error.details ?? {}).map(
    ([key, value]) => `${key} ${detail(key, value, timeZone)}`,
  );
  const extra = details.length === 0 ? "" : `; ${printable(details.join(", "))}`;
  return `${printable(error.message)} (${printable(error.reason)}${extra})`;
}

function detail(key: string, value: unknown, timeZone?: string): string {
  if (key === "mayKnockAt" && typeof value === "number") return timeOfDay(value, timeZone);
  return printable(typeof value === "string" ? value : JSON.stringify(value));
}

function isKnown(reason: string): reason is keyof typeof MEANINGS {
  return Object.hasOwn(MEANINGS, reason);
}
