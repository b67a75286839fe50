/** Every row of `reference/videosdk.md` 2.1 that we serve, with what it needs; the statistics of media are left out on purpose. */

/** One row: ids in braces are put in by `rowPath`. */
export interface V2Row {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** What a token without roles needs: nothing more, or `allow_mod`. */
  readonly needs: "read" | "allow_mod";
  /** A body that would do. */
  readonly body?: (ids: V2Ids) => Readonly<Record<string, unknown>>;
}

/** What the rows are about. */
export interface V2Ids {
  readonly roomId: string;
  readonly sessionId: string;
  readonly participantId: string;
}

const row = (
  method: V2Row["method"],
  path: string,
  needs: V2Row["needs"] = "read",
  body?: V2Row["body"],
): V2Row => ({ method, path, needs, ...(body === undefined ? {} : { body }) });

/** All rows that need a token. */
export const V2_ROWS: readonly V2Row[] = [
  row("POST", "/v2/rooms", "read", () => ({})),
  row("GET", "/v2/rooms"),
  row("GET", "/v2/rooms/{roomId}"),
  row("GET", "/v2/rooms/validate/{roomId}"),
  row("GET", "/v2/sessions"),
  row("GET", "/v2/sessions/{sessionId}"),
  row("GET", "/v2/sessions/{sessionId}/participants"),
  row("GET", "/v2/sessions/{sessionId}/participants/active"),
  row("GET", "/v2/sessions/{sessionId}/participants/{participantId}"),
  row("POST", "/v2/sessions/participants/remove", "allow_mod", ({ roomId, participantId }) => ({
    roomId,
    participantId,
  })),
  row("POST", "/v2/sessions/end", "allow_mod", ({ roomId }) => ({ roomId })),
  row("POST", "/v2/rooms/{roomId}", "allow_mod", () => ({ status: "disabled" })),
  row("POST", "/v2/rooms/deactivate", "allow_mod", ({ roomId }) => ({ roomId })),
];

/** The path of a row for these ids. */
export function rowPath({ path }: V2Row, ids: V2Ids): string {
  return path
    .replace("{roomId}", ids.roomId)
    .replace("{sessionId}", ids.sessionId)
    .replace("{participantId}", ids.participantId);
}
