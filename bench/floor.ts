/**
 * The floor: the least that anybody could do. A bare `ws` server; a join is one `jsonwebtoken.verify` with a `KeyObject` and one
 * Lua call, the joiner is answered, and the room's sockets get the event, made into JSON once. No check of a message, no rule,
 * no number, no replica, no second node, no way back after a lost line. A path of `/listing` also tells a joiner who is there,
 * which no meeting can do without. Frames are in the shape of ours, so that one driver serves both.
 */
import { createSecretKey } from "node:crypto";
import { env } from "node:process";
import jwt from "jsonwebtoken";
import { createClient } from "redis";
import { WebSocketServer, type WebSocket } from "ws";
import { reportTo } from "./meter.js";

const CHANGE =
  "redis.call('XADD', KEYS[1], '*', 'e', ARGV[1]) redis.call('SPUBLISH', KEYS[2], ARGV[1]) return 1";

interface Message {
  readonly type: "join" | "admit" | "publish";
  readonly id: string;
  readonly token: string;
  readonly roomId: string;
  readonly participantId: string;
  readonly message: string;
}
interface Person {
  readonly participantId: string;
  readonly socket: WebSocket;
}
interface Room {
  readonly inside: Set<Person>;
  readonly lobby: Map<string, Person>;
  readonly keys: readonly string[];
}

const key = createSecretKey(env["FLOOR_SECRET"] ?? "", "utf8");
const redis = await createClient({ url: env["FLOOR_REDIS"] ?? "" }).connect();
const script = await redis.scriptLoad(CHANGE);
const rooms = new Map<string, Room>();

function roomOf(roomId: string): Room {
  let room = rooms.get(roomId);
  if (room === undefined) {
    room = {
      inside: new Set(),
      lobby: new Map(),
      keys: [`floor:{${roomId}}:log`, `floor:{${roomId}}:channel`],
    };
    rooms.set(roomId, room);
  }
  return room;
}

async function change(room: Room, event: object): Promise<string> {
  const text = JSON.stringify(event);
  await redis.sendCommand(["EVALSHA", script, "2", ...room.keys, text]);
  return `{"type":"events","count":1,"events":[${text}]}`;
}

function tell(room: Room, frame: string): void {
  for (const { socket } of room.inside) socket.send(frame);
}

function serve(socket: WebSocket, listing: boolean): void {
  let room: Room | null = null;
  let me: Person | null = null;

  const hear = async (message: Message): Promise<void> => {
    const { type, id, roomId, participantId } = message;
    if (type === "join") {
      const claims = jwt.verify(message.token, key, { algorithms: ["HS256"] });
      if (typeof claims === "string" || claims["roomId"] !== roomId) throw new Error("not this room");
      room = roomOf(roomId);
      me = { participantId, socket };
      const knocks = String(claims["permissions"]) === "ask_join";
      const frame = await change(room, { type: knocks ? "knock" : "joined", participantId, at: Date.now() });
      const there = listing ? Array.from(room.inside, (one) => ({ participantId: one.participantId })) : [];
      socket.send(JSON.stringify({ type: "reply", id, ok: true, there }));
      tell(room, frame);
      if (knocks) room.lobby.set(participantId, me);
      else room.inside.add(me);
    } else if (room !== null && type === "publish") {
      const frame = await change(room, { type, message: message.message, at: Date.now() });
      socket.send(JSON.stringify({ type: "reply", id, ok: true }));
      tell(room, frame);
    } else if (room !== null) {
      const guest = room.lobby.get(participantId);
      const frame = await change(room, { type: "joined", participantId, at: Date.now() });
      socket.send(JSON.stringify({ type: "reply", id, ok: true }));
      tell(room, frame);
      if (guest === undefined) return;
      room.lobby.delete(participantId);
      room.inside.add(guest);
      guest.socket.send(JSON.stringify({ type: "snapshot" }));
    }
  };

  socket.on("message", (data: Buffer) => {
    hear(JSON.parse(data.toString("utf8")) as Message).catch(() => socket.terminate());
  });
  socket.on("close", () => {
    if (me !== null) room?.inside.delete(me);
  });
}

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("connection", (socket, request) => serve(socket, request.url === "/listing"));
server.on("listening", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) reportTo(address.port);
});
