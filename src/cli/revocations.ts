/** `admitone revoke`, `revocations` and `lift`: tokens of an app called back, for the operator of a running gateway. */
import { text as readAll } from "node:stream/consumers";
import { ADMIN_OPTIONS, ADMIN_OPTIONS_HELP, openAdmin, tell } from "./admin-client.js";
import { goneAnswer, revocationAnswer, revocationsAnswer, type RevocationAnswer } from "./admin-answers.js";
import { localTime, revocationsText, tokensWords } from "./admin-text.js";
import type { ApiClient, ApiReply } from "./api-client.js";
import type { CliParts } from "./io.js";
import { misused, readOptions } from "./options.js";
import { printable } from "./text.js";

const EXITS = `
Exit codes: 0 done, 1 the gateway says no, 2 the command line cannot be used,
3 the gateway cannot be reached.
`;

/** Shown for `admitone revoke --help`. */
export const REVOKE_HELP = `Usage: admitone revoke --app <app> <which tokens> [options]

Revokes tokens of an app. Whoever came in with one of them is out within a
second, and none of them opens anything any more.

Which tokens, one of:
  --jti <id>            the token with this id
  --token-stdin         the token that comes on stdin
  --participant <id>    those of a participant, in every room
      --room <id>       in this room only
  --key <key>           those of a key
  --issuer <issuer>     those of an identity provider
  --all                 all of the app

  --before <time>       only those issued before; an ISO 8601 time; default now
  --expires-at <time>   with --jti: when it expires; then this is forgotten
  --note <text>         why, for people
${ADMIN_OPTIONS_HELP}${EXITS}`;

/** Shown for `admitone revocations --help`. */
export const REVOCATIONS_HELP = `Usage: admitone revocations --app <app> [options]

Lists what an app has revoked, the newest first.

${ADMIN_OPTIONS_HELP}${EXITS}`;

/** Shown for `admitone lift --help`. */
export const LIFT_HELP = `Usage: admitone lift --app <app> <revocation> [options]

Takes a revocation back: what it was about counts again.

${ADMIN_OPTIONS_HELP}${EXITS}`;

const APP = { app: { type: "string" } } as const;
const WHICH = {
  jti: { type: "string" },
  "token-stdin": { type: "boolean" },
  participant: { type: "string" },
  key: { type: "string" },
  issuer: { type: "string" },
  all: { type: "boolean" },
} as const;
const REVOKE_OPTIONS = {
  ...ADMIN_OPTIONS,
  ...APP,
  ...WHICH,
  room: { type: "string" },
  before: { type: "string" },
  "expires-at": { type: "string" },
  note: { type: "string" },
} as const;

const PER_PAGE = 100;

/** Runs `revoke`; answers the exit code. */
export async function runRevoke(args: readonly string[], parts: CliParts): Promise<number> {
  const read = readOptions(args, REVOKE_OPTIONS);
  const opened = openAdmin({ command: "revoke", help: REVOKE_HELP, names: [] }, read, parts);
  if (!opened.ok) return opened.exit;
  const { values, api } = opened;
  const wrong = (problem: string): number => misused(parts, "revoke", problem);
  const { app, room, before, note } = values;
  if (app === undefined) return wrong("--app is needed");
  const expiresAt = values["expires-at"];
  const which = Object.keys(WHICH).filter((name) => Object.entries(values).some(([one]) => one === name));
  if (which.length !== 1) return wrong(`Which tokens? One of ${Object.keys(WHICH).map(dashed).join(", ")}`);
  if (room !== undefined && values.participant === undefined) return wrong("--room goes with --participant");
  if (expiresAt !== undefined && values.jti === undefined) return wrong("--expires-at goes with --jti");
  const isToken = values.jti !== undefined || values["token-stdin"] === true;
  if (before !== undefined && isToken) return wrong("--before is for many tokens, not for one");
  const about = {
    ...(before === undefined ? {} : { before }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(note === undefined ? {} : { note }),
  };
  const body = { ...(await tokensIn(values, parts)), ...about };
  const path = ["v2", "admin", "apps", app, "revocations"];
  const reply = await api.json(revocationAnswer, { method: "POST", path, body });
  return tell(parts, reply, values, (revocation) => revokedText(revocation, parts.timeZone));
}

function dashed(name: string): string {
  return `--${name}`;
}

/** The members of a request that say which tokens are meant. */
async function tokensIn(
  values: {
    readonly jti?: string | undefined;
    readonly "token-stdin"?: boolean | undefined;
    readonly participant?: string | undefined;
    readonly room?: string | undefined;
    readonly key?: string | undefined;
    readonly issuer?: string | undefined;
  },
  { stdin }: CliParts,
): Promise<object> {
  const { jti, participant, room, key, issuer } = values;
  if (jti !== undefined) return { type: "token", jti };
  if (values["token-stdin"] === true) return { type: "token", token: (await readAll(stdin)).trim() };
  if (participant !== undefined) {
    const where = room === undefined ? {} : { roomId: room };
    return { type: "participant", participantId: participant, ...where };
  }
  if (key !== undefined) return { type: "key", apiKey: key };
  return issuer === undefined ? { type: "all" } : { type: "key", issuer };
}

function revokedText(revocation: RevocationAnswer, timeZone?: string): string {
  const { id, until } = revocation;
  const kept = until === null ? "for ever" : `until ${localTime(until, timeZone)}`;
  return `Revoked, as ${printable(id)}: ${tokensWords(revocation, timeZone)}. It is kept ${kept}.\n`;
}

/** Runs `revocations`; answers the exit code. */
export async function runRevocations(args: readonly string[], parts: CliParts): Promise<number> {
  const read = readOptions(args, { ...ADMIN_OPTIONS, ...APP });
  const opened = openAdmin({ command: "revocations", help: REVOCATIONS_HELP, names: [] }, read, parts);
  if (!opened.ok) return opened.exit;
  const { app } = opened.values;
  if (app === undefined) return misused(parts, "revocations", "--app is needed");
  const reply = await allOf(opened.api, ["v2", "admin", "apps", app, "revocations"]);
  return tell(parts, reply, opened.values, (all) => revocationsText(all, parts.timeZone));
}

/** Every page of the list, as one. */
async function allOf(api: ApiClient, path: readonly string[]): Promise<ApiReply<RevocationAnswer[]>> {
  const found = new Map<string, { readonly one: RevocationAnswer; readonly raw: unknown }>();
  for (let page = 1; ; page += 1) {
    const query = { page: String(page), perPage: String(PER_PAGE) };
    const reply = await api.json(revocationsAnswer, { path, query });
    if (!reply.ok) return reply;
    const { data, pageInfo } = reply.value;
    // What was revoked meanwhile moves others to the next page, where they come again.
    for (const [index, one] of data.entries()) found.set(one.id, { one, raw: rawEntry(reply.raw, index) });
    if (data.length === 0 || page >= pageInfo.lastPage) break;
  }
  const all = [...found.values()];
  return { ok: true, value: all.map(({ one }) => one), raw: { data: all.map(({ raw }) => raw) } };
}

function rawEntry(raw: unknown, index: number): unknown {
  if (typeof raw !== "object" || raw === null || !("data" in raw)) return undefined;
  const list: readonly unknown[] = Array.isArray(raw.data) ? raw.data : [];
  return list[index];
}

/** Runs `lift`; answers the exit code. */
export async function runLift(args: readonly string[], parts: CliParts): Promise<number> {
  const read = readOptions(args, { ...ADMIN_OPTIONS, ...APP });
  const names = ["REVOCATION"] as const;
  const opened = openAdmin({ command: "lift", help: LIFT_HELP, names }, read, parts);
  if (!opened.ok) return opened.exit;
  const { app } = opened.values;
  if (app === undefined) return misused(parts, "lift", "--app is needed");
  const path = ["v2", "admin", "apps", app, "revocations", opened.given("REVOCATION")];
  const reply = await opened.api.json(goneAnswer, { method: "DELETE", path });
  return tell(parts, reply, opened.values, ({ id }) => `The revocation ${printable(id)} is lifted.\n`);
}
