/** Whoever calls the REST API, and how far their token lets them see. */
import type { Grant } from "../room/grant.js";
import type { TokenRefusal } from "../tokens/token-refusal.js";
import { checkScope } from "../tokens/verify.js";

/** A caller: a grant, put as the questions that routes ask of it. */
export class Caller {
  /** @param actor for whom they act where they do not say it: shown as who did it; null: nobody in particular */
  constructor(
    readonly grant: Grant,
    readonly actor: string | null = null,
  ) {}

  /** The app whose rooms these are. */
  get app(): string {
    return this.grant.app;
  }

  /** The key that they came with; `admin` for the admin, `console` for the console where it acts for an app. */
  get key(): string {
    return this.grant.key;
  }

  /** The only room that this token is for; null: all rooms of the app. */
  get onlyRoom(): string | null {
    return this.grant.roomId;
  }

  /** The only participant that this token is for; null: all. */
  get onlyParticipant(): string | null {
    return this.grant.participantId;
  }

  /** Why this token does not reach a room or a participant in it; null: it does. */
  outside(roomId: string | null, participantId: string | null = null): TokenRefusal | null {
    return checkScope(this.grant, { roomId, participantId });
  }

  /** Whether the token may do what a route of this access does, as `Access` says. */
  may(access: "read" | "decide" | "moderate"): boolean {
    const { roles, permissions } = this.grant;
    // A token without roles has both, and one that names both opens meetings as well: either may be in a guest's hands.
    if (access === "read" || !roles.includes("rtc")) return true;
    return permissions.includes(access === "decide" ? "allow_join" : "allow_mod");
  }
}
