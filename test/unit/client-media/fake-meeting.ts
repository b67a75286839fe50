/** A room without a gateway: what is said and done in it reaches everybody in it, when the test lets it. */
import { MeetingError } from "../../../src/client/meeting-error.js";
import type { IceServers } from "../../../src/client/meeting-types.js";
import type { MeetingState } from "../../../src/client/meeting-events.js";
import type { MediaMeeting, MediaParticipant } from "../../../src/client/media/ports.js";
import type { MediaKind } from "../../../src/protocol/commands.js";

/** Somebody, as the room has them. */
export type Seat = { -readonly [K in keyof MediaParticipant]: MediaParticipant[K] };

/** A refusal of the gateway. */
export function refusal(reason: string, retryable = false): MeetingError {
  return new MeetingError({ code: 4400, name: "NO", reason, message: reason, retryable });
}

interface Letter {
  readonly from: string;
  readonly to: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** One room. */
export class FakeRoom {
  readonly seats = new Map<string, Seat>();
  readonly meetings: FakeMeeting[] = [];
  mediaLocks: Record<MediaKind, boolean> = { mic: false, webcam: false };
  /** Signals that were handed over, in order. */
  readonly letters: Letter[] = [];
  /** Signals wait here while the post is held. */
  readonly held: Letter[] = [];
  isHeld = false;
  /** Lost on the way, although the gateway took them. */
  swallow: (letter: Letter) => boolean = () => false;
  iceServers: () => Promise<IceServers> = () => Promise.resolve({ iceServers: [], expiresAt: null });
  /** How often servers were asked for. */
  asked = 0;

  /** Somebody comes in; the others hear it. */
  enter(id: string, extra: Partial<Seat> = {}): FakeMeeting {
    const meeting = new FakeMeeting(this, id);
    this.meetings.push(meeting);
    meeting.enter(extra);
    return meeting;
  }

  /** Everybody looks again. */
  tellAll(tell: (meeting: FakeMeeting) => void): void {
    for (const meeting of this.meetings) if (this.seats.has(meeting.id)) tell(meeting);
  }

  /** Somebody's line is lost, or back. */
  line(id: string, online: boolean): void {
    const seat = this.seats.get(id);
    if (seat !== undefined) seat.online = online;
    this.tellAll((meeting) => {
      if (meeting.id !== id) meeting.tell("participant-changed");
      else if (!online) meeting.become("reconnecting");
      else {
        meeting.become("joined");
        meeting.tell("recovered");
        meeting.tell("changed");
      }
    });
  }

  /** Somebody's microphone or webcam is on or off from now on, and everybody hears it. */
  switch(participantId: string, kind: MediaKind, on: boolean): void {
    const seat = this.seats.get(participantId);
    if (seat === undefined || seat[`${kind}On`] === on) return;
    seat[`${kind}On`] = on;
    const change = { participantId, kind };
    this.tellAll((meeting) => meeting.tellSwitch(on ? "stream-enabled" : "stream-disabled", change));
    this.tellAll((meeting) => meeting.tell("changed"));
  }

  lock(participantId: string, kind: MediaKind): void {
    const seat = this.seats.get(participantId);
    if (seat !== undefined) seat[`${kind}Locked`] = true;
    this.tellAll((meeting) => meeting.tell("participant-changed"));
  }

  deliver(letter: Letter): void {
    if (this.swallow(letter)) return;
    this.letters.push(letter);
    if (this.isHeld) this.held.push(letter);
    else this.handOver(letter);
  }

  /** Hands over what was held; in another order, if the test says so. */
  release(order: (letters: Letter[]) => Letter[] = (letters) => letters): void {
    this.isHeld = false;
    for (const letter of order(this.held.splice(0))) this.handOver(letter);
  }

  handOver({ from, to, payload }: Letter): void {
    const live = this.meetings.findLast(({ id }) => id === to);
    const copy: unknown = JSON.parse(JSON.stringify(payload));
    if (typeof copy === "object" && copy !== null) live?.tellSignal({ from, payload: { ...copy } });
  }
}

type Listener = (body: never) => unknown;

/** One person's view of it. */
export class FakeMeeting implements MediaMeeting {
  state: MeetingState = "idle";
  /** What the gateway answers to a switch; null: yes. */
  refuse: (kind: MediaKind, on: boolean) => MeetingError | null = () => null;
  /** What was asked of the room, in order. */
  readonly asked: string[] = [];
  /** Whether the room answers; else it is asked, and silent, until `answer`. */
  isSilent = false;
  private readonly listeners = new Map<string, Set<(body: unknown) => unknown>>();
  private silent: (() => void)[] = [];

  constructor(
    private readonly home: FakeRoom,
    readonly id: string,
  ) {}

  get participantId(): string {
    return this.id;
  }
  get localParticipant(): MediaParticipant | null {
    const inside = this.state === "joined" || this.state === "reconnecting";
    return inside ? (this.home.seats.get(this.id) ?? null) : null;
  }
  get participants(): ReadonlyMap<string, MediaParticipant> {
    return new Map([...this.home.seats].filter(([id]) => id !== this.id && this.localParticipant !== null));
  }
  get room(): { readonly mediaLocks: Readonly<Record<MediaKind, boolean>> } {
    return this.home;
  }

  enableMic = (): Promise<void> => this.ask("mic", true);
  disableMic = (): Promise<void> => this.ask("mic", false);
  enableWebcam = (): Promise<void> => this.ask("webcam", true);
  disableWebcam = (): Promise<void> => this.ask("webcam", false);

  async signal(to: string, payload: Readonly<Record<string, unknown>>): Promise<void> {
    await Promise.resolve();
    const seat = this.home.seats.get(to);
    if (!this.home.seats.has(this.id)) throw refusal("not_joined");
    if (seat === undefined) throw refusal("participant_unknown");
    if (!seat.online) throw refusal("participant_offline", true);
    this.home.deliver({ from: this.id, to, payload });
  }

  iceServers(): Promise<IceServers> {
    this.home.asked += 1;
    return this.home.iceServers();
  }

  on(event: string, listener: Listener): () => void {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set);
    const own = (body: unknown): unknown => Reflect.apply(listener, undefined, [body]);
    set.add(own);
    return () => set.delete(own);
  }

  /** How many listeners there are. */
  get hearing(): number {
    return [...this.listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  enter(extra: Partial<Seat> = {}): void {
    this.home.seats.set(this.id, {
      ...{ id: this.id, micOn: false, webcamOn: false, micLocked: false, webcamLocked: false },
      ...{ isModerator: false, online: true, ...extra },
    });
    this.become("joined");
    this.tell("meeting-joined");
    this.home.tellAll((other) => {
      if (other !== this) other.tell("participant-joined");
    });
  }

  /** Out of the room: for good, or back into the lobby. */
  leave(state: "left" | "waiting" = "left"): void {
    this.home.seats.delete(this.id);
    this.become(state);
    this.home.tellAll((other) => other.tell("participant-left"));
  }

  become(state: MeetingState): void {
    this.state = state;
    this.tell("meeting-state-changed");
  }

  /** The room answers what it was asked. */
  answer(): void {
    for (const go of this.silent.splice(0)) go();
  }

  tell(event: string): void {
    this.emit(event, undefined);
  }
  tellSignal(signal: { from: string; payload: Readonly<Record<string, unknown>> }): void {
    this.emit("signal", signal);
  }
  tellSwitch(event: string, change: { participantId: string; kind: MediaKind }): void {
    this.emit(event, change);
  }

  private async ask(kind: MediaKind, on: boolean): Promise<void> {
    this.asked.push(`${kind} ${on ? "on" : "off"}`);
    await Promise.resolve();
    if (this.isSilent) await new Promise<void>((resolve) => this.silent.push(resolve));
    const no = this.refuse(kind, on);
    if (no !== null) throw no;
    const seat = this.home.seats.get(this.id);
    if (on && seat?.[`${kind}Locked`] === true) throw refusal("media_locked");
    // The answer comes before the event, as on the wire.
    setImmediate(() => this.home.switch(this.id, kind, on));
  }

  private emit(event: string, body: unknown): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(body);
  }
}
