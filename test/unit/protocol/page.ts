/** `docs/protocol.md` and `docs/rules.md` taken apart: headings, tables, examples. Knows Markdown, nothing of the protocol. */
import { readFileSync } from "node:fs";

const read = (name: string): string =>
  readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");

/** The page about the protocol. */
export const PAGE = read("protocol.md");
/** The page about the rules, to which the other one links. */
export const RULES = read("rules.md");

/** A row of a table, by the heads of its columns. */
export type Row = Readonly<Record<string, string>>;
/** An example in the page: JSON, and where it stands. */
export interface Example {
  readonly text: string;
  readonly line: number;
}

const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());

function readTables(text: string): { heads: readonly string[]; rows: readonly Row[] }[] {
  const groups = text.matchAll(/^\|.*\|\n\|[-| ]+\|\n(?:\|.*\|\n)+/gm);
  return Array.from(groups, ([group]) => {
    const [head = "", , ...lines] = group.trimEnd().split("\n");
    const heads = cellsOf(head);
    const rows = lines.map((line) => {
      const cells = cellsOf(line);
      if (cells.length !== heads.length) throw new Error(`not ${heads.length} cells: ${line}`);
      return Object.fromEntries(heads.map((name, index) => [name, cells[index] ?? ""]));
    });
    return { heads, rows };
  });
}

/** The text below a heading (without its signs), up to the next one. Throws where there is no such heading. */
export function textUnder(heading: string): string {
  const sections = PAGE.split(/^#+ /m);
  const section = sections.find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`no heading ${heading}`);
  return section;
}

/** The rows of the one table of a text that has all of these columns. Throws where there is none, or more than one. */
export function rowsOf(columns: readonly string[], text = PAGE): readonly Row[] {
  const found = readTables(text).filter(({ heads }) => columns.every((column) => heads.includes(column)));
  const [table] = found;
  if (table === undefined || found.length > 1) {
    throw new Error(`${found.length} tables with the columns ${columns.join(", ")}`);
  }
  return table.rows;
}

/** What a row has in a column. */
export function cell(row: Row, column: string): string {
  const text = row[column];
  if (text === undefined) throw new Error(`no column ${column}`);
  return text;
}

/** What stands between backquotes, in order. */
export function wordsIn(text: string): string[] {
  return Array.from(text.matchAll(/`([^`]+)`/g), ([, word = ""]) => word);
}

/** The one word between backquotes at the beginning of a cell. */
export function word(row: Row, column: string): string {
  const [first] = wordsIn(cell(row, column));
  if (first === undefined) throw new Error(`no word in ${cell(row, column)}`);
  return first;
}

/** A number of a cell, which may have commas between its thousands. */
export function number(row: Row, column: string): number {
  return Number(cell(row, column).replaceAll(",", ""));
}

const lineAt = (index: number): number => PAGE.slice(0, index).split("\n").length;

/** The JSON blocks of the page that are sent by clients, or by the gateway. */
export function blocks(by: "client" | "server"): readonly Example[] {
  const found = PAGE.matchAll(new RegExp(`^\`\`\`json ${by}\\n(.*?)^\`\`\`$`, "gms"));
  return Array.from(found, ({ 1: text = "", index }) => ({ text, line: lineAt(index) }));
}

/** The infos of all fenced blocks, to find one that is neither. */
export function fences(): readonly string[] {
  return Array.from(PAGE.matchAll(/^```(\S.*)$/gm), ([, info = ""]) => info);
}

/** The frames of the transcript in one direction. A frame goes on in the indented lines below it. */
export function transcript(direction: ">" | "<"): readonly Example[] {
  const found = PAGE.matchAll(new RegExp(`^\\w+ +${direction} (\\{.*(?:\\n {8}.*)*)$`, "gm"));
  return Array.from(found, ({ 1: text = "", index }) => ({ text, line: lineAt(index) }));
}

/** How many lines of the transcript begin a frame. */
export function transcriptFrames(): number {
  return Array.from(PAGE.matchAll(/^\w+ +[<>] /gm)).length;
}

/** The anchors that GitHub makes of a page's headings. */
export function anchors(text: string): ReadonlySet<string> {
  const heads = text.matchAll(/^#+ (.*)$/gm);
  return new Set(
    Array.from(heads, ([, head = ""]) =>
      head
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** The links of the page. */
export function links(): readonly { readonly text: string; readonly target: string }[] {
  const found = PAGE.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g);
  return Array.from(found, ([, text = "", target = ""]) => ({ text, target }));
}
