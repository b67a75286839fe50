/** `admitone join`: a meeting at the terminal. */
import { MeetingClient } from "../client/meeting-client.js";
import { MEETING_PATH } from "../protocol/limits.js";
import { dial } from "../ws/dial.js";
import { EXIT, type CliParts } from "./io.js";
import { misused, readOptions } from "./options.js";
import { holdSession } from "./session.js";

const DEFAULT_URL = `ws://127.0.0.1:8080${MEETING_PATH}`;

/** Shown for `admitone join --help`. */
export const JOIN_HELP = `Usage: admitone join --token <token> [options]

Joins a meeting and stays in it: events come as lines, commands are typed one a
line (type help). Ctrl-C leaves. With a script on stdin it does what the lines
say, and leaves at the end.

  --token <token>       what lets you in
  --room <id>           needed where the token names no room
  --participant <id>    the id to go by, where the token names none
  --name <name>         what the others read
  --mic, --webcam       come in with it on
  --url <url>           where the gateway is; several are tried in turn;
                        default ${DEFAULT_URL}
  --help                this text

Exit codes: 0 left, or the meeting was ended for all; 1 not let in, or put out;
2 the command line cannot be used; 3 the gateway cannot be reached.
`;

const OPTIONS = {
  token: { type: "string" },
  room: { type: "string" },
  participant: { type: "string" },
  name: { type: "string" },
  mic: { type: "boolean", default: false },
  webcam: { type: "boolean", default: false },
  url: { type: "string", multiple: true },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Runs the command; answers the exit code once the meeting is over for this participant. */
export async function runJoin(args: readonly string[], parts: CliParts): Promise<number> {
  const read = readOptions(args, OPTIONS);
  if (!read.ok) return misused(parts, "join", read.problem);
  const { values, positionals } = read;
  if (values.help) {
    parts.stdout.write(JOIN_HELP);
    return EXIT.done;
  }
  if (positionals[0] !== undefined) return misused(parts, "join", `Unexpected argument '${positionals[0]}'`);
  const { token, room: roomId, participant: participantId, name, mic: micOn, webcam: webcamOn } = values;
  const urls = values.url ?? [DEFAULT_URL];
  if (token === undefined) return misused(parts, "join", "--token is needed");
  const wrong = urls.find((url) => !isMeetingUrl(url));
  if (wrong !== undefined)
    return misused(parts, "join", `--url takes ws:// or wss:// addresses, not '${wrong}'`);
  const client = new MeetingClient({
    urls,
    credentials: { token, roomId, participantId, name, micOn, webcamOn },
    openSocket: dial,
    ...parts.client,
    // A person would rather hear that nobody is there than wait; each address gets its chance.
    joinAttempts: Math.max(2, urls.length),
  });
  return holdSession(client, parts);
}

function isMeetingUrl(text: string): boolean {
  return URL.canParse(text) && ["ws:", "wss:"].includes(new URL(text).protocol);
}
