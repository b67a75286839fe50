/**
 * Group commit for one room on one node: while one append is under way the next commands wait, then they are decided together
 * over one tentative state and go in one append (`design.md` section 1; `log.md` rules 4 to 11).
 */
import { setTimeout as pause } from "node:timers/promises";
import { LogFault, type AppendOutcome, type RoomKey, type RoomLog } from "../log/port.js";
import { refuse } from "../protocol/refusals.js";
import type { Command } from "../room/commands.js";
import type { RoomState } from "../room/state.js";
import { decideBatch, type Attempt } from "./batch.js";
import type { Replica } from "./replica.js";
import { finish, settleAll, stillOpen, waitFor, type Settle, type Waiting } from "./waiting.js";

/** What the committer needs of its room. */
export interface CommitterHost {
  readonly key: RoomKey;
  readonly log: RoomLog;
  readonly replica: Replica;
  /** Epoch milliseconds, the store's. */
  now(): number;
  freshId(): string;
  /** Life of a room that is opened now: null for ever. */
  ttlFor(state: RoomState): number | null;
  /** Resolves when the replica has been loaded; rejects with a fault. */
  ready(): Promise<void>;
  /** Loads the room again, after the log was found to be elsewhere. Rejects with a fault. */
  reload(): Promise<void>;
  onCommit(attempt: Attempt, tries: number): void;
  onBug(error: unknown): void;
}

/** Commands decided together at most (`log.md` rule 10). */
const BATCH = 256;
/** A replica that has heard nothing for so long proves itself before it refuses (`log.md` rule 6). */
const FRESH_MS = 1_000;
/** Who has just committed and saw a foreign commit in this time lets others go first for a moment (`log.md` rule 11). */
const RIVAL_MS = 20;

/** Decides and appends, one batch after another. */
export class Committer {
  private queue: Waiting[] = [];
  private urgent: Waiting[] = [];
  private running = false;
  private abandoned = false;
  private current: Promise<void> = Promise.resolve();
  private heardAt = -Infinity;
  private rivalAt = -Infinity;
  private justCommitted = false;
  private inFlight: { readonly attempt: Attempt; readonly batch: readonly Waiting[] } | null = null;
  private storedByPublication = false;

  constructor(
    private readonly host: CommitterHost,
    private readonly commandTimeoutMs: number,
  ) {}

  /** Takes nothing any more, as after a crash; what is under way may or may not be stored. */
  abandon(): void {
    this.abandoned = true;
    for (const { timer } of [...this.queue, ...this.urgent]) clearTimeout(timer);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.current;
  }

  /** Whether commands wait or are under way. */
  get busy(): boolean {
    return this.running;
  }

  /** Takes a command that goes before all others, with the batch that is being decided. */
  submitFirst(command: Command, settle: Settle): void {
    this.urgent.push(waitFor(command, settle, () => true, this.commandTimeoutMs));
    this.wake();
  }

  /**
   * Takes a command; `settle` hears what became of it within the command's time-out. One that is not wanted any more when it
   * would be decided is dropped, as `unavailable`.
   */
  submit(command: Command, settle: Settle, isWanted: () => boolean = () => true): void {
    this.queue.push(waitFor(command, settle, isWanted, this.commandTimeoutMs));
    this.wake();
  }

  private wake(): void {
    if (!this.running && !this.abandoned) this.current = this.run();
  }

  /** The room took a commit from a publication: this node's own, still unanswered, or somebody else's. */
  heard(commit: string): void {
    this.heardAt = performance.now();
    if (this.inFlight?.attempt.request.commit === commit) {
      // The answer to the append may come after the flush; who asked must hear before what they asked for reaches them.
      this.storedByPublication = true;
      settleAll(this.inFlight.batch, this.inFlight.attempt.outcomes);
    } else this.rivalAt = this.heardAt;
  }

  /** The commit under way with this id, if there is one: its events need no decoding. */
  own(commit: string): Attempt | null {
    return this.inFlight?.attempt.request.commit === commit ? this.inFlight.attempt : null;
  }

  /** Proves that the replica is current, by an append that only compares; loads the room again where it is not. */
  async verify(): Promise<void> {
    const { head } = this.host.replica;
    if (head === null) return this.host.reload();
    const outcome = await this.host.log.append(this.host.key, {
      expect: head,
      commit: this.host.freshId(),
      events: [],
    });
    await this.learn(outcome);
  }

  private async run(): Promise<void> {
    this.running = true;
    while (!this.abandoned && (this.queue.length > 0 || this.urgent.length > 0)) {
      // Everything that arrives in this turn of the loop goes with the first batch.
      await new Promise((resume) => setImmediate(resume));
      await this.seeThrough(this.queue.splice(0, BATCH));
    }
    this.running = false;
  }

  /** Commits a batch, over faults of the log, until it is done or all of its commands have timed out. */
  private async seeThrough(batch: Waiting[]): Promise<void> {
    for (;;) {
      try {
        await this.host.ready();
        await this.commit(batch);
        return;
      } catch (error) {
        if (!(error instanceof LogFault)) {
          this.host.onBug(error);
          for (const waiting of batch) finish(waiting, { ok: false, refusal: refuse("internal_error") });
          return;
        }
        if (batch.every(({ settled }) => settled)) return;
        await pause(50);
      }
    }
  }

  private async commit(batch: Waiting[]): Promise<void> {
    let conflicts = 0;
    let roundTripMs = 0;
    for (let tries = 1; ; tries += 1) {
      batch.unshift(...this.urgent.splice(0));
      const open = batch.filter(stillOpen);
      if (open.length === 0) return;
      const attempt = this.decide(open, conflicts > 1 ? roundTripMs : null);
      if (attempt.events.length === 0) {
        if (!(await this.isCurrent())) continue;
        settleAll(open, attempt.outcomes);
        return;
      }
      await this.giveWay();
      const begin = performance.now();
      const stored = await this.append(attempt, open);
      roundTripMs = performance.now() - begin;
      if (stored) {
        this.host.onCommit(attempt, tries);
        return;
      }
      conflicts += 1;
    }
  }

  private decide(open: readonly Waiting[], roundTripMs: number | null): Attempt {
    const commands = open.map(({ command }) => command);
    return decideBatch(this.host.replica, commands, {
      // The clocks of two nodes differ by some milliseconds; in a room no event is older than the one before it.
      now: Math.max(this.host.now(), this.host.replica.newestAt),
      freshId: () => this.host.freshId(),
      ttlFor: (state) => this.host.ttlFor(state),
      roundTripMs,
    });
  }

  /** Resolves when the replica is as current as a "no" needs it. Rejects with a fault. */
  async ensureCurrent(): Promise<void> {
    await this.isCurrent();
  }

  /** Whether the state is current enough to say no by: heard of lately, or proven just now and found unmoved. */
  private async isCurrent(): Promise<boolean> {
    if (performance.now() - this.heardAt < FRESH_MS) return true;
    const before = this.host.replica.head;
    await this.verify();
    this.heardAt = performance.now();
    return this.host.replica.head?.token === before?.token;
  }

  private async giveWay(): Promise<void> {
    if (this.justCommitted && performance.now() - this.rivalAt < RIVAL_MS) await pause(1);
    this.justCommitted = false;
  }

  /** Sends one attempt until its outcome is known; true: stored, and the batch is settled. */
  private async append(attempt: Attempt, batch: readonly Waiting[]): Promise<boolean> {
    const { request } = attempt;
    this.inFlight = { attempt, batch };
    this.storedByPublication = false;
    try {
      for (let failures = 0; ; failures += 1) {
        let outcome: AppendOutcome;
        try {
          outcome = await this.host.log.append(this.host.key, request);
        } catch (error) {
          if (!(error instanceof LogFault)) throw error;
          // Unknown whether it was stored: the same attempt again, until the log or its publication tells.
          if (this.wasPublished()) return await this.stored(attempt, batch, 0);
          if (batch.every(({ settled }) => settled)) throw error;
          await pause(Math.min(25 * 2 ** failures, 250));
          continue;
        }
        if (outcome.kind === "stored") return await this.stored(attempt, batch, outcome.yieldMs);
        if (outcome.kind === "conflict" && outcome.missed[0]?.commit === request.commit) {
          await this.learn(outcome);
          return await this.stored(attempt, batch, 0);
        }
        if (this.wasPublished()) return await this.stored(attempt, batch, 0);
        this.rivalAt = performance.now();
        await this.learn(outcome);
        return false;
      }
    } finally {
      this.inFlight = null;
    }
  }

  private wasPublished(): boolean {
    return this.storedByPublication;
  }

  private async stored(attempt: Attempt, batch: readonly Waiting[], yieldMs: number): Promise<true> {
    const { replica } = this.host;
    const { expect, commit, open, events } = attempt.request;
    const first = (expect?.seq ?? 0) + 1;
    // The replica may be further already, by this commit's own publication; then the answer is old news (`log.md` rule 7).
    if (replica.head?.token === expect?.token) {
      const epoch = open?.epoch ?? expect?.epoch ?? "";
      replica.offer(epoch, { first, commit, prev: expect?.token ?? "", events }, attempt);
    }
    this.heardAt = performance.now();
    this.justCommitted = true;
    settleAll(batch, attempt.outcomes);
    if (yieldMs > 0) await pause(yieldMs);
    return true;
  }

  /** Brings the replica to where an outcome says that the log is. */
  private async learn(outcome: AppendOutcome): Promise<void> {
    const { replica } = this.host;
    this.heardAt = performance.now();
    if (outcome.kind === "stored") return;
    if (outcome.kind !== "conflict") return this.host.reload();
    for (const commit of outcome.missed) {
      const offer = replica.offer(outcome.head.epoch, commit);
      if (offer === "fork" || offer === "gap") return this.host.reload();
    }
  }
}
