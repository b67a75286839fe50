/** What is looked at before a room is asked: the token of a newcomer, and the conference token beside it. */
import type { JoinRequest } from "../gateway/doors.js";
import type { JoinMessage } from "../protocol/commands.js";
import { refuse, type Refusal } from "../protocol/refusals.js";
import type { ConferencePass, Grant } from "../room/grant.js";
import type { TokenOffice } from "../tokens/office.js";
import type { TokenVerifier } from "../tokens/verify.js";

/** What newcomers are checked with. */
export interface Checks {
  readonly verifier: TokenVerifier;
  readonly office: Pick<TokenOffice, "readPass">;
  /** Whether an app lets tokens that name a room open it. */
  readonly opensRooms: (app: string) => boolean;
}

/** What a newcomer may ask a room for, or why nothing. */
export type Checked =
  | { readonly ok: true; readonly request: Omit<JoinRequest, "recipient"> }
  | { readonly ok: false; readonly refusal: Refusal };

/** Checks a join. `token`: that of the upgrade request, for a join without one. */
export async function checkJoin(
  message: JoinMessage,
  token: string | null,
  { verifier, office, opensRooms }: Checks,
): Promise<Checked> {
  const { roomId: asked, participantId, conferenceToken } = message;
  const shown = message.token ?? token;
  const verdict = await verifier.verify(shown, { door: "meeting", roomId: asked, participantId });
  if (!verdict.ok) return { ok: false, refusal: verdict.refusal };
  const { grant } = verdict;
  const roomId = asked ?? grant.roomId;
  if (roomId === null) return unfit("roomId", "is needed: the token names none");
  const read = conferenceToken === null ? null : readPass(conferenceToken, grant, office);
  if (read?.ok === false) return read;
  const mayOpen = opensRooms(grant.app) && grant.roomId === roomId;
  return { ok: true, request: { grant, pass: read?.pass ?? null, roomId, mayOpen, message } };
}

function readPass(
  token: string,
  grant: Grant,
  office: Checks["office"],
): { readonly ok: true; readonly pass: ConferencePass } | Extract<Checked, { ok: false }> {
  if (grant.kind !== "client") return unfit("conferenceToken", "goes with a client access token only");
  return office.readPass(token, grant.app);
}

function unfit(field: string, problem: string): Extract<Checked, { ok: false }> {
  return { ok: false, refusal: refuse("invalid_parameter", { field, details: { problem } }) };
}
