/** Lists that come in pages, walked one after the other. */

/** A page of a list. */
export interface Page<T> {
  readonly pageInfo: {
    readonly currentPage: number;
    readonly perPage: number;
    readonly lastPage: number;
    readonly total: number;
  };
  readonly data: readonly T[];
}

/**
 * A list. Loop over it to get every entry, page by page as they are needed. Entries that come or go meanwhile may move others to
 * another page, so that one is told twice or not at all.
 */
export interface Listing<T> extends AsyncIterable<T> {
  /** The same, a page at a time. */
  pages(): AsyncIterable<Page<T>>;
  /** All entries. */
  all(): Promise<T[]>;
}

/** A list whose pages, counted from 1, `read` answers. */
export function listingOf<T>(read: (page: number) => Promise<Page<T>>): Listing<T> {
  async function* pages(): AsyncGenerator<Page<T>> {
    for (let number = 1; ; number += 1) {
      const page = await read(number);
      yield page;
      if (number >= page.pageInfo.lastPage) return;
    }
  }
  async function* entries(): AsyncGenerator<T> {
    for await (const { data } of pages()) yield* data;
  }
  const all = async (): Promise<T[]> => {
    const list: T[] = [];
    for await (const entry of entries()) list.push(entry);
    return list;
  };
  return { [Symbol.asyncIterator]: entries, pages, all };
}
