#!/usr/bin/env node
/** The command line: settings, signals, exit codes. The work is behind `server.ts` and `cli/`. */
import { readProcessConfig } from "./config.js";
import { greeting } from "./cli/greeting.js";
import { startNode, type RunningNode } from "./server.js";

/** Exit codes: 0 done, 1 failed, 2 used wrongly or configured wrongly. */
const FAILED = 1;
const MISUSED = 2;

async function serve(): Promise<number> {
  const read = readProcessConfig();
  if (!read.ok) {
    process.stderr.write(
      `Admit One cannot start:\n${read.problems.map((problem) => `  - ${problem}\n`).join("")}`,
    );
    return MISUSED;
  }
  let node: RunningNode;
  try {
    node = await startNode(read.config);
  } catch (error) {
    process.stderr.write(
      `Admit One cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return FAILED;
  }
  process.stdout.write(await greeting(node, read.config));
  await untilSignal(node);
  return 0;
}

/** The first signal drains, a second one ends at once. */
function untilSignal(node: RunningNode): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = 0;
    const leave = (): void => {
      asked += 1;
      if (asked > 1) process.exit(FAILED);
      node.close().then(resolve, reject);
    };
    process.on("SIGTERM", leave);
    process.on("SIGINT", leave);
  });
}

process.exitCode = await serve();
