import { createClient } from "redis";
import { listOf, textOf } from "./replies.js";
import { within } from "./time-limit.js";

/** Where the master is. Asked before every attempt to connect, for it may have moved. */
export interface Resolver {
  /** Whether the address may change while a connection stands. */
  readonly moves: boolean;
  /** The address as a URL that the client understands. */
  resolve(): Promise<string>;
  /** Rejects if a connection that has just been made does not lead to a master. `send` asks its server. */
  verify(send: (command: readonly string[]) => Promise<unknown>): Promise<void>;
}

const SENTINEL_URL = /^(rediss?)\+sentinel:\/\/(?:([^@/]+@))?([^@/]+)\/([^/?#]+)(\/\d+)?$/;

/**
 * Reads the address of a store: `redis://` and `rediss://` name a server, `redis+sentinel://[user:password@]host:port,…/master[/db]`
 * (or `rediss+sentinel`) the sentinels that know it; user and password are the server's, sentinels are asked without any.
 * Throws a `RangeError` for anything else, without repeating it: it may hold a password. `limitMs` is for asking sentinels.
 */
export function resolverFor(url: string, limitMs: number): Resolver {
  if (/^rediss?:\/\//.test(url)) {
    return { moves: false, resolve: () => Promise.resolve(url), verify: () => Promise.resolve() };
  }
  const [, scheme, login = "", hosts, master, database = ""] = SENTINEL_URL.exec(url) ?? [];
  if (scheme === undefined || hosts === undefined || master === undefined) {
    throw new RangeError(
      "the address of Redis must begin with redis://, rediss:// or redis+sentinel://, and name a master after that",
    );
  }
  return {
    moves: true,
    async resolve() {
      // All at once: a sentinel that is gone must not use up the time of the others.
      const answers = hosts.split(",").map((host) => askSentinel(`${scheme}://${host}`, master, limitMs));
      const address = await Promise.any(answers);
      return `${scheme}://${login}${address}${database}`;
    },
    async verify(send) {
      // A sentinel that was cut off names the master of yesterday.
      const [role] = listOf(await send(["ROLE"]));
      if (role !== "master") throw new Error(`the sentinels name a server that is a ${textOf(role)}`);
    },
  };
}

async function askSentinel(url: string, master: string, limitMs: number): Promise<string> {
  const client = createClient({ url, socket: { connectTimeout: limitMs, reconnectStrategy: false } });
  client.on("error", () => undefined);
  try {
    await within(limitMs, client.connect());
    const question = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", master];
    const answer: unknown = await within(limitMs, client.sendCommand(question));
    if (answer === null) throw new Error(`the sentinel knows no master ${master}`);
    const [host, port] = listOf(answer).map(textOf);
    if (host === undefined || port === undefined) throw new Error("the sentinel's answer is no address");
    return `${host.includes(":") ? `[${host}]` : host}:${port}`;
  } finally {
    client.destroy();
  }
}
