/** Rooms whose logs are followed into an admission record: commands go in, and tests say when which step is taken. */
import type { AdmissionEntry } from "../../../src/admissions/entry.js";
import { createAdmissions, type Admissions } from "../../../src/admissions/admissions.js";
import type { AdmissionQuery } from "../../../src/admissions/reading.js";
import type { Followed } from "../../../src/gateway/following.js";
import { createMemoryRecords } from "../../../src/log/memory/memory-records.js";
import type { Records } from "../../../src/log/records.js";
import type { RoomSettings } from "../../../src/protocol/events.js";
import { NO_BACK_OFFICE, type BackOffice, type RoomEvent } from "../../../src/room/events.js";
import type { RoomState } from "../../../src/room/state.js";
import { Room } from "../room/support.js";

/** How long the records of these tests are kept. */
export const RETENTION_MS = 3_600_000;

/** Answers records in which there is nothing. */
export type EmptyRecords = () => Promise<Records>;

/** In memory. */
export const inMemory: EmptyRecords = () =>
  Promise.resolve(
    createMemoryRecords(
      () => 0,
      () => undefined,
    ),
  );

/** A record with nothing in it, and the rooms that are followed into it. */
export interface Filled {
  readonly records: Records;
  readonly admissions: Admissions;
  readonly room: (options?: RoomOptions) => RecordedRoom;
}

export async function emptyRecord(empty: EmptyRecords = inMemory): Promise<Filled> {
  const records = await empty();
  const admissions = createAdmissions({ records, retentionMs: RETENTION_MS });
  return { records, admissions, room: (options) => new RecordedRoom(records, admissions, options) };
}

/** A room's log, as far as somebody who follows it needs to know. */
export interface Source {
  readonly log: readonly RoomEvent[];
  readonly state: RoomState;
}

/** What makes a room of a test. */
export interface RoomOptions {
  readonly app?: string;
  readonly name?: string;
  readonly settings?: Partial<RoomSettings>;
  readonly backOffice?: Partial<BackOffice>;
}

/** A room that is a conference. */
export const CONFERENCE: RoomOptions = {
  backOffice: { conference: { ownerId: null, isProtected: false, emptyTtlMs: 0, pincode: null } },
};

/** Follows a log into a record, step by step. */
export class Following {
  epoch = "first";
  /** How far the log was followed. */
  followedTo = 0;

  constructor(
    private readonly records: Records,
    private readonly admissions: Admissions,
    private readonly source: Source,
    readonly app = "app",
    readonly name = "room",
  ) {}

  /** The next step: at most so many of the events that were not followed yet. */
  step(most = Infinity): Followed {
    const { log, state } = this.source;
    const events = log
      .slice(this.followedTo, this.followedTo + most)
      .map((event, index) => ({ seq: this.followedTo + index + 1, event }));
    const upTo = events.at(-1)?.seq ?? this.followedTo;
    return { room: { app: this.app, room: this.name }, epoch: this.epoch, events, state, gap: false, upTo };
  }

  /** Takes a step into the record. */
  async take(followed: Followed): Promise<void> {
    await this.records.write(await this.admissions.collect(followed));
    this.followedTo = followed.upTo;
  }

  /** Follows everything, in steps of at most so many events. */
  async follow(most = Infinity): Promise<void> {
    while (this.followedTo < this.source.log.length) await this.take(this.step(most));
  }

  /** Loses what was not followed yet, and goes on in another epoch from the room as it is. */
  loseEvents(epoch = "second"): Promise<void> {
    this.epoch = epoch;
    return this.take({ ...this.step(0), gap: true, upTo: this.source.log.length });
  }

  /** Every entry of the room, read in pages of so many. */
  async entries(limit = 1_000, query: Partial<AdmissionQuery> = {}): Promise<readonly AdmissionEntry[]> {
    const all: AdmissionEntry[] = [];
    for (let { after } = query; ;) {
      const page = await this.admissions.list(this.app, this.name, { ...query, limit, after });
      all.push(...page.entries);
      if (page.next === null) return all;
      after = page.next;
    }
  }
}

/** A room, and its record. */
export class RecordedRoom extends Following {
  readonly room: Room;

  constructor(records: Records, admissions: Admissions, options: RoomOptions = {}) {
    const room = new Room(options.settings, { ...NO_BACK_OFFICE, ...options.backOffice });
    super(records, admissions, room, options.app, options.name);
    this.room = room;
  }

  /** Lets a millisecond pass, does something, and follows it. Answers when it was. */
  async then(act: (room: Room) => unknown): Promise<number> {
    this.room.now += 1;
    act(this.room);
    await this.follow();
    return this.room.now;
  }
}

/** What entries say, in short: who, what, and why. */
export function told(entries: readonly AdmissionEntry[]): string[] {
  return entries.map(({ what, participantId, decidedBy, rule, reason }) => {
    const by =
      decidedBy === null
        ? ""
        : decidedBy.kind === "participant"
          ? ` by ${decidedBy.participantId}`
          : ` by ${decidedBy.kind}`;
    const why = [rule, reason].filter((one) => one !== null).join(" ");
    return `${participantId ?? "-"} ${what}${by}${why === "" ? "" : ` (${why})`}`;
  });
}
