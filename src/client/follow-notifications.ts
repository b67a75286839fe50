/** Being told of conferences without being in one (`docs/protocol.md` section 16): over one line, which is mended when it breaks. */
import type { Notification } from "../protocol/commands.js";
import { mayComeBack } from "../protocol/leaving.js";
import { createDialler } from "./dialler.js";
import { doorsOf } from "./doors.js";
import { Emitter } from "./emitter.js";
import { ended, told } from "./endings.js";
import type { ConferenceNews, ServerFrame } from "./frame-types.js";
import type { LineEnd } from "./line.js";
import { MeetingError } from "./meeting-error.js";
import type { Left } from "./meeting-events.js";
import type { MeetingToken } from "./meeting-token.js";
import { openWebSocket, type OpenSocket } from "./socket.js";
import { makeId as randomId, startTimer, type StartTimer } from "./surroundings.js";

/** What to follow, and how. */
export interface FollowOptions {
  /** As for a meeting. */
  readonly url?: string | readonly string[] | undefined;
  /** A client access token with the scope `notifications:set`. */
  readonly token: string | MeetingToken;
  /** At most 50. */
  readonly notifications: readonly Notification[];
  readonly openSocket?: OpenSocket | undefined;
  /** For tests: from 0 up to but not including 1. */
  readonly random?: (() => number) | undefined;
  /** For tests. */
  readonly makeId?: (() => string) | undefined;
  /** For tests. */
  readonly startTimer?: StartTimer | undefined;
}

/** Events by name, each with the arguments of its listeners. */
export interface FollowEventArguments {
  /** Something happened, at this time in epoch milliseconds. Each comes at most once. */
  notification: [news: ConferenceNews, at: number];
  /** The gateway tells from now on; again after each line that was lost. What happened in between is not told later: ask over REST. */
  following: [];
  /** The line is lost; the next attempt begins after `delayMs`. */
  reconnecting: [loss: { readonly attempt: number; readonly delayMs: number; readonly code: number }];
  /** The gateway will not have it: a list or a token that is not good. */
  error: [error: MeetingError];
  /** It is over, and comes back by itself no more. */
  ended: [end: Left];
  /** A listener threw, or rejected. */
  "listener-error": [fault: { readonly event: string; readonly error: unknown }];
}

/** Somebody who follows. */
export interface Follower {
  on<K extends keyof FollowEventArguments>(
    event: K,
    listener: (...args: FollowEventArguments[K]) => unknown,
  ): () => void;
  /** Follows these from now on, in place of those before; an empty list ends it, and the line stays. */
  follow(notifications: readonly Notification[]): void;
  /** Ends it. */
  close(): void;
}

/**
 * Begins to follow, at once.
 *
 * @throws MeetingError `invalid_parameter` for a `url` that is no address
 */
export function followNotifications(options: FollowOptions): Follower {
  const { token: source, makeId = randomId } = options;
  let { notifications } = options;
  let pending: string | null = null;
  let heartbeatMs = 0;
  /** The gateway has taken a list on this line. */
  let isOn = false;
  const emitter = new Emitter<FollowEventArguments>((event, error) => {
    if (event !== "listener-error") emitter.emit("listener-error", [{ event, error }]);
  });

  const subscribe = (): void => {
    const token = typeof source === "string" ? source : source.value;
    pending = makeId();
    dialler.line?.send(JSON.stringify({ type: "subscribe", id: pending, token, notifications }));
  };
  const refollow = (): void => {
    if (isOn) subscribe();
  };
  const hear = (frame: ServerFrame): void => {
    switch (frame.type) {
      case "hello":
        heartbeatMs = frame.heartbeatMs;
        subscribe();
        return;
      case "notification":
        emitter.emit("notification", [frame.notification, frame.at]);
        return;
      case "reply":
        if (frame.id !== pending) return;
        pending = null;
        if (!frame.ok) {
          emitter.emit("error", [new MeetingError(frame.error)]);
          return;
        }
        if (!isOn) {
          isOn = true;
          dialler.answered();
          dialler.line?.watch(heartbeatMs);
        }
        emitter.emit("following", []);
        return;
      default:
        // Whoever is in no room hears nothing else.
        return;
    }
  };
  const lose = (end: LineEnd): void => {
    const { code, text } = told(end);
    isOn = false;
    pending = null;
    if (mayComeBack(code)) {
      const delayMs = dialler.again();
      emitter.emit("reconnecting", [{ attempt: dialler.failures, delayMs, code }]);
      return;
    }
    close();
    emitter.emit("ended", [ended(code, text)]);
  };
  const dialler = createDialler({
    ...{ urls: doorsOf(options.url), makeId, onFrame: hear, onEnd: lose },
    openSocket: options.openSocket ?? openWebSocket,
    random: options.random ?? Math.random,
    startTimer: options.startTimer ?? startTimer,
  });
  const undo = typeof source === "string" ? null : source.onChange(refollow);
  const close = (): void => {
    undo?.();
    dialler.stop(false);
  };
  dialler.begin();
  return {
    on: (event, listener) => emitter.on(event, (args) => listener(...args)),
    follow(list) {
      notifications = list;
      refollow();
    },
    close,
  };
}
