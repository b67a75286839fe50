import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { REFUSALS } from "../../../src/protocol/refusals.js";
import { CONFERENCE_PERMISSIONS, eventShapes } from "../../../src/protocol/events.js";
import { AUTHORITY } from "../../../src/room/authority.js";
import { MEANINGS } from "../../../src/room/conference.js";
import { documentedAuthority, documentedPermissions, rulesText } from "./documented.js";

const documented = [...rulesText().matchAll(/^- \*\*([A-Z]\d+)\*\* /gm)].map(([, rule]) => rule);

/** Files of a folder, with those below it, as text. */
function texts(folder: URL, suffix: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(suffix))
    .map((name) => readFileSync(new URL(name, folder), "utf8"));
}

/** The rules that tests name at the head of their names: one, or several with commas. */
function tested(): Set<string> {
  const heads = texts(new URL("../../", import.meta.url), ".ts").flatMap((text) =>
    [...text.matchAll(/(?:test|it)(?:\.each\([^)]*\))?\(\s*["'`]((?:[A-Z]\d+(?:, )?)+):/g)].map(
      ([, head = ""]) => head.split(", "),
    ),
  );
  return new Set(heads.flat());
}

test("every rule has a number of its own, in order within its family", () => {
  expect(new Set(documented).size).toBe(documented.length);
  expect(documented.length).toBeGreaterThan(70);
  const next = new Map<string, number>();
  for (const rule of documented) {
    const family = rule?.charAt(0) ?? "";
    const number = (next.get(family) ?? 0) + 1;
    next.set(family, number);
    expect(rule).toBe(`${family}${number}`);
  }
});

test("every rule has a test that names it, and no test names another rule", () => {
  expect([...tested()].sort()).toEqual([...documented].sort());
});

test("the rules that the code names exist", () => {
  const named = ["room", "archive", "admissions", "webhooks"].flatMap((folder) =>
    texts(new URL(`../../../src/${folder}/`, import.meta.url), ".ts").flatMap((text) =>
      [...text.matchAll(/(?:\*\* |\/\/ |, |to |\(|rules? |md` )([AELRVMPOTSDWXCHNKQ]\d{1,2})\b/g)].map(
        ([, rule]) => rule,
      ),
    ),
  );
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter((rule) => !documented.includes(rule))).toEqual([]);
});

test("the authority table is the one in the code", () => {
  expect(Object.fromEntries(documentedAuthority())).toEqual(AUTHORITY);
});

test("K2: the table of permissions is the one in the code", () => {
  expect(documentedPermissions()).toEqual(
    CONFERENCE_PERMISSIONS.map((permission) => {
      const { invited, right, does } = MEANINGS[permission];
      return { permission, invited, right, isCarriedOnly: does === null };
    }),
  );
});

test("reasons and events are called by their names", () => {
  const words = [...rulesText().matchAll(/`([a-z]+(?:[-_][a-z]+)+)`/g)].map(([, word = ""]) => word);
  const known = new Set([...Object.keys(REFUSALS), ...Object.keys(eventShapes), ...Object.keys(AUTHORITY)]);
  const others = [
    ...["allow_join", "allow_mod", "ask_join", "timed-out", "last-left"],
    ...[
      "auto-closed",
      "room-closed",
      "token-revoked",
      "key-deactivated",
      "app-deleted",
      "session-end-and-deactivate",
    ],
    ...["videosdk-signature", "events-lost", "ice-servers"],
  ];
  expect(words.filter((word) => !known.has(word) && !others.includes(word))).toEqual([]);
});
