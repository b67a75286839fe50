/** `docs/rules.md`, read by the tests that hold it against the code. */
import { readFileSync } from "node:fs";

/** `docs/rules.md` as text. */
export function rulesText(): string {
  return readFileSync(new URL("../../../docs/rules.md", import.meta.url), "utf8");
}

/** One row of the authority table of `docs/rules.md`. */
export interface DocumentedNeeds {
  readonly right: string | null;
  readonly lobby: boolean;
  readonly restricted: boolean;
  readonly others: boolean;
}

/** The authority table as `docs/rules.md` has it, by command. */
export function documentedAuthority(): ReadonlyMap<string, DocumentedNeeds> {
  const cells = /^\| `([a-z-]+)`\s*\| (\S+)\s*\| (yes|no)\s*\| (yes|no)\s*\| (yes|no)\s*\|$/gm;
  const table = new Map<string, DocumentedNeeds>();
  for (const [, command = "", right = "", lobby, restricted, others] of rulesText().matchAll(cells)) {
    table.set(command, {
      right: right === "none" ? null : right.replaceAll("`", ""),
      lobby: lobby === "yes",
      restricted: restricted === "yes",
      others: others === "yes",
    });
  }
  return table;
}
