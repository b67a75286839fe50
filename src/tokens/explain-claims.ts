/** One sentence for each claim of a token. Descriptions only: whether a claim is good is the verifier's word. */

import type { ClaimMapping } from "./app.js";
import type { Signer } from "./proof.js";

/** A claim for people. */
export interface ExplainedClaim {
  readonly name: string;
  /** As it stands in the token. */
  readonly value: unknown;
  readonly sentence: string;
}

const MAX_SHOWN = 120;

/** Characters that could move a terminal's cursor or turn the reading direction; JSON escapes only some of them. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A value of the token inside a sentence: as JSON, printable, shortened. */
export function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  const safe = text.replace(UNPRINTABLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  return safe.length <= MAX_SHOWN ? safe : `${safe.slice(0, MAX_SHOWN)}…`;
}

/** Who made a token, which decides what its claims mean. Without an issuer it is not known how those of one are read. */
export type Reading = Pick<Signer, "kind" | "issuer">;

/** Describes a claim at a moment, given in epoch milliseconds. */
export function explainClaim(name: string, value: unknown, now: number, reading: Reading): ExplainedClaim {
  return { name, value, sentence: describe(name, value, now, reading) };
}

function describe(name: string, value: unknown, now: number, reading: Reading): string {
  switch (name) {
    case "exp":
      return describeTime(value, now, "expires", "expired");
    case "nbf":
      return describeTime(value, now, "is good from then,", "is good since");
    case "iat":
      return describeTime(value, now, "was made ahead of this clock,", "was made");
    case "jti":
      return `the token's own id: ${show(value)}`;
    case "apikey":
      return `names the key ${show(value)}`;
  }
  return describeOwn(name, value, reading) ?? `not read by the gateway: ${show(value)}`;
}

/** What only one kind of token has; null: this kind does not have it. */
function describeOwn(name: string, value: unknown, { kind, issuer }: Reading): string | null {
  switch (kind) {
    case "customer":
      return describeCustomers(name, value);
    case "client":
      if (name === "scope") return `may be used for ${show(value)}`;
      return name === "sub" ? `good for the person that the app calls ${show(value)}` : null;
    case "issuer":
      if (name === "iss") return `made by ${show(value)}`;
      if (name === "aud") return `made for ${show(value)}`;
      return issuer === null ? null : describeMapped(name, value, issuer.claims);
  }
}

function describeMapped(
  name: string,
  value: unknown,
  { permissions, participantId, roomId, name: called }: ClaimMapping,
): string | null {
  const meanings: readonly (readonly [string | null, string])[] = [
    [permissions.claim, "what its bearer may do"],
    [participantId, "who its bearer is"],
    [roomId, "the room that it is good for"],
    [called, "what its bearer is called"],
  ];
  const held = meanings.filter(([claim]) => claim === name || claim?.startsWith(`${name}.`) === true);
  return held.length === 0
    ? null
    : `says ${held.map(([, meaning]) => meaning).join(", and ")}: ${show(value)}`;
}

function describeCustomers(name: string, value: unknown): string | null {
  switch (name) {
    case "permissions":
      return Array.isArray(value)
        ? value.map(describePermission).join("; ")
        : `is not a list: ${show(value)}`;
    case "version":
      return `version ${show(value)}; 2 is needed for roomId, participantId and roles`;
    case "roomId":
      return `good for the room ${show(value)} only`;
    case "participantId":
      return `good for the participant ${show(value)} only`;
    case "roles":
      return Array.isArray(value) ? value.map(describeRole).join("; ") : `is not a list: ${show(value)}`;
    case "oneTime":
      return value === true ? "used up by the first admission" : `not a one-time token: ${show(value)}`;
    default:
      return null;
  }
}

function describePermission(permission: unknown): string {
  switch (permission) {
    case "allow_join":
      return "allow_join: enters at once, and answers the knocks of others";
    case "ask_join":
      return "ask_join: knocks and waits for a host";
    case "allow_mod":
      return "allow_mod: moderates";
    default:
      return `${show(permission)}: not a permission`;
  }
}

function describeRole(role: unknown): string {
  switch (role) {
    case "rtc":
      return "rtc: opens meetings";
    case "crawler":
      return "crawler: opens the REST API";
    default:
      return `${show(role)}: not a role`;
  }
}

function describeTime(value: unknown, now: number, ahead: string, past: string): string {
  const at = new Date(typeof value === "number" ? value * 1000 : Number.NaN);
  if (Number.isNaN(at.getTime())) return `is not a time in seconds: ${show(value)}`;
  const distance = at.getTime() - now;
  const words =
    distance > 0 ? `${ahead} in ${describeDuration(distance)}` : `${past} ${describeDuration(-distance)} ago`;
  return `${at.toISOString()}, ${words}`;
}

/** A duration in the largest unit that leaves a number above one, rounded down. */
function describeDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}
