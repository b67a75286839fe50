/** A meeting that one is in: turns the meeting, its media and what the page itself knows into one view. */
import type { Meeting } from "../../../client/meeting-types.js";
import type { Readable } from "../../shared/use-store.js";
import { addLine, CHAT_TOPIC } from "../model/chat.js";
import { roomView, type PageState, type RoomView } from "../model/room-view.js";
import type { Notices } from "./notices.js";
import type { MediaDesk, PageWorld } from "./ports.js";
import { roomActions, type RoomActions } from "./room-actions.js";
import { listenForNews } from "./room-news.js";

/** What a room's store is made of. */
export interface RoomStoreParts {
  readonly meeting: Meeting;
  readonly media: MediaDesk;
  readonly notices: Notices;
  readonly world: Pick<PageWorld, "startTimer" | "chime">;
  /** Epoch milliseconds by the gateway's clock. */
  readonly now: () => number;
}

/** As much of a message is spoken. */
const SPOKEN_LENGTH = 200;
/** How long before its end a token is warned of. */
const WARN_MS = 120_000;
/** Timers take no longer spans; a token that lives longer is looked at again then. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The store of a room. Whoever makes it closes it; closing lets the media go, and leaves the meeting as it is. */
export class RoomStore implements Readable<RoomView> {
  view: RoomView;
  readonly media: MediaDesk;
  readonly actions: RoomActions;
  private page: PageState = {
    panel: null,
    lines: [],
    unread: 0,
    loss: null,
    expiringAt: null,
    soundBlocked: false,
  };
  private readonly listeners = new Set<() => void>();
  private readonly undo: (() => void)[];
  private stopWarning: () => void = () => undefined;
  private due = false;
  private closed = false;

  constructor(private readonly parts: RoomStoreParts) {
    const { meeting, media, notices, world } = parts;
    this.media = media;
    this.view = roomView(meeting, media.now, this.page);
    this.actions = roomActions({ meeting, media, notices, now: parts.now });
    const redraw = () => this.redraw();
    this.undo = [
      meeting.on("changed", redraw),
      media.subscribe(redraw),
      media.onProblem((sentence) => notices.tell(sentence, "bad")),
      this.followChat(),
      meeting.on("reconnecting", ({ attempt, delayMs, why }) => {
        const at = parts.now();
        const since = this.page.loss?.since ?? at;
        if (this.page.loss === null) notices.say("The connection was lost. Reconnecting.", true);
        this.change({ loss: { attempt, since, nextAt: at + delayMs, why } });
      }),
      meeting.on("recovered", (complete) => {
        this.change({ loss: null });
        notices.tell(
          complete ? "You are back. You missed nothing." : "You are back. The room was loaded anew.",
          "good",
        );
      }),
      // Where nothing happens at the expiry, there is nothing to warn of.
      meeting.on("token-expiring", ({ expiresAt, policy }) => {
        this.stopWarning();
        if (policy !== "stay") this.warnOf(expiresAt);
      }),
      meeting.on("token-refreshed", () => this.dismissWarning()),
      listenForNews({ meeting, notices, chime: world.chime }),
    ];
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Opens a panel, or closes it: with null, or where it is open already. */
  togglePanel(panel: PageState["panel"]): void {
    const next = this.page.panel === panel ? null : panel;
    this.change({ panel: next, unread: next === "chat" ? 0 : this.page.unread });
  }

  /** The browser plays no sound before somebody has clicked; or does now. */
  soundIs(blocked: boolean): void {
    if (this.page.soundBlocked !== blocked) this.change({ soundBlocked: blocked });
  }

  /** The warning was read, or a newer token is there. */
  dismissWarning(): void {
    this.stopWarning();
    this.change({ expiringAt: null });
  }

  close(): void {
    this.closed = true;
    this.stopWarning();
    for (const undo of this.undo) undo();
    this.media.close();
    this.listeners.clear();
  }

  private followChat(): () => void {
    const { meeting, notices } = this.parts;
    // What was kept from before comes at once: it is there to be read, but it is no news.
    let isNews = false;
    const undo = meeting.pubSub.subscribe(CHAT_TOPIC, (message) => {
      const lines = addLine(this.page.lines, message, meeting.participantId);
      const last = lines[lines.length - 1];
      const tell = isNews && lines !== this.page.lines && last?.own === false;
      this.change({ lines, unread: this.page.unread + (tell && this.page.panel !== "chat" ? 1 : 0) });
      // An open chat speaks for itself: it is a live region.
      if (tell && this.page.panel !== "chat")
        notices.say(`${last.from} wrote: ${message.message.slice(0, SPOKEN_LENGTH)}`);
    });
    isNews = true;
    return undo;
  }

  private warnOf(expiresAt: number): void {
    const { now, world } = this.parts;
    const wait = expiresAt - WARN_MS - now();
    if (wait > 0) {
      const next = () => this.warnOf(expiresAt);
      this.stopWarning = world.startTimer(next, Math.min(wait, LONGEST_TIMER_MS));
      return;
    }
    const left = expiresAt - now();
    this.change({ expiringAt: left > 0 ? expiresAt : null });
    if (left > 0) this.stopWarning = world.startTimer(() => this.dismissWarning(), left);
  }

  private change(part: Partial<PageState>): void {
    this.page = { ...this.page, ...part };
    this.redraw();
  }

  /** Several things that change together are drawn once. */
  private redraw(): void {
    if (this.due || this.closed) return;
    this.due = true;
    queueMicrotask(() => {
      this.due = false;
      if (this.closed) return;
      const { meeting, media } = this.parts;
      this.view = roomView(meeting, media.now, this.page);
      for (const listener of [...this.listeners]) listener();
    });
  }
}
