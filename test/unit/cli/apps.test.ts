import { describe, expect, test } from "@jest/globals";
import { ADMIN_TOKEN, FakeApi, refusal } from "./fake-api.js";
import { Desk } from "./support.js";

const SECRET = { id: "s2", status: "active", createdAt: "2026-11-20T08:00:00.000Z", retiresAt: null };
const OLD = {
  id: "s1",
  status: "retiring",
  createdAt: "2026-11-01T08:00:00.000Z",
  retiresAt: "2026-11-21T08:00:00.000Z",
};
const ALPHA = {
  id: "alpha",
  name: "Alpha School",
  source: "store",
  createdAt: "2026-11-01T08:00:00.000Z",
  openRooms: false,
  allowNoExpiry: false,
  expiryPolicy: "stay",
  clientExpiryPolicy: "restrict",
  maxTokenSeconds: 7_200,
  protectedConferences: false,
  issuers: [],
  keys: [
    { apiKey: "alpha-key", active: true, createdAt: null, secrets: [SECRET, OLD] },
    { apiKey: "tired-key", active: false, createdAt: null, secrets: [{ ...SECRET, id: "t1" }] },
  ],
};
const HOUSE = {
  ...ALPHA,
  id: "house",
  name: "House",
  source: "settings",
  createdAt: null,
  openRooms: true,
  allowNoExpiry: true,
  maxTokenSeconds: null,
  protectedConferences: true,
  keys: [],
  issuers: [
    {
      issuer: "https://login.example.com",
      audience: "meet",
      algorithms: ["RS256", "ES256"],
      jwksUrl: "https://login.example.com/keys",
      keys: [],
      claims: {},
    },
    { issuer: "home", audience: "meet", algorithms: ["EdDSA"], jwksUrl: null, keys: [{}], claims: {} },
  ],
};
const PAIR = { apiKey: "alpha-key", secretId: "s3", secret: "a-secret-that-is-shown-once-0123456789" };
const ONCE = [
  "  key        alpha-key",
  "  secret id  s3",
  "  secret     a-secret-that-is-shown-once-0123456789",
  "The secret is shown this once. Keep it where others cannot read it.",
  "",
];

describe("admitone apps: looking", () => {
  test("list", async () => {
    const api = new FakeApi({ body: { data: [ALPHA, HOUSE] } });
    expect(await api.run(["apps", "list"])).toEqual({
      exit: 0,
      err: "",
      out: [
        "  APP    NAME          FROM      KEYS",
        "  alpha  Alpha School  store     2, 1 of them off",
        "  house  House         settings  none",
        "",
      ].join("\n"),
    });
    expect(api.asked).toEqual([
      {
        method: "GET",
        path: "/v2/admin/apps",
        authorization: `Bearer ${ADMIN_TOKEN}`,
        body: undefined,
      },
    ]);
  });

  test("an empty list", async () => {
    expect((await new FakeApi({ body: { data: [] } }).run(["apps", "list"])).out).toBe(
      "There are no apps.\n",
    );
  });

  test("show, with times as people say them", async () => {
    const { out } = await new FakeApi({ body: ALPHA }).run(["apps", "show", "alpha"]);
    expect(out).toBe(
      [
        "alpha",
        "  name         Alpha School",
        "  from         store, made 1 Nov 2026, 08:00:00",
        "  rooms        created over the API only",
        "  tokens       have to expire, live 2h at most",
        "  at expiry    stay; client access tokens: restrict",
        "  conferences  not protected",
        "Keys",
        "  KEY        STATE   SECRET  STATE     MADE                   ENDS",
        "  alpha-key  active  s2      active    20 Nov 2026, 08:00:00",
        "                     s1      retiring  1 Nov 2026, 08:00:00   21 Nov 2026, 08:00:00",
        "  tired-key  off     t1      active    20 Nov 2026, 08:00:00",
        "",
      ].join("\n"),
    );
  });

  test("show, of the settings, with identity providers", async () => {
    const { out } = await new FakeApi({ body: HOUSE }).run(["apps", "show", "house"]);
    expect(out.split("\n").slice(2)).toEqual([
      "  from         the settings of the gateway, and changed there",
      "  rooms        opened by the first join that names them",
      "  tokens       may come without an expiry",
      "  at expiry    stay; client access tokens: restrict",
      "  conferences  joined with a conference access token",
      "Keys",
      "  none",
      "Identity providers",
      "  https://login.example.com  for meet  RS256 and ES256  keys from https://login.example.com/keys",
      "  home                       for meet  EdDSA            1 key set",
      "",
    ]);
  });

  test("--json is the answer as it came, with what this program does not know", async () => {
    const api = new FakeApi({ body: { ...ALPHA, news: [1] } });
    const { out } = await api.run(["apps", "show", "alpha", "--json"]);
    expect(JSON.parse(out)).toEqual({ ...ALPHA, news: [1] });
  });

  test("what others wrote cannot move the cursor", async () => {
    const api = new FakeApi({ body: { ...ALPHA, name: "\u001b[2J" } });
    expect((await api.run(["apps", "show", "alpha"])).out).toContain("  name         \\u{1b}[2J\n");
  });
});

describe("admitone apps: changing", () => {
  test("create says the secret, once", async () => {
    const api = new FakeApi({ body: { app: ALPHA, credentials: PAIR } });
    const { exit, out, err } = await api.run(["apps", "create", "alpha"]);
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    expect(out.split("\n")).toEqual(["The app alpha is there, with a key:", ...ONCE]);
    expect(api.asked).toMatchObject([{ method: "POST", path: "/v2/admin/apps", body: { id: "alpha" } }]);
  });

  test.each([
    [["--name", "Alpha School", "--open-rooms"], { name: "Alpha School", openRooms: true }],
    [["--no-open-rooms", "--require-expiry"], { openRooms: false, allowNoExpiry: false }],
    [["--allow-no-expiry", "--max-token", "2h"], { allowNoExpiry: true, maxTokenSeconds: 7_200 }],
    [["--max-token", "any"], { maxTokenSeconds: null }],
    [
      ["--token-expiry", "leave", "--client-token-expiry", "stay"],
      { expiryPolicy: "leave", clientExpiryPolicy: "stay" },
    ],
    [["--protect-conferences"], { protectedConferences: true }],
    [["--no-protect-conferences"], { protectedConferences: false }],
    [["--issuers-stdin"], { issuers: [{ issuer: "home" }] }],
  ])("settings %j", async (options, body) => {
    const input = JSON.stringify([{ issuer: "home" }]);
    const created = new FakeApi({ body: { app: ALPHA, credentials: PAIR } });
    await created.run(["apps", "create", "alpha", ...options], input);
    expect(created.asked).toMatchObject([{ body: { id: "alpha", ...body } }]);
    const changed = new FakeApi({ body: ALPHA });
    const { out } = await changed.run(["apps", "set", "alpha", ...options], input);
    expect(changed.asked).toEqual([
      expect.objectContaining({ method: "POST", path: "/v2/admin/apps/alpha", body }),
    ]);
    expect(out).toMatch(/^alpha\n {2}name /);
  });

  test.each([
    ["delete alpha --yes", "DELETE", "", undefined, "The app alpha is gone, with its keys.\n"],
    [
      "activate alpha alpha-key",
      "POST",
      "/keys/alpha-key",
      { active: true },
      "Tokens of the key alpha-key are taken.\n",
    ],
    [
      "deactivate alpha alpha-key",
      "POST",
      "/keys/alpha-key",
      { active: false },
      "Tokens of the key alpha-key are refused, and whoever came in with one is out.\n",
    ],
    [
      "delete-key alpha alpha-key --yes",
      "DELETE",
      "/keys/alpha-key",
      undefined,
      "The key alpha-key is gone, with its secrets.\n",
    ],
    [
      "revoke-secret alpha alpha-key s0 --yes",
      "DELETE",
      "/keys/alpha-key/secrets/s0",
      undefined,
      "Nothing that the secret s0 signed is taken any more. The key alpha-key has 2 secrets left.\n",
    ],
  ])("%s", async (line, method, path, body, out) => {
    const api = new FakeApi({ body: ALPHA });
    expect(await api.run(["apps", ...line.split(" ")])).toEqual({ exit: 0, err: "", out });
    expect(api.asked).toEqual([
      expect.objectContaining({ method, path: `/v2/admin/apps/alpha${path}`, body }),
    ]);
  });

  test("the last key that goes is missed", async () => {
    const api = new FakeApi({ body: { ...ALPHA, keys: [] } });
    const { out } = await api.run(["apps", "delete-key", "alpha", "alpha-key", "--yes"]);
    expect(out).toBe("The key alpha-key is gone. The app has no key any more.\n");
  });

  test("names go into the path whole", async () => {
    const api = new FakeApi({ body: ALPHA });
    await api.run(["apps", "activate", "alpha", "a/b?c#d%2f"]);
    expect(api.asked[0]?.path).toBe("/v2/admin/apps/alpha/keys/a%2Fb%3Fc%23d%252f");
  });

  test.each(["", ".", ".."])("a key called '%s' is not taken for the app itself", async (name) => {
    const api = new FakeApi({ body: ALPHA });
    const { exit, err } = await api.run(["apps", "delete-key", "alpha", name, "--yes"]);
    expect([exit, api.asked]).toEqual([1, []]);
    expect(err).toContain("The gateway says no: Nothing is called '', '.' or '..'\n");
  });
});

describe("admitone apps: secrets", () => {
  const own = "x".repeat(32);

  test("add-key, made or chosen", async () => {
    const api = new FakeApi({ body: PAIR });
    const { out } = await api.run(["apps", "add-key", "alpha"]);
    expect(out.split("\n")).toEqual(["The app has one more key:", ...ONCE]);
    await api.run(["apps", "add-key", "alpha", "--api-key", "mine", "--secret-stdin"], `${own}\n`);
    expect(api.asked.map(({ path, body }) => [path, body])).toEqual([
      ["/v2/admin/apps/alpha/keys", {}],
      ["/v2/admin/apps/alpha/keys", { apiKey: "mine", secret: own }],
    ]);
  });

  test("rotate says until when the old ones count", async () => {
    const api = new FakeApi({ body: PAIR });
    const { out } = await api.run(["apps", "rotate", "alpha", "alpha-key"]);
    expect(out.split("\n")).toEqual([
      "The key has its next secret. Those before it count for 1d more, until 22 Nov 2026, 12:00:00.",
      ...ONCE,
    ]);
    const at = ["apps", "rotate", "alpha", "alpha-key", "--overlap"];
    expect((await api.run([...at, "90m"])).out).toContain(
      "count for 90m more, until 21 Nov 2026, 13:30:00.\n",
    );
    expect((await api.run([...at, "0s", "--secret-stdin"], own)).out).toContain(
      "Those before it count no more.\n",
    );
    expect(api.asked.map(({ path, body }) => [path, body])).toEqual(
      [{ overlapSeconds: 86_400 }, { overlapSeconds: 5_400 }, { overlapSeconds: 0, secret: own }].map(
        (body) => ["/v2/admin/apps/alpha/keys/alpha-key/rotate", body],
      ),
    );
  });

  test("a short secret is refused here, and not repeated", async () => {
    const api = new FakeApi({ body: PAIR });
    for (const command of ["add-key alpha", "rotate alpha alpha-key"]) {
      const { exit, out, err } = await api.run(["apps", ...command.split(" "), "--secret-stdin"], "shorty");
      expect({ exit, out, err }).toEqual({
        exit: 2,
        out: "",
        err: "The secret must be at least 32 bytes\nTry: admitone apps --help\n",
      });
    }
    expect(api.asked).toEqual([]);
  });
});

describe("admitone apps: what goes wrong", () => {
  test.each([
    [["apps"], "A command is needed, such as: list"],
    [["apps", "sing"], "There is no command 'apps sing'"],
    [["apps", "show"], "APP is needed"],
    [["apps", "show", "a", "b"], "Unexpected argument 'b'"],
    [["apps", "activate", "a"], "KEY is needed"],
    [["apps", "revoke-secret", "a", "k"], "SECRET-ID is needed"],
    [["apps", "list", "--yes"], "Unknown option '--yes'"],
    [["apps", "list", "--url", "ws://here"], "--url takes http:// or https:// addresses, not 'ws://here'"],
    [
      ["apps", "list", "--url", "http://u:p@here"],
      "--url takes http:// or https:// addresses, not 'http://u:p@here'",
    ],
    [["apps", "set", "a"], "Nothing is to be changed"],
    [["apps", "set", "a", "--open-rooms", "--no-open-rooms"], "--open-rooms or --no-open-rooms, not both"],
    [
      ["apps", "set", "a", "--allow-no-expiry", "--require-expiry"],
      "--allow-no-expiry or --require-expiry, not both",
    ],
    [
      ["apps", "create", "a", "--protect-conferences", "--no-protect-conferences"],
      "--protect-conferences or --no-protect-conferences, not both",
    ],
    [["apps", "set", "a", "--token-expiry", "go"], "--token-expiry is stay, restrict or leave"],
    [
      ["apps", "create", "a", "--client-token-expiry", ""],
      "--client-token-expiry is stay, restrict or leave",
    ],
    [
      ["apps", "set", "a", "--max-token", "soon"],
      "--max-token takes a time such as 90s, 45m, 2h or 7d, or: any",
    ],
    [["apps", "set", "a", "--issuers-stdin"], "--issuers-stdin needs a JSON list on stdin"],
    [
      ["apps", "rotate", "a", "k", "--overlap", "31d"],
      "--overlap takes a time from 0s to 30d, such as 45m or 24h",
    ],
    [["apps", "rotate", "a", "k", "--overlap", "-1s"], "Option '--overlap' argument is ambiguous"],
    [
      ["apps", "delete", "a"],
      "Its keys go with it, and whoever came in by them is out. To delete 'a', add --yes",
    ],
    [["apps", "delete-key", "a", "k"], "Whoever came in by it is out. To delete 'k' for good, add --yes"],
    [
      ["apps", "revoke-secret", "a", "k", "s"],
      "Whoever came in by it is out. To revoke the secret 's' for good, add --yes",
    ],
  ])("%j is used wrongly, and nothing is asked", async (argv, problem) => {
    const api = new FakeApi({ body: ALPHA });
    const { exit, out, err } = await api.run(argv, '{"not":"a list"}');
    expect({ exit, out, err }).toEqual({ exit: 2, out: "", err: `${problem}\nTry: admitone apps --help\n` });
    expect(api.asked).toEqual([]);
  });

  test("without the admin's token nothing is asked", async () => {
    const api = new FakeApi({ body: { data: [] } });
    const { exit, err } = await new Desk({ fetch: api.fetch }).run(["apps", "list"]);
    expect([exit, err, api.asked]).toEqual([
      2,
      "The admin's token is needed, in ADMITONE_ADMIN_TOKEN\nTry: admitone apps --help\n",
      [],
    ]);
  });

  test("a refusal is told in words, with the field", async () => {
    const problem = { field: "secretId", details: { problem: "is the last" } };
    const api = new FakeApi(refusal(409, "last_secret", "This is the last secret of its key", problem));
    const { exit, out, err } = await api.run(["apps", "revoke-secret", "a", "k", "s", "--yes"]);
    expect([exit, out]).toEqual([1, ""]);
    expect(err).toBe(
      [
        "The gateway says no: This is the last secret of its key",
        "  reason   last_secret",
        "  means    It is the last secret of the key that signs. Add another first.",
        "  field    secretId",
        "  problem  is the last",
        "",
      ].join("\n"),
    );
  });

  test("a reason of a newer gateway is told without a meaning", async () => {
    const api = new FakeApi(refusal(418, "teapot", "I am a teapot", { details: { cups: 4 } }));
    const { exit, err } = await api.run(["apps", "list"]);
    expect([exit, err]).toEqual([1, "The gateway says no: I am a teapot\n  reason  teapot\n  cups    4\n"]);
  });

  test("a gateway that does not know the call", async () => {
    const api = new FakeApi(refusal(404, "not_found", "There is nothing at this path"));
    const { exit, err } = await api.run(["apps", "list"]);
    expect([exit, err]).toEqual([1, expect.stringContaining("is --url not right?")]);
  });

  test.each([
    [{ status: 200, body: "<html>" }, "its answer has another form"],
    [{ status: 200, body: { data: "no list" } }, "its answer has another form"],
    [{ status: 502, body: "Bad Gateway" }, "it answered with status 502"],
    [{ status: 302, body: "" }, "it answered with status 302"],
  ])("something else answers (%#)", async (answered, problem) => {
    const { exit, out, err } = await new FakeApi(answered).run(["apps", "list"]);
    expect({ exit, out, err }).toEqual({
      exit: 3,
      out: "",
      err: `What answers at http://127.0.0.1:8080 is not this gateway: ${problem}\n`,
    });
  });

  test.each([
    [new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") }), "connect ECONNREFUSED"],
    [
      new TypeError("fetch failed", { cause: new AggregateError([new Error("connect ECONNREFUSED ::1")]) }),
      "connect ECONNREFUSED ::1",
    ],
    [new DOMException("too long", "TimeoutError"), "it did not answer in time"],
    [new Error(""), "the line failed"],
  ])("nobody answers (%#)", async (thrown, problem) => {
    const fetch = (): Promise<Response> => Promise.reject(thrown);
    const desk = new Desk({ adminToken: ADMIN_TOKEN, fetch });
    expect(await desk.run(["apps", "list", "--url", "http://127.0.0.1:1"])).toEqual({
      exit: 3,
      out: "",
      err: `Cannot reach the gateway at http://127.0.0.1:1: ${problem}\n`,
    });
  });

  test("a gateway behind a path is asked behind it", async () => {
    const api = new FakeApi({ body: { data: [] } });
    await api.run(["apps", "list", "--url", "https://example.com/meet/"]);
    expect(api.asked[0]?.path).toBe("https://example.com/meet/v2/admin/apps");
  });
});
