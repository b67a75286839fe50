/** `admitone token`: a token as a customer's back end would sign it, for development. The token goes to stdout, everything else to stderr. */
import { text as readAll } from "node:stream/consumers";
import type { Permission, Role } from "../room/grant.js";
import { MIN_SECRET_BYTES, type Credentials } from "../tokens/apps.js";
import { PERMISSIONS, ROLES, wayIn } from "../tokens/claims.js";
import { mintToken } from "../tokens/mint.js";
import { EXIT, paintFor, type CliParts } from "./io.js";
import { misused, readOptions } from "./options.js";
import { columns, listed, secondsOf } from "./text.js";

/** Shown for `admitone token --help`. */
export const TOKEN_HELP = `Usage: admitone token --permissions <list> [options]

Signs a token for development and prints it, and nothing else, to stdout.

  --permissions <list>  allow_join, ask_join, allow_mod; separated by commas
  --room <id>           good for this room only
  --participant <id>    good for this participant only
  --role <list>         rtc (meetings), crawler (REST API); both where not given
  --expires-in <time>   such as 90s, 45m, 2h or 7d; default 2h
  --api-key <key>       sign with this key; its secret comes with --secret-stdin
  --secret-stdin        read the secret from stdin; secrets are never arguments
  --help                this text

Without --api-key it signs with the key that the gateway itself is set up with
(ADMITONE_API_KEY and ADMITONE_API_SECRET).

Exit codes: 0 signed, 2 the command line or the secret cannot be used.
`;

const OPTIONS = {
  permissions: { type: "string" },
  room: { type: "string" },
  participant: { type: "string" },
  role: { type: "string" },
  "expires-in": { type: "string", default: "2h" },
  "api-key": { type: "string" },
  "secret-stdin": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** Runs the command; answers the exit code. */
export async function runToken(args: readonly string[], parts: CliParts): Promise<number> {
  if (args.some((arg) => /^--(api-)?secret(=|$)/.test(arg)))
    return misused(
      parts,
      "token",
      "A secret is never an argument: others can read those. Use --secret-stdin",
    );
  const read = readOptions(args, OPTIONS);
  if (!read.ok) return misused(parts, "token", read.problem);
  const { values, positionals } = read;
  if (values.help) {
    parts.stdout.write(TOKEN_HELP);
    return EXIT.done;
  }
  if (positionals[0] !== undefined) return misused(parts, "token", `Unexpected argument '${positionals[0]}'`);
  if (values.permissions === undefined) return misused(parts, "token", "--permissions is needed");
  const permissions = namesIn(values.permissions, PERMISSIONS);
  if (typeof permissions === "string") return misused(parts, "token", `--permissions: ${permissions}`);
  const roles = values.role === undefined ? undefined : namesIn(values.role, ROLES);
  if (typeof roles === "string") return misused(parts, "token", `--role: ${roles}`);
  const ttlSeconds = secondsOf(values["expires-in"]);
  if (ttlSeconds === null)
    return misused(parts, "token", "--expires-in takes a time such as 90s, 45m, 2h or 7d");
  const credentials = await credentialsFor(values["api-key"], values["secret-stdin"], parts);
  if (typeof credentials === "string") return misused(parts, "token", credentials);

  const { room: roomId, participant: participantId } = values;
  const wish = { permissions, roles, roomId, participantId, ttlSeconds };
  const token = mintToken({ ...credentials, ...wish, now: parts.now });
  explain(parts, credentials.apiKey, wish);
  parts.stdout.write(`${token}\n`);
  return EXIT.done;
}

/** The names in a list, or what is wrong with it. */
function namesIn<Name extends string>(list: string, known: readonly Name[]): readonly Name[] | string {
  const found: Name[] = [];
  for (const word of list.split(",").map((one) => one.trim())) {
    const name = known.find((one) => one === word);
    if (name === undefined) return `'${word}' is none of ${listed(known)}`;
    if (!found.includes(name)) found.push(name);
  }
  return found;
}

/** The key to sign with, or what is wrong. The secret is nowhere in the text. */
async function credentialsFor(
  apiKey: string | undefined,
  fromStdin: boolean,
  { stdin, defaultCredentials }: CliParts,
): Promise<Credentials | string> {
  if (fromStdin) {
    const key = apiKey ?? defaultCredentials()?.apiKey;
    if (key === undefined) return "--secret-stdin needs --api-key";
    const secret = (await readAll(stdin)).replace(/\r?\n$/, "");
    if (Buffer.byteLength(secret) < MIN_SECRET_BYTES)
      return `The secret must be at least ${MIN_SECRET_BYTES} bytes`;
    return { apiKey: key, secret };
  }
  const own = defaultCredentials();
  if (apiKey !== undefined && apiKey !== own?.apiKey)
    return "The secret of --api-key is needed: add --secret-stdin";
  return own ?? "There is no key to sign with: set one up, or use --api-key and --secret-stdin";
}

interface Wish {
  readonly permissions: readonly Permission[];
  readonly roles: readonly Role[] | undefined;
  readonly roomId: string | undefined;
  readonly participantId: string | undefined;
  readonly ttlSeconds: number;
}

function explain({ stderr, now }: CliParts, apiKey: string, wish: Wish): void {
  const { permissions, roles, roomId, participantId, ttlSeconds } = wish;
  const paint = paintFor(stderr);
  const until = new Date((Math.floor(now() / 1000) + ttlSeconds) * 1000).toISOString();
  stderr.write(
    columns([
      ["key", apiKey],
      ["permissions", permissions.join(", ")],
      ["room", roomId ?? "any"],
      ["participant", participantId ?? "anybody"],
      ["doors", (roles ?? ROLES).join(", ")],
      ["until", until],
    ]),
  );
  if (ttlSeconds <= 0) stderr.write(paint("bad", "This token has expired already.\n"));
  if (roles !== undefined && !roles.includes("rtc")) return;
  if (wayIn(permissions) !== "none") return;
  const why = permissions.includes("ask_join")
    ? "ask_join stands alone"
    : "allow_mod moderates, but does not enter";
  stderr.write(paint("bad", `No meeting lets this token in: ${why}.\n`));
}
