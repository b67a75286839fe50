/** Tables that become cards on a narrow screen, and the pages of long ones. */
import type { ComponentChildren } from "preact";
import { Button } from "./buttons.js";
import type { PageOf } from "../api/paging.js";

/** A column. */
export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => ComponentChildren;
  /** Numbers stand below each other. */
  readonly numeric?: boolean;
  /** Buttons; the heading is for those who do not see it. */
  readonly actions?: boolean;
}

/** A table. The roles are said aloud, because browsers forget them when a table is drawn as cards. */
export function Table<T>(props: {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly idOf: (row: T) => string;
}) {
  const { label, columns, rows, idOf } = props;
  return (
    <table class="table" role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ head, numeric, actions }) => (
            <th key={head} role="columnheader" scope="col" class={numeric === true ? "numeric" : undefined}>
              {actions === true ? <span class="visually-hidden">{head}</span> : head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={idOf(row)} role="row">
            {columns.map(({ head, cell, numeric, actions }) => (
              <td
                key={head}
                role="cell"
                data-label={actions === true ? "" : head}
                class={actions === true ? "actions" : numeric === true ? "numeric" : undefined}
              >
                <div class="cell">{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Back and forth through a list that comes page by page; nothing where one page is all. */
export function Pager({
  list,
  onPage,
}: {
  readonly list: Pick<PageOf<unknown>, "page" | "lastPage" | "total">;
  readonly onPage: (page: number) => void;
}) {
  const { page, lastPage, total } = list;
  if (lastPage <= 1 && page <= 1) return null;
  return (
    <nav class="row pager" aria-label="Pages">
      <Button compact disabled={page <= 1} onPress={() => onPage(page - 1)}>
        Previous
      </Button>
      <span class="tabular small">
        Page {page} of {lastPage}, {total} in all
      </span>
      <Button compact disabled={page >= lastPage} onPress={() => onPage(page + 1)}>
        Next
      </Button>
    </nav>
  );
}
