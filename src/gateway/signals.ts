/**
 * Signals between two people in a room: not kept, not numbered, handed over at once. The sender is stamped here; a signal that is
 * sent again under its id is handed over once (`docs/rules.md` S).
 */
import { z } from "zod";
import { LogFault, type RoomKey, type RoomLog } from "../log/port.js";
import type { ClientMessage } from "../protocol/commands.js";
import { refuse, type Refusal } from "../protocol/refusals.js";
import type { Actor } from "../room/commands.js";
import { maySignal } from "../room/rules/messages.js";
import type { FanOut } from "./fan-out.js";
import { signalFrame } from "./frames.js";
import type { Replica } from "./replica.js";

const signalSchema = z.object({
  t: z.literal("signal"),
  from: z.string(),
  to: z.string(),
  id: z.string(),
  payload: z.record(z.string(), z.unknown()),
});
type Signal = z.infer<typeof signalSchema>;

/** Signals of a room that are remembered, to hand each over once. */
const REMEMBERED = 1_024;

type Speaker = Extract<Actor, { kind: "participant" }>;
type SignalMessage = Extract<ClientMessage, { type: "signal" }>;

/** What the relay needs of its room. */
export interface SignalHost {
  readonly key: RoomKey;
  readonly log: RoomLog;
  readonly replica: Replica;
  readonly fanOut: FanOut;
}

/** Hands signals over, on this node or through the room's channel. */
export class SignalRelay {
  private readonly handed = new Set<string>();

  constructor(private readonly host: SignalHost) {}

  /** Sends a signal from somebody in the room; null: handed over, or on its way to the node that serves the other. */
  async send(by: Speaker, { id, to, payload }: SignalMessage): Promise<Refusal | null> {
    const refusal = maySignal(this.host.replica.state, by, to);
    if (refusal !== null) return refusal;
    const signal: Signal = { t: "signal", from: by.participantId, to, id, payload: { ...payload } };
    if (this.handOver(signal)) return null;
    try {
      await this.host.log.relay(this.host.key, JSON.stringify(signal));
      return null;
    } catch (error) {
      return refuse(error instanceof LogFault ? "unavailable" : "internal_error");
    }
  }

  /** Hears a relay of the room from another node. */
  hear(message: unknown): void {
    const parsed = signalSchema.safeParse(message);
    if (parsed.success) this.handOver(parsed.data);
  }

  private handOver({ from, to, id, payload }: Signal): boolean {
    const name = JSON.stringify([from, to, id]);
    if (this.handed.has(name)) return true;
    if (!this.host.fanOut.sendTo(to, signalFrame(from, id, payload))) return false;
    this.handed.add(name);
    if (this.handed.size > REMEMBERED) for (const oldest of this.handed) return this.handed.delete(oldest);
    return true;
  }
}
