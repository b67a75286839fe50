/**
 * Every reason for which the gateway says no: one table, read by the transports, the SDK, the docs and their test.
 *
 * A reason is stable text for programs; `code` is the number that VideoSDK's clients know (`reference/videosdk.md`
 * section 7) or one of ours from 4400 on; `close` is the WebSocket close code used when the refusal ends a connection.
 */

/** The one sentence that every token fault shows to the outside (`design.md` section 3, "Outward text"). */
export const TOKEN_TEXT = "Token is invalid or expired";

/** One row of the table of refusals. */
export interface RefusalRow {
  /** Number on the wire. 3xxx and 4000 to 4099 are VideoSDK's, 4400 and up are ours. */
  readonly code: number;
  /** Constant-style name of `code`. */
  readonly name: string;
  /** HTTP status when the refusal answers a request. */
  readonly http: number;
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** Text for people. */
  readonly message: string;
}

const row = (code: number, name: string, http: number, message: string, retryable = false): RefusalRow => ({
  code,
  name,
  http,
  message,
  retryable,
});

const invalidToken = (http = 401): RefusalRow => row(4002, "INVALID_TOKEN", http, TOKEN_TEXT);

/** Reason -> what is said about it. Add a reason here; `docs/protocol.md` must list it too (a test compares). */
export const REFUSALS = {
  // The token, checked once at the door (`design.md` sections 2 and 3).
  token_missing: invalidToken(),
  token_too_long: invalidToken(),
  token_malformed: invalidToken(),
  algorithm_not_allowed: invalidToken(),
  critical_extension: invalidToken(),
  claims_invalid: invalidToken(),
  version_required: invalidToken(403),
  signature_invalid: invalidToken(),
  token_expired: invalidToken(),
  token_not_yet_valid: invalidToken(),
  expiry_missing: invalidToken(),
  lifetime_too_long: invalidToken(),
  token_revoked: invalidToken(),
  token_used: invalidToken(),
  key_unknown: row(4001, "INVALID_API_KEY", 401, TOKEN_TEXT),
  key_deactivated: row(4053, "APIKEY_DEACTIVATED", 401, TOKEN_TEXT),
  permissions_invalid: row(4008, "INVALID_PERMISSIONS", 403, TOKEN_TEXT),
  room_mismatch: row(4022, "UNAUTHORIZED_MEETING_ID", 403, TOKEN_TEXT),
  participant_mismatch: row(4023, "UNAUTHORIZED_PARTCIPANT_ID", 403, TOKEN_TEXT),
  role_not_allowed: row(4024, "UNAUTHORIZED_ROLE", 403, TOKEN_TEXT),

  // The room decides about entry.
  room_unknown: row(4003, "INVALID_MEETING_ID", 404, "There is no such room"),
  room_disabled: row(4052, "MEETING_ID_DISABLED", 402, "The room is disabled"),
  participant_not_allowed: row(
    4409,
    "PARTICIPANT_NOT_ALLOWED",
    403,
    "Only certain participants may enter this room",
  ),
  participant_id_taken: row(
    4005,
    "DUPLICATE_PARTICIPANT",
    409,
    "This participant id is in use by somebody else",
  ),
  room_full: row(4009, "MAX_PARTCIPANT_REACHED", 403, "The room is full"),
  room_locked: row(4403, "ROOM_LOCKED", 403, "The room is locked"),
  banned: row(4401, "BANNED", 403, "You are banned from this room"),
  removed: row(4402, "REMOVED", 403, "You were removed from this session; this token does not open it again"),
  cooling_down: row(4406, "COOLING_DOWN", 429, "You were denied entry and may knock again later", true),
  host_absent: row(4407, "HOST_ABSENT", 403, "No host is in the room", true),
  lobby_full: row(4408, "LOBBY_FULL", 403, "The lobby is full", true),
  already_joined: row(4410, "ALREADY_JOINED", 409, "This connection has joined already"),

  // Coming back with a resume secret.
  resume_invalid: row(4411, "RESUME_INVALID", 401, "The resume secret is not valid; join with a token"),
  resume_window_over: row(4412, "RESUME_WINDOW_OVER", 410, "The resume window is over; join with a token"),
  entry_denied: row(4404, "ENTRY_DENIED", 403, "A host denied the entry"),
  knock_timed_out: row(4405, "KNOCK_TIMED_OUT", 408, "Nobody answered the knock"),
  session_ended: row(4413, "SESSION_ENDED", 410, "The session was ended for all"),

  // Commands inside a room.
  not_joined: row(3035, "ERROR_ACTION_PERFORMED_BEFORE_MEETING_JOINED", 409, "Join the room first"),
  in_lobby: row(4414, "IN_LOBBY", 403, "You are in the lobby"),
  not_permitted: row(4415, "NOT_PERMITTED", 403, "This needs a permission that you do not hold"),
  participant_unknown: row(4416, "PARTICIPANT_UNKNOWN", 404, "There is no such participant in the room"),
  participant_offline: row(
    4429,
    "PARTICIPANT_OFFLINE",
    409,
    "The participant's line is lost at the moment",
    true,
  ),
  knock_unknown: row(4417, "KNOCK_UNKNOWN", 404, "Nobody with this id waits in the lobby"),
  already_decided: row(4418, "ALREADY_DECIDED", 409, "Somebody else has answered this knock"),
  self_target: row(4419, "SELF_TARGET", 400, "This command is for other participants"),
  media_locked: row(4420, "MEDIA_LOCKED", 403, "A moderator has locked this; it cannot be turned on"),
  request_unknown: row(4421, "REQUEST_UNKNOWN", 404, "There is no open request to answer"),
  ban_unknown: row(4422, "BAN_UNKNOWN", 404, "There is no ban on this participant"),
  room_exists: row(4423, "ROOM_EXISTS", 409, "A room with this id exists"),
  command_id_reused: row(4424, "COMMAND_ID_REUSED", 409, "This command id was used for another command"),

  // Shape and volume.
  invalid_parameter: row(3073, "INVALID_PARAMETER", 400, "A field is missing or not valid"),
  payload_too_large: row(3072, "ERROR_PAYLOAD_TOO_LARGE", 413, "The message is too large"),
  too_many_commands: row(4425, "TOO_MANY_COMMANDS", 429, "Too many commands wait for an answer", true),
  not_found: row(4426, "NOT_FOUND", 404, "There is nothing at this path"),

  // What only back ends and knock links meet.
  session_unknown: row(4430, "SESSION_UNKNOWN", 404, "There is no such session"),
  history_gone: row(4431, "HISTORY_GONE", 410, "The events after this position are not kept any more"),
  room_deactivated: row(4432, "ROOM_DEACTIVATED", 409, "The room was deactivated for good"),
  webhook_unknown: row(4433, "WEBHOOK_UNKNOWN", 404, "There is no such webhook or delivery"),
  address_refused: row(4434, "ADDRESS_REFUSED", 400, "Webhooks may not be sent to this address"),
  link_invalid: row(4435, "LINK_INVALID", 403, "The link is not valid or has expired"),

  // Conferences, and what a client access token covers.
  conference_token_missing: row(
    4436,
    "CONFERENCE_TOKEN_MISSING",
    403,
    "This conference is protected: it is joined with a conference access token",
  ),
  conference_token_invalid: row(
    4437,
    "CONFERENCE_TOKEN_INVALID",
    403,
    "The conference access token is not good for this conference and participant, or was replaced",
  ),
  scope_missing: row(4438, "SCOPE_MISSING", 403, "The token does not have the scope that this needs"),

  // Token endpoints (RFC 6749 section 5.2, RFC 7009, RFC 7662).
  credentials_invalid: row(4439, "CREDENTIALS_INVALID", 401, "The key or the secret is not right"),
  grant_type_unsupported: row(
    4440,
    "GRANT_TYPE_UNSUPPORTED",
    400,
    "The only grant type is client_credentials",
  ),
  scope_invalid: row(4441, "SCOPE_INVALID", 400, "None of the scopes asked for is known"),
  token_too_large: row(4442, "TOKEN_TOO_LARGE", 400, "The token would be too large"),
  token_not_revocable: row(
    4452,
    "TOKEN_NOT_REVOCABLE",
    400,
    "The token has no jti, so it cannot be revoked by itself",
  ),

  // Apps, keys and revocations, as their admin meets them.
  admin_token_invalid: row(4443, "ADMIN_TOKEN_INVALID", 401, "The admin token is not right"),
  admin_disabled: row(4444, "ADMIN_DISABLED", 403, "This gateway was started without an admin token"),
  app_unknown: row(4445, "APP_UNKNOWN", 404, "There is no such app"),
  app_exists: row(4446, "APP_EXISTS", 409, "An app with this id, or a key with this name, exists"),
  app_fixed: row(
    4447,
    "APP_FIXED",
    409,
    "This app comes from the settings of the gateway and is changed there",
  ),
  api_key_unknown: row(4448, "API_KEY_UNKNOWN", 404, "The app has no such key or secret"),
  last_secret: row(4449, "LAST_SECRET", 409, "This is the last secret of its key that still signs"),
  encryption_key_missing: row(
    4450,
    "ENCRYPTION_KEY_MISSING",
    409,
    "Secrets cannot be kept: the gateway was started without an encryption key",
  ),
  revocation_unknown: row(4451, "REVOCATION_UNKNOWN", 404, "There is no such revocation"),
  rate_limited: row(4453, "RATE_LIMITED", 429, "Too many attempts have failed; try again later", true),

  // Faults and bugs.
  unavailable: row(4503, "UNAVAILABLE", 503, "The store cannot be reached; try again", true),
  internal_error: row(4000, "UNKNOWN_ERROR", 500, "Something went wrong on the server"),
} as const satisfies Record<string, RefusalRow>;

/** Stable name of a refusal. */
export type Reason = keyof typeof REFUSALS;

/** A "no" as a value: never thrown for what is expected (`reference/style.md` section 4). */
export interface Refusal {
  readonly reason: Reason;
  /** The member of the input at fault, as a path such as `payload.name`. */
  readonly field?: string;
  /** What a person or a program can do with it: who decided, when one may try again (epoch milliseconds), and the like. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Builds a refusal. */
export function refuse(reason: Reason, extra: Omit<Refusal, "reason"> = {}): Refusal {
  return { reason, ...extra };
}
