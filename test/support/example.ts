/** An example of the documentation as a process of its own, as a reader runs it. */
import { spawn, type ChildProcess } from "node:child_process";
import { eventually } from "./eventually.js";

const root = new URL("../../", import.meta.url).pathname;

/** A running example. Whoever starts it stops it. */
export class Example {
  output = "";
  private code: number | null = null;
  private readonly child: ChildProcess;

  /** @param file below `docs/examples`; the environment has nothing of this process but where programs are */
  constructor(file: string, environment: Readonly<Record<string, string>>) {
    const { PATH = "" } = process.env;
    this.child = spawn(process.execPath, [`docs/examples/${file}`], {
      cwd: root,
      env: { PATH, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on("data", (data: Buffer) => (this.output += data.toString("utf8")));
    this.child.on("close", (code) => (this.code = code ?? -1));
  }

  /** What a pattern found in its output, now or later. */
  shows(pattern: RegExp): Promise<RegExpExecArray> {
    return eventually(
      () => {
        const found = pattern.exec(this.output);
        if (found === null) throw new Error(`${String(pattern)} was not shown:\n${this.output}`);
        return found;
      },
      { deadlineMs: 20_000 },
    );
  }

  /** Where it says that it serves: the origin of the first address that it prints. */
  async address(): Promise<string> {
    const [, address = ""] = await this.shows(/(http:\/\/127\.0\.0\.1:\d+)\//);
    return address;
  }

  /** Asks it to end, as a terminal does; resolves with its exit code. A signal counts as -1. */
  async stop(): Promise<number> {
    this.child.kill("SIGTERM");
    return eventually(() => {
      if (this.code === null) throw new Error(`it still runs:\n${this.output}`);
      return this.code;
    });
  }
}
