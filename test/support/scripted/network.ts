/** The network between one client and the gateway's nodes: gives each line its fate, and watches how the client dials. */
import type { OpenSocket } from "../../../src/client/socket.js";
import type { Chance } from "./chance.js";
import { HEARTBEAT_MS } from "./gateway-frames.js";
import { Line } from "./line.js";
import type { Delivery, Fate, Wire, WireListeners } from "./line-fate.js";
import type { VirtualTime } from "./virtual-time.js";
import type { Accuse } from "./violation.js";

/** How bad the network is; probabilities. */
export interface Weather {
  /** Of a line to have another fate than a good one. */
  readonly trouble: number;
  /** Of a frame to arrive garbled. */
  readonly garble: number;
}

/** The doors of the gateway's nodes. */
export const URLS = ["wss://one.example/v2/meeting", "wss://two.example/v2/meeting"] as const;

/** What a network is made of. */
export interface NetworkParts {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly accept: (wire: Wire) => WireListeners;
  readonly diary: (text: () => string) => void;
  readonly accuse: Accuse;
  readonly onDelivery: (delivery: Delivery) => void;
  readonly onSend: (text: string) => void;
  /** A pause before a line, and the longest that it might have been, milliseconds. */
  readonly onPause: (pause: number, longest: number) => void;
  readonly onFate: (kind: Fate["kind"]) => void;
}

const RETRYABLE = [
  [1001, "going away"],
  [1006, ""],
  [1011, "internal_error"],
  [1012, "service_restart"],
  [1013, "try again"],
  [4501, "slow_consumer"],
  [4502, "heartbeat_missed"],
  [4503, "unavailable"],
  [4777, "a code of a later version"],
] as const;

/** As `docs/protocol.md` says of pauses, with this client's numbers: half a second, doubled each time, at most thirty. */
const longestPause = (failures: number): number => Math.min(30_000, 500 * 2 ** (failures - 1));
/**
 * After so long without a frame a client has found out that its line is dead: a heartbeat, a quarter more, the ping's answer, and what
 * one who leaves in that moment waits for the last word.
 */
const LONGEST_SILENCE_MS = HEARTBEAT_MS * 1.25 + 10_000 + 2_000;
/** A line that stood so long after its answer was a good one. */
const STEADY_MS = 5_000;

/** One client's network. */
export class Network {
  weather: Weather = { trouble: 0, garble: 0 };
  /** Until then every line is refused, and none is answered: the nodes start anew. */
  downUntil = 0;
  /** The stay is over: nothing may be dialled. */
  isOver = false;
  /** The line that the client uses. */
  line: Line | null = null;
  private readonly canTerminate: boolean;
  private count = 0;
  private failures = 0;
  private endedAt: number | null = null;
  private answeredAt: number | null = null;
  /** When the present line was opened, or last brought a frame. */
  private heardAt = 0;

  constructor(private readonly parts: NetworkParts) {
    this.canTerminate = parts.chance.yes(0.5);
  }

  /** For the client. */
  readonly openSocket: OpenSocket = (url, protocols) => {
    const { time, chance, accept, diary, accuse, onDelivery, onSend, onFate } = this.parts;
    this.count += 1;
    this.heardAt = time.now;
    const fate = this.fate();
    onFate(fate.kind);
    const number = this.count;
    diary(() => `${number} opened to ${url}, fate ${JSON.stringify(fate)}`);
    if (this.line !== null) accuse("sockets", `line ${number} is opened while ${this.line.number} is open`);
    if (this.isOver) accuse("end", `line ${number} is opened after the end`);
    if (!URLS.some((one) => one === url)) accuse("sockets", `an address that nobody gave: ${url}`);
    if (protocols.join() !== "admitone.v1") accuse("sockets", `offers ${protocols.join()}`);
    this.watchPause();
    const line = new Line({
      ...{ number, fate, chance: chance.fork(), time, accept, diary },
      garbles: () => this.weather.garble,
      onSend: (text) => {
        if (text.startsWith('{"type":"ping"') && time.now - this.heardAt < HEARTBEAT_MS)
          accuse("liveness", `a ping after no more than ${time.now - this.heardAt} ms of silence`);
        onSend(text);
      },
      onDelivery: (delivery) => {
        time.stir();
        if (delivery.kind !== "end") this.heardAt = time.now;
        onDelivery(delivery);
      },
      onClientEnd: (one) => this.ended(one),
      onMisuse: (problem) => accuse("sockets", problem),
    });
    this.line = line;
    return line.socket(this.canTerminate);
  };

  /** The client was let in on its line: from now on it counts as good, if it holds. */
  answered(): void {
    this.answeredAt = this.parts.time.now;
  }

  /** A new stay begins: the first line of it is dialled at once. */
  beginStay(): void {
    this.isOver = false;
    this.endedAt = null;
    this.failures = 0;
  }

  private ended(line: Line): void {
    const { now } = this.parts.time;
    if (this.line !== line) return;
    const silentMs = now - this.heardAt;
    if (silentMs > LONGEST_SILENCE_MS)
      this.parts.accuse("liveness", `line ${line.number} was dead for ${silentMs} ms`);
    this.line = null;
    this.endedAt = now;
    const heldMs = this.answeredAt === null ? 0 : now - this.answeredAt;
    this.answeredAt = null;
    this.failures = heldMs >= STEADY_MS ? 1 : this.failures + 1;
  }

  private watchPause(): void {
    if (this.endedAt === null) return;
    const pause = this.parts.time.now - this.endedAt;
    const longest = longestPause(this.failures);
    this.endedAt = null;
    this.parts.onPause(pause, longest);
    if (pause > longest)
      this.parts.accuse("pauses", `${pause} ms after ${this.failures} failures, ${longest} at most`);
  }

  private fate(): Fate {
    const { chance, time } = this.parts;
    const { trouble } = this.weather;
    const isBad = chance.yes(trouble);
    if (time.now < this.downUntil) return chance.yes(0.8) ? { kind: "refused" } : { kind: "mute" };
    if (!isBad) return { kind: "good" };
    const at = chance.yes(0.4) ? chance.whole(0, 400) : chance.whole(400, 20_000);
    switch (chance.weigh({ refused: 2, mute: 1, cut: 4, dead: 3, closed: 3 })) {
      case "refused":
        return { kind: "refused" };
      case "mute":
        return { kind: "mute" };
      case "cut": {
        const slow = chance.yes(0.2);
        const clientHears = slow ? chance.whole(2_000, 20_000) : chance.whole(0, 800);
        return { kind: "cut", at, clientHears, gatewayHears: chance.whole(0, 6_000) };
      }
      case "dead": {
        const way = chance.weigh({ both: 2, deaf: 1, dumb: 1 });
        const gatewayHears = chance.whole(15_000, 30_000);
        return { kind: "dead", at, deaf: way !== "dumb", dumb: way !== "deaf", gatewayHears };
      }
      case "closed": {
        const [code, reason] = chance.pick(RETRYABLE) ?? RETRYABLE[0];
        return { kind: "closed", at, code, reason };
      }
    }
  }
}
