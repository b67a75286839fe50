/** How bearers of client access tokens find their conferences at the meeting door: by id or alias, opened where they may. */
import { CONFERENCE_PERMISSIONS } from "../protocol/events.js";
import { refuse, type Refusal } from "../protocol/refusals.js";
import type { ConferencePass } from "../room/grant.js";
import { isOver, type Conferences } from "./conferences.js";
import type { ServedRooms } from "./served-rooms.js";

/** What the door works with. */
export interface ConferenceDoorOptions {
  readonly conferences: Conferences;
  readonly rooms: Pick<ServedRooms, "ask">;
  /** Whether conferences of an app take a conference access token. */
  readonly isProtected: (app: string) => boolean;
}

/** A conference that was found or opened, with the pass of whoever opened it where it is protected. */
export type ConferenceFound =
  | { readonly ok: true; readonly roomId: string; readonly pass: ConferencePass | null }
  | { readonly ok: false; readonly refusal: Refusal };

/** The conferences of a node, as its door sees them. */
export class ConferenceDoor {
  constructor(private readonly options: ConferenceDoorOptions) {}

  /** The id of the conference that goes on under this id or alias; null: none does. Rejects with a fault. */
  async find(app: string, idOrAlias: string): Promise<string | null> {
    const state = await this.options.conferences.find(app, idOrAlias);
    return state === null || isOver(state) ? null : (state.room?.roomId ?? null);
  }

  /**
   * Opens a conference under an alias for whoever joins it first (`reference/dolby.md` section 2.1, `conf:create`): `owner`, a
   * participant id that a token proves; null: nobody can be told to be its owner, and a protected one could not be entered.
   */
  async open(app: string, alias: string, owner: string | null): Promise<ConferenceFound> {
    const { conferences, rooms, isProtected: protects } = this.options;
    const isProtected = protects(app);
    if (isProtected && owner === null) return { ok: false, refusal: refuse("conference_token_missing") };
    const opened = await conferences.open({
      ...{ app, alias, ownerId: owner, isProtected, emptyTtlMs: 0, pincode: null },
    });
    // A plain room has this name, or a conference that is over has this id: the room itself says what holds there.
    if (!opened.ok) return { ok: true, roomId: alias, pass: null };
    const { roomId, created } = opened;
    if (owner === null || !isProtected || !created) return { ok: true, roomId, pass: null };
    const id = conferences.freshPassId();
    const person = { participantId: owner, permissions: CONFERENCE_PERMISSIONS, passId: id, notify: false };
    const outcome = await rooms.ask(
      { app, room: roomId },
      { by: { kind: "api" }, action: { type: "invite", people: [person] } },
    );
    if (!outcome.ok) return { ok: false, refusal: outcome.refusal };
    return { ok: true, roomId, pass: { id, roomId, participantId: owner } };
  }
}
