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
export interface TopicDesk extends PubSub {
  /** A message came. */
  hear(message: TopicMessage): void;
  /** One has come in, and these are kept: subscriptions get theirs; what a page shows of them it finds in `messages`. */
  arrive(kept: readonly TopicMessage[]): (() => void)[];
  /** The room was laid anew, and these are kept: those that came meanwhile are told. */
  recover(kept: readonly TopicMessage[]): (() => void)[];
}

/** Makes the topics of one meeting. */
export function createTopicDesk(copy: RoomView, ask: Ask, tell: Tell): TopicDesk {
  const subscriptions = new Set<Subscription>();
  /** Ids of kept messages that were there, or were told. */
  const seen = new Set<string>();

  const remember = ({ id }: TopicMessage): void => {
    seen.add(id);
    const [oldest] = seen;
    if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
  };
  const hand = (one: Subscription, message: TopicMessage): void => {
    if (!subscriptions.has(one) || message.topic !== one.topic) return;
    callListener(one.listener, message, (error) => tell("listener-error", { event: "message", error }));
  };
  const begin = (one: Subscription, kept: readonly TopicMessage[]): void => {
    one.hasBegun = true;
    const old = kept.filter(({ topic }) => topic === one.topic);
    const first = Math.max(0, old.length - one.oldMessageLimit);
    for (const message of old.slice(first)) hand(one, message);
  };
  const hear = (message: TopicMessage): void => {
    if (message.persist) remember(message);
    // Before the event, so that whoever subscribes on hearing it does not get it twice.
    for (const one of [...subscriptions]) hand(one, message);
    tell("message", message);
  };
  const unseenOf = (kept: readonly TopicMessage[]): TopicMessage[] => kept.filter(({ id }) => !seen.has(id));

  return {
    publish(topic, message, options, payload) {
      const { persist, sendOnly } = options ?? {};
      const only = sendOnly && [...sendOnly];
      return ask({ type: "publish", topic, message, payload, persist, sendOnly: only });
    },
    subscribe(topic, listener, options) {
      const { oldMessageLimit = Infinity } = options ?? {};
      const one: Subscription = { topic, listener, oldMessageLimit, hasBegun: false };
      subscriptions.add(one);
      if (copy.facts !== null) begin(one, copy.messages);
      return () => subscriptions.delete(one);
    },
    hear,
    arrive(kept) {
      const unseen = unseenOf(kept);
      kept.forEach(remember);
      return Array.from(subscriptions, (one) => () => {
        if (!one.hasBegun) begin(one, kept);
        else for (const message of unseen) hand(one, message);
      });
    },
    recover: (kept) => unseenOf(kept).map((message) => () => hear(message)),
  };
}
