/** The server's side of the measuring: tells the bench its port, and what it has used whenever it is asked. */
import { writeFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import path from "node:path";

/** What a server process has used. */
export interface Usage {
  /** Processor time since its start, all threads, milliseconds. */
  readonly cpuMs: number;
  /** Live memory: V8's heap and what hangs on it outside, bytes. */
  readonly heapBytes: number;
  /** Memory that the system has given, bytes. */
  readonly rssBytes: number;
}

/** A message from a server to the bench. */
export type Report = { readonly port: number } | { readonly usage: Usage };

/** A question of the bench. */
export interface Question {
  /** Whether to collect garbage first. */
  readonly collect: boolean;
  /** Folder for a CPU profile from this question to the next one that names none. */
  readonly profile?: string;
}

/** Reports to the bench that started this process, and ends with it. */
export function reportTo(port: number): void {
  process.on("message", (question: Question) => void answer(question));
  process.on("disconnect", () => process.exit(0));
  send({ port });
}

async function answer({ collect, profile }: Question): Promise<void> {
  if (collect) globalThis.gc?.();
  const usage = usageNow();
  await record(profile ?? null);
  send({ usage });
}

function usageNow(): Usage {
  const { user, system } = process.cpuUsage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { cpuMs: (user + system) / 1_000, heapBytes: heapUsed + external, rssBytes: rss };
}

let recording: { readonly session: Session; readonly folder: string } | null = null;
let recorded = 0;

async function record(folder: string | null): Promise<void> {
  if (recording !== null) {
    const { profile } = await recording.session.post("Profiler.stop");
    recorded += 1;
    await writeFile(path.join(recording.folder, `${recorded}.cpuprofile`), JSON.stringify(profile));
    recording.session.disconnect();
    recording = null;
  }
  if (folder === null) return;
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  await session.post("Profiler.start");
  recording = { session, folder };
}

function send(report: Report): void {
  process.send?.(report);
}
