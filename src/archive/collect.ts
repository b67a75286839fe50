/** From a step of a room's log to changes of the archive, and to what the outside is told (`docs/rules.md` H1 to H7). */
import type { Followed } from "../gateway/following.js";
import type { Change, Records } from "../log/records.js";
import type { RoomEvent } from "../room/events.js";
import type { Archive, SessionRecord, Told } from "./archive.js";
import { byFirstJoining, isInside, joined, left, switched } from "./entry.js";
import { goingOnChanges, readGoingOn } from "./going-on.js";
import { roomsOf } from "./names.js";
import { endsSession, placed, readEntries, type Placed } from "./reading.js";
import { reconcile } from "./reconcile.js";
import { Sheet } from "./sheet.js";
import type { Entry } from "./stored.js";

/** `Archive.collect`. Two round trips at most. */
export async function collect(records: Records, followed: Followed): ReturnType<Archive["collect"]> {
  if (followed.gap) return { changes: await reconcile(records, followed), told: [] };
  if (followed.events.length === 0) return { changes: [], told: [] };
  const before = await readGoingOn(records, followed.room);
  const events = placed(followed.events, before?.id ?? null);
  const step = new Step(followed, before, await readEntries(records, followed.room.app, events));
  const told = events.map((one) => step.take(one));
  return { changes: step.changes(), told };
}

/** One step in the making. Local to one call of `collect`. */
class Step {
  private readonly sheets: Sheet[] = [];
  private readonly rooms: Change[] = [];
  /** The session that goes on. */
  private open: Sheet | null;

  constructor(
    private readonly followed: Followed,
    private readonly before: SessionRecord | null,
    private readonly read: ReadonlyMap<string, ReadonlyMap<string, Entry>>,
  ) {
    this.open = before === null ? null : this.sheet(before, false);
  }

  changes(): readonly Change[] {
    return [
      ...this.rooms,
      ...this.sheets.flatMap((sheet) => sheet.changes()),
      ...goingOnChanges(this.followed.room, this.before, this.open?.session ?? null),
    ];
  }

  /** Takes the next event. */
  take({ seq, event }: Placed): Told {
    if (event.type === "room-created") this.created(event.at);
    if (event.type === "session-started") this.started(event.body.sessionId, event.at);
    const { open } = this;
    // Of an end without a beginning there is nothing to tell; it still ends what goes on.
    const known = event.type !== "session-ended" || open?.session.id === event.body.sessionId;
    const told = {
      seq,
      event,
      session: open === null || !known ? null : { id: open.session.id, start: open.session.start },
      participant: nameIn(open, event),
      ejected: open === null || !known ? [] : ejectedFrom(open, event),
    };
    if (open !== null) attended(open, seq, event);
    if (event.type === "session-ended") open?.end(event.at);
    if (endsSession(event)) this.open = null;
    return told;
  }

  private created(at: number): void {
    const { app, room } = this.followed.room;
    this.rooms.push({ rank: roomsOf(app), member: room, score: at });
    if (this.open === null) return;
    this.open.end(this.open.newestTime());
    this.open = null;
  }

  private started(id: string, at: number): void {
    if (this.open?.session.id === id) return;
    this.open?.end(at);
    const { app, room } = this.followed.room;
    const customRoomId = this.followed.state.room?.customRoomId ?? null;
    this.open = this.sheet({ id, app, roomId: room, customRoomId, start: at, end: null }, true);
  }

  private sheet(session: SessionRecord, begins: boolean): Sheet {
    // After a loss of data a session may be told again that has just ended.
    const earlier = this.sheets.findLast((one) => one.session.id === session.id);
    const known = earlier?.entries() ?? this.read.get(session.id) ?? new Map<string, Entry>();
    const sheet = new Sheet(session, known, begins);
    this.sheets.push(sheet);
    return sheet;
  }
}

/** H3, H4: what an event changes of somebody's attendance. A lost line and the way back change nothing. */
function attended(sheet: Sheet, seq: number, event: RoomEvent): void {
  if (event.type === "participant-joined") {
    const { participant } = event.body;
    const { participantId } = participant;
    sheet.set(participantId, joined(sheet.get(participantId), participant, seq));
    return;
  }
  if (
    event.type !== "participant-left" &&
    event.type !== "participant-renamed" &&
    event.type !== "stream-enabled" &&
    event.type !== "stream-disabled"
  )
    return;
  const { participantId } = event.body;
  const entry = sheet.get(participantId);
  if (entry === undefined) return;
  if (event.type === "participant-left") sheet.set(participantId, left(entry, event.at));
  else if (event.type === "participant-renamed")
    sheet.set(participantId, { ...entry, name: event.body.name });
  else sheet.set(participantId, switched(entry, event.body.kind, event.type === "stream-enabled", event.at));
}

/** H6: who joined or left, with the name that they had last. */
function nameIn(open: Sheet | null, event: RoomEvent): Told["participant"] {
  if (event.type === "participant-joined") {
    const { participantId, name } = event.body.participant;
    return { participantId, name };
  }
  if (event.type !== "participant-left") return null;
  const { participantId } = event.body;
  return { participantId, name: open?.get(participantId)?.name ?? "" };
}

/** H2, H6: whom the end of a session puts out. */
function ejectedFrom(open: Sheet, event: RoomEvent): Told["ejected"] {
  if (event.type !== "session-ended" || event.body.cause === "last-left") return [];
  return Array.from(open.entries())
    .filter(([, entry]) => isInside(entry))
    .sort(byFirstJoining)
    .map(([participantId, { name }]) => ({ participantId, name }));
}
