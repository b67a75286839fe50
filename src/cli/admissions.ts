/** `admitone admissions`: who knocked and who came in, by which token and whose decision, from a running gateway. */
import { mintToken } from "../tokens/mint.js";
import { entriesText, pageAnswer } from "./admissions-text.js";
import { createApiClient, DEFAULT_API_URL, isGatewayUrl, type ApiClient } from "./api-client.js";
import { tellFailure } from "./api-failure.js";
import { EXIT, type CliParts } from "./io.js";
import { misused, readOptions } from "./options.js";
import { listed } from "./text.js";

/** Shown for `admitone admissions --help`. */
export const ADMISSIONS_HELP = `Usage: admitone admissions <room> [options]

Prints the admission record of a room, oldest first: who knocked, who came in
and went, with which token, by whose decision or which rule, and when. A room
that does not exist any more is named by its room id.

  --format <format>     text (default), jsonl or csv; the last two say all
  --from <time>         from then on; an ISO 8601 time or date
  --to <time>           until then; a date includes its whole day. Times without
                        a zone are UTC
  --url <url>           where the gateway is;
                        default ${DEFAULT_API_URL}
  --token <token>       what opens its REST API
  --help                this text

Without --token it signs one with the key that the gateway itself is set up
with (ADMITONE_API_KEY and ADMITONE_API_SECRET).

Exit codes: 0 done, 1 the gateway says no, 2 the command line cannot be used,
3 the gateway cannot be reached, or broke off.
`;

const OPTIONS = {
  format: { type: "string", default: "text" },
  from: { type: "string" },
  to: { type: "string" },
  url: { type: "string", default: DEFAULT_API_URL },
  token: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

const FORMATS = ["text", "jsonl", "csv"] as const;
const PAGE = "500";
/** Life of a token that is made for one command. */
const TOKEN_SECONDS = 60;

type Times = Readonly<Record<"from" | "to", string | undefined>>;

/** Runs the command; answers the exit code. */
export async function runAdmissions(args: readonly string[], parts: CliParts): Promise<number> {
  const wrong = (problem: string): number => misused(parts, "admissions", problem);
  const read = readOptions(args, OPTIONS);
  if (!read.ok) return wrong(read.problem);
  const { values, positionals } = read;
  if (values.help) {
    parts.stdout.write(ADMISSIONS_HELP);
    return EXIT.done;
  }
  const [room, surplus] = positionals;
  if (room === undefined) return wrong("<room> is needed");
  if (surplus !== undefined) return wrong(`Unexpected argument '${surplus}'`);
  const format = FORMATS.find((one) => one === values.format);
  if (format === undefined) return wrong(`--format: '${values.format}' is none of ${listed(FORMATS)}`);
  const [from, to] = [instantOf(values.from, "begin"), instantOf(values.to, "end")];
  if (from === null) return wrong(NO_TIME("--from"));
  if (to === null) return wrong(NO_TIME("--to"));
  const { url } = values;
  if (!isGatewayUrl(url)) return wrong(`--url takes http:// or https:// addresses, not '${url}'`);
  const token = values.token ?? ownToken(parts);
  if (token === null) return wrong("There is no key to sign a token with: set one up, or use --token");
  const api = createApiClient({ url, authorization: token, fetch: parts.fetch ?? globalThis.fetch });
  const path = ["v2", "rooms", room];
  if (format === "text") return printPages(api, path, { from, to }, parts);
  const copied = await api.copy(
    { path: [...path, `admissions.${format}`], query: { from, to } },
    parts.stdout,
  );
  return copied.ok ? EXIT.done : tellFailure(parts, copied.failure);
}

async function printPages(
  api: ApiClient,
  path: readonly string[],
  times: Times,
  parts: CliParts,
): Promise<number> {
  let after: string | undefined;
  do {
    const query = { ...times, limit: PAGE, after };
    const reply = await api.json(pageAnswer, { path: [...path, "admissions"], query });
    if (!reply.ok) return tellFailure(parts, reply.failure);
    const { entries, next } = reply.value;
    const text = entriesText(entries, after === undefined, parts.timeZone);
    const nothing = after === undefined && entries.length === 0;
    parts.stdout.write(nothing ? "Nothing is recorded of this room in that time.\n" : text);
    after = next ?? undefined;
  } while (after !== undefined);
  return EXIT.done;
}

const NO_TIME = (option: string): string =>
  `${option} takes a time such as 2026-08-31T12:00:00Z, or a date such as 2026-08-31`;

/** A time as the API takes it; undefined: none was asked for, null: it is no time. */
function instantOf(text: string | undefined, end: "begin" | "end"): string | undefined | null {
  if (text === undefined) return undefined;
  const found = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)?(Z|[+-]\d{2}:\d{2})?$/.exec(
    text,
  );
  if (found === null) return null;
  const [, date = "", time = end === "begin" ? "T00:00" : "T23:59:59.999", zone = "Z"] = found;
  const at = Date.parse(`${date}${time}${zone}`);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** A token of the gateway's own app, for this command alone; null: there is no key. */
function ownToken({ defaultCredentials, now }: CliParts): string | null {
  const credentials = defaultCredentials();
  if (credentials === null) return null;
  const permissions = ["allow_mod"] as const;
  return mintToken({ ...credentials, permissions, roles: ["crawler"], ttlSeconds: TOKEN_SECONDS, now });
}
