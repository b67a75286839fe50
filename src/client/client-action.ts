import type { z } from "zod";
import type { clientMessageSchema } from "../protocol/commands.js";

type Message = z.input<typeof clientMessageSchema>;
type WithoutId<M> = M extends unknown ? Omit<M, "id"> : never;

/** What a participant can ask of the room, by `type`. The client adds the id; ways in and heartbeats are its own business. */
export type ClientAction = WithoutId<Exclude<Message, { type: "join" | "resume" | "ping" | "subscribe" }>>;
