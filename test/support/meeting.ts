/** What most tests of meetings begin with: a room, people in it, and a look at it from outside. */
import { randomBytes } from "node:crypto";
import type { RunningNode } from "../../src/server.js";
import type { RoomState } from "../../src/room/state.js";
import type { Permission } from "../../src/room/grant.js";
import { token } from "./node.js";
import { asJson, asList, Peer, type Json } from "./peer.js";

/** Id of the app of the tests, as a node knows it. */
export const APP_ID = "default";

type Address = Pick<RunningNode, "port">;

/** Makes a room over REST, with these settings; answers its id. */
export async function createRoom(node: Address, settings: Json = {}): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${node.port}/v2/rooms`, {
    method: "POST",
    headers: { authorization: token({ permissions: ["allow_join"], roles: ["crawler"] }) },
    body: JSON.stringify(settings),
  });
  const body = asJson(await response.json());
  if (response.status !== 200) throw new Error(`no room: ${JSON.stringify(body)}`);
  return String(body["roomId"]);
}

/** Rights of people in tests, by what they do. */
export const HOST: readonly Permission[] = ["allow_join"];
export const MODERATOR: readonly Permission[] = ["allow_join", "allow_mod"];
export const GUEST: readonly Permission[] = ["ask_join"];

/** A token that names its participant. */
export function boundToken(roomId: string, participantId: string, permissions = HOST): string {
  return token({ permissions, roomId, participantId });
}

/** Joins under a proven id, whatever the answer is. */
export function join(
  node: Address,
  roomId: string,
  participantId: string,
  permissions = HOST,
  extra: Json = {},
): Promise<{ peer: Peer; reply: Json }> {
  const message = { token: boundToken(roomId, participantId, permissions), roomId, name: participantId };
  return Peer.join(node, { ...message, ...extra });
}

/** Opens a line and answers how to join on it: for races, which are about the join and not about the line. */
export async function poised(
  node: Address,
  message: Json,
): Promise<() => Promise<{ peer: Peer; reply: Json }>> {
  const peer = await Peer.open(node);
  const id = randomBytes(12).toString("hex");
  const type = "secret" in message ? "resume" : "join";
  return () => peer.ask({ type, id, ...message }).then((reply) => ({ peer, reply }));
}

/** Joins under a proven id; rejects where the room does not let them in, or into the lobby. */
export async function enter(...args: Parameters<typeof join>): Promise<Peer> {
  const { peer, reply } = await join(...args);
  if (reply["ok"] !== true) throw new Error(`not let in: ${JSON.stringify(reply)}`);
  const entered = reply["state"] === "waiting" ? "lobby" : "snapshot";
  await peer.find((frame) => frame["type"] === entered, `a ${entered}`);
  return peer;
}

/** Ids of those whom a snapshot's room lists. */
export function idsIn(room: Json, list: "participants" | "lobby" = "participants"): string[] {
  return asList(room[list]).map((one) => String(asJson(one)["participantId"]));
}

/** The room as the log has it, read through a node. */
export function stateOf(node: Pick<RunningNode, "gateway">, roomId: string): Promise<RoomState> {
  return node.gateway.findRoom(APP_ID, roomId).then((state) => {
    if (state === null) throw new Error(`no room ${roomId}`);
    return state;
  });
}

/** The error of an answer; an error where the answer is a yes. */
export function errorOf(reply: Json): Json {
  if (reply["ok"] !== false) throw new Error(`not refused: ${JSON.stringify(reply)}`);
  return asJson(reply["error"]);
}

/** Ends connections without waiting for the other side. */
export function hangUp(peers: readonly Peer[]): void {
  for (const peer of peers) peer.socket.terminate();
}

/** Whether an event is about somebody. */
export function named(participantId: string): (event: Json) => boolean {
  return (event) =>
    event["participantId"] === participantId ||
    (event["knock"] !== undefined && asJson(event["knock"])["participantId"] === participantId);
}

/** A room made on the second node, with a host who moderates on the first. */
export async function hostedRoom(
  { first, second }: Readonly<Record<"first" | "second", Address>>,
  settings: Json = {},
): Promise<{ roomId: string; host: Peer }> {
  const roomId = await createRoom(second, settings);
  return { roomId, host: await enter(first, roomId, "host", MODERATOR) };
}
