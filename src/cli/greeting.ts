/** What a start prints: where the node serves, what its log is worth, and on a fresh machine the first meeting. */
import type { Config } from "../config.js";
import { isLoopback } from "../config.js";
import type { RunningNode } from "../server.js";
import { credentialsOf } from "../tokens/apps.js";
import { mintToken } from "../tokens/mint.js";

const LIFE_SECONDS = 12 * 3_600;

/** The text. With the development app it makes the room `first-meeting` and three tokens for it. */
export async function greeting(node: RunningNode, config: Config): Promise<string> {
  const { host, port, storeKind } = node;
  const shown = host.includes(":") ? `[${host}]` : host;
  const log =
    storeKind === "memory"
      ? "embedded: one process, and nothing survives it (set REDIS_URL for more)"
      : "Redis: what was acknowledged stays, and any node may serve it";
  const lines = [
    "",
    `Admit One serves on http://${shown}:${port}`,
    `  meetings  ws://${shown}:${port}/v2/meeting`,
    `  REST      http://${shown}:${port}/v2/rooms, all of it described at /docs`,
    `  health    http://${shown}:${port}/readyz`,
    `  log       ${log}`,
  ];
  if (config.development && isLoopback(host)) lines.push(...(await firstMeeting(node, config)));
  return `${lines.join("\n")}\n\n`;
}

async function firstMeeting(node: RunningNode, config: Config): Promise<string[]> {
  const [app] = config.apps;
  const key = credentialsOf(app);
  if (app === undefined || key === null) return [];
  const { roomId } = await node.gateway.createRoom(app.id, "first-meeting", {});
  const mint = (participantId: string, permissions: Parameters<typeof mintToken>[0]["permissions"]): string =>
    mintToken({ ...key, permissions, roomId, participantId, ttlSeconds: LIFE_SECONDS, now: Date.now });
  const backEnd = mintToken({
    ...key,
    permissions: ["allow_join", "allow_mod"],
    roles: ["crawler"],
    ttlSeconds: LIFE_SECONDS,
    now: Date.now,
  });
  const url = node.port === 8080 ? "" : ` --url ws://${node.host}:${node.port}/v2/meeting`;
  const command = (token: string, rest = ""): string =>
    `  node dist/main.js join${url}${rest} --token ${token}`;
  return [
    "",
    "No app is configured, so the development app serves, on this machine only. For the first",
    `meeting there is a room, ${roomId}, and three people. Give each a terminal of its own:`,
    "",
    "1. The host, who answers knocks:",
    command(mint("host", ["allow_join"])),
    "",
    "2. The guest, who has to knock; in the host's terminal type: allow",
    command(mint("guest", ["ask_join"]), " --mic"),
    "",
    "3. The moderator; once the guest is in, type: mute guest",
    command(mint("moderator", ["allow_join", "allow_mod"])),
    "",
    "And what a back end sees of it; lobby/guest/admit with -X POST lets the guest in from there:",
    `  curl -H "Authorization: ${backEnd}" http://${node.host}:${node.port}/v2/rooms/${roomId}/lobby`,
  ];
}
