/** The gateway's answer about STUN and TURN servers. */
import { localError } from "./refusals.js";
import type { IceServers } from "./meeting-types.js";
import { fit, list, nullable, number, object, optional, text } from "./shape.js";

const answer = object({
  iceServers: list(object({ urls: list(text), username: optional(text), credential: optional(text) })),
  expiresAt: nullable(number),
});

/**
 * Reads it.
 *
 * @throws MeetingError `wrong_protocol` where it is not well formed
 */
export function readIceServers(facts: Readonly<Record<string, unknown>>): IceServers {
  const servers = fit(answer, facts);
  if (servers === null) throw localError("wrong_protocol");
  return servers;
}
