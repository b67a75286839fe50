/** What a node counts, in Prometheus' text form. One registry a node, so that several can run in one process. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What a node counted since its start, and what it has at the moment, for people who look at it (`vitals.ts`). */
export interface Figures {
  /** Joins that were let in, into the room or the lobby. */
  readonly joins: number;
  /** Joins that the room refused. */
  readonly refused: number;
  readonly resumes: number;
  readonly resumesFailed: number;
  /** Open connections. */
  readonly sockets: number;
  /** Rooms with a replica here. */
  readonly rooms: number;
}

/** The counters of one node. */
export interface Metrics {
  /** A connection was let in, into the room or the lobby, or refused (`outcome` is then the reason). */
  entered(way: "join" | "resume", outcome: string): void;
  /** A command was answered: `ok`, or the reason of the refusal. */
  answered(command: string, outcome: string): void;
  committed(events: number, tries: number): void;
  /** A knock was answered by a commit of this node, so many milliseconds after it came. */
  knockAnswered(waitedMs: number): void;
  flushed(events: number, recipients: number): void;
  epochOpened(): void;
  recovered(): void;
  connectionOpened(): void;
  connectionClosed(code: number): void;
  roomsServed(count: number): void;
  /** An attempt to deliver a webhook message ended so. */
  delivered(outcome: string): void;
  storeUp(up: boolean): void;
  /** Some of the same numbers, to work with. */
  figures(): Promise<Figures>;
  /** How long each of the last knocks waited that were answered since this was asked before, milliseconds; 1,000 at most. */
  takeWaits(): readonly number[];
  /** Everything, in Prometheus' text form. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Outcomes of joins and resumes that are no reasons of refusals. */
const ENTERED: readonly string[] = ["joined", "waiting"];
/** Waits that are remembered one by one. */
const MOST_WAITS = 1_000;

/** Makes the counters of a node. */
export function createMetrics({ processMetrics }: { readonly processMetrics: boolean }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `admitone_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string) => new Gauge({ name: `admitone_${name}`, help, registers });
  if (processMetrics) collectDefaultMetrics({ register: registry });

  const entries = counter("entries_total", "Joins and resumes, by outcome", ["way", "outcome"]);
  const commands = counter("commands_total", "Commands answered, by outcome", ["command", "outcome"]);
  const commits = counter("commits_total", "Commits stored", []);
  const events = counter("events_total", "Events stored by this node", []);
  const conflicts = counter("commit_conflicts_total", "Appends that another node had overtaken", []);
  const frames = counter("frames_total", "Event frames sent", []);
  const epochs = counter("epochs_opened_total", "New epochs opened after a loss of data", []);
  const recoveries = counter("recoveries_total", "Times that lost events were asserted again", []);
  const deliveries = counter("webhook_attempts_total", "Attempts to deliver webhook messages, by outcome", [
    "outcome",
  ]);
  const waits = new Histogram({
    name: "admitone_lobby_wait_seconds",
    help: "From a knock to its answer, where this node committed it",
    buckets: [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800],
    registers,
  });
  let lastWaits: number[] = [];
  let answers = 0;
  const closed = counter("connections_closed_total", "Connections closed, by close code", ["code"]);
  const connections = gauge("connections", "Open connections");
  const rooms = gauge("rooms_served", "Rooms that this node serves");
  const store = gauge("store_up", "Whether the store answers (1) or not (0)");

  const valueOf = async (metric: Gauge): Promise<number> => (await metric.get()).values[0]?.value ?? 0;

  return {
    entered: (way, outcome) => entries.inc({ way, outcome }),
    answered: (command, outcome) => commands.inc({ command, outcome }),
    committed: (count, tries) => {
      commits.inc();
      events.inc(count);
      conflicts.inc(tries - 1);
    },
    knockAnswered: (waitedMs) => {
      waits.observe(waitedMs / 1_000);
      // Round and round: what is asked of them does not depend on their order.
      lastWaits[answers % MOST_WAITS] = waitedMs;
      answers += 1;
    },
    flushed: (count, recipients) => {
      if (count > 0) frames.inc(recipients);
    },
    epochOpened: () => epochs.inc(),
    recovered: () => recoveries.inc(),
    connectionOpened: () => connections.inc(),
    connectionClosed: (code) => {
      connections.dec();
      closed.inc({ code: String(code) });
    },
    delivered: (outcome) => deliveries.inc({ outcome }),
    roomsServed: (count) => rooms.set(count),
    storeUp: (up) => store.set(up ? 1 : 0),
    figures: async () => {
      const { values } = await entries.get();
      const sum = (way: string, isIn: boolean): number =>
        values
          .filter(({ labels }) => labels.way === way && ENTERED.includes(String(labels.outcome)) === isIn)
          .reduce((total, { value }) => total + value, 0);
      return {
        joins: sum("join", true),
        refused: sum("join", false),
        resumes: sum("resume", true),
        resumesFailed: sum("resume", false),
        sockets: await valueOf(connections),
        rooms: await valueOf(rooms),
      };
    },
    takeWaits: () => {
      const taken = lastWaits;
      lastWaits = [];
      answers = 0;
      return taken;
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
