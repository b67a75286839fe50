/** Under which names the admission record is kept in the records. Every name contains the app, so that two apps never meet (Q8). */

/** Map of a room's entries: text by key (see `keyOf`). */
export function textsOf(app: string, roomId: string): string {
  return name("texts", app, roomId);
}

/** Index of a room's entries: key, by time. */
export function timesOf(app: string, roomId: string): string {
  return name("times", app, roomId);
}

/** Index of all entries of an app: `<room>:<key>`, by time; by this they are forgotten. */
export function allOf(app: string): string {
  return name("all", app);
}

/** Map of what is known of a room between two steps: `FACTS`, and each person there under `personField`. */
export function knownOf(app: string, roomId: string): string {
  return name("known", app, roomId);
}

/** Index of the rooms of which something is known: id, by the newest time that is known of each. */
export function roomsOf(app: string): string {
  return name("rooms", app);
}

/** Field of what is known of a room beside its people. */
export const FACTS = "facts";

const PERSON = "in:";

/** Field of somebody in the room or the lobby. */
export function personField(participantId: string): string {
  return `${PERSON}${participantId}`;
}

/** Whose field it is; null: nobody's. */
export function personOfField(field: string): string | null {
  return field.startsWith(PERSON) ? field.slice(PERSON.length) : null;
}

/** How an entry is called in the index of its app. */
export function inAll(roomId: string, key: string): string {
  return `${encodeURIComponent(roomId)}:${key}`;
}

/** What `inAll` put together. */
export function fromAll(member: string): { readonly roomId: string; readonly key: string } {
  const at = member.indexOf(":");
  return { roomId: decodeURIComponent(member.slice(0, at)), key: member.slice(at + 1) };
}

/**
 * The key of an entry: unique within its room, and in the order of the events where times are the same (Q2). `place` counts the
 * entries of one event.
 */
export function keyOf(
  { epoch, seq }: { readonly epoch: string; readonly seq: number },
  place: number,
): string {
  return `${String(seq).padStart(15, "0")}:${String(place).padStart(6, "0")}:${epoch}`;
}

/** Ids may contain anything that separates words, so they are encoded. */
function name(kind: string, ...ids: readonly string[]): string {
  return ["admissions", kind, ...ids.map(encodeURIComponent)].join(":");
}
