/** The console as a browser would be it: its cookie, its header, its requests. */
import { randomBytes } from "node:crypto";
import { createConsoleSessions } from "../../src/http/console-session.js";
import type { RunningNode } from "../../src/server.js";
import { ADMIN_TOKEN, type Came } from "./admin.js";
import { checkedFetch } from "./api-check.js";
import { asJson, type Json } from "./peer.js";

type Address = Pick<RunningNode, "port">;

/** Sends a request with these headers and nothing else; rejects where the answer is not as the API's document says. */
export async function fromConsole(
  node: Address,
  headers: Readonly<Record<string, string>>,
  method: string,
  path: string,
  body?: Json,
): Promise<Came> {
  const response = await checkedFetch(`http://127.0.0.1:${node.port}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const came = text === "" ? {} : asJson(JSON.parse(text));
  return { status: response.status, headers: response.headers, body: came };
}

/** Signs in and answers `<name>=<value>` of the cookie; rejects where that is refused. */
export async function signIn(node: Address, token = ADMIN_TOKEN): Promise<string> {
  const came = await fromConsole(node, {}, "POST", "/console/session", { token });
  const cookie = came.headers.get("set-cookie")?.split(";")[0];
  if (came.status !== 204 || cookie === undefined) throw new Error(`no session: ${came.status}`);
  return cookie;
}

/** What the console's page sends with each request, signed in anew. */
export async function consoleHeaders(node: Address): Promise<Record<string, string>> {
  return { cookie: await signIn(node), "x-admitone-console": "1" };
}

/** A cookie that a node with this admin token gave out so long ago. */
export function oldCookie(adminToken: string, ageMs: number): string {
  const now = (): number => Date.now() - ageMs;
  const signedIn = createConsoleSessions({ adminToken, now, randomBytes }).signIn(adminToken, "");
  if (!signedIn.ok) throw new Error("not signed in");
  return `admitone_console=${signedIn.session.value}`;
}
