/** The built command line as a child process, as people run it. */
import { afterEach } from "@jest/globals";
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { eventually } from "./eventually.js";

/** A running `node dist/main.js …`. */
export class Command {
  stdout = "";
  stderr = "";
  /** The exit code once it has ended; a signal counts as -1. */
  code: number | null = null;
  private readonly child: ChildProcessWithoutNullStreams;

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !name.startsWith("ADMITONE_") && name !== "REDIS_URL",
    );
    this.child = spawn(process.execPath, ["dist/main.js", ...args], {
      env: { ...Object.fromEntries(inherited), NODE_OPTIONS: "", ...environment },
    });
    this.child.stdout.on("data", (data: Buffer) => (this.stdout += data.toString("utf8")));
    this.child.stderr.on("data", (data: Buffer) => (this.stderr += data.toString("utf8")));
    this.child.on("close", (code) => (this.code = code ?? -1));
  }

  /** Types a line. */
  type(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** Ends what is typed. */
  endInput(): void {
    this.child.stdin.end();
  }

  /** Resolves with what a pattern found in the output, now or later. */
  shows(pattern: RegExp): Promise<RegExpExecArray> {
    return eventually(
      () => {
        const found = pattern.exec(this.stdout);
        if (found === null)
          throw new Error(
            `${String(pattern)} was not shown\n${this.stdout}\n${this.stderr}\ncode ${String(this.code)}`,
          );
        return found;
      },
      { deadlineMs: 20_000 },
    );
  }

  /** Sends a signal. */
  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Resolves with the exit code. */
  ended(): Promise<number> {
    return eventually(
      () => {
        if (this.code === null) throw new Error(`still runs\n${this.stdout}\n${this.stderr}`);
        return this.code;
      },
      { deadlineMs: 20_000 },
    );
  }
}

/** Starts commands for the tests of a file, and ends after each test what is left of them. */
export function useCommands(): (
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
) => Command {
  const running: Command[] = [];
  afterEach(async () => {
    for (const command of running.splice(0)) {
      if (command.code === null) command.signal("SIGKILL");
      await command.ended();
    }
  });
  return (args, environment = {}) => {
    const command = new Command(args, environment);
    running.push(command);
    return command;
  };
}

/** Settings of a node that takes any port and does not wait long for those who are to go. */
export const AT_ANY_PORT = { ADMITONE_PORT: "0", ADMITONE_DRAIN_TIMEOUT_MS: "500" } as const;
