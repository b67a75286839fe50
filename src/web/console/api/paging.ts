/** Lists that come page by page. */
import type { Reader } from "./reader.js";

/** One page of a list. */
export interface PageOf<T> {
  readonly items: readonly T[];
  /** From 1. */
  readonly page: number;
  readonly lastPage: number;
  /** Of all pages together. */
  readonly total: number;
}

/** Reads `{ pageInfo, data }`. */
export function readPage<T>(read: (item: Reader) => T): (answer: Reader) => PageOf<T> {
  return (answer) => {
    const info = answer.inside("pageInfo");
    return {
      items: answer.list("data", read),
      page: info.number("currentPage"),
      lastPage: Math.max(1, info.number("lastPage")),
      total: info.number("total"),
    };
  };
}

/** Reads nothing: that the answer came is all that counts. */
export function readNothing(): null {
  return null;
}
