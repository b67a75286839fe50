/** The half of `admitone apps` that is about keys and their secrets. */
import { text as readAll } from "node:stream/consumers";
import { MIN_SECRET_BYTES } from "../tokens/apps.js";
import { ADMIN_OPTIONS, openAdmin, tell, type Opened } from "./admin-client.js";
import { appAnswer, newSecretAnswer, type AppAnswer } from "./admin-answers.js";
import { durationText, localTime, newSecretText } from "./admin-text.js";
import type { CliParts } from "./io.js";
import { misused, readOptions } from "./options.js";
import { printable, secondsOf } from "./text.js";

/** Where a command runs. */
export interface KeyCommandHost {
  /** What its `--help` shows. */
  readonly help: string;
  readonly parts: CliParts;
}

const LONGEST_OVERLAP_SECONDS = 2_592_000;
const YES = { type: "boolean", default: false } as const;
const SECRET_OPTIONS = { "secret-stdin": { type: "boolean", default: false } } as const;

/** Runs such a command; answers the exit code. Null: it is none. */
export function runKeyCommand(
  word: string,
  args: readonly string[],
  host: KeyCommandHost,
): Promise<number> | null {
  switch (word) {
    case "add-key":
      return addKey(args, host);
    case "activate":
      return setActive(true, args, host);
    case "deactivate":
      return setActive(false, args, host);
    case "delete-key":
      return deleteKey(args, host);
    case "rotate":
      return rotate(args, host);
    case "revoke-secret":
      return revokeSecret(args, host);
    default:
      return null;
  }
}

async function addKey(args: readonly string[], host: KeyCommandHost): Promise<number> {
  const { parts } = host;
  const options = { ...ADMIN_OPTIONS, ...SECRET_OPTIONS, "api-key": { type: "string" } } as const;
  const opened = openAdmin(shape(host, "APP"), readOptions(args, options), parts);
  if (!opened.ok) return opened.exit;
  const { values, api, given } = opened;
  const secret = await secretFor(values, parts);
  if (typeof secret === "string") return misused(parts, "apps", secret);
  const apiKey = values["api-key"];
  const reply = await api.json(newSecretAnswer, {
    method: "POST",
    path: ["v2", "admin", "apps", given("APP"), "keys"],
    body: { ...(apiKey === undefined ? {} : { apiKey }), ...secret },
  });
  return tell(parts, reply, values, (made) => `The app has one more key:\n${newSecretText(made)}`);
}

async function setActive(active: boolean, args: readonly string[], host: KeyCommandHost): Promise<number> {
  const { parts } = host;
  const opened = openAdmin(shape(host, "APP", "KEY"), readOptions(args, ADMIN_OPTIONS), parts);
  if (!opened.ok) return opened.exit;
  const reply = await opened.api.json(appAnswer, { method: "POST", path: keyPath(opened), body: { active } });
  const key = printable(opened.given("KEY"));
  return tell(parts, reply, opened.values, () =>
    active
      ? `Tokens of the key ${key} are taken.\n`
      : `Tokens of the key ${key} are refused, and whoever came in with one is out.\n`,
  );
}

async function deleteKey(args: readonly string[], host: KeyCommandHost): Promise<number> {
  const { parts } = host;
  const read = readOptions(args, { ...ADMIN_OPTIONS, yes: YES });
  const opened = openAdmin(shape(host, "APP", "KEY"), read, parts);
  if (!opened.ok) return opened.exit;
  const key = printable(opened.given("KEY"));
  if (!opened.values.yes)
    return misused(parts, "apps", `Whoever came in by it is out. To delete '${key}' for good, add --yes`);
  const reply = await opened.api.json(appAnswer, { method: "DELETE", path: keyPath(opened) });
  return tell(parts, reply, opened.values, ({ keys }) =>
    keys.length === 0
      ? `The key ${key} is gone. The app has no key any more.\n`
      : `The key ${key} is gone, with its secrets.\n`,
  );
}

async function rotate(args: readonly string[], host: KeyCommandHost): Promise<number> {
  const { parts } = host;
  const options = {
    ...ADMIN_OPTIONS,
    ...SECRET_OPTIONS,
    overlap: { type: "string", default: "24h" },
  } as const;
  const opened = openAdmin(shape(host, "APP", "KEY"), readOptions(args, options), parts);
  if (!opened.ok) return opened.exit;
  const { values, api } = opened;
  const overlapSeconds = secondsOf(values.overlap);
  if (overlapSeconds === null || overlapSeconds < 0 || overlapSeconds > LONGEST_OVERLAP_SECONDS)
    return misused(parts, "apps", "--overlap takes a time from 0s to 30d, such as 45m or 24h");
  const secret = await secretFor(values, parts);
  if (typeof secret === "string") return misused(parts, "apps", secret);
  const body = { overlapSeconds, ...secret };
  const path = [...keyPath(opened), "rotate"];
  const reply = await api.json(newSecretAnswer, { method: "POST", path, body });
  const until = new Date(parts.now() + overlapSeconds * 1_000).toISOString();
  const before =
    overlapSeconds === 0
      ? "Those before it count no more."
      : `Those before it count for ${durationText(overlapSeconds)} more, until ${localTime(until, parts.timeZone)}.`;
  return tell(
    parts,
    reply,
    values,
    (made) => `The key has its next secret. ${before}\n${newSecretText(made)}`,
  );
}

async function revokeSecret(args: readonly string[], host: KeyCommandHost): Promise<number> {
  const { parts } = host;
  const read = readOptions(args, { ...ADMIN_OPTIONS, yes: YES });
  const opened = openAdmin(shape(host, "APP", "KEY", "SECRET-ID"), read, parts);
  if (!opened.ok) return opened.exit;
  const id = opened.given("SECRET-ID");
  if (!opened.values.yes)
    return misused(
      parts,
      "apps",
      `Whoever came in by it is out. To revoke the secret '${printable(id)}' for good, add --yes`,
    );
  const path = [...keyPath(opened), "secrets", id];
  const reply = await opened.api.json(appAnswer, { method: "DELETE", path });
  return tell(parts, reply, opened.values, (app) => revokedText(app, opened.given("KEY"), id));
}

function revokedText({ keys }: AppAnswer, apiKey: string, id: string): string {
  const left = keys
    .find((key) => key.apiKey === apiKey)
    ?.secrets.filter(({ status }) => status !== "retired");
  const count = left?.length ?? 0;
  return `Nothing that the secret ${printable(id)} signed is taken any more. The key ${printable(apiKey)} has ${count} ${
    count === 1 ? "secret" : "secrets"
  } left.\n`;
}

function keyPath({ given }: Extract<Opened<unknown, "APP" | "KEY">, { ok: true }>): string[] {
  return ["v2", "admin", "apps", given("APP"), "keys", given("KEY")];
}

/** The secret that was asked to be taken, as the member of a request; none where it is to be made. Or what is wrong with it. */
async function secretFor(
  values: { readonly "secret-stdin": boolean },
  { stdin }: CliParts,
): Promise<{ readonly secret?: string } | string> {
  if (!values["secret-stdin"]) return {};
  const secret = (await readAll(stdin)).replace(/\r?\n$/, "");
  return Buffer.byteLength(secret) < MIN_SECRET_BYTES
    ? `The secret must be at least ${MIN_SECRET_BYTES} bytes`
    : { secret };
}

function shape<Name extends string>({ help }: KeyCommandHost, ...names: readonly Name[]) {
  return { command: "apps", help, names } as const;
}
