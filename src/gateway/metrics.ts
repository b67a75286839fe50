/** What a node counts, in Prometheus' text form. One registry a node, so that several can run in one process. */
import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";

/** The counters of one node. */
export interface Metrics {
  /** A connection was let in, into the room or the lobby, or refused (`outcome` is then the reason). */
  entered(way: "join" | "resume", outcome: string): void;
  /** A command was answered: `ok`, or the reason of the refusal. */
  answered(command: string, outcome: string): void;
  committed(events: number, tries: number): void;
  flushed(events: number, recipients: number): void;
  epochOpened(): void;
  recovered(): void;
  connectionOpened(): void;
  connectionClosed(code: number): void;
  roomsServed(count: number): void;
  /** An attempt to deliver a webhook message ended so. */
  delivered(outcome: string): void;
  storeUp(up: boolean): void;
  /** Everything, in Prometheus' text form. */
  text(): Promise<string>;
  readonly contentType: string;
}

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
  const closed = counter("connections_closed_total", "Connections closed, by close code", ["code"]);
  const connections = gauge("connections", "Open connections");
  const rooms = gauge("rooms_served", "Rooms that this node serves");
  const store = gauge("store_up", "Whether the store answers (1) or not (0)");

  return {
    entered: (way, outcome) => entries.inc({ way, outcome }),
    answered: (command, outcome) => commands.inc({ command, outcome }),
    committed: (count, tries) => {
      commits.inc();
      events.inc(count);
      conflicts.inc(tries - 1);
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
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
