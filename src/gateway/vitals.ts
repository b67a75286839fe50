/**
 * How the nodes of a gateway fare: each looks at its own figures every few seconds, keeps the last of them, and puts them into the
 * records, where the others find them. One small write a step; nothing depends on it but the pages that people look at.
 */
import { LogFault } from "../log/port.js";
import type { Change, Records } from "../log/records.js";
import type { Logger } from "./environment.js";
import type { Figures, Metrics } from "./metrics.js";
import { decodeVitals, encodeVitals, type Sample, type Vital } from "./vitals-stored.js";

/** A node as the others see it. */
export interface NodeVitals extends Vital {
  /** By when it was last heard of; epoch milliseconds. */
  readonly seenAt: number;
  /** Whether it was heard of within the last three steps. */
  readonly isUp: boolean;
}

/** What the vitals of a node are made of. */
export interface VitalsOptions {
  readonly node: string;
  readonly version: string;
  readonly records: Pick<Records, "fields" | "range" | "write">;
  readonly metrics: Pick<Metrics, "figures" | "takeWaits">;
  /** Epoch milliseconds by the store's clock, so that nodes can be compared. */
  readonly now: () => number;
  /** Memory that the process takes, bytes. */
  readonly memoryBytes: () => number;
  readonly logger: Pick<Logger, "debug" | "error">;
  /** Between two looks, milliseconds. */
  readonly stepMs: number;
}

/** Looks that are kept: ten minutes of 5 s. */
const KEPT = 120;
/** After so many steps of silence a node counts as down, and after so many more it is forgotten. */
const DOWN_AFTER = 3;
const FORGOTTEN_AFTER = 12;
/** Nodes that are listed at most. */
const MOST_NODES = 256;

/** Map of texts by node, and index of nodes by when they were last heard of. */
const TEXTS = "vitals:nodes";
const SEEN = "vitals:seen";

/** The vitals of one node, and its view of the others'. */
export class Vitals {
  private series: readonly Sample[] = [];
  private before: Figures | null = null;
  private startedAt = 0;
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();

  constructor(private readonly options: VitalsOptions) {}

  /** Begins; resolves once the others can see this node, or could not be told now. */
  async start(): Promise<void> {
    this.startedAt = this.options.now();
    await this.look();
    this.timer = setInterval(() => {
      this.round = this.round.then(() => this.look());
    }, this.options.stepMs);
    this.timer.unref();
  }

  /** The nodes that were heard of lately, the one that started first before the others. Rejects with a fault. */
  async nodes(): Promise<readonly NodeVitals[]> {
    const { records, now, stepMs } = this.options;
    const min = now() - FORGOTTEN_AFTER * stepMs;
    const seen = await records.range(SEEN, { min, descending: true, limit: MOST_NODES });
    if (seen.length === 0) return [];
    const names = seen.map(({ member }) => member);
    const texts = await records.fields(TEXTS, names);
    const nodes = seen.flatMap(({ member, score: seenAt }): NodeVitals[] => {
      const vital = decodeVitals(member, texts.get(member));
      // Gone between the two reads, or of a version whose vitals this one cannot read.
      return vital === null ? [] : [{ ...vital, seenAt, isUp: now() - seenAt < DOWN_AFTER * stepMs }];
    });
    return nodes.sort((a, b) => a.startedAt - b.startedAt || (a.node < b.node ? -1 : 1));
  }

  /** Ends, and leaves nothing in the records. */
  async close(): Promise<void> {
    this.abandon();
    await this.round;
    await this.write(forgetting([this.options.node]));
  }

  /** Ends without a word, as a crash would. */
  abandon(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const { node, version, metrics, memoryBytes, now, stepMs } = this.options;
    const figures = await metrics.figures();
    const at = now();
    if (this.before !== null) {
      const sample = sampleOf({ at, before: this.before, figures, waitsMs: metrics.takeWaits() });
      this.series = [...this.series, sample].slice(-KEPT);
    }
    this.before = figures;
    const { sockets, rooms } = figures;
    const memoryMb = Math.round(memoryBytes() / 1_048_576);
    const { startedAt, series } = this;
    const text = encodeVitals({ node, version, startedAt, sockets, rooms, memoryMb, series });
    await this.write([
      { put: TEXTS, field: node, text },
      { rank: SEEN, member: node, score: at },
      ...forgetting(await this.silentSince(at - FORGOTTEN_AFTER * stepMs)),
    ]);
  }

  /** Nodes that died: whoever is alive forgets them, and one that was taken for dead comes back with its next look. */
  private async silentSince(max: number): Promise<readonly string[]> {
    try {
      const silent = await this.options.records.range(SEEN, { max, limit: MOST_NODES });
      return silent.map(({ member }) => member).filter((member) => member !== this.options.node);
    } catch (error) {
      this.missed(error);
      return [];
    }
  }

  private async write(changes: readonly Change[]): Promise<void> {
    try {
      await this.options.records.write(changes);
    } catch (error) {
      this.missed(error);
    }
  }

  private missed(error: unknown): void {
    const { logger } = this.options;
    if (error instanceof LogFault) logger.debug({ err: error.message }, "cannot share vitals now");
    else logger.error({ err: error }, "a bug while sharing vitals");
  }
}

function forgetting(nodes: readonly string[]): Change[] {
  return nodes.flatMap((node) => [
    { drop: TEXTS, field: node },
    { unrank: SEEN, member: node },
  ]);
}

function sampleOf(given: {
  readonly at: number;
  readonly before: Figures;
  readonly figures: Figures;
  readonly waitsMs: readonly number[];
}): Sample {
  const { at, before, figures, waitsMs } = given;
  return {
    at,
    joins: figures.joins - before.joins,
    refused: figures.refused - before.refused,
    resumes: figures.resumes - before.resumes,
    resumesFailed: figures.resumesFailed - before.resumesFailed,
    lobbyWaitMs: medianOf(waitsMs),
    sockets: figures.sockets,
  };
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2);
}
