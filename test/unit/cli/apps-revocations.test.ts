import { describe, expect, test } from "@jest/globals";
import { FakeApi, refusal } from "./fake-api.js";

const AT = "/v2/admin/apps/alpha/revocations";
const ONE = {
  id: "r1",
  at: "2026-11-21T11:00:00.000Z",
  until: "2026-11-22T11:00:00.000Z",
  by: "admin",
  note: null,
};
const BEFORE = "2026-11-21T11:00:00.000Z";
const TOKEN = { ...ONE, type: "token", jti: "j1" };
const PERSON = {
  ...ONE,
  id: "r2",
  type: "participant",
  participantId: "ann",
  roomId: "demo",
  before: BEFORE,
};
const KEY = { ...ONE, id: "r3", type: "key", key: "alpha-key", before: BEFORE, note: "it leaked" };
const ALL = { ...ONE, id: "r4", type: "all", before: BEFORE, until: null, by: "rest api (alpha-key)" };

describe("admitone revoke", () => {
  test.each([
    ["--jti j1", { type: "token", jti: "j1" }],
    [
      "--jti j1 --expires-at 2026-11-22T00:00:00Z",
      { type: "token", jti: "j1", expiresAt: "2026-11-22T00:00:00Z" },
    ],
    ["--token-stdin", { type: "token", token: "a.b.c" }],
    ["--participant ann", { type: "participant", participantId: "ann" }],
    ["--participant ann --room demo", { type: "participant", participantId: "ann", roomId: "demo" }],
    ["--key alpha-key --note lost", { type: "key", apiKey: "alpha-key", note: "lost" }],
    ["--issuer https://idp", { type: "key", issuer: "https://idp" }],
    ["--all --before 2026-11-21T00:00:00Z", { type: "all", before: "2026-11-21T00:00:00Z" }],
  ])("%s", async (options, body) => {
    const api = new FakeApi({ body: TOKEN });
    const argv = ["revoke", "--app", "alpha", ...options.split(" ")];
    expect(await api.run(argv, "a.b.c\n")).toEqual({
      exit: 0,
      err: "",
      out: "Revoked, as r1: the one with the id j1. It is kept until 22 Nov 2026, 11:00:00.\n",
    });
    expect(api.asked).toEqual([expect.objectContaining({ method: "POST", path: AT, body })]);
  });

  test.each([
    [PERSON, "r2: of ann, room demo, issued before 21 Nov 2026, 11:00:00. It is kept until 22"],
    [{ ...PERSON, roomId: null }, "r2: of ann, all rooms, issued before 21 Nov 2026, 11:00:00."],
    [KEY, "r3: of the key alpha-key, issued before 21 Nov 2026, 11:00:00."],
    [ALL, "r4: all, issued before 21 Nov 2026, 11:00:00. It is kept for ever.\n"],
    [{ ...ONE, type: "something new" }, "r1: something new. It"],
  ])("says what was revoked (%#)", async (body, text) => {
    const { out } = await new FakeApi({ body }).run(["revoke", "--app", "alpha", "--all"]);
    expect(out).toContain(text);
  });

  const WHICH = "Which tokens? One of --jti, --token-stdin, --participant, --key, --issuer, --all";
  test.each([
    ["revoke --all", "revoke", "--app is needed"],
    ["revoke --app alpha", "revoke", WHICH],
    ["revoke --app alpha --all --jti j1", "revoke", WHICH],
    ["revoke --app alpha --key k --room demo", "revoke", "--room goes with --participant"],
    ["revoke --app alpha --all --expires-at 2026-11-22T00:00:00Z", "revoke", "--expires-at goes with --jti"],
    ["revoke --app alpha --jti j --before x", "revoke", "--before is for many tokens, not for one"],
    ["revoke --app alpha --all more", "revoke", "Unexpected argument 'more'"],
    ["revocations", "revocations", "--app is needed"],
    ["lift --app alpha", "lift", "REVOCATION is needed"],
    ["lift r1", "lift", "--app is needed"],
  ])("'%s' is used wrongly, and nothing is asked", async (line, command, problem) => {
    const api = new FakeApi({ body: TOKEN });
    const { exit, out, err } = await api.run(line.split(" "));
    expect({ exit, out, err }).toEqual({
      exit: 2,
      out: "",
      err: `${problem}\nTry: admitone ${command} --help\n`,
    });
    expect(api.asked).toEqual([]);
  });
});

describe("admitone revocations and lift", () => {
  const page = (lastPage: number, ...data: readonly object[]) => ({
    body: { pageInfo: { currentPage: 1, perPage: 100, lastPage, total: 4 }, data },
  });

  test("all pages as one list; what comes twice is told once", async () => {
    const api = new FakeApi(page(2, ALL, KEY), page(2, KEY, PERSON, TOKEN));
    expect(await api.run(["revocations", "--app", "alpha"])).toEqual({
      exit: 0,
      err: "",
      out: [
        "  REVOCATION  TOKENS                                                     REVOKED                KEPT UNTIL             BY                    NOTE",
        "  r4          all, issued before 21 Nov 2026, 11:00:00                   21 Nov 2026, 11:00:00  for ever               rest api (alpha-key)",
        "  r3          of the key alpha-key, issued before 21 Nov 2026, 11:00:00  21 Nov 2026, 11:00:00  22 Nov 2026, 11:00:00  admin                 it leaked",
        "  r2          of ann, room demo, issued before 21 Nov 2026, 11:00:00     21 Nov 2026, 11:00:00  22 Nov 2026, 11:00:00  admin",
        "  r1          the one with the id j1                                     21 Nov 2026, 11:00:00  22 Nov 2026, 11:00:00  admin",
        "",
      ].join("\n"),
    });
    expect(api.asked.map(({ path }) => path)).toEqual([
      `${AT}?page=1&perPage=100`,
      `${AT}?page=2&perPage=100`,
    ]);
  });

  test("as JSON", async () => {
    const api = new FakeApi(page(2, ALL, KEY), page(2, KEY, { ...TOKEN, news: 1 }));
    const { out } = await api.run(["revocations", "--app", "alpha", "--json"]);
    expect(JSON.parse(out)).toEqual({ data: [ALL, KEY, { ...TOKEN, news: 1 }] });
  });

  test("none", async () => {
    const { out } = await new FakeApi(page(0)).run(["revocations", "--app", "alpha"]);
    expect(out).toBe("Nothing is revoked.\n");
  });

  test("an app that there is not", async () => {
    const api = new FakeApi(refusal(404, "app_unknown", "There is no such app", { field: "app" }));
    expect(await api.run(["revocations", "--app", "nobody"])).toEqual({
      exit: 1,
      out: "",
      err: "The gateway says no: There is no such app\n  reason  app_unknown\n  field   app\n",
    });
  });

  test("lift", async () => {
    const api = new FakeApi({ body: { id: "r1", deleted: true } });
    expect(await api.run(["lift", "--app", "alpha", "r1"])).toEqual({
      exit: 0,
      err: "",
      out: "The revocation r1 is lifted.\n",
    });
    expect(api.asked).toMatchObject([{ method: "DELETE", path: `${AT}/r1` }]);
  });
});

describe("help", () => {
  test.each([
    [["apps", "--help"], "Usage: admitone apps"],
    [["apps", "rotate", "-h"], "Usage: admitone apps"],
    [["help", "apps"], "Usage: admitone apps"],
    [["revoke", "--help"], "Usage: admitone revoke"],
    [["help", "revoke"], "Usage: admitone revoke"],
    [["revocations", "--help"], "Usage: admitone revocations"],
    [["help", "revocations"], "Usage: admitone revocations"],
    [["lift", "--help"], "Usage: admitone lift"],
    [["help", "lift"], "Usage: admitone lift"],
  ])("%j is answered on stdout, and fits a terminal", async (argv, beginning) => {
    const api = new FakeApi({ body: {} });
    const { exit, out, err } = await api.run(argv);
    expect({ exit, err, asked: api.asked }).toEqual({ exit: 0, err: "", asked: [] });
    expect(out.slice(0, beginning.length)).toBe(beginning);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });
});
