/** The settings that are addresses: of this node, of pages, networks and relays. Each reader adds to `problems` what is wrong. */
import { isIP } from "node:net";
import { isIceUrl, isRelay, type IceSettings } from "./tokens/turn.js";
import type { Values } from "./variables.js";

/** Whether an address is this machine's own. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** STUN and TURN servers, with what is wrong about them. */
export function readIce(values: Values, problems: string[]): IceSettings {
  const { ADMITONE_ICE_URLS: list, ADMITONE_TURN_SECRET: turnSecret } = values;
  const urls = list === null ? [] : list.split(",").map((one) => one.trim());
  for (const [index, url] of urls.entries()) {
    // Not repeated: some write a password into it.
    if (!isIceUrl(url))
      problems.push(
        `ADMITONE_ICE_URLS: number ${index + 1} is not an address such as turn:turn.example.org:3478`,
      );
  }
  const relayed = urls.some(isRelay);
  if (relayed && turnSecret === null && !problems.some((one) => one.startsWith("ADMITONE_TURN_SECRET ")))
    problems.push("ADMITONE_TURN_SECRET is missing beside a turn: or turns: address in ADMITONE_ICE_URLS");
  if (!relayed && turnSecret !== null)
    problems.push("ADMITONE_ICE_URLS has no turn: or turns: address for ADMITONE_TURN_SECRET");
  return { urls, turnSecret, ttlSeconds: values.ADMITONE_TURN_TTL_SECONDS };
}

/** Networks that webhooks may be sent to beside public addresses. */
export function readNetworks(values: Values, problems: string[]): readonly string[] {
  const { ADMITONE_WEBHOOK_NETWORKS: list, ADMITONE_HOST: host } = values;
  if (list === null) return isLoopback(host) ? ["127.0.0.0/8", "::1/128"] : [];
  const networks = list.split(",").map((one) => one.trim());
  for (const network of networks) {
    if (!isNetwork(network))
      problems.push(`ADMITONE_WEBHOOK_NETWORKS: ${network} is not a network such as 10.0.0.0/8`);
  }
  return networks;
}

function isNetwork(text: string): boolean {
  const [, address = "", prefix = ""] = /^([0-9A-Fa-f:.]+)\/(\d{1,3})$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(prefix) <= (family === 4 ? 32 : 128);
}

/** Origins whose pages may open a meeting; null: any. The gateway's own pages come from its public address; a proxy may hide from a node which that is. */
export function allowedOrigins(values: Values): readonly string[] | null {
  const { ADMITONE_ALLOWED_ORIGINS: list, ADMITONE_PUBLIC_URL: own } = values;
  if (list === null) return null;
  return [...list.split(",").map((one) => one.trim()), ...(own === null ? [] : [new URL(own).origin])];
}

/** Origins that may show a meeting in a frame. Whatever else stood there would become a part of a policy: plain origins only. */
export function readFrameAncestors(
  { ADMITONE_FRAME_ANCESTORS: list }: Values,
  problems: string[],
): readonly string[] {
  const origins = (list?.split(",") ?? []).map((one) => one.trim());
  for (const origin of origins) {
    const isOrigin = /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
    if (!isOrigin)
      problems.push(`ADMITONE_FRAME_ANCESTORS: ${origin} is not an origin such as https://app.example`);
  }
  return origins;
}
