#!/usr/bin/env node
/** The command line of this process: settings, signals, exit codes. The work is behind `server.ts` and `cli/`. */
import { randomBytes } from "node:crypto";
import { runCli } from "./cli/cli.js";
import { developmentAdminToken, greeting } from "./cli/greeting.js";
import { EXIT } from "./cli/io.js";
import { readProcessConfig } from "./config.js";
import { startNode, VERSION, type RunningNode } from "./server.js";
import { credentialsOf } from "./tokens/apps.js";
import { createAppKeys } from "./tokens/key-ring.js";

async function serve(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    process.stderr.write(
      `serve takes no arguments; settings come from the environment\nTry: admitone --help\n`,
    );
    return EXIT.usage;
  }
  const read = readProcessConfig();
  if (!read.ok) {
    process.stderr.write(
      `Admit One cannot start:\n${read.problems.map((problem) => `  - ${problem}\n`).join("")}`,
    );
    return EXIT.usage;
  }
  const { config } = read;
  const adminToken = developmentAdminToken(config, randomBytes);
  let node: RunningNode;
  try {
    node = await startNode(adminToken === null ? config : { ...config, adminToken });
  } catch (error) {
    process.stderr.write(
      `Admit One cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return EXIT.refused;
  }
  process.stdout.write(await greeting(node, config, adminToken));
  await untilSignal(node);
  return EXIT.done;
}

/** The first signal drains, a second one ends at once. */
function untilSignal(node: RunningNode): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = 0;
    const leave = (): void => {
      asked += 1;
      if (asked > 1) process.exit(EXIT.refused);
      node.close().then(resolve, reject);
    };
    process.on("SIGTERM", leave);
    process.on("SIGINT", leave);
  });
}

/** The apps that the gateway would be set up with here; none where the settings are wrong. */
function apps() {
  const read = readProcessConfig();
  return read.ok ? read.config.apps : [];
}

process.exitCode = await runCli(process.argv.slice(2), {
  version: VERSION,
  serve,
  apps: () => (apps().length === 0 ? null : createAppKeys(apps())),
  defaultCredentials: () => credentialsOf(apps()[0]),
  adminToken: () => {
    const read = readProcessConfig();
    return read.ok ? read.config.adminToken : null;
  },
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: Date.now,
  onInterrupt: (listener) => {
    process.on("SIGINT", listener);
    return () => process.off("SIGINT", listener);
  },
});
