import { createClient, ErrorReply } from "redis";
import { LogFault } from "../port.js";
import type { Resolver } from "./resolver.js";
import { Late, within } from "./time-limit.js";

/** A client of the library, with the one shape that we use. */
export type Client = ReturnType<typeof createLinkClient>;

/** What a connection needs. */
export interface LinkOptions {
  /** Says where to connect, before each attempt. */
  readonly resolver: Resolver;
  /** How long a command, and each attempt to connect, may take, in ms. */
  readonly commandTimeoutMs: number;
  /** Hears the first error of an outage, and every one that says something else. */
  readonly onError: (error: Error) => void;
  /** Called after each regained connection, not after the first. */
  readonly onRegained: () => void;
  /** Prepares a new connection before it counts as ready. */
  readonly prepare?: (client: Client) => Promise<void>;
}

/** The longest pause between attempts to reconnect, in ms; nodes that lost data wait longer than this (`log.md` rule 18). */
const RECONNECT_CAP_MS = 250;
const FIRST_RECONNECT_MS = 10;

/** Commands under way at once. More than that means that Redis no longer keeps up, and waiting would only hide it. */
const MAX_COMMANDS = 20_000;

/**
 * One connection to Redis that fails at once while it is away. The library's own reconnection is off: its command time-out
 * ends when a command is written, so that a server that hangs would hold its callers for ever, and it cannot be told to drop
 * a line that has gone silent. Here a client that breaks or does not answer in time is thrown away and replaced.
 */
export class Link {
  #client: Client | undefined;
  /** Where the client leads, or led. */
  #address = "";
  /** The client of the last attempt to connect. */
  #attempt: Client | undefined;
  #closed = false;
  #lastError = "";
  readonly #watchdog: NodeJS.Timeout;

  private constructor(private readonly options: LinkOptions) {
    this.#watchdog = setInterval(() => void this.#watch(), options.commandTimeoutMs).unref();
  }

  /** Connects. Rejects with a `LogFault` if the first attempt fails; later ones are repeated until `close`. */
  static async open(options: LinkOptions): Promise<Link> {
    const link = new Link(options);
    try {
      await link.#connect();
      return link;
    } catch (error) {
      link.close();
      throw new LogFault("Redis cannot be reached", { cause: error });
    }
  }

  /** Throws a `LogFault` unless the connection stands. */
  assertReady(): Client {
    if (this.#closed) throw new LogFault("the store is closed");
    if (this.#client === undefined) throw new LogFault("Redis is away");
    return this.#client;
  }

  /**
   * Does some work over the connection, at most for as long as a command may take. Rejects with a `LogFault`, at once while
   * the connection is away; what the server calls an error of ours is passed on as it is.
   */
  async run<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = this.assertReady();
    try {
      return await within(this.options.commandTimeoutMs, work(client));
    } catch (error) {
      if (error instanceof Late) this.#drop(client, error);
      if (error instanceof ErrorReply) {
        // The master that we knew has become a replica: only a new look finds the other one.
        if (error.message.startsWith("READONLY")) this.#drop(client, error);
        if (/^(ERR|WRONGTYPE|CROSSSLOT) /.test(error.message)) throw error;
      }
      if (this.#closed) throw new LogFault("the store is closed", { cause: error });
      const what = error instanceof ErrorReply ? "Redis cannot do it now" : "Redis did not answer";
      throw new LogFault(what, { cause: error });
    }
  }

  /** Where the connection leads, or led before it was lost. A secret: it may hold a password. */
  get address(): string {
    return this.#address;
  }

  /** Drops a connection that leads elsewhere, so that it is made anew. */
  follow(address: string): void {
    if (this.#client !== undefined && this.#address !== address) {
      this.#drop(this.#client, new Error("the master has moved"));
    }
  }

  /** Whether the server answers within a time in ms. Never rejects, and drops nothing. */
  async answers(limitMs: number): Promise<boolean> {
    try {
      await within(limitMs, this.assertReady().sendCommand(["PING"]));
      return true;
    } catch {
      return false;
    }
  }

  /** Ends the connection at once; what is under way is rejected. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#watchdog);
    this.#client?.destroy();
    this.#attempt?.destroy();
    this.#client = undefined;
  }

  /** Finds out what no command would tell: a line that died without a word, and a master that was replaced but serves on. */
  async #watch(): Promise<void> {
    const { resolver, commandTimeoutMs } = this.options;
    try {
      await this.run((client) => client.sendCommand(["PING"]));
      if (resolver.moves) this.follow(await within(commandTimeoutMs, resolver.resolve()));
    } catch {
      // Away: whoever saw it first is at it. No sentinel answers: what stands, stands.
    }
  }

  async #connect(): Promise<void> {
    const { resolver, commandTimeoutMs, prepare } = this.options;
    const address = await within(commandTimeoutMs, resolver.resolve());
    const client = createLinkClient(address, commandTimeoutMs);
    client.on("error", (error: unknown) => this.#drop(client, error));
    this.#attempt = client;
    try {
      // The library limits the TCP handshake only; a server that hangs accepts connections and then says nothing.
      await within(commandTimeoutMs, client.connect());
      await within(
        commandTimeoutMs,
        resolver.verify((command) => client.sendCommand(command)),
      );
      await prepare?.(client);
      // Not an error event yet, but no connection either.
      if (this.#closed || !client.isReady) throw new Error("the connection ended while it was made");
    } catch (error) {
      client.destroy();
      throw error;
    }
    this.#client = client;
    this.#address = address;
    this.#lastError = "";
  }

  #drop(client: Client, cause: unknown): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#report(cause);
    client.destroy();
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (let delay = FIRST_RECONNECT_MS; ; delay = Math.min(RECONNECT_CAP_MS, delay * 2)) {
      await new Promise((resolve) => setTimeout(resolve, delay));
      if (this.#closed) return;
      try {
        await this.#connect();
        break;
      } catch (error) {
        this.#report(error);
      }
    }
    this.options.onRegained();
  }

  #report(cause: unknown): void {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    if (this.#closed || error.message === this.#lastError) return;
    this.#lastError = error.message;
    this.options.onError(error);
  }
}

function createLinkClient(url: string, connectTimeout: number) {
  return createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_COMMANDS,
    // Ours is in `Link.run`; the library's would cost an AbortSignal per command and end at the write.
    commandOptions: { timeout: 0 },
    // A feature of another product; without this every connection begins with a question that Redis answers with an error.
    maintNotifications: "disabled",
    socket: { connectTimeout, reconnectStrategy: false },
  });
}
