/**
 * A page that only listens: keeps its own list of who is there and who knocks from a meeting's events alone, and must come to the same as
 * the room. Knows whatever is told twice, or of somebody who is not there.
 */
import type { EntryRequest, Meeting, Participant } from "../../../src/client/index.js";
import type { RoomLog } from "./room-log.js";
import type { Copy } from "./subject.js";
import { same, type Accuse } from "./violation.js";

interface Streams {
  mic: boolean;
  webcam: boolean;
}

/** Watches one meeting. */
export class MeetingWatch {
  private readonly people = new Map<string, { readonly joinedAt: number; readonly streams: Streams }>();
  private readonly requests = new Map<string, number>();
  private readonly told: string[] = [];
  /** What a page would have drawn when it was last told that something is different. */
  private drawn = "";

  constructor(
    private readonly meeting: Meeting,
    private readonly copy: () => Copy,
    private readonly log: RoomLog,
    private readonly accuse: Accuse,
  ) {
    meeting.on("meeting-joined", () => {
      this.clear();
      for (const one of meeting.participants.values()) this.add(one);
      if (meeting.localParticipant !== null) this.add(meeting.localParticipant);
    });
    meeting.on("meeting-waiting", () => this.clear());
    meeting.on("meeting-left", () => this.clear());
    meeting.on("participant-joined", (one) => {
      if (this.people.get(one.id)?.joinedAt === one.joinedAt)
        accuse("events", `${one.id} is told to join twice`);
      if (one.local) accuse("events", "one's own coming is told as another's");
      this.add(one);
    });
    meeting.on("participant-left", ({ id }) => {
      if (!this.people.delete(id)) accuse("events", `${id} is told to leave without having been there`);
    });
    meeting.on("participant-changed", (one) => {
      if (!this.people.has(one.id)) accuse("events", `${one.id} is told to change without being there`);
      // Whoever may answer no more is told of all who wait when they may again.
      if (one.local && !one.isHost) this.requests.clear();
    });
    meeting.on("stream-enabled", ({ participantId, kind }) => this.turn(participantId, kind, true));
    meeting.on("stream-disabled", ({ participantId, kind }) => this.turn(participantId, kind, false));
    meeting.on("entry-requested", (request) => this.knocked(request));
    meeting.on("entry-responded", (id) => this.requests.delete(id));
    meeting.on("entry-withdrawn", (id) => this.requests.delete(id));
    meeting.on("message", ({ id }) => {
      if (this.told.includes(id)) accuse("messages", `${id} is told twice`);
      this.told.push(id);
    });
    meeting.on("changed", () => (this.drawn = this.draw()));
  }

  /** In the quiet, in the room: what was told amounts to what is. */
  audit(): void {
    const { log, accuse, meeting } = this;
    const { participants, lobby } = log.state;
    const others = participants.filter(({ participantId }) => participantId !== meeting.participantId);
    const ids = others.map(({ participantId }) => participantId);
    if (!same([...meeting.participants.keys()], ids))
      accuse("copy", `the others are ${[...meeting.participants.keys()].join()} instead of ${ids.join()}`);
    for (const one of participants) {
      const known = this.people.get(one.participantId);
      const streams = { mic: one.micOn, webcam: one.webcamOn };
      if (known === undefined) accuse("events", `${one.participantId} was never told to join`);
      else if (!same(known.streams, streams))
        accuse("events", `of ${one.participantId} was told ${JSON.stringify(known.streams)}`);
    }
    if (this.people.size !== participants.length) accuse("events", "somebody was never told to leave");
    if (meeting.localParticipant?.isHost === true) {
      const waiting = lobby.map(({ participantId, since }) => [participantId, since]);
      if (!same([...this.requests].sort(), waiting.sort()))
        accuse(
          "events",
          `was told of ${JSON.stringify([...this.requests])}, there wait ${JSON.stringify(waiting)}`,
        );
    }
    if (this.draw() !== this.drawn) accuse("copy", "something is different, and `changed` did not say so");
    this.auditOrder();
  }

  /** Messages are told in the order of the room. */
  private auditOrder(): void {
    const order = new Map<string, number>();
    for (const { entries } of this.log.epochs)
      for (const { known } of entries)
        if (known?.type === "message-published") order.set(known.message.id, order.size);
    const places = this.told.map((id) => order.get(id) ?? -1);
    if (places.some((place, index) => place <= (places[index - 1] ?? -1)))
      this.accuse("messages", `told in another order than they came: ${this.told.join()}`);
  }

  private knocked({ participantId, since }: EntryRequest): void {
    if (this.requests.get(participantId) === since)
      this.accuse("events", `the knock of ${participantId} is told twice`);
    this.requests.delete(participantId);
    this.requests.set(participantId, since);
  }

  private turn(id: string, kind: "mic" | "webcam", on: boolean): void {
    const streams = this.people.get(id)?.streams;
    if (streams === undefined) this.accuse("events", `the ${kind} of ${id}, who is not there`);
    else if (streams[kind] === on)
      this.accuse("events", `the ${kind} of ${id} is told to be ${String(on)} twice`);
    else streams[kind] = on;
  }

  private add({ id, joinedAt, micOn, webcamOn }: Participant): void {
    this.people.set(id, { joinedAt, streams: { mic: micOn, webcam: webcamOn } });
  }

  private clear(): void {
    this.people.clear();
    this.requests.clear();
  }

  private draw(): string {
    return JSON.stringify([this.meeting.state, this.copy()]);
  }
}
