/**
 * When a token wants to be refreshed (`docs/rules.md` T12, `reference/dolby.md` section 6): what its bearer is told of it at once, and
 * the marks of its life as they pass. Nothing of it is in the log: the marks follow from the state, and each node tells its own.
 */
import { LEAVE_REASONS } from "../protocol/leaving.js";
import type { ExpiryPolicy } from "../room/grant.js";
import type { RoomEvent } from "../room/events.js";
import { policyOf, refreshMarks, type RefreshMarks } from "../room/rules/token.js";
import type { Knock, Participant, RoomState } from "../room/state.js";
import type { FanOut } from "./fan-out.js";
import { tokenRefreshFrame } from "./frames.js";
import type { Recipient } from "./recipient.js";
import type { Replica, Taken } from "./replica.js";

/** What somebody in room or lobby is told of the token that they stand on. Times are epoch milliseconds. */
export interface TokenNews {
  readonly expiresAt: number;
  /** What happens then. */
  readonly policy: ExpiryPolicy;
  /** When a newer one is wanted. */
  readonly refreshAt: Omit<RefreshMarks, "expired">;
}

/** The token of somebody in room or lobby; null: it does not expire, or they are not there. */
export function tokenNews(state: RoomState, participantId: string): TokenNews | null {
  const there = bearer(state, participantId);
  const marks = there === undefined ? null : marksOf(there);
  if (there === undefined || marks === null) return null;
  const { expired, ...refreshAt } = marks;
  return { expiresAt: expired, policy: policyOf(state, there), refreshAt };
}

type MarkName = "half" | "three-quarters" | "last-minute" | "expired";

/** A token as a connection knows it: which it is, when it expires, and the mark that was told last. */
interface Known {
  readonly token: string;
  readonly expiresAt: number;
  readonly told: MarkName | null;
}

/** What it needs of its room. */
export interface TokenMarksHost {
  readonly replica: Pick<Replica, "state">;
  readonly fanOut: Pick<FanOut, "lines" | "arrived">;
}

/** Tells the connections of one room on one node when marks pass. */
export class TokenMarks {
  private known = new Map<string, Known>();
  private seen: { readonly state: RoomState; readonly arrived: number } | null = null;
  private nextAt = Infinity;

  constructor(private readonly host: TokenMarksHost) {}

  /**
   * Tells what has passed by `now` (epoch milliseconds by the store's clock): to each connection the latest mark of its token, once.
   * Costs nothing while nobody comes, nothing happens and no mark is due.
   */
  sweep(now: number): void {
    const { state } = this.host.replica;
    const { arrived } = this.host.fanOut;
    const quiet = this.seen?.state === state && this.seen.arrived === arrived;
    if (quiet && now < this.nextAt) return;
    this.seen = { state, arrived };
    this.nextAt = Infinity;
    const known = new Map<string, Known>();
    for (const { recipient, participantId } of this.host.fanOut.lines()) {
      const there = bearer(state, participantId);
      const line = there?.person.line;
      // Somebody else may have taken the place over, and this line has not heard of it yet.
      if (there === undefined || line?.up !== true || line.connection !== recipient.connection) continue;
      const marks = marksOf(there);
      if (marks === null) continue;
      const { passed, next } = place(marks, now);
      this.nextAt = Math.min(this.nextAt, next);
      const token = `${there.person.token.shownAt} ${there.person.token.fingerprint}`;
      const before = this.known.get(recipient.connection);
      const told = before?.token === token ? before.told : null;
      const { expired: expiresAt } = marks;
      known.set(recipient.connection, { token, expiresAt, told: passed });
      if (passed !== null && passed !== told) tell(recipient, passed, expiresAt, policyOf(state, there));
    }
    this.known = known;
  }

  /** Events were taken. Another node may have been quicker to put out whose token expired; they are told of the mark before it. */
  heard(taken: readonly Taken[]): void {
    const out = new Set(taken.flatMap(({ event }) => expiredBy(event) ?? []));
    if (out.size === 0) return;
    for (const { recipient, participantId } of this.host.fanOut.lines()) {
      const known = this.known.get(recipient.connection);
      if (!out.has(participantId) || known === undefined || known.told === "expired") continue;
      this.known.delete(recipient.connection);
      tell(recipient, "expired", known.expiresAt, "leave");
    }
  }
}

function tell(recipient: Recipient, mark: MarkName, expiresAt: number, policy: ExpiryPolicy): void {
  recipient.send(tokenRefreshFrame({ mark, expiresAt, isExpired: mark === "expired", policy }));
}

function expiredBy(event: RoomEvent): string | null {
  if (event.type !== "participant-left") return null;
  return event.body.reason.code === LEAVE_REASONS.TOKEN_EXPIRED ? event.body.participantId : null;
}

function bearer({ participants, knocks }: RoomState, participantId: string): Participant | Knock | undefined {
  return participants.get(participantId) ?? knocks.get(participantId);
}

function marksOf({ person }: Pick<Participant, "person">): RefreshMarks | null {
  return refreshMarks(person.token.shownAt, person.tokenExpiresAt);
}

/** Which mark was passed last, and when the next one comes; Infinity: none does. */
function place(marks: RefreshMarks, now: number): { passed: MarkName | null; next: number } {
  const { half, threeQuarters, lastMinute, expired } = marks;
  const inOrder: readonly (readonly [MarkName, number | null])[] = [
    ["half", half],
    ["three-quarters", threeQuarters],
    ["last-minute", lastMinute],
    ["expired", expired],
  ];
  let passed: MarkName | null = null;
  for (const [name, at] of inOrder) {
    if (at === null) continue;
    if (at > now) return { passed, next: at };
    passed = name;
  }
  return { passed, next: Infinity };
}
