/** Rows of `api-rows.ts`. */
import type { Row, Rows } from "./api-row.js";

/** A room in which somebody joined and somebody knocked. */
const row: Row = {
  200: async (world) => ({ params: { id: await world.waiting() } }),
  404: () => ({ params: { id: "none" } }),
};

/** `<method> <path>` -> its answers. */
export const ADMISSION_ROWS: Rows = {
  "get /v2/rooms/{id}/admissions": row,
  "get /v2/rooms/{id}/admissions.jsonl": row,
  "get /v2/rooms/{id}/admissions.csv": row,
};
