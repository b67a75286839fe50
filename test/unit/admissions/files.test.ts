/** Entries as CSV and as JSON Lines. */
import { expect, test } from "@jest/globals";
import type { AdmissionEntry } from "../../../src/admissions/entry.js";
import { asCsv, asJsonLines, entryBody } from "../../../src/http/api/admission-files.js";

const ENTRY: AdmissionEntry = {
  at: Date.UTC(2026, 10, 21, 12),
  epoch: "e1",
  seq: 7,
  sessionId: "s1",
  what: "joined",
  participantId: "ann",
  name: "Ann",
  token: { kind: "customer", key: "k1", secretId: "1", jti: null, issuedAt: 0, expiresAt: null },
  decidedBy: { kind: "participant", participantId: "bob", name: "Bob" },
  rule: null,
  reason: null,
  note: null,
};

async function* pagesOf(...pages: Partial<AdmissionEntry>[][]) {
  for (const page of pages)
    yield await Promise.resolve(page.map((part) => entryBody("room", { ...ENTRY, ...part })));
}

async function whole(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

test("Q11: a CSV has one heading, a row for each entry over all pages, and CRLF behind each", async () => {
  expect(
    await whole(asCsv(pagesOf([{}], [{ seq: 8, token: null, decidedBy: { kind: "api", name: null } }]))),
  ).toBe(
    [
      "at,what,participantId,name,roomId,sessionId,decidedBy,decidedById,decidedByName,rule,reason,note," +
        "tokenKind,tokenKey,tokenSecretId,tokenJti,tokenIssuedAt,tokenExpiresAt,epoch,seq",
      "2026-11-21T12:00:00.000Z,joined,ann,Ann,room,s1,participant,bob,Bob,,,,customer,k1,1,,1970-01-01T00:00:00.000Z,,e1,7",
      "2026-11-21T12:00:00.000Z,joined,ann,Ann,room,s1,api,,,,,,,,,,,,e1,8",
      "",
    ].join("\r\n"),
  );
});

test.each([
  ["plain", "plain"],
  ["a,b", '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ["two\nlines", '"two\nlines"'],
  ["two\r\nlines", '"two\r\nlines"'],
  ["=1+1", "'=1+1"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@x", "'@x"],
  ["\tx", "'\tx"],
  ["\rx", '"\'\rx"'],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ["a=b", "a=b"],
  ["", ""],
])("Q11: %j is %j in a CSV", async (name, cell) => {
  const [, row = ""] = (await whole(asCsv(pagesOf([{ name }])))).split(/\r\n(?=2026-)/);
  expect(row.slice("2026-11-21T12:00:00.000Z,joined,ann,".length).startsWith(`${cell},room,`)).toBe(true);
});

test("Q11: a line of JSON Lines is an entry as the API answers it", async () => {
  const text = await whole(asJsonLines(pagesOf([{ name: "two\nlines" }, {}], [], [{}])));
  const lines = text.split("\n");
  expect(lines.pop()).toBe("");
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    entryBody("room", { ...ENTRY, name: "two\nlines" }),
    entryBody("room", ENTRY),
    entryBody("room", ENTRY),
  ]);
});
