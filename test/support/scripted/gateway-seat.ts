/** One connection's place in the model gateway: what it was sent so far, and what it is to be told next. */
import { batchOf, endingOf, lobbyOf, snapshotOf, type Batch, type Ending } from "./gateway-frames.js";
import type { Wire } from "./line-fate.js";
import type { Entry, RoomLog } from "./room-log.js";
import { holds, knockIn, personIn } from "./room-state.js";

/** What may be wrong with a gateway; a good one has none of it. The tests of the tests have. */
export interface Quirks {
  /** What becomes of a batch before it is sent; null: it is not sent. */
  readonly batch?: (batch: Batch, isCatchUp: boolean) => Batch | null;
  /** What becomes of any other frame. */
  readonly frame?: (frame: object) => object | null;
  /** Forgets which ids had their effect. */
  readonly forgetsIds?: boolean;
  /** Says to every resume that all that was missed follows, and lets some of it be. */
  readonly alwaysRecovers?: boolean;
  /** Answers commands that it never carries out. */
  readonly answersOnly?: boolean;
}

/** What a seat works with. */
export interface SeatParts {
  readonly wire: Wire;
  readonly log: RoomLog;
  readonly viewer: string;
  readonly quirks: Quirks;
  /** The place is gone; the connection was told so. */
  readonly onEnd: () => void;
}

/** The connection of somebody who was let in, or into the lobby. */
export class Seat {
  isOver = false;
  private hasBegun = false;
  private place: "room" | "lobby" = "lobby";
  private sent = 0;
  private epoch = "";
  private rights = "";
  private hosted = false;

  constructor(private readonly parts: SeatParts) {}

  /** The first frames behind the answer: what was missed, or the room, or the lobby. */
  begin(missed: { readonly from: number; readonly entries: readonly Entry[] } | null, cause: string): void {
    const { log, viewer } = this.parts;
    this.hasBegun = true;
    if (missed === null) {
      this.welcome(personIn(log.state, viewer) === undefined ? "lobby" : "room", cause);
      return;
    }
    this.place = "room";
    this.stand();
    this.batch(batchOf(log.epoch.name, missed.from + 1, missed.entries), true);
  }

  /** Sends what happened since, and tells of what it did to this place. */
  flush(): void {
    const { log, viewer } = this.parts;
    // Before its answer it has been told nothing that could go on.
    if (this.isOver || !this.hasBegun) return;
    if (this.epoch === log.epoch.name) this.sendNews();
    const place = personIn(log.state, viewer) !== undefined ? "room" : "lobby";
    if (place === "lobby" && knockIn(log.state, viewer) === undefined) return;
    if (this.epoch !== log.epoch.name) this.welcome(place, "recovered");
    else if (place !== this.place) this.welcome(place, "admitted");
    else if (place === "room" && this.rightsNow() !== this.rights) this.welcome(place, "permissions");
    else if (place === "lobby" && this.hostedNow() !== this.hosted) {
      this.hosted = this.hostedNow();
      this.say(lobbyOf(log, viewer, "hosts"));
    }
  }

  /** Repeats what was sent before: the same numbers, the same events. */
  repeat(entries: readonly Entry[]): void {
    const first = entries[0]?.seq;
    if (first !== undefined && this.place === "room" && !this.isOver)
      this.batch(batchOf(this.epoch, first, entries), false);
  }

  /** Any frame without a number. */
  say(frame: object): void {
    const { quirks, wire } = this.parts;
    const said = quirks.frame === undefined ? frame : quirks.frame(frame);
    if (said !== null) wire.send(said);
  }

  get isInRoom(): boolean {
    return !this.isOver && this.place === "room";
  }

  /** The last words. */
  end({ frame, code, text }: Ending): void {
    if (this.isOver) return;
    this.isOver = true;
    if (frame !== null) this.say(frame);
    this.parts.wire.close(code, text);
    this.parts.onEnd();
  }

  private sendNews(): void {
    const { log, viewer } = this.parts;
    const news = log.epoch.entries.slice(this.sent - log.epoch.base);
    const first = this.sent + 1;
    this.sent = log.seq;
    if (this.place === "lobby") {
      for (const { known } of news) {
        const ended = known === null ? null : endingOf(known, viewer);
        if (ended !== null) this.end(ended.ending);
      }
      return;
    }
    // What came behind one's leaving is not for oneself; who is back already gets a snapshot, as from the lobby.
    const going = news.findIndex(
      ({ known }) => known?.type === "participant-left" && known.participantId === viewer,
    );
    const mine = going < 0 ? news : news.slice(0, going + 1);
    if (mine.length > 0) this.batch(batchOf(log.epoch.name, first, mine), false);
    for (const { known } of mine) {
      const ended = known === null ? null : endingOf(known, viewer);
      if (ended !== null) this.end(ended.ending);
    }
    if (going >= 0 && personIn(log.state, viewer) !== undefined) this.place = "lobby";
  }

  private welcome(place: "room" | "lobby", cause: string): void {
    const { log, viewer } = this.parts;
    const before = this.place;
    this.place = place;
    this.stand();
    if (place === "room") this.say(snapshotOf(log, viewer, cause));
    else {
      const why = before === "room" ? "returned" : cause === "joined" ? "knocked" : "resumed";
      this.say(lobbyOf(log, viewer, why));
    }
  }

  private stand(): void {
    const { log } = this.parts;
    this.epoch = log.epoch.name;
    this.sent = log.seq;
    this.rights = this.rightsNow();
    this.hosted = this.hostedNow();
  }

  private rightsNow(): string {
    const { log, viewer } = this.parts;
    return personIn(log.state, viewer)?.permissions.join() ?? "";
  }

  private hostedNow(): boolean {
    const { state } = this.parts.log;
    return state.participants.some((one) => holds(state, one.participantId, "allow_join"));
  }

  private batch(batch: Batch, isCatchUp: boolean): void {
    const { quirks, wire } = this.parts;
    const said = quirks.batch === undefined ? batch : quirks.batch(batch, isCatchUp);
    if (said !== null) wire.send(said);
  }
}
