/** How an app is set, on the command line. */
import { text as readAll } from "node:stream/consumers";
import type { CliIo } from "./io.js";
import { secondsOf } from "./text.js";

/** The options that set an app. */
export const SETTING_OPTIONS = {
  name: { type: "string" },
  "open-rooms": { type: "boolean" },
  "no-open-rooms": { type: "boolean" },
  "allow-no-expiry": { type: "boolean" },
  "require-expiry": { type: "boolean" },
  "token-expiry": { type: "string" },
  "client-token-expiry": { type: "string" },
  "max-token": { type: "string" },
  "protect-conferences": { type: "boolean" },
  "no-protect-conferences": { type: "boolean" },
  "issuers-stdin": { type: "boolean" },
} as const;

/** How they are explained. */
export const SETTING_HELP = `  --name <name>               for people
  --[no-]open-rooms           whether a join opens the room that it names
  --allow-no-expiry, --require-expiry
                              whether tokens may come without an expiry
  --token-expiry <policy>     stay, restrict or leave: what becomes of somebody
                              whose token expires in the meeting
  --client-token-expiry <policy>
                              the same for client access tokens
  --max-token <time>          longest life of a token, such as 2h; or: any
  --[no-]protect-conferences  whether conferences take a conference access token
  --issuers-stdin             read the identity providers, a JSON list, from
                              stdin; they take the place of those there are
`;

type Values = {
  readonly [K in keyof typeof SETTING_OPTIONS]?:
    ((typeof SETTING_OPTIONS)[K]["type"] extends "string" ? string : boolean) | undefined;
};

/** The members of a request that set an app as these options say, or what is wrong with them. */
export async function settingsFrom(
  values: Values,
  { stdin }: Pick<CliIo, "stdin">,
): Promise<object | string> {
  const openRooms = either(values["open-rooms"], values["no-open-rooms"]);
  if (openRooms === null) return "--open-rooms or --no-open-rooms, not both";
  const allowNoExpiry = either(values["allow-no-expiry"], values["require-expiry"]);
  if (allowNoExpiry === null) return "--allow-no-expiry or --require-expiry, not both";
  const protect = either(values["protect-conferences"], values["no-protect-conferences"]);
  if (protect === null) return "--protect-conferences or --no-protect-conferences, not both";
  for (const option of ["token-expiry", "client-token-expiry"] as const)
    if (!["stay", "restrict", "leave", undefined].includes(values[option]))
      return `--${option} is stay, restrict or leave`;
  const longest = values["max-token"];
  const maxTokenSeconds = longest === undefined || longest === "any" ? null : secondsOf(longest);
  if (maxTokenSeconds === null && longest !== undefined && longest !== "any")
    return "--max-token takes a time such as 90s, 45m, 2h or 7d, or: any";
  const issuers = values["issuers-stdin"] === true ? listIn(await readAll(stdin)) : undefined;
  if (issuers === null) return "--issuers-stdin needs a JSON list on stdin";
  const settings = {
    name: values.name,
    openRooms,
    allowNoExpiry,
    expiryPolicy: values["token-expiry"],
    clientExpiryPolicy: values["client-token-expiry"],
    maxTokenSeconds: longest === undefined ? undefined : maxTokenSeconds,
    protectedConferences: protect,
    issuers,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** Undefined: neither; null: both. */
function either(yes: boolean | undefined, no: boolean | undefined): boolean | null | undefined {
  if (yes === true && no === true) return null;
  return yes === true ? true : no === true ? false : undefined;
}

function listIn(text: string): readonly unknown[] | null {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : null;
  } catch {
    return null;
  }
}
