/**
 * Who serves a lane: one worker at a time, on all nodes together (`docs/rules.md` N6). A claim is a text in the lane's map with
 * the time until which it holds; every write of its holder names it, so that a worker that was thought dead writes nothing more.
 *
 * The index of due lanes only says when to look. Whoever queues a message sets a lane due there without knowing whether somebody
 * serves it; who looks then and finds a claim or a wait puts it off to its end.
 */
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { freshId, type Environment } from "../gateway/environment.js";
import { LogFault } from "../log/port.js";
import type { Change, Condition, Records } from "../log/records.js";
import { laneMap, parseLane, queueOf, type Lane } from "./names.js";

/** Between two tries of a write while the store is away. */
const RETRY_MS = 250;

const fareSchema = z.object({ failures: z.number(), until: z.number() });
/** How a lane fares: failures in a row, and when it may be tried again (epoch milliseconds). */
export type Fare = z.infer<typeof fareSchema>;
const GOOD: Fare = { failures: 0, until: 0 };

/** What claims are made with. */
export interface ClaimHost {
  readonly records: Records;
  readonly environment: Environment;
  /** Epoch milliseconds by the store's clock. */
  readonly now: () => number;
  /** The index of due lanes. */
  readonly due: string;
  /** Set when the node cannot wait any longer. */
  readonly ended: AbortSignal;
}

/** What became of a write: made; the claim is lost; or the claim holds but something else was not as expected. */
export type Written = "written" | "lost" | "refused";

/** One worker's hold on one lane. Methods reject with a fault where the store stays away until the claim is over. */
export class Claim {
  readonly lane: Lane;

  private constructor(
    private readonly host: ClaimHost,
    name: string,
    private text: string,
    private until: number,
    /** As it was when the lane was taken. */
    readonly fare: Fare,
  ) {
    this.lane = parseLane(name);
  }

  /** Takes a due lane for so long; null: somebody else serves it, or it has to wait. Rejects with a fault. */
  static async take(
    host: ClaimHost,
    { member: name, score }: { readonly member: string; readonly score: number },
    leaseMs: number,
  ): Promise<Claim | null> {
    const { records, due, now } = host;
    const map = laneMap(name);
    const found = await records.fields(map, ["claim", "fare"]);
    const [claim = null, fareText = null] = [found.get("claim"), found.get("fare")];
    const fare = fareText === null ? GOOD : fareSchema.parse(JSON.parse(fareText));
    const time = now();
    const held = claim === null ? 0 : untilOf(claim);
    const claimStays: Condition = { map, field: "claim", is: claim };
    if (held > time || fare.until > time) {
      // Only if nothing of this has changed: a replay ends a wait, and must not be put off by who did not see it.
      await records.write(
        [{ rank: due, member: name, score: Math.max(held, fare.until) }],
        [claimStays, { map, field: "fare", is: fareText }, { index: due, member: name, is: score }],
      );
      return null;
    }
    const until = time + leaseMs;
    const text = claimText(host, until);
    const taken = await records.write(
      [
        { put: map, field: "claim", text },
        { rank: due, member: name, score: until },
      ],
      [claimStays],
    );
    return taken ? new Claim(host, name, text, until, fare) : null;
  }

  /** Whether the claim still holds for so long, by this node's idea of the time. */
  holdsFor(ms: number): boolean {
    return this.host.now() + ms <= this.until;
  }

  /** Renews the claim, and makes changes with it. */
  async write(
    leaseMs: number,
    changes: readonly Change[] = [],
    conditions: readonly Condition[] = [],
  ): Promise<Written> {
    const { host, map } = this;
    const before = this.text;
    const until = host.now() + leaseMs;
    const text = claimText(host, until);
    const renewal: Change[] = [
      { put: map, field: "claim", text },
      { rank: host.due, member: this.lane.name, score: until },
    ];
    const done = await this.insist([...changes, ...renewal], [this.own(before), ...conditions]);
    const now = done ? text : await this.current();
    if (now === text) {
      this.text = text;
      this.until = until;
      return "written";
    }
    return now === before ? "refused" : "lost";
  }

  /** Lets go of the lane, with changes; it is looked at again at `fare.until`, or now. True: all of it was written. */
  async release(
    fare: Fare,
    changes: readonly Change[] = [],
    conditions: readonly Condition[] = [],
  ): Promise<boolean> {
    const { host, map, lane } = this;
    const letGo: Change[] = [
      fare.failures === 0
        ? { drop: map, field: "fare" }
        : { put: map, field: "fare", text: JSON.stringify(fare) },
      { drop: map, field: "claim" },
      { rank: host.due, member: lane.name, score: Math.max(fare.until, host.now()) },
    ];
    return this.insist([...changes, ...letGo], [this.own(this.text), ...conditions]);
  }

  /**
   * Ends a lane whose queue was found empty after `mark` was read. Everybody who queues changes the mark in the same step: if
   * somebody did so meanwhile, nothing is written and the answer is false.
   */
  async retire(mark: string | null): Promise<boolean> {
    const { host, map, lane } = this;
    return this.insist(
      [{ clear: map }, { clear: queueOf(lane.name) }, { unrank: host.due, member: lane.name }],
      [this.own(this.text), { map, field: "mark", is: mark }],
    );
  }

  /** The lane's mark: to be read before the queue. */
  async mark(): Promise<string | null> {
    return (await this.host.records.fields(this.map, ["mark"])).get("mark") ?? null;
  }

  private get map(): string {
    return laneMap(this.lane.name);
  }

  private own(text: string): Condition {
    return { map: this.map, field: "claim", is: text };
  }

  private async current(): Promise<string | null> {
    return (await this.host.records.fields(this.map, ["claim"])).get("claim") ?? null;
  }

  /** A fault does not tell whether it was written, and the same write again does no harm: its condition holds only once. */
  private async insist(changes: readonly Change[], conditions: readonly Condition[]): Promise<boolean> {
    for (;;) {
      try {
        return await this.host.records.write(changes, conditions);
      } catch (error) {
        const { ended } = this.host;
        if (!(error instanceof LogFault) || ended.aborted || !this.holdsFor(RETRY_MS)) throw error;
        await pause(RETRY_MS);
      }
    }
  }
}

function claimText({ environment }: ClaimHost, until: number): string {
  return `${until} ${freshId(environment)}`;
}

function untilOf(claim: string): number {
  return Number(claim.split(" ")[0]);
}
