/** Which tokens of an app are good no more, whatever they say. */
import { pathOf, type Ask } from "./client.js";
import { readNothing, readPage, type PageOf } from "./paging.js";
import type { Reader } from "./reader.js";

/** Whom a revocation concerns. `before` is epoch milliseconds: tokens issued before it. */
export type Revoked =
  | { readonly type: "token"; readonly jti: string }
  | {
      readonly type: "participant";
      readonly participantId: string;
      readonly roomId: string | null;
      readonly before: number;
    }
  | { readonly type: "key"; readonly key: string; readonly before: number }
  | { readonly type: "all"; readonly before: number };

/** A revocation. Times are epoch milliseconds. */
export interface Revocation {
  readonly id: string;
  readonly at: number;
  /** When it is forgotten, since nothing that it concerns can be good any more; null: never. */
  readonly until: number | null;
  readonly by: string;
  readonly note: string | null;
  readonly revoked: Revoked;
}

/** What to revoke. `before` in epoch milliseconds; left out: now. */
export type RevokeOrder = { readonly note?: string } & (
  | { readonly type: "token"; readonly jti: string }
  | { readonly type: "participant"; readonly participantId: string; readonly roomId?: string }
  | { readonly type: "key"; readonly apiKey: string }
  | { readonly type: "all"; readonly before?: number }
);

/** Revocations of an app, newest first. */
export function listRevocations(app: string, page: number): Ask<PageOf<Revocation>> {
  return {
    method: "GET",
    path: pathOf`/v2/admin/apps/${app}/revocations`,
    query: { page, perPage: 20 },
    read: readPage(readRevocation),
  };
}

/** Revokes; whoever stands on such a token is out within a second. */
export function revoke(app: string, body: RevokeOrder): Ask<Revocation> {
  return { method: "POST", path: pathOf`/v2/admin/apps/${app}/revocations`, body, read: readRevocation };
}

/** Lifts a revocation. */
export function liftRevocation(app: string, id: string): Ask<null> {
  return { method: "DELETE", path: pathOf`/v2/admin/apps/${app}/revocations/${id}`, read: readNothing };
}

/** Reads a revocation. */
export function readRevocation(item: Reader): Revocation {
  return {
    id: item.text("id"),
    at: item.instant("at"),
    until: item.instantOrNull("until"),
    by: item.text("by"),
    note: item.textOrNull("note"),
    revoked: readRevoked(item),
  };
}

function readRevoked(item: Reader): Revoked {
  const type = item.oneOf("type", ["token", "participant", "key", "all"]);
  switch (type) {
    case "token":
      return { type, jti: item.text("jti") };
    case "participant": {
      const [participantId, roomId] = [item.text("participantId"), item.textOrNull("roomId")];
      return { type, participantId, roomId, before: item.instant("before") };
    }
    case "key":
      return { type, key: item.text("key"), before: item.instant("before") };
    case "all":
      return { type, before: item.instant("before") };
  }
}
