/**
 * A gateway in miniature: one room, one participant, a numbered log, resume secrets that are used up, ids that have one effect.
 * Lines carry frames only when told to, lose what is on its way, and sometimes say a thing twice or leave one out.
 */
import type { OpenSocket, SocketListeners } from "../../../src/client/socket.js";
import { accepted, HELLO, refused, snapshot, type Sent } from "./support.js";

interface ModelLine {
  readonly listeners: SocketListeners;
  readonly toClient: object[];
  readonly toGateway: Sent[];
  open: boolean;
  /** Whether it may speak: it has joined, and no newer line has taken its place. */
  seated: boolean;
}

/** The room and its lines. */
export class ModelGateway {
  readonly log: object[] = [];
  readonly effects = new Map<string, number>();
  readonly lines: ModelLine[] = [];
  private epoch = 1;
  private secret = "";
  private spent: { readonly secret: string; readonly id: string } | null = null;
  private secrets = 0;
  private joinId: string | null = null;

  constructor(private readonly random: () => number) {}

  readonly openSocket: OpenSocket = () => {
    let line: ModelLine | null = null;
    return {
      listen: (listeners) => {
        line = { listeners, toClient: [HELLO], toGateway: [], open: true, seated: false };
        this.lines.push(line);
      },
      send: (text) => {
        const message: unknown = JSON.parse(text);
        if (line?.open === true && typeof message === "object" && message !== null)
          line.toGateway.push({ ...message });
      },
      close: () => line !== null && this.lose(line),
      terminate: () => line !== null && this.lose(line),
    };
  };

  /** Something happens in the room. */
  happen(): void {
    const seq = this.log.length + 1;
    const message = {
      id: `m${seq}`,
      topic: "T",
      message: String(seq),
      payload: null,
      senderId: null,
      senderName: "",
    };
    this.log.push({
      seq,
      at: seq,
      type: "message-published",
      message: { ...message, timestamp: seq, persist: true, sendOnly: null },
    });
    for (const line of this.lines) if (line.seated) line.toClient.push(this.batch(seq, 1));
  }

  /** The log is lost, and a new epoch opened from what the node holds. */
  reopen(): void {
    this.epoch += 1;
    for (const line of this.lines) if (line.seated) line.toClient.push(this.room("recovered"));
  }

  /** One frame arrives at the client: mostly as it was sent, sometimes twice, seldom not at all. */
  deliver(line: ModelLine, faults: boolean): void {
    const frame = line.toClient.shift();
    if (frame === undefined || !line.open) return;
    const luck = faults ? this.random() : 1;
    const isBatch = "type" in frame && frame.type === "events";
    if (luck < 0.05 && isBatch) return;
    line.listeners.message(JSON.stringify(frame));
    if (luck > 0.9 && luck < 1 && isBatch) line.listeners.message(JSON.stringify(frame));
  }

  /** One message arrives at the gateway. */
  hear(line: ModelLine): void {
    const message = line.toGateway.shift();
    if (message === undefined) return;
    const id = String(message["id"]);
    if (message["type"] === "join" || message["type"] === "resume") this.enter(line, id, message);
    else if (message["type"] === "ping") line.toClient.push({ type: "reply", id, ok: true });
    else if (line.seated) this.effect(line, id);
  }

  /** The line breaks: what is on its way is lost; whether the client hears of it is another matter. */
  lose(line: ModelLine): void {
    line.open = line.seated = false;
    line.toClient.length = line.toGateway.length = 0;
  }

  private enter(line: ModelLine, id: string, message: Sent): void {
    const isJoin = message["type"] === "join";
    const again = this.spent?.id === id && this.spent.secret === message["secret"];
    const good = isJoin ? (this.joinId ??= id) === id : message["secret"] === this.secret || again;
    if (!good) {
      line.toClient.push(refused(id, { code: 4411, reason: "resume_invalid" }));
      return;
    }
    for (const other of this.lines) other.seated = false;
    if (!isJoin) this.spent = { secret: String(message["secret"]), id };
    this.secret = `secret-${(this.secrets += 1)}`;
    line.seated = line.open;
    const from = message["epoch"] === `e${this.epoch}` ? Number(message["seq"]) : null;
    // Now and then what was missed is not kept any more.
    const recovered = from !== null && this.random() < 0.8;
    const answer = {
      state: "joined",
      participantId: "ann",
      roomId: "demo",
      resume: this.secret,
      resumeWindowMs: 1,
      recovered,
    };
    line.toClient.push(accepted(id, answer));
    line.toClient.push(
      recovered ? this.batch(from + 1, this.log.length - from) : this.room(isJoin ? "joined" : "resumed"),
    );
  }

  private effect(line: ModelLine, id: string): void {
    const before = this.effects.get(id) ?? 0;
    if (before === 0) {
      this.effects.set(id, 1);
      this.happen();
    }
    line.toClient.push(accepted(id, before === 0 ? {} : { repeated: true }));
  }

  private batch(first: number, count: number): object {
    return {
      type: "events",
      epoch: `e${this.epoch}`,
      seq: first,
      count,
      events: this.log.slice(first - 1, first - 1 + count),
    };
  }

  private room(cause: string): object {
    const messages = this.log.map((event) => ("message" in event ? event.message : null)).slice(-200);
    return snapshot(this.log.length, { cause, epoch: `e${this.epoch}`, room: { messages } });
  }
}
