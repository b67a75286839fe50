/**
 * Clients, networks and gateways that are broken on purpose. Each must be found by the runs, and by the promise that it breaks: else the
 * runs prove nothing.
 */
import { HEARTBEAT_MS } from "./gateway-frames.js";
import { meddled } from "./meddling.js";
import {
  client,
  DEAF,
  each,
  gateway,
  socket,
  surroundings,
  telling,
  withOwn,
  type Mutant,
} from "./mutant.js";
import type { Told } from "./subject.js";

/** Everything that the runs must find. */
export const MUTANTS: readonly Mutant[] = [
  gateway("leaves an event out and counts its number", ["events", "messages", "copy"], () => {
    const now = each(6);
    return { batch: (batch) => (now() ? { ...batch, events: batch.events.slice(0, -1) } : batch) };
  }),
  gateway("leaves a number out", ["position"], () => {
    const now = each(8);
    return { batch: (batch) => (now() ? { ...batch, seq: batch.seq + 1 } : batch) };
  }),
  gateway("repeats a batch under other numbers", ["events", "copy", "position"], () => {
    const now = each(5);
    return {
      batch: (batch) => {
        if (!now()) return batch;
        const again = batch.events.map((event) => ({ ...event, seq: seqOf(event) + batch.count }));
        return { ...batch, count: batch.count * 2, events: [...batch.events, ...again] };
      },
    };
  }),
  gateway("turns the events of a batch round", ["position", "events"], () => ({
    batch: (batch) => ({ ...batch, events: [...batch.events].reverse() }),
  })),
  gateway("gives one command two effects", ["one effect"], () => ({ forgetsIds: true })),
  gateway("answers commands without carrying them out", ["one effect"], () => ({ answersOnly: true })),
  gateway("forgets to answer", ["liveness"], () => {
    const now = each(4);
    return { frame: (frame) => ("ok" in frame && !("resume" in frame) && now() ? null : frame) };
  }),
  gateway("promises what was missed and sends a snapshot", ["recovered"], () => ({
    frame: (frame) => ("recovered" in frame ? { ...frame, recovered: true } : frame),
  })),
  gateway("lets the beginning of what was missed be", ["events", "copy"], () => ({
    batch: (batch, isCatchUp) => (isCatchUp ? { ...batch, events: batch.events.slice(1) } : batch),
  })),
  gateway("shows a room with somebody missing", ["copy", "events"], () => ({
    frame: (frame) =>
      "room" in frame && typeof frame.room === "object"
        ? { ...frame, room: { ...frame.room, participants: [] } }
        : frame,
  })),

  socket("swallows a frame", ["events", "position", "copy", "liveness", "recovered"], () => {
    const now = each(9);
    return { hear: (data) => (now() ? [] : [data]) };
  }),
  socket("swallows a batch", ["events", "position", "copy"], () => {
    const now = each(3);
    return { hear: (data, type) => (type === "events" && now() ? [] : [data]) };
  }),
  socket("says frames twice", ["events", "recovered"], () => ({
    hear: (data, type) => (type === "snapshot" || type === "signal" ? [data, data] : [data]),
  })),
  socket("loses commands", ["liveness"], () => {
    const now = each(5);
    return { say: (text) => (text.includes('"wish-') && now() ? [] : [text]) };
  }),
  socket("gives a command that is sent again another id", ["one effect", "liveness"], () => {
    const said = new Set<string>();
    return {
      say: (text) => {
        const again = said.has(text);
        said.add(text);
        return [again ? text.replace('"wish-', '"wish-again-') : text];
      },
    };
  }),
  socket("gives a resume that is sent again another id", ["protocol", "recovered", "liveness"], () => {
    let tries = 0;
    return {
      say: (text) => [text.includes('"resume"') ? text.replace('"made-', `"try-${(tries += 1)}-`) : text],
    };
  }),
  socket("does not count its lines", ["protocol"], () => ({
    say: (text) => [text.replace(/"attempt":\d+/, '"attempt":1')],
  })),
  socket("resumes from an older number", ["position"], () => ({
    say: (text) => [text.replace(/"seq":(\d+)/, (_, seq: string) => `"seq":${Math.max(0, Number(seq) - 1)}`)],
  })),
  socket("adds a member that the protocol does not know", ["protocol"], () => ({
    say: (text) => [text.replace('"type":"publish"', '"type":"publish","urgent":true')],
  })),
  socket("takes a final close for a lost line", ["end"], () => ({
    end: (code) => (code >= 4000 && code < 4500 ? 1006 : code),
  })),
  socket("closes with a code that browsers forbid", ["sockets"], () => ({ close: () => 1001 })),

  {
    name: "a client that hands on at once that the store is away",
    breaks: ["one effect"],
    options: (subject) => ({
      subject: (given) => {
        const inner = subject(given);
        return withOwn(inner, { command: (action, id) => inner.command(action, id).catch(asUnavailable) });
      },
      twist: (given) => {
        // A word that the client does not know it hands on.
        const hear = (data: unknown): readonly unknown[] => [
          typeof data === "string" ? data.replace('"reason":"unavailable"', `"reason":"${AWAY}"`) : data,
        ];
        return { ...given, openSocket: (...args) => meddled(given.openSocket(...args), { hear }) };
      },
    }),
  },
  client("keeps a command back while others go", ["order"], (subject, { startTimer }) => {
    const now = each(2);
    return withOwn(subject, {
      command: async (action, id) => {
        if (action.type !== "publish" && now())
          await new Promise<void>((resolve) => void startTimer(resolve, 6_000));
        return subject.command(action, id);
      },
    });
  }),
  surroundings("finds a dead line late", ["liveness"], (given) => ({
    ...given,
    startTimer: (run, ms) => given.startTimer(run, ms === HEARTBEAT_MS / 4 ? 2 * ms : ms),
  })),
  surroundings("is impatient with a silent line", ["liveness"], (given) => ({
    ...given,
    startTimer: (run, ms) => given.startTimer(run, ms === HEARTBEAT_MS / 4 ? ms / 2 : ms),
  })),
  surroundings("waits longer than it may", ["pauses"], (given) => ({ ...given, random: () => 2.5 })),
  surroundings("never ends its timers", ["timers"], (given) => ({
    ...given,
    startTimer: (run, milliseconds) => {
      given.startTimer(run, milliseconds);
      return () => undefined;
    },
  })),
  client("opens two lines at once", ["sockets"], (subject, { openSocket }) =>
    withOwn(subject, {
      join: () => {
        const joined = subject.join();
        openSocket("wss://one.example/v2/meeting", ["admitone.v1"]).listen(DEAF);
        return joined;
      },
    }),
  ),
  surroundings("dials again after it was put out", ["end"], (given) => ({
    ...given,
    tell: (told) => {
      given.tell(told);
      if (told.kind === "left")
        given.openSocket("wss://one.example/v2/meeting", ["admitone.v1"]).listen(DEAF);
    },
  })),
  telling("keeps an event to itself", ["events", "messages"], () => {
    const now = each(7);
    return (told) => (isNews(told) && now() ? [] : [told]);
  }),
  telling("tells an event twice", ["events", "messages"], () => {
    const now = each(7);
    return (told) => (isNews(told) && now() ? [told, told] : [told]);
  }),
  telling("says that it recovered when it did not", ["recovered"], () => (told) => [
    told.kind === "recovered" ? { kind: "recovered", recovered: true } : told,
  ]),
  telling("does not say that it left", ["end"], () => (told) => (told.kind === "left" ? [] : [told])),
  client("shows one participant too few", ["copy"], (subject) =>
    withOwn(subject, {
      copy: () => ({ ...subject.copy(), participants: subject.copy().participants.slice(1) }),
    }),
  ),
  client("answers for the gateway", ["answers", "one effect"], (subject) =>
    withOwn(subject, { command: () => Promise.resolve({ seq: 1, repeated: false }) }),
  ),
  client("never answers", ["liveness"], (subject) =>
    withOwn(subject, {
      command: async (action, id) => {
        await subject.command(action, id);
        return new Promise(() => undefined);
      },
    }),
  ),
];

/** `unavailable`, while the client must not know it. */
const AWAY = "away";

function asUnavailable(error: unknown): never {
  if (typeof error === "object" && error !== null && "reason" in error && error.reason === AWAY)
    Object.assign(error, { reason: "unavailable" });
  throw error;
}

const isNews = (told: Told): boolean =>
  told.kind === "event" || (told.kind === "handed over" && told.what.startsWith("message"));

function seqOf(event: object): number {
  return "seq" in event ? Number(event.seq) : 0;
}
