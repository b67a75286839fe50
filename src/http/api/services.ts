/** What the routes work with. */
import type { Access } from "../../access/port.js";
import type { Admissions } from "../../admissions/admissions.js";
import type { Archive } from "../../archive/archive.js";
import type { Gateway } from "../../gateway/gateway.js";
import type { Vitals } from "../../gateway/vitals.js";
import type { RoomState } from "../../room/state.js";
import type { TokenOffice } from "../../tokens/office.js";
import type { KnockLinks } from "../../tokens/knock-links.js";
import type { Webhooks } from "../../webhooks/port.js";
import type { Caller } from "../caller.js";
import type { ConsoleSessions } from "../console-session.js";
import { no, yes, type Reply } from "../route.js";
import type { TokenChecks } from "./token-checks.js";

/** What every route may use. */
export interface Services {
  readonly gateway: Gateway;
  readonly archive: Archive;
  /** Codes that answer one knock without a token. */
  readonly knockLinks: KnockLinks;
  readonly webhooks: Webhooks;
  readonly tokens: TokenChecks;
  /** Apps, keys and revocations. */
  readonly access: Access;
  /** Makes and reads the gateway's own tokens. */
  readonly office: TokenOffice;
  /** Who came in, by which token and whose decision. */
  readonly admissions: Admissions;
  /** How the nodes fare. */
  readonly vitals: Pick<Vitals, "nodes">;
  /** Null: nobody is the admin. */
  readonly consoleSessions: ConsoleSessions | null;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly freshId: () => string;
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
