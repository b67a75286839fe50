/** One node's look-out for due lanes: takes them as slots are free, and hands each to whoever serves it (`docs/rules.md` N6). */
import { LogFault } from "../log/port.js";
import { Claim, type ClaimHost } from "./claim.js";

/** What a dispatcher works with. */
export interface DispatcherHost extends ClaimHost {
  /** Lanes served at once. */
  readonly slots: number;
  /** Between two looks, milliseconds. */
  readonly pollMs: number;
  readonly leaseMs: number;
  /** Serves a lane until it is empty, has to wait, or the signal says stop. Never lets go of the claim without releasing it. */
  readonly serve: (claim: Claim, stopped: AbortSignal) => Promise<void>;
  /** Called beside each look. */
  readonly beside?: () => Promise<void>;
}

/** Polls, and serves. */
export class Dispatcher {
  private readonly active = new Map<string, Promise<void>>();
  private readonly stopper = new AbortController();
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  private lookAgain = false;

  constructor(private readonly host: DispatcherHost) {}

  start(): void {
    this.timer ??= setInterval(() => this.wake(), this.host.pollMs);
  }

  /** Looks now. */
  wake(): void {
    if (this.timer === null || this.stopper.signal.aborted) return;
    if (this.looking !== null) {
      this.lookAgain = true;
      return;
    }
    this.lookAgain = false;
    this.looking = this.look()
      .catch((error: unknown) => this.report(error))
      .finally(() => {
        this.looking = null;
        if (this.lookAgain) this.wake();
      });
  }

  /** Takes nothing new; resolves when all lanes that are served now are let go. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.stopper.abort();
    await this.looking;
    await Promise.all(this.active.values());
  }

  private async look(): Promise<void> {
    const { host, active } = this;
    await host.beside?.().catch((error: unknown) => this.report(error));
    const free = host.slots - active.size;
    if (free <= 0) return;
    // Lanes of this node's own may be due as well, since whoever queues does not know that they are served.
    const limit = free + active.size;
    const due = await host.records.range(host.due, { max: host.now(), limit });
    const others = due.filter(({ member }) => !active.has(member)).slice(0, free);
    await Promise.all(
      others.map(async (one) => {
        const claim = await Claim.take(host, one, host.leaseMs);
        if (claim !== null) this.serve(claim);
      }),
    );
    if (due.length === limit && active.size < host.slots) this.lookAgain = true;
  }

  private serve(claim: Claim): void {
    const { name } = claim.lane;
    const served = this.host
      .serve(claim, this.stopper.signal)
      .catch((error: unknown) => this.report(error))
      .finally(() => {
        this.active.delete(name);
        this.wake();
      });
    this.active.set(name, served);
  }

  private report(error: unknown): void {
    const { logger } = this.host.environment;
    // A fault is told by whoever watches the store; the work is taken up again when the lease is over.
    if (error instanceof LogFault) logger.debug({ err: error.message }, "webhooks: the store is away");
    else logger.error({ err: error instanceof Error ? error.stack : String(error) }, "webhooks: a bug");
  }
}
