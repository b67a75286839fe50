/** The addresses of the gateway's meeting doors, from what people write. */
import { MEETING_PATH } from "../protocol/limits.js";
import { refusedHere } from "./refusals.js";

/**
 * An address as `http:`, `https:`, `ws:` or `wss:`, either an origin or a door in full; several where there are several nodes. Not
 * given: where the page came from.
 *
 * @throws MeetingError `invalid_parameter` for anything else, and outside of a page where nothing is given
 */
export function doorsOf(url: string | readonly string[] | undefined): readonly string[] {
  const given = url ?? (typeof location === "undefined" ? [] : location.origin);
  const list = typeof given === "string" ? [given] : given;
  if (list.length === 0) throw refusedHere("invalid_parameter", "url");
  return list.map(doorOf);
}

function doorOf(text: string): string {
  const [, scheme, rest] = /^(?:http|ws)(s?):\/\/([^\s?#]+)/i.exec(text) ?? [];
  if (rest === undefined) throw refusedHere("invalid_parameter", "url");
  const path = /^[^/]+\/?$/.test(rest) ? rest.replace("/", "") + MEETING_PATH : rest;
  return `ws${scheme === "" ? "" : "s"}://${path}`;
}
