/**
 * The link to a meeting: `/m/<room>#token=<token>`. The token stands in the fragment, which no browser sends to a server, and is taken
 * off the address bar before anything else is done.
 */

import { isSameBearer } from "./token-facts.js";

/** What a link says. */
export interface MeetingLink {
  readonly roomId: string;
  /** Null where the link has none, and none was kept from before a reload. */
  readonly token: string | null;
}

/** The parts of a browser that reading a link needs. */
export interface LinkPlaces {
  readonly location: Pick<Location, "pathname" | "search" | "hash">;
  readonly history: Pick<History, "replaceState">;
  /** Null where the browser keeps nothing for this page. */
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null;
}

const PATH = /^\/m\/([^/]+)\/?$/;

/** The room of a page's path; null where the path names none. */
export function roomOf(pathname: string): string | null {
  const found = PATH.exec(pathname)?.[1];
  if (found === undefined) return null;
  try {
    return decodeURIComponent(found);
  } catch {
    return null;
  }
}

/** Where things of a room are kept for a reload; each room has a place of its own, so that two links in one tab do not mix. */
export function keptAs(roomId: string, what: "token" | "seat" | "wishes"): string {
  return `admitone:${what}:${roomId}`;
}

/**
 * Takes the token off the address bar. Null where the fragment has none; the fragment then stays as it is. The entry in the history is
 * replaced, so that going back does not bring the token back.
 */
export function takeToken({ location, history }: Pick<LinkPlaces, "location" | "history">): string | null {
  const fragment = new URLSearchParams(location.hash.replace(/^#/, ""));
  const token = fragment.get("token");
  if (token === null) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return token.trim() === "" ? null : token.trim();
}

/** Reads the link that opened the page. A token of the link goes before one that was kept. Null where the path names no room. */
export function readLink({ location, history, storage }: LinkPlaces): MeetingLink | null {
  const fresh = takeToken({ location, history });
  const roomId = roomOf(location.pathname);
  if (roomId === null) return null;
  const place = keptAs(roomId, "token");
  const kept = storage?.getItem(place) ?? null;
  if (fresh !== null) storage?.setItem(place, fresh);
  // Somebody else's link in the same tab must not bring its reader back to the seat of the one before.
  if (fresh !== null && kept !== null && !isSameBearer(fresh, kept))
    storage?.removeItem(keptAs(roomId, "seat"));
  return { roomId, token: fresh ?? kept };
}
