/** Surroundings for tests: time that stands still until told to go on, and a gateway that answers as told. */
import type { End, Surroundings } from "../../../../src/web/console/state/surroundings.js";

/** What was asked. */
export interface Asked {
  readonly path: string;
  readonly init: RequestInit;
}

/** What comes back: a status and a body, or `lost`: nothing does. */
type Given = { readonly status: number; readonly body: unknown } | "lost";
/** An answer, now or later. */
export type Answer = Given | Promise<Given>;

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Made surroundings. */
export class FakeSurroundings implements Surroundings {
  readonly asked: Asked[] = [];
  readonly copied: string[] = [];
  readonly kept = new Map<string, string>();
  url = "/console";
  answer: (asked: Asked) => Answer = () => ({ status: 200, body: {} });
  #now = 1_750_000_000_000;
  #timers: Timer[] = [];
  #isVisible = true;
  #ids = 0;
  readonly #watchers = new Set<() => void>();

  readonly fetch = async (path: string, init: RequestInit): Promise<Response> => {
    const asked = { path, init };
    this.asked.push(asked);
    const { signal } = init;
    const aborted = new Promise<never>((_resolve, reject) => {
      signal?.addEventListener("abort", () => reject(new Error("aborted")));
    });
    const answer = await Promise.race([Promise.resolve(this.answer(asked)), aborted]);
    if (answer === "lost") throw new TypeError("Failed to fetch");
    const { status, body } = answer;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return new Response(status === 204 ? null : text, { status });
  };
  readonly now = (): number => this.#now;
  readonly after = (ms: number, run: () => void): End => {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((one) => one !== timer));
  };
  readonly isVisible = (): boolean => this.#isVisible;
  readonly onVisibility = (run: () => void): End => {
    this.#watchers.add(run);
    return () => this.#watchers.delete(run);
  };
  readonly freshId = (): string => `id-${(this.#ids += 1)}`;
  readonly copy = (text: string): Promise<boolean> => Promise.resolve(this.copied.push(text) > 0);
  readonly save = (): void => undefined;
  readonly address = (): string => this.url;
  readonly setAddress = (url: string): string => (this.url = url);
  readonly onAddress = (): End => () => undefined;
  readonly recall = (key: string): string | null => this.kept.get(key) ?? null;
  readonly remember = (key: string, value: string): void => void this.kept.set(key, value);

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Lets time pass; what is due runs. */
  async pass(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { run } of due) run();
    await settled();
  }

  /** Hides or shows the tab. */
  async show(isVisible: boolean): Promise<void> {
    this.#isVisible = isVisible;
    for (const run of [...this.#watchers]) run();
    await settled();
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}
