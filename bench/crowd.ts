/** The people of the bench: they join, publish, admit and leave, and count what comes without reading it. */
import { mintToken } from "../src/tokens/mint.js";
import { Line } from "./line.js";
import { APP } from "./servers.js";

/** Where people go, and how. */
export interface Door {
  readonly port: number;
  readonly path: string;
  /** Whether the server knows `leave`; from the others people go by cutting the line. */
  readonly takesLeave: boolean;
}

/** Events that arrived, over all people, and when somebody last got any. */
export interface Tally {
  events: number;
  /** Told after each frame of events. */
  onEvents: (() => void) | null;
}

type Told = (head: string) => void;

/** Somebody with an open connection. */
export class Person {
  private line: Line | null = null;
  private sent = 0;
  private readonly replies: Told[] = [];
  private onSnapshot: (() => void) | null = null;
  private onKnock: ((participantId: string) => void) | null = null;
  private onClosed: (() => void) | null = null;
  private over = false;
  private readonly joinMessage: string;

  constructor(
    private readonly tally: Tally,
    readonly roomId: string,
    readonly participantId: string,
    private readonly permission: "allow_join" | "ask_join",
  ) {
    const token = mintToken({
      ...APP,
      permissions: [permission],
      roomId,
      participantId,
      ttlSeconds: 3_600,
      now: Date.now,
    });
    const id = `join-${roomId}-${participantId}`;
    this.joinMessage = JSON.stringify({ type: "join", id, token, roomId, participantId, name: "Somebody" });
  }

  /** Opens the connection. `readsKnocks`: looks at whole frames, to see who knocks. */
  async open(door: Door, readsKnocks = false): Promise<void> {
    const listener = {
      frame: (head: string) => this.hear(head, readsKnocks),
      closed: () => {
        this.over = true;
        this.onClosed?.();
      },
    };
    this.line = await Line.open(door.port, door.path, listener, readsKnocks ? 65_536 : 200);
  }

  /** Joins, or knocks; resolves when it is answered. */
  join(): Promise<void> {
    return this.ask(this.joinMessage);
  }

  /** Knocks; resolves when a host let them in and they have the room. */
  async enter(): Promise<void> {
    const inside = new Promise<void>((resolve) => (this.onSnapshot = resolve));
    await this.join();
    await inside;
  }

  /** Lets in whoever knocks from now on. */
  admitAll(): void {
    this.onKnock = (participantId) =>
      void this.ask(JSON.stringify({ type: "admit", id: this.nextId(), participantId }));
  }

  /** Sends a message to everybody; resolves when it is answered. */
  publish(): Promise<void> {
    const message =
      "An announcement of a hundred characters, as somebody would make it to all of the others in the room.";
    return this.ask(JSON.stringify({ type: "publish", id: this.nextId(), topic: "bench", message }));
  }

  /** Asks to go; resolves when the line is closed. */
  leave(): Promise<void> {
    if (this.over) return Promise.resolve();
    const closed = new Promise<void>((resolve) => (this.onClosed = resolve));
    this.replies.push(() => undefined);
    this.line?.send(JSON.stringify({ type: "leave", id: this.nextId() }));
    return closed;
  }

  /** Cuts the line. */
  cut(): void {
    this.line?.destroy();
  }

  private nextId(): string {
    this.sent += 1;
    return `c${this.sent}`;
  }

  private ask(message: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.replies.push((head) => {
        if (head.includes('"ok":true')) resolve();
        else reject(new Error(`${this.permission} was refused: ${head}`));
      });
      this.line?.send(message);
    });
  }

  private hear(head: string, readsKnocks: boolean): void {
    // The frames of both servers begin with their type, and answers to one connection come in order.
    if (head.startsWith('{"type":"events"')) {
      const at = head.indexOf('"count":');
      this.tally.events += Number.parseInt(head.slice(at + 8, at + 16), 10);
      if (readsKnocks) this.readKnocks(head);
      this.tally.onEvents?.();
    } else if (head.startsWith('{"type":"reply"')) this.replies.shift()?.(head);
    else if (head.startsWith('{"type":"snapshot"')) this.onSnapshot?.();
  }

  private readKnocks(frame: string): void {
    const pattern = /"type":"(?:knock|entry-requested)"[^}]*?"participantId":"([^"]+)"/g;
    for (const [, participantId] of frame.matchAll(pattern)) {
      if (participantId === undefined) continue;
      this.onKnock?.(participantId);
    }
  }
}

/** Runs `start` for 0, 1, 2 … `count` - 1, at most `width` at once. */
export async function inFlight(
  count: number,
  width: number,
  start: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await start(next - 1);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
}

/** Sends people away and waits until they are gone, at most some seconds. */
export async function disperse(people: readonly Person[], { takesLeave }: Door): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  if (takesLeave) {
    const late = new Promise((resolve) => (timer = setTimeout(resolve, 4_000)));
    await Promise.race([Promise.all(people.map((person) => person.leave())), late]);
    clearTimeout(timer);
  }
  for (const person of people) person.cut();
}
