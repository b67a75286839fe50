/** People in a room with media, in one process, on a clock that the test moves. */
import { joinMedia, openPreview } from "../../../src/client/media/index.js";
import type { MediaPreview, MeetingMedia, PreviewOptions } from "../../../src/client/media/index.js";
import type { MediaWorld } from "../../../src/client/media/ports.js";
import { HandClock, turn } from "../client/support.js";
import { FakeDevices, FakeMeter, FakeStream } from "./fake-devices.js";
import { FakeMeeting, FakeRoom, type Seat } from "./fake-meeting.js";
import { FakeNetwork, type FakePeer } from "./fake-peer.js";

/** A browser: devices, and what was made in it. */
export class FakeBrowser {
  readonly devices = new FakeDevices();
  readonly meters: FakeMeter[] = [];
  readonly peers: FakePeer[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly name: string,
  ) {}

  get world(): MediaWorld {
    return {
      createPeer: (configuration) => {
        const peer = this.stage.network.create(configuration);
        this.peers.push(peer);
        return peer;
      },
      devices: this.devices,
      createStream: (tracks) => new FakeStream(tracks),
      createMeter: () => {
        const meter = new FakeMeter();
        this.meters.push(meter);
        return meter;
      },
      startTimer: this.stage.clock.startTimer,
      now: () => this.stage.clock.now,
      makeId: () => this.stage.makeId(this.name),
    };
  }

  /** The connection in use. */
  get peer(): FakePeer {
    const peer = this.peers.at(-1);
    if (peer === undefined) throw new Error("no connection was made");
    return peer;
  }

  preview(options: Omit<PreviewOptions, keyof MediaWorld> = {}): MediaPreview {
    return openPreview({ ...this.world, ...options });
  }
}

/** Somebody in the room, with media. */
export interface Person {
  readonly meeting: FakeMeeting;
  readonly media: MeetingMedia;
  readonly browser: FakeBrowser;
  /** What the media layer told, in words. */
  readonly told: string[];
}

/** Room, network and clock of one test. */
export class Stage {
  readonly clock = new HandClock();
  readonly room = new FakeRoom();
  readonly network = new FakeNetwork();
  private ids = 0;

  makeId(name: string): string {
    return `${name}-${(this.ids += 1)}`;
  }

  /** Somebody comes into the room, with media. */
  enter(id: string, extra: Partial<Seat> = {}, preview?: (browser: FakeBrowser) => MediaPreview): Person {
    return this.attend(this.room.enter(id, extra), preview);
  }

  /** Media for somebody who has a meeting. */
  attend(meeting: FakeMeeting, preview?: (browser: FakeBrowser) => MediaPreview): Person {
    const browser = new FakeBrowser(this, meeting.id);
    const options = preview === undefined ? {} : { preview: preview(browser) };
    const media = joinMedia(meeting, { ...browser.world, ...options });
    const told: string[] = [];
    media.on("connection", (who, state) => told.push(`${who} ${state}`));
    media.on("stream", (who, kind, stream) => told.push(`${who} ${kind} ${stream === null ? "off" : "on"}`));
    media.on("error", ({ reason, subject }) => told.push(`error ${reason} ${subject ?? ""}`.trim()));
    media.on("presenter-changed", (who) => told.push(`presenter ${who ?? "nobody"}`));
    media.on("speaker-changed", (who) => told.push(`speaker ${who ?? "nobody"}`));
    media.on("listener-error", ({ error }) => told.push(`fault ${String(error)}`));
    return { meeting, media, browser, told };
  }

  /** Ann and Bob, connected. Bob makes the offers: his id is the later one. */
  async pair(): Promise<{ ann: Person; bob: Person }> {
    const [ann, bob] = [this.enter("ann"), this.enter("bob")];
    await rest();
    return { ann, bob };
  }

  async advance(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds);
    await rest();
  }
}

/** Lets everything happen that waits for nothing but promises. */
export async function rest(): Promise<void> {
  for (let turns = 0; turns < 12; turns += 1) await turn();
}
