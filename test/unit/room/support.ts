/** Builders for the tests of a room: grants, a room with a clock, and short words for what it answered. */
import type { EventType, RoomSettings, RoomStatus } from "../../../src/protocol/events.js";
import type { Reason, Refusal } from "../../../src/protocol/refusals.js";
import type {
  Action,
  Actor,
  Decision,
  JoinAction,
  OfficeAction,
  RoomAction,
} from "../../../src/room/commands.js";
import { decide } from "../../../src/room/decide.js";
import { NO_BACK_OFFICE, type BackOffice, type RoomEvent } from "../../../src/room/events.js";
import type { Grant, Permission } from "../../../src/room/grant.js";
import { NO_ROOM, type Knock, type Participant, type RoomState } from "../../../src/room/state.js";

/** The time at which every test begins; what falls due is far from it. */
export const START = 1_000_000;

/** A room's settings with short, round times. */
export function settings(part: Partial<RoomSettings> = {}): RoomSettings {
  return {
    maxParticipants: 50,
    hostAbsent: "hold",
    knockTimeoutMs: 600_000,
    resumeWindowMs: 30_000,
    tokenExpiry: null,
    lobbyForAll: false,
    autoClose: null,
    ...part,
  };
}

/** What a token grants; each fingerprint stands for one token. */
export function grant(fingerprint: string, part: Partial<Grant> = {}): Grant {
  return {
    app: "app",
    fingerprint,
    kind: "customer",
    key: "key",
    secretId: "1",
    jti: null,
    issuedAt: null,
    permissions: ["allow_join"],
    roles: ["rtc", "crawler"],
    roomId: null,
    participantId: null,
    expiresAt: null,
    expiryPolicy: "stay",
    oneTime: false,
    scopes: null,
    name: null,
    ...part,
  };
}

/** How somebody comes to the door. */
export interface Arrival {
  readonly permissions?: readonly Permission[];
  /** Whether the token names the participant; true unless said otherwise. */
  readonly bound?: boolean;
  /** Fingerprint of the token; one of their own unless said otherwise. */
  readonly token?: string;
  /** Id of the command. */
  readonly id?: string;
  /** Which of their connections it is; a later one than all before unless said otherwise. */
  readonly attempt?: number;
  readonly more?: Partial<JoinAction>;
  readonly grant?: Partial<Grant>;
  readonly expires?: Pick<Grant, "expiresAt" | "expiryPolicy">;
}

export const HOST: Arrival = { permissions: ["allow_join", "allow_mod"] };
export const GUEST: Arrival = { permissions: ["ask_join"] };

/** A room that keeps its state, its log and its time. */
export class Room {
  state: RoomState = NO_ROOM;
  now = START;
  readonly log: RoomEvent[] = [];
  private made = 0;
  private readonly lines = new Map<string, string>();
  private readonly secrets = new Map<string, string>();

  /** A room that exists; with null, one that does not. */
  constructor(part: Partial<RoomSettings> | null = {}, backOffice: BackOffice = NO_BACK_OFFICE) {
    if (part !== null)
      this.api({
        type: "create",
        roomId: "room",
        customRoomId: null,
        settings: settings(part),
        backOffice,
        permanent: backOffice.conference === null,
      });
  }

  /** Sends any command, and takes what it did into state and log. */
  send(by: Actor, action: Action, id = this.fresh("command")): Decision {
    const decision = decide(this.state, { id, by, action, freshId: this.fresh("fresh") }, this.now);
    if (decision.ok) {
      this.state = decision.state;
      this.log.push(...decision.events);
    }
    return decision;
  }

  join(participantId: string, arrival: Arrival = {}): Decision {
    const { bound = true, token = `token-of-${participantId}`, permissions = ["allow_join"] } = arrival;
    const connection = this.fresh("connection");
    const secretHash = this.fresh("secret");
    const action: JoinAction = {
      type: "join",
      roomId: "room",
      participantId,
      grant: grant(token, {
        permissions,
        participantId: bound ? participantId : null,
        ...arrival.expires,
        ...arrival.grant,
      }),
      pass: null,
      name: `name of ${participantId}`,
      metaData: null,
      micOn: false,
      webcamOn: false,
      line: { connection, node: "node-1", attempt: arrival.attempt ?? this.now },
      secretHash,
      opensWith: null,
      ...arrival.more,
    };
    const decision = this.send({ kind: "newcomer" }, action, arrival.id);
    if (decision.ok) {
      this.lines.set(participantId, action.line.connection);
      this.secrets.set(participantId, action.secretHash);
    }
    return decision;
  }

  /** Comes back with the newest secret, or with the one given, over a connection opened now, or when it is said. */
  resume(
    participantId: string,
    secretHash = this.secret(participantId),
    id?: string,
    attempt = this.now,
  ): Decision {
    const connection = this.fresh("connection");
    const nextSecretHash = this.fresh("secret");
    const line = { connection, node: "node-2", attempt };
    const decision = this.send(
      { kind: "newcomer" },
      { type: "resume", participantId, secretHash, nextSecretHash, line },
      id,
    );
    if (decision.ok) {
      this.lines.set(participantId, connection);
      this.secrets.set(participantId, nextSecretHash);
    }
    return decision;
  }

  /** Sends a command of a participant or knocker on their newest connection. */
  as(participantId: string, action: Action, id?: string): Decision {
    return this.send(this.actor(participantId), action, id);
  }

  /** Somebody on their newest connection, as a signal's sender is named. */
  speaker(participantId: string): { kind: "participant"; participantId: string; connection: string } {
    return { kind: "participant", participantId, connection: this.line(participantId) };
  }

  api(action: Action, id?: string): Decision {
    return this.send({ kind: "api" }, action, id);
  }

  /** A back end sets what it names, and leaves the rest as it is. */
  set(part: Partial<RoomSettings>, backOffice: Partial<BackOffice> = {}): Decision {
    return this.api({ type: "update-settings", settings: part, backOffice });
  }

  gateway(action: Action): Decision {
    return this.send({ kind: "gateway" }, action);
  }

  loseLine(participantId: string): Decision {
    return this.gateway({ type: "line-lost", participantId, connection: this.line(participantId) });
  }

  /** Lets time pass, then ticks. */
  wait(ms: number): Decision {
    this.now += ms;
    return this.gateway({ type: "tick" });
  }

  actor(participantId: string): Actor {
    return { kind: "participant", participantId, connection: this.line(participantId) };
  }

  line(participantId: string): string {
    return this.lines.get(participantId) ?? "no connection";
  }

  secret(participantId: string): string {
    return this.secrets.get(participantId) ?? "no secret";
  }

  /** Somebody in the room; throws where they are not. */
  in(participantId: string): Participant {
    return there(this.state.participants.get(participantId));
  }

  /** Somebody in the lobby; throws where they are not. */
  waiting(participantId: string): Knock {
    return there(this.state.knocks.get(participantId));
  }

  private fresh(kind: string): string {
    this.made += 1;
    return `${kind}-${this.made}-with-some-length`;
  }
}

/** A value that has to be there. */
export function there<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error("expected a value, found none");
  return value;
}

/** What a decision came to: the events of a yes, or the reason of a no. */
export function outcome(decision: Decision): readonly EventType[] | Reason {
  return decision.ok ? decision.events.map(({ type }) => type) : decision.refusal.reason;
}

/** The yes; throws on a no. */
export function yes(decision: Decision): Extract<Decision, { ok: true }> {
  if (!decision.ok) throw new Error(`refused: ${decision.refusal.reason}`);
  return decision;
}

/** The refusal; throws on a yes. */
export function no(decision: Decision): Refusal {
  if (decision.ok) throw new Error("not refused");
  return decision.refusal;
}

/** The first event of a type in a decision; throws where there is none. */
export function eventOf<T extends EventType>(decision: Decision, type: T): Extract<RoomEvent, { type: T }> {
  const isIt = (event: RoomEvent): event is Extract<RoomEvent, { type: T }> => event.type === type;
  return there(yes(decision).events.find(isIt));
}

type Answer<T> = Extract<RoomAction, { type: T }>;
export const admit = (participantId: string): Answer<"admit"> => ({ type: "admit", participantId });
export const deny = (participantId: string, ban = false): Answer<"deny"> => ({
  type: "deny",
  participantId,
  note: null,
  ban,
});
export const remove = (participantId: string, ban = false): RoomAction => ({
  type: "remove",
  participantId,
  note: null,
  ban,
});
export const ban = (participantId: string): RoomAction => ({ type: "ban", participantId, note: null });
export const unban = (participantId: string): RoomAction => ({ type: "unban", participantId });
export const sendBack = (participantId: string): RoomAction => ({ type: "return-to-lobby", participantId });
export const setStatus = (status: RoomStatus): OfficeAction => ({ type: "set-status", status });
export const lockRoom = (locked = true): RoomAction => ({ type: "lock-room", locked });
export const give = (participantId: string, permission: "allow_join" | "allow_mod"): RoomAction => ({
  type: "grant-permission",
  participantId,
  permission,
});
export const take = (participantId: string, permission: "allow_join" | "allow_mod"): RoomAction => ({
  type: "take-permission",
  participantId,
  permission,
});
export const setMic = (on: boolean): RoomAction => ({ type: "set-media", kind: "mic", on });
export const lockMic = (participantId: string, locked = true): RoomAction => ({
  type: "lock-media",
  participantId,
  kind: "mic",
  locked,
});
export const publish = (part: Partial<Extract<RoomAction, { type: "publish" }>> = {}): RoomAction => ({
  type: "publish",
  topic: "chat",
  message: "hello",
  payload: null,
  persist: false,
  sendOnly: null,
  ...part,
});
