/** What the page says in passing: toasts that one sees, and sentences that a screen reader speaks. */
import type { Readable } from "../../shared/use-store.js";
import type { PageWorld } from "./ports.js";

/** A toast. */
export interface Toast {
  readonly id: number;
  readonly tone: "plain" | "good" | "bad";
  readonly text: string;
}

/** What is said at the moment. The two sentences stand in live regions; empty: nothing to say. */
export interface NoticesView {
  readonly toasts: readonly Toast[];
  readonly polite: string;
  readonly assertive: string;
}

const SHOWN_MS = 7_000;
const SHOWN_BAD_MS = 12_000;
const MOST = 3;

/** Takes what is to be said, and forgets it after a while. */
export class Notices implements Readable<NoticesView> {
  view: NoticesView = { toasts: [], polite: "", assertive: "" };
  private readonly listeners = new Set<() => void>();
  private readonly timers = new Map<number, () => void>();
  private count = 0;

  constructor(private readonly startTimer: PageWorld["startTimer"]) {}

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Shows a toast and has it spoken. */
  tell(text: string, tone: Toast["tone"] = "plain"): void {
    const id = (this.count += 1);
    const toasts = [...this.view.toasts.filter((toast) => toast.text !== text), { id, tone, text }];
    this.timers.set(
      id,
      this.startTimer(() => this.dismiss(id), tone === "bad" ? SHOWN_BAD_MS : SHOWN_MS),
    );
    this.show({ ...this.view, toasts: toasts.slice(-MOST) });
    this.say(text, tone === "bad");
  }

  /** Has something spoken that is seen elsewhere on the page. */
  say(text: string, urgent = false): void {
    // The same sentence twice is spoken twice only if the text of the region differs.
    const spoken = text === this.view[urgent ? "assertive" : "polite"] ? `${text}\u00a0` : text;
    this.show({ ...this.view, [urgent ? "assertive" : "polite"]: spoken });
  }

  dismiss(id: number): void {
    this.timers.get(id)?.();
    this.timers.delete(id);
    this.show({ ...this.view, toasts: this.view.toasts.filter((toast) => toast.id !== id) });
  }

  /** Takes all toasts away: what they were about is over. */
  clear(): void {
    for (const stop of this.timers.values()) stop();
    this.timers.clear();
    this.show({ toasts: [], polite: "", assertive: "" });
  }

  /** Ends the timers. */
  close(): void {
    for (const stop of this.timers.values()) stop();
    this.timers.clear();
    this.listeners.clear();
  }

  private show(view: NoticesView): void {
    this.view = view;
    for (const listener of [...this.listeners]) listener();
  }
}
