/** What the operator's commands have in common: options, names, the way to the API, and what is done with its answer. */
import {
  createApiClient,
  DEFAULT_API_URL,
  isGatewayUrl,
  type ApiClient,
  type ApiReply,
} from "./api-client.js";
import { tellFailure } from "./api-failure.js";
import { EXIT, type CliParts } from "./io.js";
import { misused } from "./options.js";

/** Options of every such command. */
export const ADMIN_OPTIONS = {
  url: { type: "string", default: DEFAULT_API_URL },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** How the options above are explained. */
export const ADMIN_OPTIONS_HELP = `  --url <url>           where the gateway is;
                        default ${DEFAULT_API_URL}
  --json                print the answer as the API gave it
  --help                this text

The admin's token comes from the environment: ADMITONE_ADMIN_TOKEN.
`;

/** What such a command takes beside its options. */
interface Shape<Name extends string> {
  /** As help is asked for: `apps`. */
  readonly command: string;
  readonly help: string;
  /** What has to be named, in this order, such as `APP`. */
  readonly names: readonly Name[];
}

type Read<V> =
  | { readonly ok: true; readonly values: V; readonly positionals: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** A command that may go on, or the exit code of one that may not. */
export type Opened<V, Name extends string> =
  | {
      readonly ok: true;
      readonly values: V;
      readonly api: ApiClient;
      /** What stands on the command line for a name. */
      readonly given: (name: Name) => string;
    }
  | { readonly ok: false; readonly exit: number };

/** Reads what every such command needs; says what is missing. */
export function openAdmin<V extends { readonly url: string; readonly help: boolean }, Name extends string>(
  { command, help, names }: Shape<Name>,
  read: Read<V>,
  parts: CliParts,
): Opened<V, Name> {
  const wrong = (problem: string): Opened<V, Name> => ({ ok: false, exit: misused(parts, command, problem) });
  if (!read.ok) return wrong(read.problem);
  const { values, positionals } = read;
  if (values.help) {
    parts.stdout.write(help);
    return { ok: false, exit: EXIT.done };
  }
  const missing = names[positionals.length];
  if (missing !== undefined) return wrong(`${missing} is needed`);
  const surplus = positionals[names.length];
  if (surplus !== undefined) return wrong(`Unexpected argument '${surplus}'`);
  const { url } = values;
  if (!isGatewayUrl(url)) return wrong(`--url takes http:// or https:// addresses, not '${url}'`);
  const token = parts.adminToken();
  if (token === null) return wrong("The admin's token is needed, in ADMITONE_ADMIN_TOKEN");
  const api = createApiClient({
    url,
    authorization: `Bearer ${token}`,
    fetch: parts.fetch ?? globalThis.fetch,
  });
  return { ok: true, values, api, given: (name) => positionals[names.indexOf(name)] ?? "" };
}

/** Writes an answer, or says why there is none; answers the exit code. `show`: the answer for people. */
export function tell<T>(
  parts: CliParts,
  reply: ApiReply<T>,
  { json }: { readonly json: boolean },
  show: (value: T) => string,
): number {
  if (!reply.ok) return tellFailure(parts, reply.failure);
  parts.stdout.write(json ? `${JSON.stringify(reply.raw, null, 2)}\n` : show(reply.value));
  return EXIT.done;
}
