/** The command line: which command is meant, and help for those who ask. */
import { ADMISSIONS_HELP, runAdmissions } from "./admissions.js";
import { APPS_HELP, runApps } from "./apps.js";
import { INSPECT_HELP, runInspect } from "./inspect.js";
import { EXIT, type CliParts } from "./io.js";
import { JOIN_HELP, runJoin } from "./join.js";
import {
  LIFT_HELP,
  REVOCATIONS_HELP,
  REVOKE_HELP,
  runLift,
  runRevocations,
  runRevoke,
} from "./revocations.js";
import { runToken, TOKEN_HELP } from "./token.js";

const HELP = `Usage: admitone [command] [options]

  serve        run a node of the gateway; the default
  join         join a meeting at the terminal
  token        sign a token for development
  inspect      say what is in a token, and what the gateway would answer
  admissions   print who knocked and who came in, from a running gateway

Of a running gateway, with the admin's token in ADMITONE_ADMIN_TOKEN:

  apps         manage apps and their keys
  revoke       call tokens back: one, somebody's, a key's or all
  revocations  list what was called back
  lift         take a revocation back

admitone <command> --help says more. Settings of a node come from the
environment; the README lists them.

Exit codes: 0 done, 1 the answer was no, 2 used or configured wrongly,
3 the gateway cannot be reached.
`;

const SERVE_HELP = `Usage: admitone [serve]

Runs a node of the gateway until it is told to stop. It is set up by the
environment; the README lists the variables.
`;

/**
 * Runs one command line, without the program's own name. Answers the exit code; ends no process and reads no environment.
 * Rejects only where a part that was passed in does.
 */
export async function runCli(argv: readonly string[], parts: CliParts): Promise<number> {
  const [command, ...args] = argv;
  switch (command) {
    case "join":
      return runJoin(args, parts);
    case "token":
      return runToken(args, parts);
    case "inspect":
      return runInspect(args, parts);
    case "admissions":
      return runAdmissions(args, parts);
    case "apps":
      return runApps(args, parts);
    case "revoke":
      return runRevoke(args, parts);
    case "revocations":
      return runRevocations(args, parts);
    case "lift":
      return runLift(args, parts);
    case undefined:
      return parts.serve([]);
    case "serve":
      return args.some(isHelp) ? print(parts, SERVE_HELP) : parts.serve(args);
    case "help":
      return print(parts, helpOf(args[0]));
    case "--version":
      return print(parts, `${parts.version}\n`);
    default:
      if (isHelp(command)) return print(parts, HELP);
      if (command.startsWith("-")) return parts.serve(argv);
      parts.stderr.write(`There is no command '${command}'\nTry: admitone --help\n`);
      return EXIT.usage;
  }
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

function helpOf(command: string | undefined): string {
  switch (command) {
    case "join":
      return JOIN_HELP;
    case "token":
      return TOKEN_HELP;
    case "inspect":
      return INSPECT_HELP;
    case "admissions":
      return ADMISSIONS_HELP;
    case "apps":
      return APPS_HELP;
    case "revoke":
      return REVOKE_HELP;
    case "revocations":
      return REVOCATIONS_HELP;
    case "lift":
      return LIFT_HELP;
    case "serve":
      return SERVE_HELP;
    default:
      return HELP;
  }
}

function print({ stdout }: CliParts, text: string): number {
  stdout.write(text);
  return EXIT.done;
}
