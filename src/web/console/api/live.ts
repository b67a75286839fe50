/** A room as it is now, and what can be done to whoever is in it or before it. */
import { pathOf, type Ask } from "./client.js";
import { readNothing } from "./paging.js";
import { actorName, readActor, type Actor } from "./actor.js";
import type { Reader } from "./reader.js";

/** Microphone or webcam. */
export type MediaKind = "mic" | "webcam";
/** What somebody in a room may hold: `allow_join` answers knocks, `allow_mod` moderates. */
export type Right = "allow_join" | "allow_mod";

/** Somebody inside. */
export interface Participant {
  readonly participantId: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly micOn: boolean;
  readonly webcamOn: boolean;
  readonly micLocked: boolean;
  readonly webcamLocked: boolean;
  /** False while the line is lost and the seat is kept. */
  readonly online: boolean;
  /** Epoch milliseconds. */
  readonly joinedAt: number;
}

/** Somebody in the lobby. Times are epoch milliseconds. */
export interface Knock {
  readonly participantId: string;
  readonly name: string;
  readonly since: number;
  readonly expiresAt: number;
  /** Was inside and was sent back. */
  readonly returned: boolean;
  readonly online: boolean;
}

/** Somebody who may not come in. */
export interface Ban {
  readonly participantId: string;
  readonly note: string | null;
  readonly by: Actor;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A room as it is now. */
export interface LiveRoom {
  readonly roomId: string;
  readonly customRoomId: string | null;
  /** `<epoch>:<seq>`: where this stands in the room's log. */
  readonly position: string;
  readonly session: { readonly id: string; readonly startedAt: number } | null;
  readonly locked: boolean;
  readonly mediaLocks: Readonly<Record<MediaKind, boolean>>;
  readonly participants: readonly Participant[];
  readonly lobby: readonly Knock[];
  readonly bans: readonly Ban[];
}

/** A room as it is now. */
export function getLiveRoom(app: string, roomId: string): Ask<LiveRoom> {
  return { method: "GET", path: pathOf`/v2/rooms/${roomId}/live`, app, read: readLiveRoom };
}

/** Where a command goes: the app and the room. */
export interface Place {
  readonly app: string;
  readonly roomId: string;
}

function command({ app }: Place, path: string, body: object = {}): Ask<null> {
  return { method: "POST", path, app, body, once: true, read: readNothing };
}

/** Lets somebody in who knocked at `since`; a later knock of the same person is not meant. */
export function admit(place: Place, { participantId, since }: Knock): Ask<null> {
  return command(place, pathOf`/v2/rooms/${place.roomId}/lobby/${participantId}/admit`, { since });
}

/** Sends somebody away; `ban`: for good. */
export function deny(
  place: Place,
  { participantId, since }: Knock,
  { note, ban }: { readonly note: string; readonly ban: boolean },
): Ask<null> {
  const path = pathOf`/v2/rooms/${place.roomId}/lobby/${participantId}/deny`;
  return command(place, path, { since, ban, ...(note === "" ? {} : { note }) });
}

/** Lets everybody in. */
export function admitAll(place: Place): Ask<null> {
  return command(place, pathOf`/v2/rooms/${place.roomId}/lobby/admit`);
}

/** Turns somebody's microphone or webcam off; null: everybody's. */
export function turnOff(place: Place, participantId: string | null, kind: MediaKind): Ask<null> {
  const path =
    participantId === null
      ? pathOf`/v2/rooms/${place.roomId}/media/off`
      : pathOf`/v2/rooms/${place.roomId}/participants/${participantId}/media/off`;
  return command(place, path, { kind });
}

/** Asks somebody to turn the microphone or webcam on. */
export function askFor(place: Place, participantId: string, kind: MediaKind): Ask<null> {
  const path = pathOf`/v2/rooms/${place.roomId}/participants/${participantId}/media/request`;
  return command(place, path, { kind });
}

/** Keeps somebody's microphone or webcam off, or releases it; null: everybody's. */
export function lockMedia(
  place: Place,
  participantId: string | null,
  kind: MediaKind,
  locked: boolean,
): Ask<null> {
  const path =
    participantId === null
      ? pathOf`/v2/rooms/${place.roomId}/media/lock`
      : pathOf`/v2/rooms/${place.roomId}/participants/${participantId}/media/lock`;
  return command(place, path, { kind, locked });
}

/** Puts somebody out; `ban`: for good. */
export function remove(
  place: Place,
  participantId: string,
  { note, ban }: { readonly note: string; readonly ban: boolean },
): Ask<null> {
  const path = pathOf`/v2/rooms/${place.roomId}/participants/${participantId}/remove`;
  return command(place, path, { ban, ...(note === "" ? {} : { note }) });
}

/** Sends somebody back to the lobby. */
export function sendToLobby(place: Place, participantId: string): Ask<null> {
  return command(place, pathOf`/v2/rooms/${place.roomId}/participants/${participantId}/lobby`);
}

/** Gives or takes a right. */
export function changeRight(place: Place, participantId: string, right: Right, held: boolean): Ask<null> {
  const path = pathOf`/v2/rooms/${place.roomId}/participants/${participantId}/permissions`;
  return command(place, path, held ? { grant: [right] } : { take: [right] });
}

/** Lets nobody else in, or opens the room again. */
export function lockRoom(place: Place, locked: boolean): Ask<null> {
  return command(place, pathOf`/v2/rooms/${place.roomId}/lock`, { locked });
}

/** Ends the session for all. */
export function endSession(place: Place): Ask<null> {
  return command(place, pathOf`/v2/rooms/${place.roomId}/end`);
}

/** Lifts a ban. */
export function liftBan({ app, roomId }: Place, participantId: string): Ask<null> {
  const path = pathOf`/v2/rooms/${roomId}/bans/${participantId}`;
  return { method: "DELETE", path, app, once: true, read: readNothing };
}

/** Reads a room as it is now. */
export function readLiveRoom(room: Reader): LiveRoom {
  const [session, locks] = [room.insideOrNull("session"), room.inside("mediaLocks")];
  return {
    roomId: room.text("roomId"),
    customRoomId: room.textOrNull("customRoomId"),
    position: room.text("position"),
    session: session === null ? null : { id: session.text("id"), startedAt: session.instant("startedAt") },
    locked: room.flag("locked"),
    mediaLocks: { mic: locks.flag("mic"), webcam: locks.flag("webcam") },
    participants: room.list("participants", readParticipant),
    lobby: room.list("lobby", readKnock),
    bans: room.list("bans", (ban) => ({
      participantId: ban.text("participantId"),
      note: ban.textOrNull("note"),
      by: readActor(ban.inside("by")),
      at: ban.instant("at"),
    })),
  };
}

/** Reads somebody inside. */
export function readParticipant(person: Reader): Participant {
  return {
    participantId: person.text("participantId"),
    name: person.text("name"),
    permissions: person.texts("permissions"),
    micOn: person.flag("micOn"),
    webcamOn: person.flag("webcamOn"),
    micLocked: person.flag("micLocked"),
    webcamLocked: person.flag("webcamLocked"),
    online: person.flag("online"),
    joinedAt: person.instant("joinedAt"),
  };
}

function readKnock(knock: Reader): Knock {
  return {
    participantId: knock.text("participantId"),
    name: knock.text("name"),
    since: knock.instant("since"),
    expiresAt: knock.instant("expiresAt"),
    returned: knock.flag("returned"),
    online: knock.flag("online"),
  };
}

/** Who banned somebody, in words. */
export function bannedBy({ by }: Ban): string {
  return actorName(by, (_id, name) => name);
}
