/** Rows of `api-rows.ts`: the admission record. */
import type { Row, Rows } from "./api-row.js";

/** The record of a room in which somebody was let in and somebody waits. */
const record: Row = {
  200: async (world) => ({ params: { id: await world.waiting() } }),
  404: () => ({ params: { id: "none" } }),
};

/** `<method> <path>` -> its answers. */
export const ADMISSION_ROWS: Rows = {
  "get /v2/rooms/{id}/admissions": record,
  "get /v2/rooms/{id}/admissions.jsonl": record,
  "get /v2/rooms/{id}/admissions.csv": record,
};
