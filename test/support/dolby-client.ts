/** Dolby.io's own Node REST client, driven from a test: see `dolby-child.mjs`. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";
import type { RunningNode } from "../../src/server.js";

const outcomeSchema = z.object({ id: z.number(), ok: z.boolean(), value: z.unknown() });
const readySchema = z.tuple([z.object({ version: z.string() })], z.unknown());

/** What came of a call: its value, or what it was rejected with. The client rejects with texts. */
export interface Outcome {
  readonly ok: boolean;
  readonly value: unknown;
}

/** The client, and the process that it runs in. */
export class DolbyClient {
  private asked = 0;

  private constructor(
    private readonly child: ChildProcess,
    /** The client's own. */
    readonly version: string,
  ) {}

  /** Starts it, for a gateway on this port. Whoever starts it closes it. */
  static async start({ port }: Pick<RunningNode, "port">): Promise<DolbyClient> {
    const child = fork(new URL("dolby-child.mjs", import.meta.url), [String(port)], {
      // The client writes a line for each request.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    const [{ version }] = readySchema.parse(await once(child, "message"));
    return new DolbyClient(child, version);
  }

  /** Calls a function of the client by its name, such as `communications.conference.kick`. Rejects where the client died of it. */
  call(call: string, ...args: readonly unknown[]): Promise<Outcome> {
    this.asked += 1;
    const id = this.asked;
    return new Promise((resolve, reject) => {
      const hear = (message: unknown): void => {
        const outcome = outcomeSchema.parse(message);
        if (outcome.id !== id) return;
        this.child.off("message", hear);
        this.child.off("exit", die);
        resolve({ ok: outcome.ok, value: outcome.value });
      };
      const die = (): void => reject(new Error(`the client died of ${call}`));
      this.child.on("message", hear);
      this.child.once("exit", die);
      this.child.send({ id, call, args });
    });
  }

  /** The value of a call that succeeds. */
  async value(call: string, ...args: readonly unknown[]): Promise<unknown> {
    const { ok, value } = await this.call(call, ...args);
    if (!ok) throw new Error(`${call}: ${String(value)}`);
    return value;
  }

  /** The text that a call is rejected with. */
  async refusal(call: string, ...args: readonly unknown[]): Promise<string> {
    const { ok, value } = await this.call(call, ...args);
    if (ok) throw new Error(`${call} was not refused: ${JSON.stringify(value)}`);
    return String(value);
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.disconnect();
    await ended;
  }
}
