/** A client as plain as can be, for tests: it sends what it is told and keeps all that comes. It trusts nothing of `src/client`. */
import { WebSocket } from "ws";
import { randomBytes } from "node:crypto";
import type { RunningNode } from "../../src/server.js";
import { eventually } from "./eventually.js";

/** A frame or event, as JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** An object, or an error that shows what came instead. */
export function asJson(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`not an object: ${JSON.stringify(value)}`);
  }
  return Object.fromEntries(Object.entries(value));
}

/** A list, or an error. */
export function asList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
  return value;
}

/** A connection to a node. */
export class Peer {
  readonly frames: Json[] = [];
  readonly events: Json[] = [];
  closed: { code: number; reason: string } | null = null;
  epoch: string | null = null;
  seq: number | null = null;
  resumeSecret: string | null = null;
  private sent = 0;

  private constructor(readonly socket: WebSocket) {
    socket.on("message", (data) => {
      if (Buffer.isBuffer(data)) this.hear(asJson(JSON.parse(data.toString("utf8"))));
    });
    socket.on("close", (code, reason) => (this.closed = { code, reason: reason.toString("utf8") }));
    socket.on("error", () => undefined);
  }

  /** Opens a connection; resolves when it is open. */
  static async open(
    node: Pick<RunningNode, "port">,
    protocols: readonly string[] = ["admitone.v1"],
  ): Promise<Peer> {
    const socket = new WebSocket(`ws://127.0.0.1:${node.port}/v2/meeting`, [...protocols]);
    const peer = new Peer(socket);
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return peer;
  }

  /** Opens a connection and joins; resolves with the answer, whichever it is. */
  static async join(node: Pick<RunningNode, "port">, message: Json): Promise<{ peer: Peer; reply: Json }> {
    const peer = await Peer.open(node);
    const reply = await peer.ask({ type: "join", id: randomBytes(12).toString("hex"), ...message });
    return { peer, reply };
  }

  /** Sends any JSON, as it is. */
  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Sends a message with an id (made, unless it has one) and resolves with its answer. */
  async ask(message: Json): Promise<Json> {
    this.sent += 1;
    const id = typeof message["id"] === "string" ? message["id"] : `c${this.sent}`;
    this.send({ id, ...message });
    return this.find(
      (frame) => frame["type"] === "reply" && frame["id"] === id,
      `an answer to ${String(message["type"])}`,
    );
  }

  /** The first frame that fits, now or later. */
  find(fits: (frame: Json) => boolean, what = "a frame"): Promise<Json> {
    return eventually(() => {
      const found = this.frames.find(fits);
      if (found === undefined)
        throw new Error(`${what} did not come; got ${this.types()}; closed: ${JSON.stringify(this.closed)}`);
      return found;
    });
  }

  /** The first event of a type that fits, now or later. */
  event(type: string, fits: (event: Json) => boolean = () => true): Promise<Json> {
    return eventually(() => {
      const found = this.events.find((event) => event["type"] === type && fits(event));
      if (found === undefined) throw new Error(`${type} did not come; got ${this.types()}`);
      return found;
    });
  }

  /** The last snapshot's room, now or later. */
  async room(): Promise<Json> {
    const frame = await eventually(() => {
      const found = this.frames.findLast(({ type }) => type === "snapshot");
      if (found === undefined)
        throw new Error(`no snapshot; got ${this.types()}; closed: ${JSON.stringify(this.closed)}`);
      return found;
    });
    return asJson(frame["room"]);
  }

  /** Resolves when the far end has closed. */
  ended(): Promise<{ code: number; reason: string }> {
    return eventually(() => {
      if (this.closed === null) throw new Error(`still open; got ${this.types()}`);
      return this.closed;
    });
  }

  /** Cuts the line without a word. */
  async cut(): Promise<void> {
    this.socket.terminate();
    await this.ended();
  }

  /** Comes back on a node with the secret; resolves with the new connection and the answer. */
  async resumeOn(node: Pick<RunningNode, "port">, extra: Json = {}): Promise<{ peer: Peer; reply: Json }> {
    const peer = await Peer.open(node);
    peer.epoch = this.epoch;
    peer.seq = this.seq;
    const id = randomBytes(12).toString("hex");
    const { epoch, seq } = this;
    const reply = await peer.ask({ type: "resume", id, secret: this.resumeSecret, epoch, seq, ...extra });
    return { peer, reply };
  }

  private types(): string {
    const shown = (frame: Json): string =>
      frame["type"] === "events"
        ? `events(${asList(frame["events"])
            .map((event) => String(asJson(event)["type"]))
            .join(",")})`
        : JSON.stringify(frame).slice(0, 160);
    return this.frames.map(shown).join(" | ");
  }

  private hear(frame: Json): void {
    this.frames.push(frame);
    if (typeof frame["resume"] === "string") this.resumeSecret = frame["resume"];
    if (frame["type"] === "snapshot") {
      this.epoch = String(frame["epoch"]);
      this.seq = Number(frame["seq"]);
    }
    if (frame["type"] !== "events") return;
    // The promise that every client holds us to: no gap, no double (`design.md` section 5).
    if (frame["epoch"] !== this.epoch || Number(frame["seq"]) !== Number(this.seq) + 1) {
      throw new Error(
        `events ${String(frame["seq"])} of ${String(frame["epoch"])} do not follow ${String(this.seq)} of ${String(this.epoch)}`,
      );
    }
    this.seq = Number(this.seq) + Number(frame["count"]);
    for (const event of asList(frame["events"])) this.events.push(asJson(event));
  }
}
