/** The part of the account that is about the room as a whole: its settings, its status, how long its session may last. */
import type { RoomStatus } from "../../../src/protocol/events.js";
import type { Action, Actor } from "../../../src/room/commands.js";
import type { RoomEvent } from "../../../src/room/events.js";

/** What back ends said of the room, kept from events alone. */
export class OfficeLedger {
  seats = 0;
  lobbyForAll = false;
  private status: RoomStatus = "enabled";
  private allowed: readonly string[] | null = null;
  private startedAt = 0;
  private isConference = false;
  /** A conference whose session has ended closes by rule (K10). */
  private isOver = false;
  private lastsMs = Infinity;

  take(by: Actor, action: Action, event: RoomEvent): void {
    switch (event.type) {
      case "room-created":
      case "room-settings-changed": {
        must(by.kind === "api", "a room set up by somebody else than a back end");
        const { lobbyForAll, autoClose, maxParticipants } = event.body.settings;
        this.lobbyForAll = lobbyForAll;
        this.lastsMs = autoClose?.afterMs ?? Infinity;
        this.seats = maxParticipants;
        this.allowed = event.hidden.backOffice.allowedParticipantIds;
        this.isConference = event.hidden.backOffice.conference !== null;
        break;
      }
      case "room-status-changed":
        must(
          by.kind === "api" || action.type === "tick" || this.isOver,
          "a status changed by somebody else than a back end",
        );
        must(this.status !== "deactivated", "a deactivated room came back");
        this.status = event.body.status;
        break;
      case "session-started":
        this.startedAt = event.at;
        this.isOver = false;
        break;
      case "session-ended":
        this.isOver = this.isConference;
        if (event.body.cause === "auto-closed")
          must(event.at >= this.startedAt + this.lastsMs, "a session was closed before its time");
        if (event.body.cause === "room-closed") must(this.status !== "enabled", "an open room was emptied");
        break;
      default:
        break;
    }
  }

  mustBeListed(id: string): void {
    must(this.allowed?.includes(id) !== false, `${id} is not on the list`);
  }

  mustBeOpen(id: string): void {
    must(this.status === "enabled", `${id} came into a closed room`);
  }
}

/** Throws where a fact does not hold. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
