/** `docs/rules.md`, read by the tests that hold it against the code. */
import { readFileSync } from "node:fs";

/** `docs/rules.md` as text. */
export function rulesText(): string {
  return readFileSync(new URL("../../../docs/rules.md", import.meta.url), "utf8");
}

/** One row of the authority table of `docs/rules.md`. */
export interface DocumentedNeeds {
  readonly right: string | null;
  readonly conference: readonly string[] | "what it turns on";
  readonly scope: string | null;
  readonly lobby: boolean;
  readonly restricted: boolean;
  readonly others: boolean;
}

/** The authority table as `docs/rules.md` has it, by command. */
export function documentedAuthority(): ReadonlyMap<string, DocumentedNeeds> {
  const rows = rowsOf(/^`([a-z-]+)`$/, 7).map(([command = "", right, conference, scope, ...flags]) => {
    const [lobby, restricted, others] = flags.map((cell) => cell === "yes");
    const needs: DocumentedNeeds = {
      right: wordsOf(right)[0] ?? null,
      conference: conference === "what it turns on" ? conference : wordsOf(conference),
      scope: wordsOf(scope)[0] ?? null,
      lobby: lobby === true,
      restricted: restricted === true,
      others: others === true,
    };
    return [wordsOf(command)[0] ?? "", needs] as const;
  });
  return new Map(rows);
}

/** One row of the table of permissions of `docs/rules.md`. */
export interface DocumentedPermission {
  readonly permission: string;
  readonly invited: boolean;
  readonly right: string | null;
  readonly isCarriedOnly: boolean;
}

/** The table of permissions as `docs/rules.md` has it, in its order. */
export function documentedPermissions(): readonly DocumentedPermission[] {
  return rowsOf(/^`([A-Z_]+)`$/, 4).map(([permission, invited, right, use]) => ({
    permission: wordsOf(permission)[0] ?? "",
    invited: invited === "yes",
    right: wordsOf(right)[0] ?? null,
    isCarriedOnly: use === "carried and shown, nothing more",
  }));
}

/** The rows of all tables whose first cell is of this form, with so many cells. */
function rowsOf(first: RegExp, count: number): string[][] {
  return Array.from(rulesText().matchAll(/^\|(.*)\|$/gm), ([, row = ""]) =>
    row.split("|").map((cell) => cell.trim()),
  ).filter((cells) => cells.length === count && first.test(cells[0] ?? ""));
}

function wordsOf(cell = ""): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, word = ""]) => word);
}
