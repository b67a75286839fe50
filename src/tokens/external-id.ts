/** From an app's own id of a person to the id that the person has in rooms. */
import { hash } from "node:crypto";
import { participantIdSchema } from "../protocol/commands.js";
import { LIMITS } from "../protocol/limits.js";

const DERIVED = /^ext-[A-Za-z0-9_-]{22}$/;

/**
 * The participant id of an external id: itself where it can be one, else `ext-` and 22 characters (132 bits) of the base64url
 * SHA-256 of it. The same person has the same id everywhere; two people never have one, for an external id that looks like a
 * derived one is derived too.
 */
export function participantIdOf(externalId: string): string {
  if (participantIdSchema.safeParse(externalId).success && !DERIVED.test(externalId)) return externalId;
  return `ext-${hash("sha256", externalId, "base64url").slice(0, 22)}`;
}

/** Whether a participant id was made from an external id, which cannot be told from it any more. */
export function isDerived(participantId: string): boolean {
  return DERIVED.test(participantId);
}

/** A text as a name in a room: its first 128 UTF-16 units, and no half of a character. */
export function nameFrom(text: string): string {
  const cut = text.slice(0, LIMITS.nameLength);
  return cut.length < text.length ? cut.replace(/[\u{d800}-\u{dbff}]$/u, "") : cut;
}
