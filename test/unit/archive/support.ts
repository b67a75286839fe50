/** A room whose log is followed into an archive: commands go in, steps come out, and tests say when which is taken. */
import type { Archive, Attendance, SessionRecord, Told } from "../../../src/archive/archive.js";
import type { Followed } from "../../../src/gateway/following.js";
import { createMemoryRecords } from "../../../src/log/memory/memory-records.js";
import type { RoomKey } from "../../../src/log/port.js";
import type { Records } from "../../../src/log/records.js";
import type { Action, Actor, Decision, JoinAction, RoomAction } from "../../../src/room/commands.js";
import { decide } from "../../../src/room/decide.js";
import { NO_BACK_OFFICE } from "../../../src/room/events.js";
import { NO_ROOM, type RoomState } from "../../../src/room/state.js";

/** The time at which every test begins. */
export const START = 1_000_000;
export const RESUME_WINDOW_MS = 30_000;

const SETTINGS = {
  maxParticipants: 50,
  hostAbsent: "hold",
  knockTimeoutMs: 600_000,
  resumeWindowMs: RESUME_WINDOW_MS,
  tokenExpiry: null,
  lobbyForAll: false,
  autoClose: null,
} as const;

/** A value that has to be there. */
export function there<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error("expected a value, found none");
  return value;
}

/** Records in memory, in which there is nothing. */
export function emptyRecords(): Records {
  return createMemoryRecords(
    () => 0,
    () => undefined,
  );
}

/** How somebody joins. */
export interface Arrival {
  readonly name?: string;
  readonly micOn?: boolean;
  readonly webcamOn?: boolean;
  /** Whether the token names the participant; true unless said otherwise. */
  readonly bound?: boolean;
}

/** A room with its log and its time. Every command takes one millisecond, so that no two have the same time. */
export class FollowedRoom {
  readonly key: RoomKey;
  state: RoomState = NO_ROOM;
  now = START;
  readonly log: Followed["events"][number][] = [];
  /** How far the log was followed. */
  followedTo = 0;
  private made = 0;
  private readonly life: string;
  private readonly lines = new Map<string, string>();

  constructor(
    private readonly records: Records,
    private readonly archive: Archive,
    { app = "app", room = "room", customRoomId = null, life = "first" }: Names = {},
  ) {
    this.life = life;
    this.key = { app, room };
    this.api({
      type: "create",
      roomId: room,
      customRoomId,
      settings: SETTINGS,
      backOffice: NO_BACK_OFFICE,
      permanent: true,
    });
  }

  /** Sends a command; refusals are an answer, too. Answers the time at which it happened. */
  send(by: Actor, action: Action): number {
    this.decide(by, action);
    return this.now;
  }

  decide(by: Actor, action: Action): Decision {
    this.now += 1;
    const command = { id: this.fresh("command"), by, action, freshId: this.fresh("session") };
    const decision = decide(this.state, command, this.now);
    if (!decision.ok) return decision;
    for (const event of decision.events) this.log.push({ seq: this.log.length + 1, event });
    this.state = decision.state;
    return decision;
  }

  api(action: Action): number {
    return this.send({ kind: "api" }, action);
  }

  join(participantId: string, arrival: Arrival = {}): number {
    const { name = `name of ${participantId}`, micOn = false, webcamOn = false, bound = true } = arrival;
    const connection = this.fresh("connection");
    const action: JoinAction = {
      type: "join",
      roomId: this.key.room,
      participantId,
      grant: {
        app: this.key.app,
        fingerprint: this.fresh("token"),
        kind: "customer",
        key: "key",
        secretId: "1",
        jti: null,
        issuedAt: null,
        permissions: ["allow_join", "allow_mod"],
        roles: ["rtc"],
        roomId: null,
        participantId: bound ? participantId : null,
        expiresAt: null,
        expiryPolicy: "stay",
        oneTime: false,
        scopes: null,
        name: null,
      },
      pass: null,
      name,
      metaData: null,
      micOn,
      webcamOn,
      line: { connection, node: "node-1", attempt: 0 },
      secretHash: `secret of ${connection}`,
      opensWith: null,
    };
    if (this.decide({ kind: "newcomer" }, action).ok) this.lines.set(participantId, connection);
    return this.now;
  }

  /** Comes back with the resume secret. */
  resume(participantId: string): number {
    const [before, connection] = [this.line(participantId), this.fresh("connection")];
    const action = {
      type: "resume",
      participantId,
      secretHash: `secret of ${before}`,
      nextSecretHash: `secret of ${connection}`,
      line: { connection, node: "node-2", attempt: 0 },
    } as const;
    if (this.decide({ kind: "newcomer" }, action).ok) this.lines.set(participantId, connection);
    return this.now;
  }

  /** Sends a command of somebody in the room or the lobby. */
  as(participantId: string, action: RoomAction): number {
    return this.send({ kind: "participant", participantId, connection: this.line(participantId) }, action);
  }

  leave(participantId: string): number {
    return this.as(participantId, { type: "leave" });
  }

  setMedia(participantId: string, kind: "mic" | "webcam", on: boolean): number {
    return this.as(participantId, { type: "set-media", kind, on });
  }

  loseLine(participantId: string): number {
    const connection = this.line(participantId);
    return this.send({ kind: "gateway" }, { type: "line-lost", participantId, connection });
  }

  /** Lets time pass, then ticks. */
  wait(ms: number): number {
    this.now += ms;
    return this.send({ kind: "gateway" }, { type: "tick" });
  }

  /** The id of the session that goes on; throws where there is none. */
  get sessionId(): string {
    return there(this.state.session).id;
  }

  /** The next step: at most so many of the events that were not followed yet. */
  step(most = Infinity): Followed {
    const events = this.log.slice(this.followedTo, this.followedTo + most);
    const upTo = events.at(-1)?.seq ?? this.followedTo;
    return { room: this.key, epoch: "epoch", events, state: this.state, gap: false, upTo };
  }

  /** Takes a step into the archive, and answers what it tells. */
  async take(followed: Followed): Promise<readonly Told[]> {
    const { changes, told } = await this.archive.collect(followed);
    await this.records.write(changes);
    this.followedTo = followed.upTo;
    return told;
  }

  /** Follows everything, in steps of at most so many events. */
  async follow(most = Infinity): Promise<readonly Told[]> {
    const told: Told[] = [];
    while (this.followedTo < this.log.length) told.push(...(await this.take(this.step(most))));
    return told;
  }

  /** Loses what was not followed yet, and goes on from the room as it is. */
  async loseEvents(): Promise<readonly Told[]> {
    const { key: room, state } = this;
    return this.take({ room, epoch: "another epoch", events: [], state, gap: true, upTo: this.log.length });
  }

  private line(participantId: string): string {
    return this.lines.get(participantId) ?? "no connection";
  }

  private fresh(kind: string): string {
    this.made += 1;
    return `${kind}-${this.made}-of-${this.key.app}-${this.key.room}-${this.life}`;
  }
}

/** What a room goes by. */
export interface Names {
  readonly app?: string;
  readonly room?: string;
  readonly customRoomId?: string | null;
  /** Tells the ids apart that are made in rooms of the same name. */
  readonly life?: string;
}

export const remove = (participantId: string): RoomAction => ({
  type: "remove",
  participantId,
  note: null,
  ban: false,
});

/** Everything that an archive tells of an app: its rooms, and its sessions with who attended. */
export async function everything(
  archive: Archive,
  app: string,
): Promise<{
  readonly rooms: readonly string[];
  readonly sessions: readonly { session: SessionRecord; attendance: readonly Attendance[] }[];
}> {
  const all = { page: 1, perPage: 10_000 };
  const { data } = await archive.sessions(app, {}, all);
  const sessions = await Promise.all(
    data.map(async (session) => ({ session, attendance: await archive.attendance(app, session.id) })),
  );
  return { rooms: (await archive.rooms(app, all)).data, sessions };
}
