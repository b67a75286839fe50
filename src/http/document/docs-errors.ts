/** What can go wrong with a route, for people. */
import { REFUSALS, type Reason } from "../../protocol/refusals.js";
import { membersOf, type Schema } from "./json-schema.js";
import { schemeOf, type Scheme } from "./openapi-access.js";
import type { Content, Operation, Response } from "./openapi-types.js";
import { markup, type Html } from "../page.js";

/** A method of a path, with what it is called. */
export interface Entry {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
  readonly responses: Readonly<Record<string, Response>>;
}

/** Scheme -> the codes that every route with it may answer: told once. Schemes that no route has are left out. */
export type CodesEverywhere = ReadonlyMap<Scheme, ReadonlySet<string>>;

/** Finds them. What needs nothing to be shown has too little in common. */
export function codesEverywhere(entries: readonly Entry[]): CodesEverywhere {
  const found = new Map<Scheme, ReadonlySet<string>>();
  for (const { operation, responses } of entries) {
    const scheme = schemeOf(operation["x-access"]);
    if (scheme === "none") continue;
    const codes = codesOf(responses);
    const before = found.get(scheme);
    found.set(scheme, new Set(before === undefined ? codes : codes.filter((code) => before.has(code))));
  }
  return found;
}

/** The codes that are told of these answers. */
export function codesOf(responses: Entry["responses"]): string[] {
  return Object.values(responses).flatMap(({ content }) => {
    const code = contentOf(content).schema.allOf?.map((one) => membersOf(one)["code"]?.enum ?? []);
    return code?.flat().map(String) ?? [];
  });
}

/** What is sent, with its content type. */
export function contentOf(content: Content): { readonly type: string; readonly schema: Schema } {
  const [[type, { schema }] = ["", { schema: {} }]] = Object.entries(content);
  return { type, schema };
}

function isReason(code: string): code is Reason {
  return Object.hasOwn(REFUSALS, code);
}

/** One row for each status and text: what the outside is not told apart needs no rows of its own. */
export function errorTable(codes: readonly string[]): Html {
  const rows = new Map<
    string,
    { readonly http: number; readonly message: string; readonly codes: string[] }
  >();
  for (const code of codes.filter(isReason)) {
    const { http, message } = REFUSALS[code];
    const key = `${http} ${message}`;
    const row = rows.get(key) ?? { http, message, codes: [] };
    row.codes.push(code);
    rows.set(key, row);
  }
  const sorted = [...rows.values()].sort((a, b) => a.http - b.http);
  return markup`<div class="table">
    <table class="errors">
      <thead>
        <tr>
          <th>Code</th>
          <th>Status</th>
          <th>Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${sorted.map(
          (row) =>
            markup`<tr>
              <td>${row.codes.map((code) => markup`<code>${code}</code> `)}</td>
              <td>${row.http}</td>
              <td>${row.message}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
