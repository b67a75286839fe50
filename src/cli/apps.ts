/** `admitone apps`: the apps of a running gateway and their keys, for its operator. */
import { ADMIN_OPTIONS, ADMIN_OPTIONS_HELP, openAdmin, tell } from "./admin-client.js";
import { appAnswer, appsAnswer, createdAnswer, goneAnswer } from "./admin-answers.js";
import { appsText, appText, newSecretText } from "./admin-text.js";
import { runKeyCommand } from "./app-keys.js";
import { SETTING_HELP, SETTING_OPTIONS, settingsFrom } from "./app-settings.js";
import { EXIT, type CliParts } from "./io.js";
import { misused, readOptions } from "./options.js";
import { printable } from "./text.js";

/** Shown for `admitone apps --help`. */
export const APPS_HELP = `Usage: admitone apps <command> [options]

Manages the apps of a running gateway and their keys.

  list                              all apps
  show <app>                        one app, with its keys
  create <app> [settings]           make one, with its first key
  set <app> <settings>              change it
  delete <app> --yes                take it away; who came in by it is out
  add-key <app>                     one more key
  deactivate <app> <key>            refuse its tokens, until activated again
  activate <app> <key>              take them again
  delete-key <app> <key> --yes      for good
  rotate <app> <key>                give a key its next secret
  revoke-secret <app> <key> <secret-id> --yes
                                    refuse what this secret signed, at once

Settings of an app:
${SETTING_HELP}
Keys:
  --api-key <name>      add-key: this name, and not a made one
  --secret-stdin        add-key, rotate: this secret, and not a made one; of at
                        least 32 bytes, from stdin
  --overlap <time>      rotate: how long the secrets before it still count, such
                        as 0s, 24h (default) or 30d (the longest)

Everywhere:
  --yes                 yes, though it cannot be undone
${ADMIN_OPTIONS_HELP}
Exit codes: 0 done, 1 the gateway says no, 2 the command line cannot be used,
3 the gateway cannot be reached.
`;

const APPS = ["v2", "admin", "apps"];

/** Runs the command; answers the exit code. */
export async function runApps(args: readonly string[], parts: CliParts): Promise<number> {
  const [word, ...rest] = args;
  switch (word) {
    case "list":
      return list(rest, parts);
    case "show":
      return show(rest, parts);
    case "create":
      return create(rest, parts);
    case "set":
      return change(rest, parts);
    case "delete":
      return remove(rest, parts);
    case "--help":
    case "-h":
      parts.stdout.write(APPS_HELP);
      return EXIT.done;
    case undefined:
      return misused(parts, "apps", "A command is needed, such as: list");
    default:
      return (
        runKeyCommand(word, rest, { help: APPS_HELP, parts }) ??
        misused(parts, "apps", `There is no command 'apps ${word}'`)
      );
  }
}

async function list(args: readonly string[], parts: CliParts): Promise<number> {
  const opened = openAdmin(shape(), readOptions(args, ADMIN_OPTIONS), parts);
  if (!opened.ok) return opened.exit;
  const reply = await opened.api.json(appsAnswer, { path: APPS });
  return tell(parts, reply, opened.values, ({ data }) => appsText(data));
}

async function show(args: readonly string[], parts: CliParts): Promise<number> {
  const opened = openAdmin(shape("APP"), readOptions(args, ADMIN_OPTIONS), parts);
  if (!opened.ok) return opened.exit;
  const reply = await opened.api.json(appAnswer, { path: [...APPS, opened.given("APP")] });
  return tell(parts, reply, opened.values, (app) => appText(app, parts.timeZone));
}

async function create(args: readonly string[], parts: CliParts): Promise<number> {
  const read = readOptions(args, { ...ADMIN_OPTIONS, ...SETTING_OPTIONS });
  const opened = openAdmin(shape("APP"), read, parts);
  if (!opened.ok) return opened.exit;
  const settings = await settingsFrom(opened.values, parts);
  if (typeof settings === "string") return misused(parts, "apps", settings);
  const body = { id: opened.given("APP"), ...settings };
  const reply = await opened.api.json(createdAnswer, { method: "POST", path: APPS, body });
  return tell(
    parts,
    reply,
    opened.values,
    ({ app, credentials }) =>
      `The app ${printable(app.id)} is there, with a key:\n${newSecretText(credentials)}`,
  );
}

async function change(args: readonly string[], parts: CliParts): Promise<number> {
  const read = readOptions(args, { ...ADMIN_OPTIONS, ...SETTING_OPTIONS });
  const opened = openAdmin(shape("APP"), read, parts);
  if (!opened.ok) return opened.exit;
  const body = await settingsFrom(opened.values, parts);
  if (typeof body === "string") return misused(parts, "apps", body);
  if (Object.keys(body).length === 0) return misused(parts, "apps", "Nothing is to be changed");
  const path = [...APPS, opened.given("APP")];
  const reply = await opened.api.json(appAnswer, { method: "POST", path, body });
  return tell(parts, reply, opened.values, (app) => appText(app, parts.timeZone));
}

async function remove(args: readonly string[], parts: CliParts): Promise<number> {
  const read = readOptions(args, { ...ADMIN_OPTIONS, yes: { type: "boolean", default: false } });
  const opened = openAdmin(shape("APP"), read, parts);
  if (!opened.ok) return opened.exit;
  const app = opened.given("APP");
  if (!opened.values.yes)
    return misused(
      parts,
      "apps",
      `Its keys go with it, and whoever came in by them is out. To delete '${printable(app)}', add --yes`,
    );
  const reply = await opened.api.json(goneAnswer, { method: "DELETE", path: [...APPS, app] });
  return tell(parts, reply, opened.values, ({ id }) => `The app ${printable(id)} is gone, with its keys.\n`);
}

function shape<Name extends string>(...names: readonly Name[]) {
  return { command: "apps", help: APPS_HELP, names } as const;
}
