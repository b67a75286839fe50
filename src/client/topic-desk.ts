/** Messages on topics: each is told once, over lines that were lost and rooms that were laid anew. */
import type { TopicMessage } from "../protocol/events.js";
import { KEPT_MESSAGES } from "./constants.js";
import { callListener, type Listener } from "./emitter.js";
import type { PubSub } from "./meeting-types.js";
import type { Ask } from "./participant.js";
import type { RoomView } from "./room-copy.js";
import type { Tell } from "./roster.js";

interface Subscription {
  readonly topic: string;
  readonly listener: Listener<TopicMessage>;
  readonly oldMessageLimit: number;
  /** It has had the kept messages of before. */
  hasBegun: boolean;
}

/** Kept messages whose ids are remembered: more than a room keeps, so that none is taken for a new one. */
const REMEMBERED = 2 * KEPT_MESSAGES;

/** The topics of one meeting. */
export class TopicDesk implements PubSub {
  private readonly subscriptions = new Set<Subscription>();
  /** Ids of kept messages that were there, or were told. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly copy: RoomView,
    private readonly ask: Ask,
    private readonly tell: Tell,
  ) {}

  publish(...[topic, message, options, payload]: Parameters<PubSub["publish"]>): Promise<void> {
    const { persist, sendOnly } = options ?? {};
    const only = sendOnly === undefined ? undefined : [...sendOnly];
    return this.ask({ type: "publish", topic, message, payload, persist, sendOnly: only });
  }

  subscribe(...[topic, listener, options]: Parameters<PubSub["subscribe"]>): () => void {
    const { oldMessageLimit = Infinity } = options ?? {};
    const one: Subscription = { topic, listener, oldMessageLimit, hasBegun: false };
    this.subscriptions.add(one);
    if (this.copy.facts !== null) this.begin(one, this.copy.messages);
    return () => this.subscriptions.delete(one);
  }

  /** A message came. */
  hear(message: TopicMessage): void {
    if (message.persist) this.remember(message.id);
    // Before the event, so that whoever subscribes on hearing it does not get it twice.
    for (const one of [...this.subscriptions]) if (one.topic === message.topic) this.hand(one, message);
    this.tell("message", message);
  }

  /** One has come in, and these are kept: subscriptions get theirs; what a page shows of them it finds in `messages`. */
  arrive(kept: readonly TopicMessage[]): (() => void)[] {
    const unseen = kept.filter(({ id }) => !this.seen.has(id));
    for (const { id } of kept) this.remember(id);
    return Array.from(this.subscriptions, (one) => () => {
      if (!one.hasBegun) this.begin(one, kept);
      else for (const message of unseen) if (message.topic === one.topic) this.hand(one, message);
    });
  }

  /** The room was laid anew, and these are kept: those that came meanwhile are told. */
  recover(kept: readonly TopicMessage[]): (() => void)[] {
    return kept.filter(({ id }) => !this.seen.has(id)).map((message) => () => this.hear(message));
  }

  private begin(one: Subscription, kept: readonly TopicMessage[]): void {
    one.hasBegun = true;
    const old = kept.filter(({ topic }) => topic === one.topic);
    const first = Math.max(0, old.length - one.oldMessageLimit);
    for (const message of old.slice(first)) this.hand(one, message);
  }

  private hand(one: Subscription, message: TopicMessage): void {
    if (!this.subscriptions.has(one)) return;
    callListener(one.listener, message, (error) => this.tell("listener-error", { event: "message", error }));
  }

  private remember(id: string): void {
    this.seen.add(id);
    const [oldest] = this.seen;
    if (this.seen.size > REMEMBERED && oldest !== undefined) this.seen.delete(oldest);
  }
}
