/** Commands of a back end to one room: the scope of the token, the command, and what is answered. */
import type { z } from "zod";
import type { Outcome } from "../../gateway/batch.js";
import type { Refusal } from "../../protocol/refusals.js";
import type { Result, RoomAction } from "../../room/commands.js";
import type { Caller } from "../caller.js";
import { positionText } from "./position.js";
import { no, yes, type Reply } from "../route.js";
import { findRoom, type Services } from "./services.js";
import type { doneSchema } from "./shapes.js";

/** What became of a command, as the API answers it. */
export type Done = z.infer<typeof doneSchema>;

/** What a route of commands takes from its request. */
export interface Asked {
  readonly caller: Caller;
  readonly commandId: string | undefined;
  readonly params: { readonly id: string };
}

/** Whom a command touches: one participant, or the room as a whole. */
export type Target = string | null;

/** Why a token that is for one participant only does not reach the whole room; null: it does. */
export function outsideWhole({ onlyParticipant }: Caller): Refusal | null {
  return onlyParticipant === null ? null : { reason: "participant_mismatch", field: "participantId" };
}

/**
 * The room that a caller names, where their token reaches what is asked of it. Whether there is such a room is said first. Rejects
 * with a fault.
 */
export async function findTarget(
  services: Pick<Services, "gateway">,
  caller: Caller,
  idOrName: string,
  target: Target,
): ReturnType<typeof findRoom> {
  const found = await findRoom(services, caller, idOrName);
  if (!found.ok) return found;
  const outside = target === null ? outsideWhole(caller) : caller.outside(found.value.room.roomId, target);
  return outside === null ? found : { ok: false, refusal: outside };
}

/** Sends one command to a room and answers what became of it. `name`: for whom the back end acts. Rejects with a fault. */
export async function askRoom(
  services: Services,
  { caller, commandId, params }: Asked,
  target: Target,
  action: RoomAction,
  name?: string,
): Promise<Reply<Done>> {
  const found = await findTarget(services, caller, params.id, target);
  if (!found.ok) return found;
  const { roomId } = found.value.room;
  const about = { id: commandId, name: actorOf(caller, name) };
  const outcome = await services.gateway.command(caller.app, roomId, action, about);
  return outcome.ok ? done(services, caller, roomId, outcome) : refused(outcome.refusal);
}

/** A body that says for whom the back end acts, beside what it says of the command. */
interface Acting {
  readonly name?: string | undefined;
}

/** A handler that sends the room as a whole one command, made of what the body says. */
export function askingRoom<B extends Acting>(
  services: Services,
  action: (said: Omit<B, "name">) => RoomAction,
): (asked: Asked & { readonly body: B }) => Promise<Reply<Done>> {
  return (asked) => {
    const { name, ...said } = asked.body;
    return askRoom(services, asked, null, action(said), name);
  };
}

/** A handler that sends a room one command about the participant whom the path names. */
export function askingAbout<B extends Acting>(
  services: Services,
  action: (participantId: string, said: Omit<B, "name">) => RoomAction,
): (
  asked: Asked & { readonly params: { readonly participantId: string }; readonly body: B },
) => Promise<Reply<Done>> {
  return (asked) => {
    const { participantId } = asked.params;
    const { name, ...said } = asked.body;
    return askRoom(services, asked, participantId, action(participantId, said), name);
  };
}

/** Who did it, as others are shown: whom the request names, or else whom the caller stands for. */
export function actorOf({ actor }: Caller, name?: string): string | undefined {
  return name ?? actor ?? undefined;
}

/** The id of one of the commands that a request is made of. No caller can send it: it has a character that theirs may not have. */
export function partOf(commandId: string | undefined, part: string): string | undefined {
  return commandId === undefined ? undefined : `${commandId}/${part}`;
}

/** The answer to an accepted command. `room_unknown` where the room is gone by now. Rejects with a fault. */
export async function done(
  { gateway }: Pick<Services, "gateway">,
  { app }: Pick<Caller, "app">,
  roomId: string,
  { seq, repeated, result }: { readonly seq: number; readonly repeated: boolean; readonly result: Result },
): Promise<Reply<Done>> {
  const head = await gateway.position(app, roomId);
  if (head === null) return no("room_unknown", { field: "roomId" });
  const position = positionText({ epoch: head.epoch, seq });
  return yes({ roomId, position, repeated, result: { ...result } });
}

/** The answer to a refused command. Over REST, its id came in a header. */
export function refused(refusal: Extract<Outcome, { ok: false }>["refusal"]): Reply<never> {
  const reused = refusal.reason === "command_id_reused";
  return { ok: false, refusal: reused ? { ...refusal, field: "idempotency-key" } : refusal };
}
