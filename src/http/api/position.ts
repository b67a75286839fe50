/** Places in a room's log as text: `<epoch>:<seq>`, what a follower over REST holds on to. */
import { z } from "zod";
import type { Gateway } from "../../gateway/gateway.js";
import type { Position } from "../../gateway/history.js";

/** The text of a position. */
export function positionText({ epoch, seq }: Position): string {
  return `${epoch}:${seq}`;
}

/** A position in a request. Whether the room has such a place is not said by its form. */
export const positionParam = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}:\d{1,15}$/, { error: "must be a position such as an answer gave it" })
  .transform((text): Position => {
    const at = text.lastIndexOf(":");
    return { epoch: text.slice(0, at), seq: Number(text.slice(at + 1)) };
  });

/**
 * What `read` answers, with the epoch that it belongs to: read again where another epoch began meanwhile. Null: there is no such
 * room. Rejects with a fault.
 */
export async function withinEpoch<T>(
  gateway: Pick<Gateway, "position">,
  app: string,
  roomId: string,
  read: () => Promise<T>,
): Promise<{ readonly epoch: string; readonly value: T } | null> {
  let before = await gateway.position(app, roomId);
  for (;;) {
    if (before === null) return null;
    const value = await read();
    const after = await gateway.position(app, roomId);
    if (after?.epoch === before.epoch) return { epoch: before.epoch, value };
    before = after;
  }
}
