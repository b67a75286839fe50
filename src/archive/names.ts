/** Under which names the archive is kept in the records. Every name contains the app, so that two apps never meet (H9). */

/** Index of an app's rooms: id, by when they were created. */
export function roomsOf(app: string): string {
  return name("rooms", app);
}

/** Map of the sessions that go on, by the room's id: text of the session as it began. */
export function goingOnIn(app: string): string {
  return name("going-on", app);
}

/** Map of an app's sessions: text by id. */
export function sessionTextsOf(app: string): string {
  return name("session-texts", app);
}

/** Index of an app's sessions: id, by start. */
export function sessionsOf(app: string): string {
  return name("sessions", app);
}

/** Index of a room's sessions: id, by start. */
export function sessionsOfRoom(app: string, roomId: string): string {
  return name("sessions-of-room", app, roomId);
}

/** Index of the sessions that somebody attended: id, by start. */
export function sessionsOfParticipant(app: string, participantId: string): string {
  return name("sessions-of-participant", app, participantId);
}

/** Index of the sessions that go on: id, by start. */
export function ongoingOf(app: string): string {
  return name("ongoing", app);
}

/** Index of the sessions that are over: id, by end. */
export function endedOf(app: string): string {
  return name("ended", app);
}

/** Map of who attended a session: text by participant id. */
export function attendanceAt(app: string, sessionId: string): string {
  return name("attendance", app, sessionId);
}

/** Ids may contain anything that separates words, so they are encoded. */
function name(kind: string, ...ids: readonly string[]): string {
  return ["archive", kind, ...ids.map(encodeURIComponent)].join(":");
}
