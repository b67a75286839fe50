/** Members of bodies that are members of commands on sockets too: taken from there, so that both take the same. */
import { z } from "zod";
import { clientMessageSchema, participantIdSchema, type RoomCommand } from "../../protocol/commands.js";
import { LIMITS } from "../../protocol/limits.js";
import { idParam } from "./shapes.js";

type Option = (typeof clientMessageSchema.options)[number];
type OptionOf<T extends RoomCommand["type"]> = Extract<Option, { shape: { type: z.ZodLiteral<T> } }>;

/** A command as sockets send it; its `shape` has the members by name. */
export function commandOf<T extends RoomCommand["type"]>(type: T): OptionOf<T> {
  const found = clientMessageSchema.options.find(
    (option): option is OptionOf<T> => option.shape.type.value === type,
  );
  if (found === undefined) throw new Error(`there is no command ${type}`);
  return found;
}

/** For whom a back end acts: shown to hosts, and to whoever comes second with an answer. */
export const actingName = z
  .string()
  .min(1)
  .max(LIMITS.nameLength)
  .optional()
  .describe("For whom the back end acts; shown as who did it");

/** Id of a participant in a path, beside the room's. */
export const participantParams = idParam.extend({ participantId: participantIdSchema });
