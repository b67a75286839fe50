/** How the vitals of a node are kept: a text for each node, with its samples as rows of numbers, since there are many of them. */
import { z } from "zod";

/** What happened on a node in one step, and what it had at its end. */
export interface Sample {
  /** The end of the step, epoch milliseconds. */
  readonly at: number;
  readonly joins: number;
  readonly refused: number;
  readonly resumes: number;
  readonly resumesFailed: number;
  /** The median of how long those waited whose knock was answered in the step, milliseconds; null: nobody's was. */
  readonly lobbyWaitMs: number | null;
  readonly sockets: number;
}

/** What a node says of itself. */
export interface Vital {
  readonly node: string;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly sockets: number;
  readonly rooms: number;
  readonly memoryMb: number;
  /** The oldest first. */
  readonly series: readonly Sample[];
}

const count = z.number();
const rowSchema = z.tuple([count, count, count, count, count, count.nullable(), count]);
const storedSchema = z.object({
  version: z.string(),
  startedAt: count,
  sockets: count,
  rooms: count,
  memoryMb: count,
  rows: z.array(rowSchema),
});

/** Text for the records. */
export function encodeVitals({ version, startedAt, sockets, rooms, memoryMb, series }: Vital): string {
  const rows = series.map((one) => [
    ...[one.at, one.joins, one.refused, one.resumes, one.resumesFailed, one.lobbyWaitMs, one.sockets],
  ]);
  return JSON.stringify({ version, startedAt, sockets, rooms, memoryMb, rows });
}

/** The vitals of a node from their text; null: there are none, or none that this version can read. */
export function decodeVitals(node: string, text: string | undefined): Vital | null {
  const read = storedSchema.safeParse(parsed(text));
  if (!read.success) return null;
  const { rows, ...rest } = read.data;
  const series = rows.map(([at, joins, refused, resumes, resumesFailed, lobbyWaitMs, sockets]) => ({
    ...{ at, joins, refused, resumes, resumesFailed, lobbyWaitMs, sockets },
  }));
  return { node, ...rest, series };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
