/** A gateway that answers as a test says, and a clock whose waits are over at once. */
import type { FetchLike } from "../../../src/kit/surroundings.js";
import { createRestClient, type RestClient } from "../../../src/kit/rest-client.js";

/** A key of the tests. */
export const KEY = { apiKey: "kit-key", secret: "a-secret-of-the-kit-0123456789-abcdef" } as const;
/** When the tests take place, epoch milliseconds. */
export const NOW = Date.UTC(2026, 10, 21, 12);
/** How long one answer may take in these tests, milliseconds. */
const TIMEOUT_MS = 15_000;
/** Clocks for answers are told apart from waits by these: the second is for one that is held back for 25 s. */
const TIMEOUTS: readonly number[] = [TIMEOUT_MS, TIMEOUT_MS + 25_000];

/** What was asked. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** One answer: a body with its status, an error of the line, or nothing at all. */
export type Answer =
  | { readonly status?: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | "broken"
  | "silent";

/** A room as the gateway answers it. */
export const ROOM = {
  roomId: "abcd-efgh-ijkl",
  customRoomId: null,
  userId: "0".repeat(24),
  disabled: false,
  status: "enabled",
  createdAt: "2026-11-21T12:00:00.000Z",
  updatedAt: "2026-11-21T12:00:00.000Z",
  id: "1".repeat(24),
  webhook: null,
  autoCloseConfig: null,
  allowedParticipantIds: null,
  knockPolicy: null,
  settings: {
    ...{ maxParticipants: 100, hostAbsent: "hold", knockTimeout: 600, resumeWindow: 60 },
    ...{ tokenExpiry: null, lobbyForAll: false },
  },
  links: { get_room: "http://gateway/v2/rooms/a", get_session: "http://gateway/v2/sessions/" },
} as const;
/** What a command answers. */
export const DONE = { roomId: "a", position: "e:7", repeated: false, result: {} } as const;
/** A fault of the gateway. */
export const AWAY = { status: 503, body: { statusCode: 503, error: "away", code: "unavailable" } } as const;

/** A client, and the gateway that it talks to. */
export class Scripted {
  readonly asked: Asked[] = [];
  /** Milliseconds waited between attempts. */
  readonly waits: number[] = [];
  readonly client: RestClient;
  now = NOW;
  random = 0.5;
  /** Waits between attempts last for ever. */
  holds = false;
  /** Answers the request; the last of a list is used again and again. */
  answer: (asked: Asked, index: number) => Answer | Promise<Answer>;
  private readonly timeouts = new Set<() => void>();
  private made = 0;

  constructor(answers: readonly Answer[] | Scripted["answer"], url = "https://gateway.example") {
    this.answer =
      typeof answers === "function" ? answers : (_asked, index) => answers[index] ?? answers.at(-1) ?? {};
    this.client = createRestClient({
      ...{ url, ...KEY, timeoutMs: TIMEOUT_MS, fetch: this.fetch },
      now: () => this.now,
      random: () => this.random,
      makeId: () => `id-${(this.made += 1)}`,
      startTimer: (run, milliseconds) => {
        if (TIMEOUTS.includes(milliseconds)) this.timeouts.add(run);
        else {
          this.waits.push(milliseconds);
          if (!this.holds) queueMicrotask(run);
        }
        return () => this.timeouts.delete(run);
      },
    });
  }

  /** Requests that still wait for an answer wait no longer. */
  timeOut(): void {
    for (const run of [...this.timeouts]) run();
  }

  /** Clocks for answers that are running. */
  get running(): number {
    return this.timeouts.size;
  }

  /** What was asked, in short. */
  get lines(): readonly string[] {
    return this.asked.map(({ method, url }) => `${method} ${url.replace("https://gateway.example", "")}`);
  }

  private readonly fetch: FetchLike = async (url, { method, headers, body, signal }) => {
    const asked = { method, url, headers, body, signal };
    const index = this.asked.push(asked) - 1;
    const answer = await this.answer(asked, index);
    if (answer === "broken") throw new TypeError("fetch failed");
    if (answer === "silent") return new Promise((_resolve, reject) => rejectWhenAborted(signal, reject));
    const { status = 200, body: told, headers: sent = {} } = answer;
    const text = typeof told === "string" ? told : JSON.stringify(told ?? {});
    return new Response(text, { status, headers: { ...sent } });
  };
}

function rejectWhenAborted(signal: AbortSignal, reject: (error: Error) => void): void {
  const stop = (): void => reject(new DOMException("aborted", "AbortError"));
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
}

/** The error that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}
