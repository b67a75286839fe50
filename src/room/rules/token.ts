/** Tokens inside a meeting: refresh, what expiry does, and those that count no more (`docs/rules.md` T). */
import { refuse } from "../../protocol/refusals.js";
import type { LeaveReason } from "../../protocol/leaving.js";
import type { RefreshAction } from "../commands.js";
import type { ActionOf, Rule } from "../draft.js";
import type { ExpiryPolicy, Grant, SessionScope } from "../grant.js";
import { isBanned, type Participant, type RoomState } from "../state.js";
import { leaveRoom } from "./line.js";
import { withdrawKnock } from "./lobby.js";
import { isUsedUp, turnAwaySharers } from "./one-time.js";

const RULE = { kind: "rule" } as const;

/** T4, T5, T8: same identity, same kind, no wider rights or scopes, and not one that a removal, a ban or its use has voided. */
export const refreshToken: Rule<RefreshAction> = (draft, { grant }, { participantId }) => {
  const { state } = draft;
  if (participantId === null) return refuse("not_joined");
  const there = state.participants.get(participantId) ?? state.knocks.get(participantId);
  if (there === undefined) return refuse("not_joined");
  const { person } = there;
  if (grant.participantId !== (person.bound ? participantId : null) || grant.kind !== person.token.kind)
    return refuse("participant_mismatch", { field: "token" });
  if (isBanned(state, participantId, [grant.fingerprint])) return refuse("banned", { field: "token" });
  if (state.spentTokens.has(grant.fingerprint)) return refuse("removed", { field: "token" });
  if (grant.fingerprint !== person.token.fingerprint && isUsedUp(state, grant))
    return refuse("token_used", { field: "token" });
  const fresh = credentialsOf(grant, draft.now);
  const hidden = {
    ...fresh,
    token: { ...fresh.token, scopes: narrowed(person.token.scopes, grant.scopes) },
    bound: person.bound,
    tokens: [...new Set([...person.tokens, grant.fingerprint])].slice(-16),
  };
  draft.push({ type: "token-refreshed", body: { participantId, expiresAt: grant.expiresAt }, hidden });
  if (state.participants.has(participantId)) turnAwaySharers(draft, participantId, hidden.token);
  return null;
};

type Scopes = readonly SessionScope[] | null;

/** What both cover; null covers everything. */
function narrowed(before: Scopes, now: Scopes): SessionScope[] | null {
  if (before === null) return now === null ? null : [...now];
  return before.filter((scope) => now?.includes(scope) ?? true);
}

/** What is kept of a token that somebody shows now. */
export function credentialsOf(grant: Grant, now: number) {
  const { fingerprint, kind, key, secretId, jti, issuedAt, oneTime, scopes } = grant;
  return {
    token: {
      ...{ fingerprint, kind, key, secretId, jti, issuedAt },
      shownAt: now,
      oneTime,
      scopes: scopes === null ? null : [...scopes],
    },
    bound: grant.participantId !== null,
    tokens: [fingerprint],
    tokenExpiresAt: grant.expiresAt,
    expiryPolicy: grant.expiryPolicy,
  };
}

const TURNED_OUT = {
  token_revoked: { left: "TOKEN_REVOKED", withdrawn: "token-revoked" },
  key_deactivated: { left: "KEY_DEACTIVATED", withdrawn: "key-deactivated" },
  key_unknown: { left: "APP_DELETED", withdrawn: "app-deleted" },
} as const satisfies Record<ActionOf<"turn-out">["reason"], { left: LeaveReason; withdrawn: string }>;

/** T9: out, whoever still stands on one of these tokens, line up or lost; a newer token keeps its bearer in. */
export const turnOut: Rule<ActionOf<"turn-out">> = (draft, { people, reason }) => {
  for (const { participantId: id, fingerprint } of people) {
    const { participants, knocks } = draft.state;
    if (participants.get(id)?.person.token.fingerprint === fingerprint)
      leaveRoom(draft, id, TURNED_OUT[reason].left, RULE);
    else if (knocks.get(id)?.person.token.fingerprint === fingerprint)
      withdrawKnock(draft, id, TURNED_OUT[reason].withdrawn);
  }
  return null;
};

/** When the bearer of a token should show a newer one, epoch milliseconds (T12). */
export interface RefreshMarks {
  readonly half: number;
  readonly threeQuarters: number;
  /** A minute before the expiry; null where the three quarters are later than that. */
  readonly lastMinute: number | null;
  readonly expired: number;
}

/**
 * T12: the marks of a token's life in the room, counted from when it was shown (`reference/dolby.md` section 6); null for one
 * that does not expire. Both times are epoch milliseconds.
 */
export function refreshMarks(shownAt: number, tokenExpiresAt: number | null): RefreshMarks | null {
  if (tokenExpiresAt === null) return null;
  const remaining = Math.max(0, tokenExpiresAt - shownAt);
  const threeQuarters = shownAt + remaining * 0.75;
  const minuteBefore = tokenExpiresAt - 60_000;
  return {
    half: shownAt + remaining / 2,
    threeQuarters,
    lastMinute: minuteBefore > threeQuarters ? minuteBefore : null,
    expired: tokenExpiresAt,
  };
}

/** T1: the room's policy, where it has one, else the app's. */
export function policyOf(state: RoomState, { person }: Pick<Participant, "person">): ExpiryPolicy {
  return state.room?.settings.tokenExpiry ?? person.expiryPolicy;
}
