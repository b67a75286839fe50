/**
 * One's own microphone or webcam in the room. The device and the room's word are brought together here: nothing is sent that the room
 * does not know to be on, no device stays open that the room turned off, and the room is not left believing in a device that failed.
 */
import { MediaError, roomError } from "./media-error.js";
import type { RoomWord } from "./room-word.js";
import type { Source } from "./source.js";

/** Who owns a medium. */
export interface OwnMediumOwner {
  readonly source: Source;
  readonly room: RoomWord;
  /** Something failed that nobody waits for. */
  failed(error: MediaError): void;
}

/** One wish after the other; the last one counts. */
export class OwnMedium {
  /** Counts wishes, the person's and the moderators': what was begun for an older one is given up. */
  private wish = 0;
  private tail: Promise<void> = Promise.resolve();
  private waiting = 0;
  private running: "on" | "off" | null = null;
  private lookers = new Set<() => void>();

  constructor(private readonly owner: OwnMediumOwner) {}

  /** What may be sent: the open device, as long as the room says that it is on. */
  get output(): MediaStreamTrack | null {
    return this.owner.room.isOn() ? this.owner.source.track : null;
  }

  /** The person's wish. Rejects with a `MediaError`; one that a later wish overtook resolves. */
  set(on: boolean): Promise<void> {
    const wish = (this.wish += 1);
    if (!on) this.owner.source.stop();
    this.look();
    return this.enqueue(() => (on ? this.turnOn(wish) : this.turnOff()));
  }

  /** One has come into the room: what the preview had on is turned on, or else what the room says is on. */
  enter(previewed: boolean): void {
    const wanted = previewed ? this.owner.source.track !== null : this.owner.room.isOn();
    if (wanted) this.background(true);
    else if (this.owner.room.isOn()) this.background(false);
  }

  /** One is out: everything is let go, and nobody is told. */
  leave(): void {
    this.giveUp();
  }

  /** The room turned it on without a wish from here: a request was accepted, or the page told the room by itself. */
  turnedOn(): void {
    this.look();
    if (this.isIdle && this.owner.source.track === null) this.background(true);
  }

  /** The room turned it off. One's own wish comes back like this, too; then the device is closed already. */
  turnedOff(): void {
    if (this.running !== "off") this.giveUp();
    else this.look();
  }

  /** The room's copy is different: a lock ends what is only being turned on (what the room has on stays, V5). */
  look(): void {
    if (this.running === "on" && this.owner.room.isLocked() && !this.owner.room.isOn()) this.giveUp();
    for (const look of [...this.lookers]) look();
  }

  /** The line came back, perhaps with the room laid anew: what was missed is made good, and never by opening a device. */
  recovered(): void {
    this.look();
    if (!this.isIdle) return;
    const open = this.owner.source.track !== null;
    if (open && !this.owner.room.isOn()) this.giveUp();
    if (!open && this.owner.room.isOn()) this.background(false);
  }

  /** The device is gone, and there is no other. */
  lost(): void {
    if (this.owner.room.isOn()) this.background(false);
  }

  private get isIdle(): boolean {
    return this.waiting === 0;
  }

  private giveUp(): void {
    this.wish += 1;
    this.owner.source.stop();
    for (const look of [...this.lookers]) look();
  }

  private background(on: boolean): void {
    this.set(on).catch((error: unknown) => {
      this.owner.failed(roomError(error, this.owner.source.kind));
      // The room must not show a device that could not be opened.
      if (on && this.isIdle && this.owner.room.isOn()) this.background(false);
    });
  }

  private enqueue(step: () => Promise<void>): Promise<void> {
    this.waiting += 1;
    const done = this.tail.then(step).finally(() => {
      this.waiting -= 1;
      this.running = null;
    });
    this.tail = done.catch(() => undefined);
    return done;
  }

  private async turnOn(wish: number): Promise<void> {
    const { source, room } = this.owner;
    if (wish !== this.wish) return;
    this.running = "on";
    if (!room.isIn()) throw this.fail("not_joined");
    // Asked before the device's light goes on; who accepted a request may, even so.
    if (room.isLocked() && !room.isOn()) throw this.fail("locked");
    try {
      await source.start();
    } catch (error) {
      if (wish === this.wish) throw error;
    }
    if (this.isOvertaken(wish) || room.isOn()) return;
    try {
      await room.tell(true);
    } catch (error) {
      if (this.isOvertaken(wish)) return;
      source.stop();
      throw roomError(error, source.kind);
    }
    // The answer may come before the event does.
    await this.until(() => room.isOn() || wish !== this.wish);
    this.isOvertaken(wish);
  }

  private async turnOff(): Promise<void> {
    const { source, room } = this.owner;
    this.running = "off";
    if (!room.isOn()) return;
    try {
      await room.tell(false);
    } catch (error) {
      throw roomError(error, source.kind);
    }
    await this.until(() => !room.isOn());
  }

  /** Whether a later word came first. Throws where it was a lock: the person who waits has to hear that. */
  private isOvertaken(wish: number): boolean {
    const { room } = this.owner;
    if (wish === this.wish) return false;
    if (room.isLocked() && !room.isOn()) throw this.fail("locked");
    return true;
  }

  private fail(reason: "not_joined" | "locked"): MediaError {
    // A device that was taken over from the preview must not stay open for nothing.
    this.owner.source.stop();
    return new MediaError(reason, this.owner.source.kind);
  }

  private until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isTrue() && this.owner.room.isIn()) return;
        this.lookers.delete(look);
        resolve();
      };
      this.lookers.add(look);
      look();
    });
  }
}
