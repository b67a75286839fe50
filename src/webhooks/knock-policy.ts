/**
 * Asks a room's policy about a knock, once, and lets its answer take effect (`docs/rules.md` N9). The time it has counts from the
 * knock. Where a node died over it, the next one finds the time over and lets the fallback hold. Only if nobody has asked yet and the
 * time is nearly over, or over by no more than a moment, the policy still gets a short chance of its own.
 */
import { z } from "zod";
import type { Environment } from "../gateway/environment.js";
import type { Records } from "../log/records.js";
import { LIMITS } from "../protocol/limits.js";
import { REFUSALS, type Refusal } from "../protocol/refusals.js";
import type { BackOffice } from "../room/events.js";
import type { RoomState } from "../room/state.js";
import { waitAfter } from "./backoff.js";
import type { Claim } from "./claim.js";
import {
  conclude,
  decodeMessage,
  encodeMessage,
  forget,
  keep,
  unchanged,
  type Kept,
  type Message,
  type Question,
} from "./message.js";
import { logOf, queueOf } from "./names.js";
import { LEASE_MARGIN_MS, type Outcome } from "./postman.js";
import type { Send } from "./sender.js";

/** How late a question may be that nobody has asked yet, and how long its answer is then waited for at most; milliseconds. */
const LATE_MS = 5_000;
const LATE_BUDGET_MS = 2_000;
/** The longest wait for a store that does not take the decision. */
const LONGEST_WAIT_MS = 10_000;

const answerSchema = z.object({
  decision: z.enum(["allow", "deny", "ask"]),
  note: z.string().max(LIMITS.noteLength).nullish(),
});

/** A policy's word on a knock, as it is to take effect. */
export interface PolicyDecision {
  readonly participantId: string;
  /** When they knocked: a newer knock of the same id is not meant. */
  readonly since: number;
  readonly decision: "allow" | "deny";
  readonly note: string | null;
}

/** Lets a decision take effect. Rejects with a fault where the store is away; then it is called again. */
export type DecideKnock = (
  app: string,
  roomId: string,
  decision: PolicyDecision,
) => Promise<{ readonly ok: true } | { readonly ok: false; readonly refusal: Refusal }>;

/** What asking works with. */
export interface PolicyHost {
  readonly records: Records;
  readonly environment: Environment;
  readonly send: Send;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly roomOf: (app: string, roomId: string) => Promise<RoomState>;
  readonly decide: DecideKnock;
  readonly keepFailedMs: number;
  readonly onAttempt: (app: string, endpointId: string, status: Outcome) => void;
}

type Verdict = NonNullable<Question["verdict"]>;
type Policy = NonNullable<BackOffice["knockPolicy"]>;

/** Asks policies. */
export class KnockPolicy {
  /** How long a claim holds at first; it is made longer for the request. */
  readonly leaseMs = LEASE_MARGIN_MS;

  constructor(private readonly host: PolicyHost) {}

  /** Serves the lane of one knock; rejects with a fault, and then the lease has to run out. */
  async serve(claim: Claim, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      const mark = await claim.mark();
      const [first] = await this.host.records.range(queueOf(claim.lane.name), { limit: 1 });
      if (first === undefined) {
        if (await claim.retire(mark)) return;
        if ((await claim.write(this.leaseMs)) !== "written") return;
      } else if (!(await this.handle(claim, first.member))) return;
    }
    await claim.release(claim.fare);
  }

  /** Answers whether the lane is still this worker's. */
  private async handle(claim: Claim, id: string): Promise<boolean> {
    const { room, endpointId, name } = claim.lane;
    const log = logOf(room.app, endpointId);
    const [texts, bodies] = await Promise.all([
      this.host.records.fields(log.messages, [id]),
      this.host.records.fields(log.bodies, [id]),
    ]);
    const [text, body] = [texts.get(id), bodies.get(id)];
    const kept = text === undefined ? null : decodeMessage(text);
    const question = kept?.message.question ?? null;
    if (kept === null || question === null || body === undefined) {
      const gone = [...forget(room.app, endpointId, id), { unrank: queueOf(name), member: id }];
      return (await claim.write(this.leaseMs, gone)) === "written";
    }
    if (question.verdict !== null)
      return this.settle(claim, kept, { ...question, verdict: question.verdict });

    const state = await this.host.roomOf(room.app, room.room);
    const policy = state.room?.backOffice.knockPolicy ?? null;
    if (policy === null) return this.drop(claim, kept, "the room has no policy any more");
    if (state.knocks.get(question.participantId)?.view.since !== question.since)
      return this.drop(claim, kept, "the knock is over");
    return this.ask(claim, kept, { policy, question, body });
  }

  private async ask(
    claim: Claim,
    kept: Kept,
    {
      policy,
      question,
      body,
    }: { readonly policy: Policy; readonly question: Question; readonly body: string },
  ): Promise<boolean> {
    const { now, send } = this.host;
    const { message } = kept;
    const left = question.askedAt + policy.timeoutMs - now();
    const isFirst = message.attempts === 0 && left > -LATE_MS;
    const timeoutMs = isFirst ? Math.max(left, Math.min(policy.timeoutMs, LATE_BUDGET_MS)) : left;
    const fallback: Verdict = { decision: policy.fallback, note: null };
    if (timeoutMs <= 0) {
      const last = message.last ?? { at: now(), httpStatus: null, error: null, tookMs: 0 };
      const late = { ...message, last: { ...last, error: "not asked in time" } };
      return this.judge(claim, kept, { ...late, question: { ...question, verdict: fallback } });
    }
    const asking = { ...message, attempts: message.attempts + 1 };
    const begun = await claim.write(timeoutMs + LEASE_MARGIN_MS, [keep(asking)], [unchanged(kept)]);
    if (begun !== "written") return begun === "refused";
    const attempt = await send({ app: message.app, id: message.id, url: policy.url, body, timeoutMs });
    if (attempt === null) {
      await claim.release(claim.fare);
      return false;
    }
    const answer = attempt.response.error === null ? verdictFrom(attempt.response.body) : null;
    const isBad = attempt.response.error === null && answer === null;
    const last = isBad ? { ...attempt.last, error: "the answer is not a decision" } : attempt.last;
    const verdict = answer ?? fallback;
    return this.judge(
      claim,
      { message: asking, text: encodeMessage(asking) },
      { ...asking, last, question: { ...question, verdict } },
    );
  }

  /** Keeps the verdict; it takes effect in the next turn. */
  private async judge(claim: Claim, before: Kept, after: Message): Promise<boolean> {
    return (await claim.write(this.leaseMs, [keep(after)], [unchanged(before)])) !== "lost";
  }

  private async settle(
    claim: Claim,
    kept: Kept,
    { participantId, since, expiresAt, verdict }: Question & { readonly verdict: Verdict },
  ): Promise<boolean> {
    const { decide, environment, now } = this.host;
    const { message } = kept;
    const { decision, note } = verdict;
    if (decision !== "ask" && now() < expiresAt) {
      try {
        const outcome = await decide(message.app, message.roomId, { participantId, since, decision, note });
        // A refusal that may pass by itself is the store's; a full room is for the hosts.
        if (!outcome.ok && outcome.refusal.reason === "unavailable")
          throw new Error(REFUSALS.unavailable.name);
      } catch (error) {
        const err = error instanceof Error ? error.message : String(error);
        environment.logger.debug(
          { err, roomId: message.roomId },
          "webhooks: a policy's decision has to wait",
        );
        const failures = claim.fare.failures + 1;
        const wait = Math.min(waitAfter(failures, 0), LONGEST_WAIT_MS);
        await claim.release({ failures, until: now() + wait });
        return false;
      }
    }
    const status = message.last?.error === null ? "delivered" : "failed";
    return this.end(claim, kept, { ...message, status });
  }

  private drop(claim: Claim, kept: Kept, error: string): Promise<boolean> {
    const { message } = kept;
    const last = { at: this.host.now(), httpStatus: null, tookMs: 0, ...message.last, error };
    return this.end(claim, kept, { ...message, last, status: "failed" });
  }

  private async end(
    claim: Claim,
    before: Kept,
    after: Message & { readonly status: "delivered" | "failed" },
  ): Promise<boolean> {
    const changes = conclude(after, this.host.now() + this.host.keepFailedMs);
    const written = await claim.write(this.leaseMs, changes, [unchanged(before)]);
    if (written === "written") this.host.onAttempt(after.app, after.endpointId, after.status);
    return written !== "lost";
  }
}

function verdictFrom(body: string | null): Verdict | null {
  try {
    const answer = answerSchema.parse(JSON.parse(body ?? ""));
    return { decision: answer.decision, note: answer.note ?? null };
  } catch {
    return null;
  }
}
