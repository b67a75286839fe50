/** What the rows of `api-rows.ts` are made of; in a file of its own, so that rows can stand in several. */
import type { ApiWorld, Asked } from "./api-world.js";

/** How to bring a route to one of its answers: prepares what is needed, and says what to send. */
export type Bring = (world: ApiWorld) => Promise<Asked> | Asked;

/**
 * What can be brought about on one route, by status. What is the same for all routes need not be here: 400 (a bad
 * Idempotency-Key), 401 (nothing shown), 413, and the 403 of a token of the wrong kind, of a scope, or of the admin's.
 */
export type Row = Readonly<Record<number, Bring>>;

/** `<method> <path>` -> its answers. */
export type Rows = Readonly<Record<string, Row>>;
