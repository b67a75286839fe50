/**
 * One line between a client and a gateway, as bad as its fate: texts arrive late but in their order, a line may be refused, stay mute,
 * break so that the two ends learn of it at different times, go dead without a word in one or both directions, or be closed.
 */
import type { SocketLike, SocketListeners } from "../../../src/client/socket.js";
import type { Chance } from "./chance.js";
import type { Delivery, Fate, Wire, WireListeners } from "./line-fate.js";
import type { VirtualTime } from "./virtual-time.js";

/** What a line is made of. */
export interface LineParts {
  readonly number: number;
  readonly fate: Fate;
  readonly chance: Chance;
  /** Probability that a frame to the client arrives garbled; may change while the line stands. */
  readonly garbles: () => number;
  readonly time: VirtualTime;
  readonly accept: (wire: Wire) => WireListeners;
  readonly diary: (text: () => string) => void;
  /** The client says something. */
  readonly onSend: (text: string) => void;
  /** Right before the client hears of something on a line that it has not given up. */
  readonly onDelivery: (delivery: Delivery) => void;
  /** The client's side is over: by its own wish, or because it heard so. */
  readonly onClientEnd: (line: Line) => void;
  /** The client did what no socket allows. */
  readonly onMisuse: (problem: string) => void;
}

/** Close codes that a page may give; a browser throws for all others. */
const mayClose = (code: number): boolean => code === 1000 || (code >= 3000 && code <= 4999);

/** The line itself. */
export class Line {
  /** The gateway's end, once it was opened. */
  private far: WireListeners | null = null;
  private near: SocketListeners | null = null;
  private clientOpen = true;
  private gatewayOpen = false;
  private spoke = false;
  private cutOff = false;
  private deaf = false;
  private dumb = false;
  private lastUp = 0;
  private lastDown = 0;
  private over = false;

  constructor(private readonly parts: LineParts) {
    const { fate } = parts;
    if (fate.kind === "mute") return;
    if (fate.kind === "refused") this.later(this.latency(), () => this.tellClient(1006, "refused"));
    else this.later(this.latency(), () => this.open(fate));
  }

  get number(): number {
    return this.parts.number;
  }

  /** Whether the client still uses it. */
  get isOpen(): boolean {
    return this.clientOpen;
  }

  /** The client's end; without `terminate` it is a browser's. */
  socket(canTerminate: boolean): SocketLike {
    const { onMisuse } = this.parts;
    const socket = {
      listen: (listeners: SocketListeners) => {
        if (this.near !== null) onMisuse("listened twice to one socket");
        this.near = listeners;
      },
      send: (text: string) => {
        if (!this.clientOpen) onMisuse("sent on a closed socket");
        if (!this.spoke) onMisuse("sent before the gateway spoke");
        this.parts.onSend(text);
        this.up(text);
      },
      close: (code: number, reason: string) => {
        if (!mayClose(code)) onMisuse(`closed with ${code}, which no browser allows`);
        if (new TextEncoder().encode(reason).length > 123) onMisuse("closed with a reason that is too long");
        this.hangUp(code);
      },
    };
    return canTerminate ? { ...socket, terminate: () => this.hangUp(1006) } : socket;
  }

  private open(fate: Fate): void {
    if (!this.clientOpen) return;
    const { accept, number } = this.parts;
    this.gatewayOpen = true;
    this.far = accept({
      number,
      send: (frame) => this.down(frame),
      close: (code, reason) => this.closeFromGateway(code, reason),
    });
    switch (fate.kind) {
      case "cut":
        this.later(fate.at, () => {
          this.cutOff = true;
          this.later(fate.clientHears, () => this.tellClient(1006, "cut"));
          this.later(fate.gatewayHears, () => this.tellGateway());
        });
        return;
      case "dead":
        this.later(fate.at, () => {
          this.deaf = fate.deaf;
          this.dumb = fate.dumb;
          this.later(fate.gatewayHears, () => {
            this.cutOff = true;
            this.tellGateway();
            // Where its own words still arrive, the cut does too.
            if (!fate.dumb) this.later(this.latency(), () => this.tellClient(1006, "cut by the gateway"));
          });
        });
        return;
      case "closed":
        this.later(fate.at, () => {
          if (!this.gatewayOpen) return;
          this.closeFromGateway(fate.code, fate.reason);
          this.far?.gone();
        });
        return;
      case "good":
      case "refused":
      case "mute":
    }
  }

  private up(text: string): void {
    this.parts.diary(() => `${this.number} > ${text}`);
    if (this.cutOff || this.deaf) return;
    this.lastUp = Math.max(this.lastUp, this.time() + this.latency());
    this.later(this.lastUp - this.time(), () => {
      if (this.gatewayOpen && !this.cutOff && !this.deaf) this.far?.text(text);
    });
  }

  private down(frame: object): void {
    if (!this.gatewayOpen || this.cutOff || this.dumb) return;
    this.lastDown = Math.max(this.lastDown, this.time() + this.latency());
    const text = JSON.stringify(frame);
    this.later(this.lastDown - this.time(), () => {
      if (this.cutOff || this.dumb) return;
      const isBad = this.parts.chance.yes(this.parts.garbles());
      this.deliver(isBad ? this.garble(text) : text, isBad ? null : frame);
    });
  }

  /** What was sent before a close arrives before it, and a socket that was given up still hears what was on its way. */
  private deliver(text: unknown, frame: object | null): void {
    const { diary, onDelivery } = this.parts;
    if (this.near === null || this.over) return;
    diary(() => `${this.number} < ${String(text)}${this.clientOpen ? "" : "   (given up)"}`);
    this.spoke = true;
    if (this.clientOpen) onDelivery(frame === null ? { kind: "garbled" } : { kind: "frame", frame });
    this.near.message(text);
  }

  private closeFromGateway(code: number, reason: string): void {
    if (!this.gatewayOpen) return;
    this.gatewayOpen = false;
    if (this.dumb || this.cutOff) return;
    this.lastDown = Math.max(this.lastDown, this.time() + this.latency());
    this.later(this.lastDown - this.time(), () => {
      if (!this.cutOff && !this.dumb) this.tellClient(code, reason);
    });
  }

  /** The client closes, or terminates: the gateway hears of it if anything still arrives there. */
  private hangUp(code: number): void {
    const { diary, onClientEnd } = this.parts;
    if (!this.clientOpen) return;
    diary(() => `${this.number} > x ${code}`);
    this.clientOpen = false;
    onClientEnd(this);
    if (!this.cutOff && !this.deaf && this.far !== null) {
      const wait = Math.max(this.lastUp - this.time(), 0) + this.latency();
      this.later(wait, () => {
        if (!this.deaf && !this.cutOff) this.tellGateway();
      });
    }
    // The platform tells the end of every socket once, those that were given up included.
    this.later(this.latency() * 2, () => this.tellClient(code, ""));
  }

  private tellClient(code: number, reason: string): void {
    const { diary, onDelivery, onClientEnd } = this.parts;
    if (this.over) return;
    this.over = true;
    diary(() => `${this.number} < x ${code} ${reason}${this.clientOpen ? "" : "   (given up)"}`);
    if (this.clientOpen) {
      onDelivery({ kind: "end", code });
      this.clientOpen = false;
      onClientEnd(this);
    }
    // The far end is gone too, if it was still there and the line was not merely dead.
    this.near?.closed(code, reason);
  }

  private tellGateway(): void {
    if (!this.gatewayOpen) return;
    this.gatewayOpen = false;
    this.far?.gone();
  }

  private garble(text: string): unknown {
    const { chance } = this.parts;
    switch (chance.weigh({ short: 3, binary: 1, noise: 1, list: 1 })) {
      case "short":
        return text.slice(0, chance.whole(0, text.length - 1));
      case "binary":
        return new Uint8Array([1, 2, 3]);
      case "noise":
        return `${text}${text}`;
      case "list":
        return "[]";
    }
  }

  private latency(): number {
    const { chance } = this.parts;
    return chance.yes(0.04) ? chance.whole(200, 2_500) : chance.whole(5, 80);
  }

  private time(): number {
    return this.parts.time.now;
  }

  private later(milliseconds: number, run: () => void): void {
    this.parts.time.timerFor("world")(run, milliseconds);
  }
}
