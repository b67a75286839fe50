import { hash } from "node:crypto";
import { ErrorReply } from "redis";
import appendSource from "./append.lua";
import beatSource from "./beat.lua";
import forgetSource from "./forget.lua";
import loadSource from "./load.lua";
import readSource from "./read.lua";
import renameSource from "./rename.lua";
import serveSource from "./serve.lua";
import snapshotSource from "./snapshot.lua";
import touchSource from "./touch.lua";
import writeSource from "./write.lua";
import type { Link } from "./link.js";

/** A Lua script and the name under which the server caches it. */
export interface Script {
  readonly source: string;
  readonly sha1: string;
}

/** All scripts; each file's header names its keys, arguments and replies. */
export const scripts = {
  append: scriptOf(appendSource),
  beat: scriptOf(beatSource),
  forget: scriptOf(forgetSource),
  load: scriptOf(loadSource),
  read: scriptOf(readSource),
  rename: scriptOf(renameSource),
  serve: scriptOf(serveSource),
  snapshot: scriptOf(snapshotSource),
  touch: scriptOf(touchSource),
  write: scriptOf(writeSource),
} as const;

/** Runs a script by name, and by its text where the server does not know it: after a restart, or SCRIPT FLUSH. */
export function runScript(
  link: Link,
  script: Script,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  const rest = [String(keys.length), ...keys, ...args];
  return link.run(async (client): Promise<unknown> => {
    try {
      return await client.sendCommand(["EVALSHA", script.sha1, ...rest]);
    } catch (error) {
      if (!(error instanceof ErrorReply && error.message.startsWith("NOSCRIPT"))) throw error;
      return await client.sendCommand(["EVAL", script.source, ...rest]);
    }
  });
}

function scriptOf(source: string): Script {
  return { source, sha1: hash("sha1", source, "hex") };
}
