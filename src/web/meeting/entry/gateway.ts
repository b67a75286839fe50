/** What the page asks of its gateway over HTTP, before any socket: the time, and on a loopback gateway a token to try things with. */

/** Who somebody is in a trial meeting on one's own machine. */
export type TrialRole = "host" | "guest" | "moderator";

/** What the gateway says about a page without a token. */
export interface GatewayFacts {
  /** It hands out tokens for trying things: a development gateway on this very machine. */
  readonly development: boolean;
  /** What to add to this machine's clock to get the gateway's, milliseconds. */
  readonly clockOffset: number;
}

/** The part of `fetch` that is needed. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** Clocks that differ by less agree: the gateway tells its time in whole seconds. */
const AGREE_MS = 2_000;

const entryOf = (roomId: string): string => `/m/${encodeURIComponent(roomId)}/entry`;

/** Asks what the gateway offers. A gateway that offers nothing, or does not answer, is one without trials. */
export async function askGateway(ask: Ask, roomId: string, now: () => number): Promise<GatewayFacts> {
  try {
    const response = await ask(entryOf(roomId), { headers: { accept: "application/json" } });
    const clockOffset = offsetOf(response.headers.get("date"), now());
    const body: unknown = response.ok ? await response.json() : null;
    return { development: flag(body, "development"), clockOffset };
  } catch {
    return { development: false, clockOffset: 0 };
  }
}

/** Gets a token for a trial. Rejects with an `Error` whose text is for people. */
export async function trialToken(
  ask: Ask,
  roomId: string,
  who: { readonly name: string; readonly role: TrialRole },
): Promise<string> {
  const response = await ask(entryOf(roomId), {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(who),
  });
  const body: unknown = await response.json().catch(() => null);
  const token = textOf(body, "token");
  if (!response.ok || token === null) {
    throw new Error(textOf(body, "error") ?? "The gateway gave no token; is it still running?");
  }
  return token;
}

/** How far the gateway's clock is ahead of this one, by the Date header of an answer. */
export function offsetOf(date: string | null, now: number): number {
  const told = date === null ? NaN : Date.parse(date);
  if (Number.isNaN(told)) return 0;
  const offset = told + 500 - now;
  return Math.abs(offset) < AGREE_MS ? 0 : offset;
}

function flag(body: unknown, name: string): boolean {
  return typeof body === "object" && body !== null && Reflect.get(body, name) === true;
}

function textOf(body: unknown, name: string): string | null {
  const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : null;
  return typeof value === "string" && value !== "" ? value : null;
}
