/** Numbers of the protocol, one by one: whole tables would be a page's load. The compiler compares each with its table. */
import type { CLOSE_CODES, LEAVE_REASONS } from "../protocol/leaving.js";
import type { LIMITS } from "../protocol/limits.js";

type Limits = typeof LIMITS;
type CloseCodes = typeof CLOSE_CODES;

/** Bytes of a frame. */
export const MESSAGE_BYTES: Limits["messageBytes"] = 65_536;
/** Commands of one line that wait for an answer. */
export const UNANSWERED_COMMANDS: Limits["unansweredCommands"] = 16;
/** Kept topic messages of a session. */
export const KEPT_MESSAGES: Limits["keptMessages"] = 200;

/** The stay ended as asked. */
export const NORMAL: CloseCodes["normal"] = 1000;
/** A fault on the way, or on the server. */
export const INTERNAL_ERROR: CloseCodes["internalError"] = 1011;
/** No answer to a heartbeat. */
export const HEARTBEAT_MISSED: CloseCodes["heartbeatMissed"] = 4502;

/** The leave reason of one who left. */
export const MANUAL_LEAVE: (typeof LEAVE_REASONS)["MANUAL_LEAVE_CALLED"] = 1101;
