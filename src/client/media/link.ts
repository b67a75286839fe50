/**
 * The way to one other in the room, from their coming to their going: finds out that they are there, keeps a connection, mends it, and
 * begins anew when they, or their browser, did.
 */
import { MeetingError } from "../meeting-error.js";
import { Attempts } from "./attempts.js";
import { Connection } from "./connection.js";
import { MediaError } from "./media-error.js";
import { decodeMessage, encodeMessage, type MediaMessage, type TrackKind } from "./messages.js";
import type { IncomingSignal, MediaWorld } from "./ports.js";
import { Post } from "./post.js";
import type { ConnectionState } from "./types.js";

/** What a link needs of the mesh. */
export interface LinkOwner {
  readonly selfId: string;
  readonly world: Pick<MediaWorld, "createPeer" | "startTimer" | "makeId">;
  servers(): Promise<RTCIceServer[]>;
  signal(to: string, payload: Readonly<Record<string, unknown>>): Promise<void>;
  /** Whether both lines are up, so that signals arrive. */
  isReachable(id: string): boolean;
  output(kind: TrackKind): MediaStreamTrack | null;
  isSharing(): boolean;
  /** State, tracks or the other's sharing are different. */
  changed(): void;
  failed(error: MediaError): void;
}

/** How long a connection may take, or be interrupted, before it is mended; doubled with each vain attempt. */
const PATIENCE_MS = 15_000;
const INTERRUPTION_MS = 4_000;
const LONGEST_PATIENCE_MS = 120_000;

/** Ends of a stay, and of the other's: nothing is to be mended. */
const GONE: readonly string[] = ["participant_unknown", "not_joined", "in_lobby", "unanswered", "cancelled"];

/** One other. `close` ends it. */
export class Link {
  state: ConnectionState = "connecting";
  /** Whether they share a screen. */
  sharing = false;
  connection: Connection | null = null;
  private readonly attempts: Attempts;
  private readonly post: Post;
  /** Places of the latest messages: one's own, and theirs of the current attempt, of any kind and of descriptions. */
  private spoken = 0;
  private heard = { any: 0, description: 0 };
  private stopWatching: () => void = () => undefined;
  private vain = 0;
  private restarted = false;
  private closed = false;

  constructor(
    readonly id: string,
    private readonly owner: LinkOwner,
  ) {
    this.attempts = new Attempts(owner.world.makeId());
    this.post = new Post({
      deliver: (body) => {
        const { mine, theirs, greeted } = this.attempts;
        const yours = body.type === "hello" ? greeted : theirs;
        const nth = (this.spoken += 1);
        return owner.signal(id, encodeMessage({ mine, yours, nth, sharing: owner.isSharing(), ...body }));
      },
      startTimer: owner.world.startTimer,
      returned: (error) => this.returned(error),
    });
    this.hello();
  }

  /** A signal from them. */
  hear({ payload }: Pick<IncomingSignal, "payload">): void {
    const message = decodeMessage(payload);
    if (message === null) return;
    switch (this.attempts.judge(message)) {
      case "stale":
        return;
      case "stranger":
        this.hello();
        this.note(message);
        return;
      case "renewed":
        this.heard = { any: 0, description: 0 };
        this.open();
        this.hello();
        break;
      case "current":
        break;
    }
    this.note(message);
    if (message.type === "description") {
      if (message.nth <= this.heard.description) return;
      this.heard.description = message.nth;
    }
    this.connection?.hear(message);
  }

  /** What one sends is different. */
  refresh(): void {
    this.connection?.refresh();
  }

  /** Tells them how things are here: that one shares, or does not any more. */
  hello(): void {
    this.post.send({ type: "hello" });
  }

  /** What waited for better times may be taken now. */
  wake(): void {
    this.post.wake();
  }

  /** Their line, or one's own, is back: what was lost meanwhile is found out. */
  lineBack(): void {
    this.post.wake();
    if (this.connection === null || (this.state === "connected" && !this.connection.isUnsettled))
      this.hello();
    else this.mend();
  }

  close(): void {
    this.closed = true;
    this.stopWatching();
    this.post.clear();
    this.connection?.close();
    this.connection = null;
  }

  private note({ mine, nth, sharing }: MediaMessage): void {
    if (mine !== this.attempts.theirs || nth <= this.heard.any) return;
    this.heard.any = nth;
    if (this.sharing === sharing) return;
    this.sharing = sharing;
    this.owner.changed();
  }

  private open(): void {
    this.connection?.close();
    this.post.clear();
    this.restarted = false;
    const { owner } = this;
    const connection = new Connection({
      initiator: owner.selfId > this.id,
      open: async () => owner.world.createPeer(await this.configuration()),
      freshen: async (peer) => peer.setConfiguration(await this.configuration()),
      output: (kind) => owner.output(kind),
      send: (body) => {
        if (this.connection === connection) this.post.send(body);
      },
      laidOut: () => {
        if (this.connection === connection) owner.changed();
      },
      stateChanged: () => {
        if (this.connection === connection) this.look(connection);
      },
      failed: (error) => {
        if (this.connection === connection) this.fail(error);
      },
    });
    this.connection = connection;
    this.become(this.state === "connected" ? "lost" : this.state);
    this.watch(this.patience(PATIENCE_MS), () => this.mend());
  }

  /** One way for all tracks: fewer candidates, and one thing that can break. */
  private async configuration(): Promise<RTCConfiguration> {
    return { iceServers: await this.owner.servers(), bundlePolicy: "max-bundle" };
  }

  private look({ state }: Connection): void {
    switch (state) {
      case "connected":
        this.vain = 0;
        this.restarted = false;
        this.stopWatching();
        this.become("connected");
        return;
      case "disconnected":
        this.become("lost");
        this.watch(INTERRUPTION_MS, () => this.mend());
        return;
      case "failed":
        this.become("lost");
        this.mend();
        return;
      case "new":
      case "connecting":
      case "closed":
        return;
    }
  }

  /** Restarts what can be restarted; what cannot, or was in vain, begins anew. */
  private mend(): void {
    // Nothing can be arranged now. `lineBack` comes when it can.
    if (this.closed || !this.owner.isReachable(this.id)) return;
    if (this.connection === null) {
      this.hello();
      return;
    }
    if (this.connection.isUnsettled || this.restarted) {
      this.beginAnew();
      return;
    }
    this.restarted = true;
    this.connection.restart();
    this.watch(this.patience(PATIENCE_MS), () => this.mend());
  }

  private beginAnew(): void {
    this.vain += 1;
    this.stopWatching();
    this.connection?.close();
    this.connection = null;
    this.post.clear();
    this.attempts.renew(this.owner.world.makeId());
    this.become(this.state === "connected" ? "lost" : this.state);
    this.hello();
  }

  private fail(error: unknown): void {
    this.owner.failed(new MediaError("connection_failed", null, error));
    this.connection?.close();
    this.watch(this.patience(INTERRUPTION_MS), () => {
      if (this.owner.isReachable(this.id)) this.beginAnew();
    });
  }

  private returned(error: unknown): void {
    if (error instanceof MeetingError && GONE.includes(error.reason)) return;
    this.owner.failed(new MediaError("connection_failed", null, error));
  }

  private become(state: ConnectionState): void {
    this.state = state;
    this.owner.changed();
  }

  private patience(base: number): number {
    return Math.min(LONGEST_PATIENCE_MS, base * 2 ** Math.min(this.vain, 10));
  }

  private watch(milliseconds: number, run: () => void): void {
    this.stopWatching();
    this.stopWatching = this.owner.world.startTimer(run, milliseconds);
  }
}
