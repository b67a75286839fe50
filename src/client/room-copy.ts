/** The client's copy of the room: laid down by a snapshot, kept up by events in the order of their numbers. */
import type {
  KnockView,
  LobbyView,
  ParticipantView,
  RoomView as RoomSnapshot,
  TopicMessage,
} from "../protocol/events.js";
import type { MediaKind } from "../protocol/commands.js";
import { KEPT_MESSAGES } from "./constants.js";
import type { AskView, SelfView } from "./frame-types.js";
import type { RoomEvent } from "./room-events.js";

/** The room beside its people. */
export type RoomFacts = Omit<RoomSnapshot, "participants" | "messages" | "lobby" | "bans">;

/** The room as this client sees it now. The maps change in place; orders are those of the room. */
export interface RoomView {
  /** Null before the first snapshot, and in the lobby. */
  readonly facts: RoomFacts | null;
  readonly participantId: string | null;
  /** Oneself; null while one has no seat. */
  readonly self: ParticipantView | null;
  readonly participants: ReadonlyMap<string, ParticipantView>;
  /** Who knocks; empty for those who may not answer. */
  readonly lobby: ReadonlyMap<string, KnockView>;
  /** Ids that are banned; empty for those who do not moderate. */
  readonly bans: ReadonlySet<string>;
  /** The kept messages, and those that were kept since. */
  readonly messages: readonly TopicMessage[];
  /** The wait in the lobby; null while one does not wait. */
  readonly wait: LobbyView | null;
  /** One's token has run out, and commands are refused. */
  readonly restricted: boolean;
  /** Who asked for one's microphone or webcam, and has no answer yet. */
  readonly asked: SelfView["asked"];
  /** Another number each time that the whole copy was laid down or emptied. */
  readonly edition: number;
  /** Which history `seq` counts in; null where the copy has no number. */
  readonly epoch: string | null;
  readonly seq: number;
}

/** What a batch of events is to this copy. */
export type Fit = "next" | "known" | "gap";

const NOTHING_ASKED: SelfView["asked"] = { mic: null, webcam: null };

/** The copy itself. Only the client writes it. */
export class RoomCopy implements RoomView {
  facts: RoomFacts | null = null;
  participantId: string | null = null;
  readonly participants = new Map<string, ParticipantView>();
  readonly lobby = new Map<string, KnockView>();
  readonly bans = new Set<string>();
  messages: readonly TopicMessage[] = [];
  wait: LobbyView | null = null;
  restricted = false;
  asked: SelfView["asked"] = NOTHING_ASKED;
  edition = 0;
  epoch: string | null = null;
  seq = 0;

  get self(): ParticipantView | null {
    return this.participants.get(this.participantId ?? "") ?? null;
  }

  /** Takes a snapshot; whatever was here before is gone. */
  lay(snapshot: RoomSnapshot, epoch: string, seq: number, self?: SelfView): void {
    const { participants, messages, lobby, bans, ...facts } = snapshot;
    this.clear();
    this.facts = facts;
    this.messages = messages;
    this.restricted = self?.restricted ?? false;
    this.asked = self?.asked ?? NOTHING_ASKED;
    for (const one of participants) this.participants.set(one.participantId, one);
    for (const one of lobby ?? []) this.lobby.set(one.participantId, one);
    for (const id of bans ?? []) this.bans.add(id);
    this.epoch = epoch;
    this.seq = seq;
  }

  /** Empties the copy: one is in the lobby, or out. */
  clear(): void {
    this.facts = null;
    this.participants.clear();
    this.lobby.clear();
    this.bans.clear();
    this.messages = [];
    this.wait = null;
    this.restricted = false;
    this.asked = NOTHING_ASKED;
    this.edition += 1;
    this.forget();
  }

  /** Gives up the number: what the copy says may be wrong, and only a snapshot can mend it. */
  forget(): void {
    this.epoch = null;
    this.seq = 0;
  }

  /** Whether a batch that covers `count` numbers from `first` on continues this copy. */
  fit(epoch: string, first: number, count: number): Fit {
    if (epoch !== this.epoch || first > this.seq + 1) return "gap";
    return first + count - 1 <= this.seq ? "known" : "next";
  }

  /** Takes one event. */
  apply(event: RoomEvent): void {
    this.seq = event.seq;
    switch (event.type) {
      case "room-created":
      case "room-settings-changed": {
        const { maxParticipants, lobbyForAll } = event.settings;
        this.change({ maxParticipants, lobbyForAll });
        return;
      }
      case "session-started":
        this.change({ sessionId: event.sessionId, startedAt: event.at });
        return;
      case "session-ended":
        this.endSession(event.cause);
        return;
      case "entry-requested":
        this.lobby.delete(event.knock.participantId);
        this.lobby.set(event.knock.participantId, event.knock);
        return;
      case "entry-responded":
      case "entry-withdrawn":
        this.lobby.delete(event.participantId);
        return;
      case "entry-disconnected":
      case "entry-resumed":
        this.knock(event.participantId, { online: event.type === "entry-resumed" });
        return;
      case "participant-joined":
        this.participants.set(event.participant.participantId, event.participant);
        return;
      case "participant-left":
        this.participants.delete(event.participantId);
        return;
      case "participant-disconnected":
      case "participant-resumed":
        this.participant(event.participantId, { online: event.type === "participant-resumed" });
        return;
      case "stream-enabled":
      case "stream-disabled": {
        const on = event.type === "stream-enabled";
        this.participant(event.participantId, event.kind === "mic" ? { micOn: on } : { webcamOn: on });
        if (on) this.ask(event.participantId, event.kind, null);
        return;
      }
      case "media-lock-changed":
        this.lockMedia(event);
        return;
      case "participant-banned":
        this.bans.add(event.participantId);
        return;
      case "participant-unbanned":
        this.bans.delete(event.participantId);
        return;
      case "room-lock-changed":
        this.change({ locked: event.locked });
        return;
      case "permissions-changed":
        this.participant(event.participantId, {
          permissions: event.permissions,
          conferencePermissions: event.conferencePermissions,
        });
        return;
      case "participant-renamed":
        this.participant(event.participantId, { name: event.name, metaData: event.metaData });
        return;
      case "message-published":
        if (event.message.persist) this.messages = [...this.messages, event.message].slice(-KEPT_MESSAGES);
        return;
      case "mic-requested":
      case "webcam-requested":
        this.ask(event.targetId, kindOf(event.type), { by: event.participantId });
        return;
      case "mic-responded":
      case "webcam-responded":
        this.ask(event.participantId, kindOf(event.type), null);
        return;
      case "token-expired":
      case "token-refreshed":
        if (event.participantId === this.participantId) this.restricted = event.type === "token-expired";
        return;
      case "participant-invited":
      case "invitation-revoked":
        return;
      case "room-status-changed":
        // A room that is closed puts everybody out; that is told by an event of its own.
        return;
    }
  }

  /** What a session remembers goes with it; who waits goes on waiting, unless it was over for all. */
  private endSession(cause: RoomEvent<"session-ended">["cause"]): void {
    this.participants.clear();
    if (cause !== "last-left") this.lobby.clear();
    this.messages = [];
    const mediaLocks = { mic: false, webcam: false };
    this.change({ sessionId: null, startedAt: null, locked: false, mediaLocks });
  }

  private lockMedia({ participantId, kind, locked }: RoomEvent<"media-lock-changed">): void {
    if (participantId === null) {
      if (this.facts !== null) this.change({ mediaLocks: { ...this.facts.mediaLocks, [kind]: locked } });
      return;
    }
    this.participant(participantId, kind === "mic" ? { micLocked: locked } : { webcamLocked: locked });
  }

  private ask(id: string, kind: MediaKind, asked: AskView | null): void {
    if (id === this.participantId) this.asked = { ...this.asked, [kind]: asked };
  }

  private change(part: Partial<RoomFacts>): void {
    if (this.facts !== null) this.facts = { ...this.facts, ...part };
  }

  private participant(id: string, part: Partial<ParticipantView>): void {
    const one = this.participants.get(id);
    if (one !== undefined) this.participants.set(id, { ...one, ...part });
  }

  private knock(id: string, part: Partial<KnockView>): void {
    const one = this.lobby.get(id);
    if (one !== undefined) this.lobby.set(id, { ...one, ...part });
  }
}

/** Which of the two such an event is about. */
export function kindOf(type: RoomEvent<`${MediaKind}-${"requested" | "responded"}`>["type"]): MediaKind {
  return type === "mic-requested" || type === "mic-responded" ? "mic" : "webcam";
}
