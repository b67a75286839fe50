/** Serves a lane: message after message, until it is empty or has to wait (`docs/rules.md` N4, N5). */
import type { Environment } from "../gateway/environment.js";
import type { Records } from "../log/records.js";
import type { RoomState } from "../room/state.js";
import { askedWait, waitAfter } from "./backoff.js";
import type { Claim, Fare, Written } from "./claim.js";
import type { Endpoints } from "./endpoints.js";
import { conclude, decodeMessage, forget, keep, unchanged, type Kept, type Message } from "./message.js";
import { logOf, queueOf, ROOM_ENDPOINT, type Lane } from "./names.js";
import type { Attempt, Send } from "./sender.js";

/** What a lease has to spare over the longest request, milliseconds. */
export const LEASE_MARGIN_MS = 20_000;
/** Messages read at once. */
const BATCH = 20;
const GOOD: Fare = { failures: 0, until: 0 };

/** What delivering works with. Times in milliseconds. */
export interface PostmanHost {
  readonly records: Records;
  readonly environment: Environment;
  readonly endpoints: Endpoints;
  readonly send: Send;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly roomOf: (app: string, roomId: string) => Promise<RoomState>;
  readonly requestTimeoutMs: number;
  readonly retryForMs: number;
  readonly keepFailedMs: number;
  /** A message's attempt is over. */
  readonly onAttempt: (app: string, endpointId: string, status: Outcome) => void;
}

/** How an attempt ended for its message. */
export type Outcome = "delivered" | "failed" | "retrying";

/** Where a lane's messages go at the moment: an address, nowhere for a reason, or to nobody any more. */
type Target = { readonly url: string } | { readonly closed: string } | null;

/** A message as the records have it; what is not there was removed. */
interface Loaded {
  readonly id: string;
  readonly text: string | undefined;
  readonly body: string | undefined;
}

/** Delivers. */
export class Postman {
  constructor(private readonly host: PostmanHost) {}

  /** How long a claim on a lane must hold for one message. */
  get leaseMs(): number {
    return this.host.requestTimeoutMs + LEASE_MARGIN_MS;
  }

  /** Serves a lane; rejects with a fault, and then the lease has to run out. */
  async serve(claim: Claim, stopped: AbortSignal): Promise<void> {
    const { records } = this.host;
    const { lane } = claim;
    let { fare } = claim;
    const goesOn = (): boolean => !stopped.aborted;
    while (goesOn()) {
      const mark = await claim.mark();
      const waiting = await records.range(queueOf(lane.name), { limit: BATCH });
      if (waiting.length === 0) {
        if (await claim.retire(mark)) return;
        if ((await claim.write(this.leaseMs)) !== "written") return;
        continue;
      }
      const ids = waiting.map(({ member }) => member);
      const log = logOf(lane.room.app, lane.endpointId);
      const [texts, bodies, roomTarget] = await Promise.all([
        records.fields(log.messages, ids),
        records.fields(log.bodies, ids),
        this.roomTarget(lane),
      ]);
      for (const id of ids) {
        if (!goesOn()) break;
        const given = { id, text: texts.get(id), body: bodies.get(id) };
        const next = await this.handle(claim, given, fare, () => roomTarget ?? this.appTarget(lane));
        if (next === null) return;
        fare = next;
      }
    }
    await claim.release(fare);
  }

  /** Settles one message. Answers how the lane fares now; null: the lane was let go, or is somebody else's. */
  private async handle(
    claim: Claim,
    { id, text, body }: Loaded,
    fare: Fare,
    targetNow: () => Target | Promise<Target>,
  ): Promise<Fare | null> {
    const { lane } = claim;
    const goOn = (written: Written, then = fare): Fare | null => (written === "lost" ? null : then);
    const outOfQueue = { unrank: queueOf(lane.name), member: id };
    const target = await targetNow();
    if (text === undefined || body === undefined || target === null) {
      // Its endpoint was removed.
      const traces = forget(lane.room.app, lane.endpointId, id);
      return goOn(await claim.write(this.leaseMs, [...traces, outOfQueue]));
    }
    const kept = decodeMessage(text);
    const { message } = kept;
    if ("closed" in target) {
      const last = { at: this.host.now(), httpStatus: null, error: target.closed, tookMs: 0 };
      return goOn(await this.finish(claim, kept, "failed", { ...message, last }));
    }
    const { requestTimeoutMs: timeoutMs } = this.host;
    // What is left must outlast the request, or two workers could send at once.
    if (!claim.holdsFor(timeoutMs + LEASE_MARGIN_MS / 2)) {
      const renewed = await claim.write(this.leaseMs);
      if (renewed !== "written") return null;
    }
    const attempt = await this.host.send({ app: message.app, id, url: target.url, body, timeoutMs });
    if (attempt === null) {
      await claim.release({ ...fare, until: 0 });
      return null;
    }
    const tried = { ...message, attempts: message.attempts + 1, last: attempt.last, nextAttemptAt: null };
    if (attempt.response.error === null)
      return goOn(await this.finish(claim, kept, "delivered", tried), GOOD);
    return this.failed(claim, kept, tried, { attempt, fare });
  }

  private async failed(
    claim: Claim,
    kept: Kept,
    tried: Message,
    { attempt, fare }: { readonly attempt: Attempt; readonly fare: Fare },
  ): Promise<Fare | null> {
    const { now, retryForMs, environment, endpoints, keepFailedMs } = this.host;
    const { message } = kept;
    const { app, endpointId } = message;
    const { httpStatus, retryAfter } = attempt.response;
    if (httpStatus === 410 && !endpointId.startsWith(ROOM_ENDPOINT)) {
      await endpoints.change(app, endpointId, { enabled: false });
      return (await this.finish(claim, kept, "failed", tried)) === "lost" ? null : fare;
    }
    const chance = environment.randomBytes(4).readUInt32BE() / 2 ** 32;
    const time = now();
    const isOver = time - message.triedSince >= retryForMs;
    // What comes behind a message that was given up is tried soon: it may be this one message that the receiver cannot take.
    const failures = isOver ? 1 : fare.failures + 1;
    const until = time + Math.max(waitAfter(failures, chance), askedWait(retryAfter, time));
    const changes = isOver
      ? conclude({ ...tried, status: "failed" }, time + keepFailedMs)
      : [keep({ ...tried, nextAttemptAt: until })];
    if (await claim.release({ failures, until }, changes, [unchanged(kept)]))
      this.host.onAttempt(app, endpointId, isOver ? "failed" : "retrying");
    return null;
  }

  private async finish(
    claim: Claim,
    before: Kept,
    status: "delivered" | "failed",
    tried: Message,
  ): Promise<Written> {
    const { now, keepFailedMs, onAttempt } = this.host;
    const after = { ...tried, status, nextAttemptAt: null };
    const written = await claim.write(this.leaseMs, conclude(after, now() + keepFailedMs), [
      unchanged(before),
    ]);
    if (written === "written") onAttempt(after.app, after.endpointId, status);
    // Removed with its endpoint meanwhile; it must not come back to the log by this.
    if (written === "refused")
      return claim.write(this.leaseMs, [{ unrank: queueOf(after.lane), member: after.id }]);
    return written;
  }

  private async appTarget({ room, endpointId }: Lane): Promise<Target> {
    const endpoint = await this.host.endpoints.find(room.app, endpointId);
    if (endpoint === null) return null;
    return endpoint.enabled ? { url: endpoint.url } : { closed: "the webhook is disabled" };
  }

  /** Null for an app's endpoint: that is cheap to read, and is read for every message. */
  private async roomTarget({ room, endpointId }: Lane): Promise<Target> {
    if (!endpointId.startsWith(ROOM_ENDPOINT)) return null;
    const state = await this.host.roomOf(room.app, room.room);
    const webhook = state.room?.backOffice.webhook ?? null;
    return webhook === null ? { closed: "the room has no webhook any more" } : { url: webhook.endPoint };
  }
}
