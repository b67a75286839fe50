/** What a request to revoke means: names looked up, a token read, times settled. */
import type { z } from "zod";
import type { Revoked } from "../../tokens/standing.js";
import { no, yes, type Reply } from "../route.js";
import type { revokeBody } from "./revocation-shapes.js";
import type { Services } from "./services.js";

/** What the meaning is looked up with. */
export type MeaningServices = Pick<Services, "access" | "gateway" | "office" | "now">;
/** A request to revoke. */
export type RevokeBody = z.infer<typeof revokeBody>;

/** How far into the future `before` may be, milliseconds: clocks differ, but the tokens of tomorrow are nobody's yet. */
const AHEAD_MS = 60_000;

/** What a body means: names looked up, times settled. */
export interface Meaning {
  readonly revoked: Revoked;
  /** When the last token that it concerns expires, epoch milliseconds; null: that is not known here. */
  readonly expiresAt: number | null;
}

/** What a body means for an app that there is: `invalid_parameter`, `api_key_unknown`. Rejects with a fault. */
export async function meaningOf(
  services: MeaningServices,
  app: string,
  body: RevokeBody,
): Promise<Reply<Meaning>> {
  const now = services.now();
  if (body.type === "token") return tokenMeant(services, app, body);
  const { before = now } = body;
  if (before > now + AHEAD_MS) return wrong("before", "is more than a minute ahead");
  switch (body.type) {
    case "participant": {
      const { participantId, roomId = null } = body;
      const room = roomId === null ? null : await services.gateway.findRoom(app, roomId);
      // A room that is not there yet may be there later, and then the revocation holds.
      return yes(
        lasting({ kind: "participant", participantId, roomId: room?.room?.roomId ?? roomId, before }),
      );
    }
    case "key": {
      const view = services.access.admin.view(app);
      const { apiKey, issuer = "" } = body;
      const known =
        apiKey === undefined
          ? view?.issuers.some((one) => one.issuer === issuer)
          : view?.keys.some((one) => one.apiKey === apiKey);
      if (known !== true) return no("api_key_unknown", { field: apiKey === undefined ? "issuer" : "apiKey" });
      return yes(lasting({ kind: "key", key: apiKey ?? issuer, before }));
    }
    case "all":
      return yes(lasting({ kind: "all", before }));
  }
}

function lasting(revoked: Revoked): Meaning {
  return { revoked, expiresAt: null };
}

async function tokenMeant(
  { office }: MeaningServices,
  app: string,
  { jti, expiresAt, token }: Extract<RevokeBody, { type: "token" }>,
): Promise<Reply<Meaning>> {
  // Also where it has expired: its bearer may be in a meeting still.
  if (jti !== undefined) return yes({ revoked: { kind: "token", jti }, expiresAt: expiresAt ?? null });
  const facts = await office.facts(token, app, "ever");
  if (facts === null) return wrong("token", "is none of this app");
  if (facts.jti === null) return wrong("token", "has no jti; revoke those of its participant");
  return yes({ revoked: { kind: "token", jti: facts.jti }, expiresAt: facts.expiresAt });
}

function wrong(field: string, problem: string): Reply<never> {
  return no("invalid_parameter", { field, details: { problem } });
}
