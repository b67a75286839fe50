/** What the routes work with. */
import type { Archive } from "../../archive/archive.js";
import type { Gateway } from "../../gateway/gateway.js";
import type { Refusal } from "../../protocol/refusals.js";
import type { RoomState } from "../../room/state.js";
import type { KnockLinks } from "../../tokens/knock-links.js";
import type { Caller } from "../caller.js";
import { no, yes, type Reply } from "../route.js";
import type { TokenChecks } from "./token-checks.js";
import type { WebhookDesk } from "./webhook-desk.js";

/** What every route may use. */
export interface Services {
  readonly gateway: Gateway;
  readonly archive: Archive;
  /** Whether something may be delivered to a URL at all; null: it may. */
  readonly addressRefusal: (url: string) => Refusal | null;
  /** The key that verifies `videosdk-signature`, as PEM. */
  readonly publicKey: () => Promise<string>;
  /** Codes that answer one knock without a token. */
  readonly knockLinks: KnockLinks;
  readonly webhooks: WebhookDesk;
  readonly tokens: TokenChecks;
}

/** A room that exists. */
export type Room = NonNullable<RoomState["room"]>;

/**
 * The room that a caller names by id or custom room id, as far as their token sees it. A token for one room learns nothing of
 * the others, not even whether they exist. Rejects with a fault.
 */
export async function findRoom(
  { gateway }: Pick<Services, "gateway">,
  caller: Caller,
  idOrName: string,
): Promise<Reply<{ readonly room: Room; readonly state: RoomState }>> {
  const state = await gateway.findRoom(caller.app, idOrName);
  const room = state?.room ?? null;
  const outside = caller.outside(room?.roomId ?? idOrName);
  if (outside !== null) return { ok: false, refusal: outside };
  return state === null || room === null ? no("room_unknown", { field: "roomId" }) : yes({ room, state });
}
