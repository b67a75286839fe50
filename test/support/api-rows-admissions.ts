/** Rows of `api-rows.ts`. */
import type { Rows } from "./api-row.js";

/** `<method> <path>` -> its answers. */
export const ADMISSION_ROWS: Rows = {};
