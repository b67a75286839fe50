/** A conference, and its log as those who follow it get it. */
import type { Followed } from "../../../src/gateway/following.js";
import type { RoomKey } from "../../../src/log/port.js";
import { NO_BACK_OFFICE, type BackOffice } from "../../../src/room/events.js";
import type { Invitee } from "../../../src/room/commands.js";
import { Room, settings, yes } from "../room/support.js";

/** What the conference is, where a test does not say. */
export const OPEN = { ownerId: null, isProtected: false, emptyTtlMs: 0, pincode: null } as const;
/** The app of the conference, and its room. */
export const KEY: RoomKey = { app: "app", room: "room" };

/** A conference under an alias. */
export class ConferenceRoom extends Room {
  private taken = 0;

  constructor(
    readonly alias: string | null,
    conference: BackOffice["conference"] = OPEN,
  ) {
    super(null);
    yes(
      this.api({
        type: "create",
        roomId: KEY.room,
        customRoomId: alias,
        settings: settings(),
        backOffice: { ...NO_BACK_OFFICE, conference },
        permanent: conference === null,
      }),
    );
  }

  /** Invites people, who are to be told unless said otherwise. */
  invite(ids: readonly string[], extra: Partial<Invitee> = {}): void {
    const person = { permissions: ["JOIN"], notify: true, ...extra } as const;
    const people = ids.map((participantId) => ({
      ...person,
      participantId,
      passId: `pass-${participantId}`,
    }));
    yes(this.api({ type: "invite", people }));
  }

  /** What has happened since the last step. */
  step(part: Partial<Followed> = {}): Followed {
    const events = this.log.map((event, index) => ({ seq: index + 1, event })).slice(this.taken);
    this.taken = this.log.length;
    return { room: KEY, epoch: "e", events, state: this.state, gap: false, upTo: this.taken, ...part };
  }
}
