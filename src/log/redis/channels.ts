import type { RoomListener } from "../port.js";
import type { Client, Link } from "./link.js";
import { decodeMessage } from "./publications.js";
import { within } from "./time-limit.js";

interface Channel {
  readonly listeners: Set<Registration>;
  /** What the server has been told, and has answered. */
  subscribed: boolean;
  /** The telling under way. One at a time: a SUBSCRIBE that overtakes an UNSUBSCRIBE of the same channel ends up silent. */
  telling: Promise<void> | undefined;
}

/** Tells two subscriptions of the same listener apart. */
interface Registration {
  readonly listener: RoomListener;
}

/** How many channels are asked for in one command after a reconnection. */
const RESUBSCRIBE_BATCH = 200;

/** Subscriptions over one connection: one per channel on the wire, any number of listeners behind it. */
export class Channels {
  readonly #channels = new Map<string, Channel>();
  #link: Link | undefined;

  /** `onError` hears of messages that cannot be read and of listeners that throw; `limitMs` is for one command. */
  constructor(
    private readonly limitMs: number,
    private readonly onError: (error: Error) => void,
  ) {}

  /** Gives the connection, which must call `restore` before it counts as ready and `settle` after that. */
  attach(link: Link): void {
    this.#link = link;
  }

  /** Adds a listener; resolves once it will be heard. Rejects with a `LogFault`, and then nothing is heard. */
  async subscribe(name: string, listener: RoomListener): Promise<() => Promise<void>> {
    const channel = this.#channels.get(name) ?? {
      listeners: new Set(),
      subscribed: false,
      telling: undefined,
    };
    this.#channels.set(name, channel);
    const registration: Registration = { listener };
    channel.listeners.add(registration);
    const end = async (): Promise<void> => {
      channel.listeners.delete(registration);
      // Nobody hears it any more, whatever becomes of this; a lost connection is settled when it comes back.
      await this.#tell(name, channel).catch(() => undefined);
    };
    try {
      this.#connection().assertReady();
      await this.#tell(name, channel);
      return end;
    } catch (error) {
      await end();
      throw error;
    }
  }

  /** Asks a new connection for everything that somebody listens to. */
  async restore(client: Client): Promise<void> {
    // Before it is true: whoever ends a subscription meanwhile then leaves something to `settle`.
    for (const channel of this.#channels.values()) channel.subscribed = channel.listeners.size > 0;
    const wanted = [...this.#channels].filter(([, { subscribed }]) => subscribed);
    for (let at = 0; at < wanted.length; at += RESUBSCRIBE_BATCH) {
      const batch = wanted.slice(at, at + RESUBSCRIBE_BATCH);
      const names = batch.map(([name]) => name);
      await within(this.limitMs, client.sSubscribe(names, this.#hear));
    }
  }

  /** Catches up with what was ended while the connection was away. */
  settle(): void {
    for (const [name, channel] of this.#channels) this.#tell(name, channel).catch(() => undefined);
  }

  #connection(): Link {
    if (this.#link === undefined) throw new Error("channels without a connection");
    return this.#link;
  }

  #tell(name: string, channel: Channel): Promise<void> {
    if (channel.telling !== undefined) return channel.telling;
    if (channel.listeners.size > 0 !== channel.subscribed) {
      channel.telling = this.#tellUntilSettled(name, channel);
      return channel.telling;
    }
    if (!channel.subscribed && this.#channels.get(name) === channel) this.#channels.delete(name);
    return Promise.resolve();
  }

  async #tellUntilSettled(name: string, channel: Channel): Promise<void> {
    try {
      for (;;) {
        const wanted = channel.listeners.size > 0;
        if (wanted === channel.subscribed) break;
        await this.#connection().run((client) =>
          wanted ? client.sSubscribe(name, this.#hear) : client.sUnsubscribe(name, this.#hear),
        );
        channel.subscribed = wanted;
      }
    } finally {
      // Here and not in a `then`: between the last look and the end nobody may come with a new wish.
      channel.telling = undefined;
    }
    await this.#tell(name, channel);
  }

  /** Runs inside the client's parser, which loses its place in the stream if anything is thrown through it. */
  readonly #hear = (message: string, name: string): void => {
    const channel = this.#channels.get(name);
    if (channel === undefined) return;
    try {
      const tell = decodeMessage(message);
      for (const registration of [...channel.listeners]) {
        if (!channel.listeners.has(registration)) continue;
        try {
          tell(registration.listener);
        } catch (error) {
          this.onError(new Error("a listener of a room threw", { cause: error }));
        }
      }
    } catch (error) {
      this.onError(new Error("a message on a room's channel cannot be read", { cause: error }));
    }
  };
}
