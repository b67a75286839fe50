/** Reading a command line: `parseArgs` of Node, with its complaints as values. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { EXIT, type CliIo } from "./io.js";

type OptionsConfig = NonNullable<ParseArgsConfig["options"]>;
/** What was read, or what is wrong. */
type Read<O extends OptionsConfig> =
  | {
      readonly ok: true;
      readonly values: ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>["values"];
      readonly positionals: readonly string[];
    }
  | { readonly ok: false; readonly problem: string };

/** Reads options and what stands beside them; unknown ones are a problem. */
export function readOptions<const O extends OptionsConfig>(args: readonly string[], options: O): Read<O> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { ok: true, values, positionals };
  } catch (error) {
    if (!isArgsError(error)) throw error;
    // The first sentence says what is wrong; the rest is about escaping.
    return { ok: false, problem: error.message.split(/[.\n]/)[0] ?? error.message };
  }
}

/** Says what is wrong with a command line and where help is; answers the exit code. */
export function misused(io: Pick<CliIo, "stderr">, command: string, problem: string): number {
  io.stderr.write(`${problem}\nTry: admitone ${command} --help\n`);
  return EXIT.usage;
}

/** By its members, not by its class: an error of Node's own is of another realm where tests run. */
function isArgsError(error: unknown): error is { readonly code: string; readonly message: string } {
  if (typeof error !== "object" || error === null || !("code" in error) || !("message" in error))
    return false;
  const { code, message } = error;
  return typeof code === "string" && code.startsWith("ERR_PARSE_ARGS_") && typeof message === "string";
}
