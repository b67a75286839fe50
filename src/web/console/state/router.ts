/** Which page an address means, and the other way round. The app that is looked at stands in the query, so links can be shared. */

/** What a room's page shows. */
export const ROOM_PARTS = ["now", "settings", "admissions"] as const;
/** What a room's page shows. */
export type RoomPart = (typeof ROOM_PARTS)[number];

/** A page of the console. */
export type Route =
  | { readonly page: "rooms" }
  | { readonly page: "room"; readonly roomId: string; readonly part: RoomPart }
  | { readonly page: "sessions" }
  | { readonly page: "session"; readonly sessionId: string }
  | { readonly page: "webhooks" }
  | { readonly page: "webhook"; readonly id: string }
  | { readonly page: "revocations" }
  /** `roomId`: for which room the token is meant; null: not said yet. */
  | { readonly page: "mint"; readonly roomId: string | null }
  | { readonly page: "inspect" }
  | { readonly page: "apps" }
  | { readonly page: "app"; readonly id: string }
  | { readonly page: "nodes" }
  | { readonly page: "unknown"; readonly path: string };

/** Where the console is served. */
const ROOT = "/console";

/** A page, and the app that is looked at; null: the address names none. */
export interface Address {
  readonly route: Route;
  readonly app: string | null;
}

/** The page of a path and query. */
export function readAddress(address: string): Address {
  const [path = "", query = ""] = address.split("?");
  return { route: readRoute(path), app: new URLSearchParams(query).get("app") };
}

/** The path and query of a page. */
export function addressOf(route: Route, app: string | null): string {
  const path = pathOfRoute(route);
  return app === null ? path : `${path}?${new URLSearchParams({ app }).toString()}`;
}

function readRoute(path: string): Route {
  const parts = path.slice(ROOT.length).split("/").filter(Boolean).map(decoded);
  const [page, id, part, ...more] = parts;
  const unknown: Route = { page: "unknown", path };
  if (!path.startsWith(ROOT) || parts.includes(null) || more.length > 0) return unknown;
  if (page === "rooms" && typeof id === "string" && id !== "") {
    const shown = ROOM_PARTS.find((one) => one === (part ?? "now"));
    return shown === undefined ? unknown : { page: "room", roomId: id, part: shown };
  }
  if (part !== undefined) return unknown;
  return (typeof id === "string" ? readOne(page, id) : readList(page)) ?? unknown;
}

function readList(page: string | null | undefined): Route | null {
  switch (page) {
    case undefined:
    case "rooms":
      return { page: "rooms" };
    case "sessions":
    case "webhooks":
    case "revocations":
    case "inspect":
    case "apps":
    case "nodes":
      return { page };
    case "mint":
      return { page, roomId: null };
    default:
      return null;
  }
}

function readOne(page: string | null | undefined, id: string): Route | null {
  switch (page) {
    case "sessions":
      return { page: "session", sessionId: id };
    case "webhooks":
      return { page: "webhook", id };
    case "apps":
      return { page: "app", id };
    case "mint":
      return { page, roomId: id };
    default:
      return null;
  }
}

function pathOfRoute(route: Route): string {
  switch (route.page) {
    case "room": {
      const room = `${ROOT}/rooms/${encodeURIComponent(route.roomId)}`;
      return route.part === "now" ? room : `${room}/${route.part}`;
    }
    case "session":
      return `${ROOT}/sessions/${encodeURIComponent(route.sessionId)}`;
    case "webhook":
      return `${ROOT}/webhooks/${encodeURIComponent(route.id)}`;
    case "app":
      return `${ROOT}/apps/${encodeURIComponent(route.id)}`;
    case "mint":
      return route.roomId === null ? `${ROOT}/mint` : `${ROOT}/mint/${encodeURIComponent(route.roomId)}`;
    case "unknown":
      return route.path;
    default:
      return `${ROOT}/${route.page}`;
  }
}

/** Null: not well encoded. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
