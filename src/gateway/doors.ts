/** The doors into rooms: a join with a token that was checked, and a resume with a secret (`design.md` section 2, steps 3 to 5). */
import { LogFault } from "../log/port.js";
import type { JoinMessage, ResumeMessage } from "../protocol/commands.js";
import type { RoomSettings } from "../protocol/events.js";
import { refuse, type Refusal } from "../protocol/refusals.js";
import type { Command, NewLine } from "../room/commands.js";
import { NO_BACK_OFFICE } from "../room/events.js";
import type { ConferencePass, Grant } from "../room/grant.js";
import type { Outcome } from "./batch.js";
import { digest, freshId, shortIdFrom, type Environment } from "./environment.js";
import { acceptedFrame } from "./frames.js";
import type { LiveRoom } from "./live-room.js";
import type { Metrics } from "./metrics.js";
import { RoomFault } from "./room-fault.js";
import type { ConferenceDoor } from "./conference-door.js";
import type { Recipient } from "./recipient.js";
import { makeResumeSecret, readResumeSecret } from "./resume-secret.js";
import { Seat } from "./seat.js";
import type { ServedRooms } from "./served-rooms.js";
import { tokenNews } from "./token-marks.js";

/** Told once what became of somebody who asked to come in. */
export interface Entry {
  entered(seat: Seat): void;
  refused(refusal: Refusal): void;
}

/** Somebody who asks to come in with a token that was checked. */
export interface JoinRequest {
  readonly grant: Grant;
  /** The conference access token that came beside a client access token, checked; null: none came. */
  readonly pass: ConferencePass | null;
  /** The room's id; of a conference, its alias does as well, where a client access token is shown. */
  readonly roomId: string;
  /** Whether the app lets its tokens open rooms that do not exist. */
  readonly mayOpen: boolean;
  readonly message: JoinMessage;
  readonly recipient: Recipient;
}

/** What the doors are made of. */
export interface DoorsOptions {
  readonly node: string;
  readonly rooms: ServedRooms;
  readonly environment: Environment;
  readonly metrics: Metrics;
  /** Settings of rooms that a join opens. */
  readonly roomDefaults: RoomSettings;
  readonly conferences: ConferenceDoor;
}

/** The ways in, on one node. */
export class Doors {
  constructor(private readonly options: DoorsOptions) {}

  /** A newcomer at the door: the room decides (`design.md` section 2, steps 3 and 4). */
  join(request: JoinRequest, entry: Entry): void {
    if (request.grant.kind !== "client") {
      this.ask(request, entry);
      return;
    }
    this.inConference(request).then(
      (found) => ("refusal" in found ? entry.refused(found.refusal) : this.ask(found, entry)),
      (error: unknown) => entry.refused(this.refusalFor(error)),
    );
  }

  /** The same request for the room that is meant, which may have to be opened first. Rejects with a fault. */
  private async inConference(request: JoinRequest): Promise<JoinRequest | { readonly refusal: Refusal }> {
    const { conferences } = this.options;
    const { grant, roomId: named } = request;
    const roomId = await conferences.find(grant.app, named);
    if (roomId !== null) return { ...request, roomId };
    if (grant.scopes?.includes("conf:create") !== true) return request;
    const opened = await conferences.open(grant.app, named, grant.participantId);
    if (!opened.ok) return { refusal: opened.refusal };
    return { ...request, roomId: opened.roomId, pass: request.pass ?? opened.pass };
  }

  private refusalFor(error: unknown): Refusal {
    if (error instanceof LogFault) return refuse("unavailable");
    if (error instanceof RoomFault) return error.refusal;
    this.options.environment.logger.error({ err: error }, "a bug at the door of a conference");
    return refuse("internal_error");
  }

  private ask({ grant, pass, roomId, mayOpen, message, recipient }: JoinRequest, entry: Entry): void {
    const { environment, roomDefaults } = this.options;
    // A made id comes from the join itself, so that the same join, sent again, finds its seat.
    const participantId =
      grant.participantId ?? message.participantId ?? shortIdFrom(`${grant.fingerprint}/${message.id}`);
    const room = this.options.rooms.get({ app: grant.app, room: roomId });
    const secret = makeResumeSecret(environment, { room: room.key, participantId });
    const { name, metaData, micOn, webcamOn } = message;
    const command: Command = {
      id: message.id,
      freshId: freshId(environment),
      by: { kind: "newcomer" },
      action: {
        type: "join",
        roomId,
        participantId,
        grant,
        pass,
        name,
        metaData,
        micOn,
        webcamOn,
        line: this.lineOf(message, recipient),
        secretHash: digest(secret),
        opensWith: mayOpen ? { settings: roomDefaults, backOffice: NO_BACK_OFFICE } : null,
      },
    };
    this.enter("join", { room, participantId, command, secret, recipient, from: null }, entry);
  }

  /** Somebody comes back with a resume secret (`design.md` section 2, step 5). */
  resume(message: ResumeMessage, recipient: Recipient, entry: Entry): void {
    const { environment } = this.options;
    const address = readResumeSecret(message.secret);
    if (address === null) {
      entry.refused(refuse("resume_invalid", { field: "secret" }));
      return;
    }
    const room = this.options.rooms.get(address.room);
    const { participantId } = address;
    const secret = makeResumeSecret(environment, address);
    const command: Command = {
      id: message.id,
      freshId: freshId(environment),
      by: { kind: "newcomer" },
      action: {
        type: "resume",
        participantId,
        secretHash: digest(message.secret),
        nextSecretHash: digest(secret),
        line: this.lineOf(message, recipient),
      },
    };
    const from =
      message.epoch === null || message.seq === null ? null : { epoch: message.epoch, seq: message.seq };
    this.enter("resume", { room, participantId, command, secret, recipient, from }, entry);
  }

  private lineOf({ attempt }: JoinMessage | ResumeMessage, { connection }: Recipient): NewLine {
    return { connection, node: this.options.node, attempt };
  }

  private enter(
    way: "join" | "resume",
    given: {
      room: LiveRoom;
      participantId: string;
      command: Command;
      secret: string;
      recipient: Recipient;
      from: { epoch: string; seq: number } | null;
    },
    entry: Entry,
  ): void {
    const { room, participantId, command, secret, recipient, from } = given;
    const { metrics, environment } = this.options;
    const settle = (outcome: Outcome): void => {
      metrics.entered(way, outcome.ok ? String(outcome.result["state"]) : outcome.refusal.reason);
      const { connection } = recipient;
      const seat = new Seat({
        room,
        participantId,
        connection,
        metrics,
        freshId: () => freshId(environment),
      });
      if (!outcome.ok) {
        // Whether the room took it after all is open then; a seat without a line must not stay.
        if (outcome.refusal.reason === "unavailable") seat.lost();
        entry.refused(outcome.refusal);
        return;
      }
      const resumeWindowMs = room.replica.state.room?.settings.resumeWindowMs ?? 0;
      const answer = (recovered: boolean): void =>
        recipient.send(
          acceptedFrame(command.id, outcome.seq, {
            ...outcome.result,
            roomId: room.key.room,
            ...(way === "resume" ? { recovered } : {}),
            resume: secret,
            resumeWindowMs,
            token: tokenNews(room.replica.state, participantId),
          }),
        );
      room.fanOut.arrive({
        recipient,
        participantId,
        answer,
        from,
        cause: way === "join" ? "joined" : "resumed",
      });
      // Behind the arrival: a line that is gone already takes its arrival back with it.
      entry.entered(seat);
    };
    // R7: a node that was frozen finds old joins and resumes in its buffers: decided now, they would put out who came back elsewhere.
    room.submit(command, settle, () => recipient.isOpen);
  }
}
