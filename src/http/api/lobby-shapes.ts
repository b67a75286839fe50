/** The shapes of the lobby: who waits, and links that answer a knock. */
import { z } from "zod";
import { knockViewSchema } from "../../protocol/events.js";
import { named } from "./shapes.js";

/** Somebody who waits, and where in the queue. */
export const queuedKnockSchema = z
  .strictObject({
    ...knockViewSchema.shape,
    position: z.number().int().describe("Place in the queue, from 1"),
  })
  .register(named, { id: "QueuedKnock", description: "Somebody in the lobby; times are epoch milliseconds" });

/** Who waits in a room. */
export const lobbySchema = z
  .strictObject({
    roomId: z.string(),
    hostPresent: z.boolean().describe("Whether anybody who could answer is in the room"),
    knocks: z.array(queuedKnockSchema).describe("In the order of the knocks"),
  })
  .register(named, { id: "Lobby" });

/** A link that answers one knock. Whoever has it can answer. */
export const knockLinkSchema = z.strictObject({
  url: z.string().describe("A page with the question, for a browser"),
  code: z.string().describe("The same for programs; whoever has it can answer the knock"),
  expiresAt: z
    .number()
    .describe("Epoch milliseconds; when the knock expires, unless something earlier was asked for"),
});
