/** What the command line is given by `main.ts`: streams, time, and the parts of the house that it may use. No module here reads the environment. */
import { styleText } from "node:util";
import type { MeetingClientOptions } from "../client/meeting-client.js";
import type { AppKeys } from "../tokens/app.js";
import type { Credentials } from "../tokens/apps.js";
import type { Fetch } from "./api-client.js";

/** A stream that may be a terminal. */
interface MaybeTerminal {
  readonly isTTY?: boolean | undefined;
  /** Whether the terminal shows colours; terminals of Node say so. */
  readonly hasColors?: (() => boolean) | undefined;
}

/** Where text comes from and goes to. */
export interface CliIo {
  readonly stdin: NodeJS.ReadableStream & MaybeTerminal;
  readonly stdout: NodeJS.WritableStream & MaybeTerminal;
  readonly stderr: NodeJS.WritableStream & MaybeTerminal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** For times in the output; the machine's own where it is not given. */
  readonly timeZone?: string | undefined;
  /** Calls the listener when the person wants to stop (Ctrl-C); the answer undoes it. */
  readonly onInterrupt: (listener: () => void) => () => void;
}

/** Everything that the commands need. What only some commands need is a function, called by those alone. */
export interface CliParts extends CliIo {
  readonly version: string;
  /** Runs a node with the arguments that are left; answers the exit code. */
  readonly serve: (args: readonly string[]) => Promise<number>;
  /** The keys that tokens are checked with; null where none is set up. */
  readonly apps: () => AppKeys | null;
  /** What `token` signs with where no key is named; null where none is set up. */
  readonly defaultCredentials: () => Credentials | null;
  /** What the commands for the operator show to the gateway; null where none is set up. */
  readonly adminToken: () => string | null;
  /** For commands that ask the REST API: another way to it than the network's own. */
  readonly fetch?: Fetch | undefined;
  /** For `join`: lines, time and chance of another kind than the network's and the machine's own. */
  readonly client?: Pick<MeetingClientOptions, "openSocket" | "startTimer" | "random"> | undefined;
}

/** Exit codes of every command. */
export const EXIT = {
  /** Done as asked. */
  done: 0,
  /** The answer was no: the token would not be let in, the join was refused, or one was put out. */
  refused: 1,
  /** The command line could not be understood. */
  usage: 2,
  /** The gateway could not be reached. */
  unreachable: 3,
} as const;

/** Ways in which text can stand out. */
export type Tone = "plain" | "dim" | "bold" | "good" | "bad" | "ask";

/** Colours a text, or leaves it as it is. */
export type Paint = (tone: Tone, text: string) => string;

const FORMATS = { dim: "dim", bold: "bold", good: "green", bad: "red", ask: "yellow" } as const;

/** The paint for a stream: colours on a terminal, none elsewhere. */
export function paintFor(stream: MaybeTerminal): Paint {
  const colours = stream.isTTY === true && (stream.hasColors?.() ?? true);
  return (tone, text) =>
    colours && tone !== "plain" ? styleText(FORMATS[tone], text, { validateStream: false }) : text;
}
