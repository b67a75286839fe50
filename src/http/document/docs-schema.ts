/** Schemas for people: types as words, members as rows, and examples. */
import { membersOf, requiredOf, type Schema } from "./json-schema.js";
import { markup, type Html } from "../page.js";

/** Schemas by name, for references. */
export type Named = Readonly<Record<string, Schema>>;

const PREFIX = "#/components/schemas/";

function nameOf(schema: Schema): string | null {
  return schema.$ref?.startsWith(PREFIX) === true ? schema.$ref.slice(PREFIX.length) : null;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function choicesOf({ anyOf, oneOf }: Schema): readonly Schema[] {
  return (anyOf ?? oneOf ?? []).filter(isSchema).flatMap((one) => {
    const inner = choicesOf(one);
    return inner.length === 0 ? [one] : inner;
  });
}

function itemsOf({ items }: Schema): Schema | null {
  return isSchema(items) ? items : null;
}

/** The type of a value, in a few words; named schemas are links to where they are told. */
export function typeWords(schema: Schema): Html {
  const name = nameOf(schema);
  if (name !== null) return markup`<a href="#schema-${name}">${name}</a>`;
  const choices = choicesOf(schema);
  if (choices.length > 0)
    return joined([...new Map(choices.map((one) => [typeWords(one).text, one])).values()].map(typeWords));
  if (schema.const !== undefined) return markup`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum !== undefined)
    return joined(schema.enum.map((one) => markup`<code>${JSON.stringify(one)}</code>`));
  const items = itemsOf(schema);
  if (items !== null) return markup`list of ${typeWords(items)}`;
  if (schema.type === "object" && isOpen(schema)) return markup`object, any members`;
  return markup`${[schema.type ?? "any"].flat().join(" or ")}`;
}

function isOpen(schema: Schema): boolean {
  return Object.keys(membersOf(schema)).length === 0 && schema.additionalProperties !== false;
}

function joined(all: readonly Html[]): Html {
  return markup`${all.map((one, at) => (at === 0 ? one : markup` or ${one}`))}`;
}

/** What a schema says of its values beside their type. */
function boundsOf(schema: Schema): string[] {
  const one = choicesOf(schema).find(({ type }) => type !== "null") ?? schema;
  const { minimum, maximum, maxLength, maxItems } = one;
  return [
    ...(minimum !== undefined && maximum !== undefined
      ? [`${minimum.toLocaleString("en")} to ${maximum.toLocaleString("en")}`]
      : []),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(maxItems === undefined ? [] : [`at most ${maxItems.toLocaleString("en")} entries`]),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
  ];
}

/** What is known of a value: its description, then its bounds. */
export function meaningOf(schema: Schema, description = schema.description): Html {
  const about = description ?? choicesOf(schema).find((one) => one.description !== undefined)?.description;
  return prose([...(about === undefined ? [] : [about]), ...boundsOf(schema)].join("; "));
}

/** Our own prose as markup: backticks are code. */
export function prose(text: string): Html {
  const parts = text.split("`");
  return markup`${parts.map((part, at) => (at % 2 === 0 ? markup`${part}` : markup`<code>${part}</code>`))}`;
}

/** One member of a body, with the names of those around it. */
interface Row {
  readonly path: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** The members of an object and of what is in it; what has a name of its own is not entered. */
function rowsOf(schema: Schema, before = ""): Row[] {
  if (nameOf(schema) !== null) return [];
  const items = itemsOf(schema);
  if (items !== null) return rowsOf(items, `${before}[]`);
  const choices = choicesOf(schema);
  if (choices.length > 0) return choices.flatMap((one) => rowsOf(one, before));
  const required = requiredOf(schema);
  return Object.entries(membersOf(schema)).flatMap(([name, one]) => {
    const path = before === "" ? name : `${before}.${name}`;
    return [{ path, required: required.includes(name), schema: one }, ...rowsOf(one, path)];
  });
}

/** The members of a schema as a table; empty where it has none of its own. `asked`: whether to say which must be there. */
export function memberTable(schema: Schema, { asked }: { readonly asked: boolean }): Html {
  const rows = [...new Map(rowsOf(schema).map((row) => [row.path, row])).values()];
  if (rows.length === 0) return markup``;
  return markup`<div class="table">
    <table>
      <thead>
        <tr>
          <th>Member</th>
          <th>Type</th>
          <th>Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ path, required, schema: one }) =>
            markup`<tr>
              <td><code>${path}</code>${mark(asked, required)}</td>
              <td>${typeWords(one)}</td>
              <td>${meaningOf(one)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function mark(asked: boolean, required: boolean): Html {
  if (asked) return required ? markup` <em class="must">required</em>` : markup``;
  return required ? markup`` : markup` <em>optional</em>`;
}

const EXAMPLES: Readonly<Record<string, unknown>> = {
  roomId: "abcd-efgh-ijkl",
  participantId: "alice",
  sessionId: "66f1c0ffee66f1c0ffee66f1",
  url: "https://example.com/hooks",
  endPoint: "https://example.com/hooks",
  token: "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
  topic: "chat",
  message: "Hello",
  grant_type: "client_credentials",
  sessionScope: "notifications:set",
};

/** A value that fits: required members only. `name` is what it is called, since names have usual values. */
export function exampleOf(schema: Schema, named: Named, name = ""): unknown {
  const other = nameOf(schema);
  if (other !== null) return exampleOf(named[other] ?? {}, named, name);
  const usual = EXAMPLES[name];
  const [choice] = choicesOf(schema).filter(({ type }) => type !== "null");
  if (choice !== undefined) return exampleOf(choice, named, name);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const items = itemsOf(schema);
  if (items !== null) return [exampleOf(items, named)];
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        requiredOf(schema).map((member) => [
          member,
          exampleOf(membersOf(schema)[member] ?? {}, named, member),
        ]),
      );
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    default:
      return usual ?? (schema.type === "string" ? "text" : {});
  }
}
