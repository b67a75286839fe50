/** Compares what the client tells of the room, and its copy of it, with the room's own history, number by number. */
import type { Epoch, RoomLog } from "./room-log.js";
import { viewOf } from "./room-state.js";
import type { Subject, Told } from "./subject.js";
import { same, type Accuse } from "./violation.js";

/** What an oracle knows. */
export interface OracleParts {
  readonly log: RoomLog;
  readonly viewer: string;
  readonly subject: () => Subject;
  readonly accuse: Accuse;
}

/** Watches one client that tells events with their numbers. */
export class Oracle {
  /** Snapshots that were told, by their cause. */
  readonly causes = new Map<string, number>();
  /** Events that were told. */
  told = 0;
  /** Up to where everything was told; null: outside of the room. */
  private position: { readonly epoch: string; seq: number } | null = null;

  constructor(private readonly parts: OracleParts) {}

  /** The client tells something. */
  hear(told: Told): void {
    switch (told.kind) {
      case "event":
        this.hearEvent(told.event);
        return;
      case "snapshot":
        this.causes.set(told.cause, (this.causes.get(told.cause) ?? 0) + 1);
        this.lay();
        return;
      case "handed over":
        if (told.what.startsWith("lobby")) this.position = null;
        return;
      case "left":
        this.over();
        return;
      case "state":
      case "recovered":
      case "reconnecting":
      case "fault":
    }
  }

  /** A stay, or an attempt at one, is over: nothing is told of the room any more. */
  over(): void {
    this.position = null;
  }

  /** In the quiet: everything was told, and the copy is the room. */
  checkCopy(): void {
    const { log, subject, accuse } = this.parts;
    const { position } = this;
    if (subject().tells.has("numbers")) {
      if (position?.epoch !== log.epoch.name) accuse("events", `stands in ${position?.epoch ?? "no epoch"}`);
      else {
        const missing = nextOf(log.epoch, position.seq);
        if (missing !== undefined) accuse("events", `never told: ${JSON.stringify(missing)}`);
      }
    }
    this.compare(log.epoch.name, log.seq);
  }

  private hearEvent(event: { readonly type: string; readonly seq: number }): void {
    const { log, accuse } = this.parts;
    const { position } = this;
    this.told += 1;
    const epoch = position === null ? undefined : log.find(position.epoch);
    if (position === null || epoch === undefined) {
      accuse("events", `told outside of the room: ${JSON.stringify(event)}`);
      return;
    }
    const next = nextOf(epoch, position.seq);
    if (!same(event, next))
      accuse("events", `told ${JSON.stringify(event)}, next is ${JSON.stringify(next)}`);
    position.seq = event.seq;
  }

  /** A snapshot was told: the copy is the room as it was at that number. */
  private lay(): void {
    const { epoch, seq } = this.parts.subject().copy();
    if (epoch === null || epoch === undefined || seq === undefined) {
      this.parts.accuse("copy", "no number behind a snapshot");
      return;
    }
    this.position = { epoch, seq };
    this.compare(epoch, seq);
  }

  private compare(epoch: string, seq: number): void {
    const { log, viewer, accuse, subject } = this.parts;
    const state = log.stateAt(epoch, seq);
    if (state === undefined) {
      accuse("copy", `stands at ${epoch} ${seq}, which never was`);
      return;
    }
    const { participants, messages, lobby = [], bans = [], ...facts } = viewOf(state, viewer);
    const restricted = state.restricted.includes(viewer);
    const asked = state.asks
      .filter(({ targetId }) => targetId === viewer)
      .map(({ kind }) => kind)
      .sort();
    const expected = { facts, participants, messages, lobby, bans, restricted, asked, epoch, seq };
    const copy = subject().copy();
    for (const [name, value] of Object.entries(expected)) {
      const found: unknown = Reflect.get(copy, name);
      // What a client does not show cannot be wrong.
      if (found !== undefined && !same(found, value))
        accuse(
          "copy",
          `${name} at ${epoch} ${seq}: ${JSON.stringify(found)} instead of ${JSON.stringify(value)}`,
        );
    }
  }
}

/** The next event behind a number that the client may see and knows. */
function nextOf(epoch: Epoch, seq: number): object | undefined {
  let next = epoch.entries[seq - epoch.base];
  while (next !== undefined && (!next.isVisible || next.known === null))
    next = epoch.entries[next.seq - epoch.base];
  return next?.event;
}
