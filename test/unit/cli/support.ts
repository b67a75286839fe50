/** A desk with a keyboard and two sheets of paper: what a command reads and writes. */
import { PassThrough, Writable } from "node:stream";
import { runCli } from "../../../src/cli/cli.js";
import type { CliParts } from "../../../src/cli/io.js";
import type { Fetch } from "../../../src/cli/api-client.js";
import type { AppKeys } from "../../../src/tokens/app.js";
import type { Credentials } from "../../../src/tokens/apps.js";
import { HandClock, HandSocket, turn } from "../client/support.js";

/** Saturday, 21 November 2026, 12:00:00 UTC. */
export const NOON = Date.UTC(2026, 10, 21, 12);

class Paper extends Writable {
  text = "";
  isTTY: boolean | undefined;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}

/** Runs commands, and keeps what they wrote. */
export class Desk {
  readonly keyboard = new PassThrough();
  readonly out = new Paper();
  readonly err = new Paper();
  readonly sockets: HandSocket[] = [];
  readonly served: (readonly string[])[] = [];
  readonly parts: CliParts;
  private interrupt: () => void = () => undefined;

  constructor(given: { apps?: AppKeys; credentials?: Credentials; adminToken?: string; fetch?: Fetch } = {}) {
    this.parts = {
      stdin: this.keyboard,
      stdout: this.out,
      stderr: this.err,
      now: () => NOON,
      timeZone: "UTC",
      version: "1.2.3",
      apps: () => given.apps ?? null,
      defaultCredentials: () => given.credentials ?? null,
      adminToken: () => given.adminToken ?? null,
      fetch: given.fetch,
      serve: (args) => {
        this.served.push(args);
        return Promise.resolve(0);
      },
      client: {
        openSocket: (url, protocols) => {
          const socket = new HandSocket(url, protocols);
          this.sockets.push(socket);
          return socket;
        },
        startTimer: new HandClock().startTimer,
        random: () => 0.5,
      },
      onInterrupt: (listener) => {
        this.interrupt = listener;
        return () => (this.interrupt = () => undefined);
      },
    };
  }

  /** Runs a command to its end, with everything that it is to read. */
  async run(argv: readonly string[], input = ""): Promise<{ exit: number; out: string; err: string }> {
    this.keyboard.end(input);
    const exit = await runCli(argv, this.parts);
    return { exit, out: this.out.text, err: this.err.text };
  }

  /** Starts a command that goes on. */
  start(argv: readonly string[]): Promise<number> {
    return runCli(argv, this.parts);
  }

  /** Types a line, and waits until it was read. */
  async type(line: string): Promise<void> {
    this.keyboard.write(`${line}\n`);
    await turn();
    await turn();
  }

  /** Presses Ctrl-C. */
  stop(): void {
    this.interrupt();
  }

  /** The latest socket. */
  get socket(): HandSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("No socket was opened");
    return socket;
  }

  /** What was written to stdout since the last call. */
  read(): string {
    const { text } = this.out;
    this.out.text = "";
    return text;
  }
}
