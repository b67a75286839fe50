/**
 * The table of hostile tokens (`reference/reliability.md` section 4.2). It is a function of the clock, so that a running
 * gateway can be shown the same tokens; for the keys see `craft.ts`.
 */
import type { MalformedFault } from "../../../src/tokens/precheck.js";
import type { TokenReason } from "../../../src/tokens/token-refusal.js";
import type { Door } from "../../../src/tokens/verify.js";
import { hostileClaims } from "./hostile-claims.js";
import { hostileForms } from "./hostile-form.js";
import { hostileJson } from "./hostile-json.js";
import { hostileKeys } from "./hostile-keys.js";

/** The room that is asked for, by the participant "ann". */
export const ROOM = "room-1";

/** The two doors at which the tokens are shown. */
export const DOORS = {
  meeting: { door: "meeting", roomId: ROOM, participantId: "ann" },
  rest: { door: "rest" },
} as const satisfies Record<string, Door>;

/** A token with the one reason for which it must be refused. */
export interface Hostile {
  readonly name: string;
  readonly token: unknown;
  readonly reason: TokenReason;
  readonly field: string | undefined;
  /** What `details.fault` says of a malformed token; not compared where it is not given. */
  readonly fault?: MalformedFault;
  readonly doors: readonly (keyof typeof DOORS)[];
}

/** A token that is refused at both doors. */
export function on(name: string, token: unknown, reason: TokenReason, field?: string): Hostile {
  return { name, token, reason, field, doors: ["meeting", "rest"] };
}

/** A token that is refused for its form, at both doors. */
export function malformed(fault: MalformedFault, name: string, token: unknown, field?: string): Hostile {
  return { ...on(name, token, "token_malformed", field), fault };
}

/** A token that is refused at one door; the other may let it in. */
export function onlyAt(
  door: keyof typeof DOORS,
  name: string,
  token: string,
  reason: TokenReason,
  field: string,
): Hostile {
  return { name, token, reason, field, doors: [door] };
}

/** Every hostile token, made for a moment in epoch milliseconds. */
export function hostileTokens(now: number): Hostile[] {
  return [...hostileForms(now), ...hostileJson(now), ...hostileKeys(now), ...hostileClaims(now)];
}
