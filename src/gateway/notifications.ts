/**
 * Those who are told of conferences without being in one (`reference/dolby.md` section 6): who follows what on this node, over
 * one subscription per channel however many follow it. Handed over at most once: what is said while a line or the store is
 * away is not said again.
 */
import { LogFault, type RoomKey, type RoomLog } from "../log/port.js";
import type { Notification } from "../protocol/commands.js";
import { REFUSALS, refuse, type Reason, type Refusal } from "../protocol/refusals.js";
import type { Grant, SessionScope } from "../room/grant.js";
import type { Standing, StandingReason } from "../tokens/standing.js";
import {
  announcementsOf,
  channelFor,
  decodeAnnouncement,
  encodeAnnouncement,
  type NamesOf,
} from "./announcements.js";
import type { Logger } from "./environment.js";
import type { Followed } from "./following.js";
import { notificationFrame } from "./frames.js";
import type { Recipient } from "./recipient.js";

/** What it works with. */
export interface NotificationsOptions {
  readonly log: Pick<RoomLog, "subscribe" | "relay">;
  readonly standing: Standing;
  /** Epoch milliseconds, by the clock that tokens are checked with. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** What a token must cover. */
const SCOPE: SessionScope = "notifications:set";
/** How often tokens are looked at for their expiry, milliseconds; it is to reach an open socket within a second. */
const SWEEP_MS = 400;

/** One connection that follows something. */
interface Subscriber {
  readonly recipient: Recipient;
  /** The token that it stands on. */
  grant: Grant;
  /** By the channel's name: the types that it wants from there. */
  wishes: ReadonlyMap<string, ReadonlySet<Notification["type"]>>;
  /** Names of the channels whose member it is: those of its wishes, and those that it is about to follow. */
  readonly entered: Set<string>;
}

/** One channel that somebody here follows. */
interface Channel {
  readonly members: Set<Subscriber>;
  readonly subscription: Promise<() => Promise<void>>;
}

/** The subscribers of one node. */
export class Notifications {
  private readonly subscribers = new Map<string, Subscriber>();
  private readonly channels = new Map<string, Channel>();
  private sweeper: NodeJS.Timeout | null = null;

  constructor(private readonly options: NotificationsOptions) {}

  /**
   * From now on the connection hears of this list, in place of what it heard of before, as long as this token counts. One call at
   * a time for a connection. Null: done. Else nothing has changed: `scope_missing`, `invalid_parameter` (an invitation, where the
   * token names nobody), `unavailable`, or why the token counts no more.
   */
  async follow(grant: Grant, recipient: Recipient, list: readonly Notification[]): Promise<Refusal | null> {
    const wanted = wishesFor(grant, list);
    if ("refusal" in wanted) return wanted.refusal;
    const { connection } = recipient;
    const known = this.subscribers.get(connection);
    const subscriber = known ?? { recipient, grant, wishes: new Map(), entered: new Set() };
    this.subscribers.set(connection, subscriber);
    this.sweeper ??= setInterval(() => this.sweep(), SWEEP_MS);
    const refusal = await this.enterAll(subscriber, grant, wanted.keys);
    // Whoever was dropped meanwhile follows nothing.
    if (this.subscribers.get(connection) !== subscriber) {
      this.leaveAllBut(subscriber, new Map());
      return refusal;
    }
    if (refusal === null) {
      subscriber.grant = grant;
      subscriber.wishes = wanted.wishes;
    }
    this.leaveAllBut(subscriber, subscriber.wishes);
    if (refusal !== null && known === undefined) this.drop(connection);
    return refusal;
  }

  /** Forgets a connection that is gone. */
  drop(connection: string): void {
    const subscriber = this.subscribers.get(connection);
    if (subscriber === undefined) return;
    this.subscribers.delete(connection);
    this.leaveAllBut(subscriber, new Map());
    if (this.subscribers.size === 0) this.rest();
  }

  /** Something was revoked: whoever stands on it is out. */
  recheck(): void {
    for (const { grant, recipient } of this.subscribers.values()) {
      const why = this.objectionTo(grant);
      if (why !== null) this.end(recipient, why);
    }
  }

  /** Tells what a step of a room's log says, once the step is stored; `names` are those that the archive gave its events. */
  publish(followed: Followed, names: readonly NamesOf[]): void {
    const { log, logger } = this.options;
    for (const { channel, announcement } of announcementsOf(followed, names)) {
      log.relay(channel, encodeAnnouncement(announcement)).catch((error: unknown) => {
        const level = error instanceof LogFault ? "debug" : "error";
        logger[level]({ ...followed.room, err: error }, "notifications were not handed over");
      });
    }
  }

  /** Follows nothing any more. Connections are the caller's to close. */
  close(): void {
    for (const connection of [...this.subscribers.keys()]) this.drop(connection);
    this.rest();
  }

  private sweep(): void {
    const now = this.options.now();
    for (const { grant, recipient } of this.subscribers.values())
      if (grant.expiresAt !== null && grant.expiresAt <= now) this.end(recipient, "token_expired");
  }

  private rest(): void {
    if (this.sweeper !== null) clearInterval(this.sweeper);
    this.sweeper = null;
  }

  private end(recipient: Recipient, reason: Reason): void {
    this.drop(recipient.connection);
    recipient.close(REFUSALS[reason].code, reason);
  }

  private objectionTo(grant: Grant): StandingReason | null {
    const { app, participantId } = grant;
    return this.options.standing.objection(grant, { app, roomId: null, participantId });
  }

  /** Null once all channels are heard, and the token still counts. */
  private async enterAll(
    subscriber: Subscriber,
    grant: Grant,
    keys: ReadonlyMap<string, RoomKey>,
  ): Promise<Refusal | null> {
    try {
      await Promise.all(Array.from(keys, ([name, key]) => this.enter(name, key, subscriber)));
    } catch (error) {
      if (error instanceof LogFault) return refuse("unavailable");
      throw error;
    }
    const why = this.objectionTo(grant);
    return why === null ? null : refuse(why);
  }

  /** Resolves once the subscriber's channel is heard. Rejects with a fault. */
  private async enter(name: string, key: RoomKey, subscriber: Subscriber): Promise<void> {
    let channel = this.channels.get(name);
    if (channel === undefined) {
      const listener = { publication: () => undefined, relay: (text: string) => this.hear(name, text) };
      channel = { members: new Set(), subscription: this.options.log.subscribe(key, listener) };
      this.channels.set(name, channel);
    }
    channel.members.add(subscriber);
    subscriber.entered.add(name);
    await channel.subscription;
  }

  private leaveAllBut(subscriber: Subscriber, kept: ReadonlyMap<string, unknown>): void {
    for (const name of subscriber.entered) {
      if (kept.has(name)) continue;
      subscriber.entered.delete(name);
      const channel = this.channels.get(name);
      channel?.members.delete(subscriber);
      if (channel === undefined || channel.members.size > 0) continue;
      this.channels.delete(name);
      channel.subscription.then((end) => end()).catch(() => undefined);
    }
  }

  private hear(name: string, text: string): void {
    const announcement = decodeAnnouncement(text);
    const members = this.channels.get(name)?.members;
    if (announcement === null || members === undefined) return;
    const only = announcement.only === null ? null : new Set(announcement.only);
    const news = announcement.list.map(({ at, news: one }) => ({
      type: one.type,
      frame: notificationFrame(one, at),
    }));
    for (const { grant, recipient, wishes } of members) {
      if (only !== null && !only.has(grant.participantId ?? "")) continue;
      const types = wishes.get(name);
      for (const { type, frame } of news) if (types?.has(type) === true) recipient.send(frame);
    }
  }
}

interface Wanted {
  readonly keys: ReadonlyMap<string, RoomKey>;
  readonly wishes: ReadonlyMap<string, ReadonlySet<Notification["type"]>>;
}

/** The channels behind a list, by a name of each; or why the bearer of this token may not have it. */
function wishesFor(
  { app, scopes, participantId }: Grant,
  list: readonly Notification[],
): Wanted | { readonly refusal: Refusal } {
  if (scopes?.includes(SCOPE) !== true)
    return { refusal: refuse("scope_missing", { field: "token", details: { needs: SCOPE } }) };
  const keys = new Map<string, RoomKey>();
  const wishes = new Map<string, Set<Notification["type"]>>();
  for (const [index, asked] of list.entries()) {
    const key = channelFor(app, asked, participantId);
    if (key === null) {
      const details = { problem: "needs a token with an externalId" };
      return { refusal: refuse("invalid_parameter", { field: `notifications.${index}`, details }) };
    }
    const name = JSON.stringify([key.app, key.room]);
    keys.set(name, key);
    wishes.set(name, (wishes.get(name) ?? new Set()).add(asked.type));
  }
  return { keys, wishes };
}
