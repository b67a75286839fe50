/** `admitone admissions`: what it asks for, and what it prints. */
import { describe, expect, test } from "@jest/globals";
import { precheckToken } from "../../../src/tokens/precheck.js";
import { FakeApi, refusal, type Answered } from "../cli/fake-api.js";
import { Desk, NOON } from "../cli/support.js";

const credentials = { apiKey: "alpha-key", secret: "a-secret-of-the-tests-0123456789-abc" };

/** Runs the command against these answers. */
async function run(argv: readonly string[], ...answers: readonly Answered[]) {
  const api = new FakeApi(...answers);
  const ran = await new Desk({ credentials, fetch: api.fetch }).run(["admissions", ...argv]);
  return { ...ran, asked: api.asked };
}

const ENTRY = {
  at: "2026-11-21T11:00:00.000Z",
  what: "knocked",
  participantId: "ann",
  name: "Ann",
  token: { kind: "customer", key: "k1", jti: "j1" },
  decidedBy: null,
  rule: null,
  reason: null,
  note: null,
};
const host = { kind: "participant", participantId: "bob", name: "Bob" };
const page = (entries: readonly object[], next: string | null = null): Answered => ({
  body: { roomId: "room", entries, next },
});

describe("admitone admissions", () => {
  test("prints one line for each entry, page by page, and says why", async () => {
    const { exit, out, err, asked } = await run(
      ["room/1"],
      page(
        [
          ENTRY,
          { ...ENTRY, what: "denied", decidedBy: host, reason: "banned", note: "no\u001b[2J" },
          { ...ENTRY, what: "admitted", decidedBy: { kind: "api", name: "knock link" } },
          { ...ENTRY, what: "joined", decidedBy: { kind: "rule" }, rule: "earlier" },
        ],
        "1:2",
      ),
      page([
        {
          ...ENTRY,
          what: "left",
          decidedBy: { ...host, participantId: "ann" },
          reason: "MANUAL_LEAVE_CALLED",
        },
        {
          ...ENTRY,
          what: "left",
          decidedBy: { kind: "api", name: null },
          reason: "MEETING_END_API",
          token: null,
        },
        { ...ENTRY, what: "events-lost", participantId: null, name: "", token: null },
      ]),
    );
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    expect(out).toBe(
      [
        "  TIME                   WHAT      WHO        TOKEN   WHY",
        "  21 Nov 2026, 11:00:00  knocked   Ann (ann)  k1, j1",
        '  21 Nov 2026, 11:00:00  denied    Ann (ann)  k1, j1  by Bob (bob), banned, "no\\u{1b}[2J"',
        "  21 Nov 2026, 11:00:00  admitted  Ann (ann)  k1, j1  by knock link",
        "  21 Nov 2026, 11:00:00  joined    Ann (ann)  k1, j1  was in earlier in this session",
        "  21 Nov 2026, 11:00:00  left         Ann (ann)  k1, j1  by themselves, MANUAL_LEAVE_CALLED",
        "  21 Nov 2026, 11:00:00  left         Ann (ann)          by a back end, MEETING_END_API",
        "  21 Nov 2026, 11:00:00  events-lost                     what happened until here is not known in full",
        "",
      ].join("\n"),
    );
    expect(asked.map(({ path }) => path)).toEqual([
      "/v2/rooms/room%2F1/admissions?limit=500",
      "/v2/rooms/room%2F1/admissions?limit=500&after=1%3A2",
    ]);
  });

  test("signs a token for itself, for a minute", async () => {
    const { asked } = await run(["room"], page([]));
    expect(precheckToken(asked[0]?.authorization)).toMatchObject({
      payload: { apikey: "alpha-key", roles: ["crawler"], exp: NOON / 1_000 + 60 },
    });
  });

  test("shows the token that it is given", async () => {
    const { asked, out } = await run(["room", "--token", "mine"], page([]));
    expect(asked[0]?.authorization).toBe("mine");
    expect(out).toBe("Nothing is recorded of this room in that time.\n");
  });

  test.each(["jsonl", "csv"])("%s is what the API sends, as it comes", async (format) => {
    const { exit, out, asked } = await run(["room", "--format", format], { body: "a,b\r\n1,2\r\n" });
    expect({ exit, out }).toEqual({ exit: 0, out: "a,b\r\n1,2\r\n" });
    expect(asked[0]?.path).toBe(`/v2/rooms/room/admissions.${format}`);
  });

  test.each([
    ["2026-08-31", "2026-08-31T00:00:00.000Z", "2026-08-31T23:59:59.999Z"],
    ["2026-08-31T12:30", "2026-08-31T12:30:00.000Z", "2026-08-31T12:30:00.000Z"],
    ["2026-08-31T12:30:05.5+02:00", "2026-08-31T10:30:05.500Z", "2026-08-31T10:30:05.500Z"],
  ])("%s is from %s, and to %s", async (time, from, to) => {
    const { asked } = await run(["room", "--format", "csv", "--from", time, "--to", time], { body: "" });
    const query = new URLSearchParams({ from, to }).toString();
    expect(asked[0]?.path).toBe(`/v2/rooms/room/admissions.csv?${query}`);
  });

  test("a no is told on stderr", async () => {
    for (const format of ["text", "jsonl"]) {
      const answer = refusal(404, "room_unknown", "There is no such room", { field: "roomId" });
      const { exit, out, err } = await run(["room", "--format", format], answer);
      expect({ exit, out }).toEqual({ exit: 1, out: "" });
      expect(err).toContain("room_unknown");
    }
  });

  test.each([
    [[], "<room> is needed"],
    [["a", "b"], "Unexpected argument 'b'"],
    [["a", "--format", "xml"], "--format: 'xml' is none of text, jsonl and csv"],
    [["a", "--from", "yesterday"], "--from takes a time such as"],
    [["a", "--to", "2026-13-01"], "--to takes a time such as"],
    [["a", "--url", "ftp://x"], "--url takes http:// or https:// addresses, not 'ftp://x'"],
  ])("%j cannot be used", async (argv, beginning) => {
    const { exit, out, err, asked } = await run(argv);
    expect({ exit, out, asked }).toEqual({ exit: 2, out: "", asked: [] });
    expect(err.slice(0, beginning.length)).toBe(beginning);
  });

  test("without a key there is nothing to sign with", async () => {
    const { exit, err } = await new Desk().run(["admissions", "room"]);
    expect({ exit, err }).toEqual({
      exit: 2,
      err: "There is no key to sign a token with: set one up, or use --token\nTry: admitone admissions --help\n",
    });
  });

  test("has help", async () => {
    const { exit, out } = await run(["--help"]);
    expect(exit).toBe(0);
    expect(out).toMatch(/^Usage: admitone admissions <room>/);
    expect((await new Desk().run(["help", "admissions"])).out).toBe(out);
  });
});
