/** Words of the gateway to one person in room or lobby, on whatever node: not kept, not numbered, handed over at most once. */
import { z } from "zod";
import type { FanOut } from "./fan-out.js";

const toldSchema = z.object({
  t: z.literal("tell"),
  to: z.string(),
  frame: z.looseObject({ type: z.string() }),
});

/** Text for the room's channel. `frame`: as the client gets it, with its `type`. */
export function tellText(to: string, frame: object): string {
  return JSON.stringify({ t: "tell", to, frame });
}

/** Hears a relay of the room; true: it was such a word, and it was handed over if whom it is for is here. */
export function hearTold(message: unknown, fanOut: Pick<FanOut, "tell">): boolean {
  const parsed = toldSchema.safeParse(message);
  if (!parsed.success) return false;
  fanOut.tell(parsed.data.to, JSON.stringify(parsed.data.frame));
  return true;
}
