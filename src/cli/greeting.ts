/** What a start prints: where the node serves, what its log is worth, and on a fresh machine the first meeting. */
import type { Config } from "../config.js";
import { isLoopback } from "../config-addresses.js";
import type { Permission } from "../room/grant.js";
import { FIRST_MEETING } from "../server-parts.js";
import type { RunningNode } from "../server.js";
import { credentialsOf } from "../tokens/apps.js";
import { mintToken } from "../tokens/mint.js";

const LIFE_SECONDS = 12 * 3_600;

/**
 * A token for an admin, made for this start only, so that the console can be looked at before anything is set up. Null where an
 * admin token is set, where an app is configured, and off loopback: there the operator says who the admin is.
 */
export function developmentAdminToken(
  { development, host, adminToken }: Pick<Config, "development" | "host" | "adminToken">,
  randomBytes: (count: number) => Buffer,
): string | null {
  return development && isLoopback(host) && adminToken === null
    ? randomBytes(32).toString("base64url")
    : null;
}

/** The text. With the development app it makes the first meeting and tokens for it. `madeAdminToken`: as this start made it. */
export async function greeting(
  node: RunningNode,
  config: Config,
  madeAdminToken: string | null,
): Promise<string> {
  const { host, port, storeKind } = node;
  const at = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const log =
    storeKind === "memory"
      ? "embedded: one process, and nothing survives it (set REDIS_URL for more)"
      : "Redis: what was acknowledged stays, and any node may serve it";
  const first = config.development && isLoopback(host) ? await firstMeeting(node, config) : null;
  const lines = [
    "",
    `Admit One serves on http://${at}`,
    ...(first === null ? [] : inBrowsers(first, at)),
    ...consoleLines(config, at, madeAdminToken),
    ...(first === null ? [] : inTerminals(first, at)),
    "",
    `  meetings  http://${at}/m/<room>#token=<token>, or ws://${at}/v2/meeting`,
    `  REST      http://${at}/v2/rooms, all of it described at /docs`,
    `  health    http://${at}/readyz`,
    `  log       ${log}`,
  ];
  return `${lines.join("\n")}\n\n`;
}

/** A room, and tokens for those who try it. */
interface FirstMeeting {
  readonly roomId: string;
  readonly host: string;
  readonly guest: string;
  readonly backEnd: string;
}

async function firstMeeting(node: RunningNode, { apps: [app] }: Config): Promise<FirstMeeting | null> {
  const key = credentialsOf(app);
  if (app === undefined || key === null) return null;
  const { roomId } = await node.gateway.createRoom(app.id, FIRST_MEETING, {});
  const signed = { ...key, ttlSeconds: LIFE_SECONDS, now: Date.now };
  const person = (participantId: string, permissions: readonly Permission[]): string =>
    mintToken({ ...signed, permissions, roles: ["rtc"], roomId, participantId });
  return {
    roomId,
    host: person("host", ["allow_join", "allow_mod"]),
    guest: person("guest", ["ask_join"]),
    backEnd: mintToken({ ...signed, permissions: ["allow_join", "allow_mod"], roles: ["crawler"] }),
  };
}

function inBrowsers({ roomId, host, guest }: FirstMeeting, at: string): readonly string[] {
  const page = (token: string): string => `  http://${at}/m/${roomId}#token=${token}`;
  return [
    "",
    "No app is configured, so the development app serves, on this machine only. A first meeting is ready:",
    "",
    "1. The host: open this link, join, and let in whoever knocks.",
    page(host),
    "",
    "2. The guest: open this one in a second window, ask to join, and wait for the host.",
    page(guest),
  ];
}

function consoleLines({ adminToken, publicUrl }: Config, at: string, made: string | null): readonly string[] {
  if (made !== null)
    return [
      "",
      "The console, for whoever runs it; the admin token in this link is good until the node stops.",
      `  http://${at}/console#token=${made}`,
    ];
  const address = `${publicUrl ?? `http://${at}`}/console`;
  const how =
    adminToken === null ? "set ADMITONE_ADMIN_TOKEN to use it" : "sign in with ADMITONE_ADMIN_TOKEN";
  return ["", `The console, for whoever runs it: ${address} (${how})`];
}

function inTerminals({ roomId, host, guest, backEnd }: FirstMeeting, at: string): readonly string[] {
  const url = at === "127.0.0.1:8080" ? "" : ` --url ws://${at}/v2/meeting`;
  return [
    "",
    "The same two in terminals, where the host types: allow, and then: mute guest",
    `  node dist/main.js join${url} --token ${host}`,
    `  node dist/main.js join${url} --mic --token ${guest}`,
    "",
    "And what a back end sees of it:",
    `  curl -H "Authorization: ${backEnd}" http://${at}/v2/rooms/${roomId}/lobby`,
  ];
}
