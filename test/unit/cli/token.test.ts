import { describe, expect, test } from "@jest/globals";
import { precheckToken } from "../../../src/tokens/precheck.js";
import { createVerifier } from "../../../src/tokens/verify.js";
import { ALPHA_SECRET, KEYS } from "../tokens/craft.js";
import { Desk, NOON } from "./support.js";

const credentials = { apiKey: "alpha-key", secret: ALPHA_SECRET };

describe("admitone token", () => {
  test("prints the token alone to stdout, and what it is to stderr", async () => {
    const argv = [
      "token",
      "--permissions",
      "allow_join, allow_mod",
      "--room",
      "demo",
      "--participant",
      "ann",
    ];
    const { exit, out, err } = await new Desk({ credentials }).run([
      ...argv,
      "--role",
      "rtc",
      "--expires-in",
      "45m",
    ]);
    expect(exit).toBe(0);
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(err).toBe(
      [
        "  key          alpha-key",
        "  permissions  allow_join, allow_mod",
        "  room         demo",
        "  participant  ann",
        "  doors        rtc",
        "  until        2026-11-21T12:45:00.000Z",
        "",
      ].join("\n"),
    );
    const verifier = createVerifier({ apps: KEYS, now: () => NOON, toleranceSeconds: 0 });
    expect(
      await verifier.verify(out.trim(), { door: "meeting", roomId: "demo", participantId: null }),
    ).toMatchObject({
      ok: true,
      grant: {
        permissions: ["allow_join", "allow_mod"],
        participantId: "ann",
        expiresAt: NOON + 45 * 60_000,
      },
    });
  });

  test("says when no meeting will take it, and signs it all the same", async () => {
    const run = async (...argv: string[]): Promise<string> =>
      (await new Desk({ credentials }).run(["token", "--permissions", ...argv])).err;
    expect(await run("ask_join,allow_join")).toContain(
      "No meeting lets this token in: ask_join stands alone.\n",
    );
    expect(await run("allow_mod")).toContain(
      "No meeting lets this token in: allow_mod moderates, but does not enter.\n",
    );
    expect(await run("allow_mod", "--role", "crawler")).not.toContain("No meeting");
    expect(await run("allow_join", "--expires-in=-5m")).toContain("This token has expired already.\n");
    expect(await run("allow_join")).not.toMatch(/No meeting|expired/);
  });

  test("a secret comes from stdin", async () => {
    const argv = ["token", "--permissions", "allow_join", "--api-key", "other", "--secret-stdin"];
    const { exit, out } = await new Desk().run(argv, `${ALPHA_SECRET}\n`);
    expect(exit).toBe(0);
    expect(precheckToken(out.trim())).toMatchObject({ payload: { apikey: "other" } });
  });

  test.each([
    [["--permissions", "allow_join", "--secret", "s3cret"], "A secret is never an argument"],
    [["--permissions", "allow_join", "--api-secret=s3cret"], "A secret is never an argument"],
    [["--permissions", "join"], "--permissions: 'join' is none of allow_join, ask_join and allow_mod"],
    [["--permissions", "allow_join", "--role", "boss"], "--role: 'boss' is none of rtc and crawler"],
    [["--permissions", "allow_join", "--expires-in", "soon"], "--expires-in takes a time"],
    [["--permissions", "allow_join"], "There is no key to sign with"],
    [["--permissions", "allow_join", "--api-key", "other"], "The secret of --api-key is needed"],
    [["--permissions", "allow_join", "--secret-stdin"], "--secret-stdin needs --api-key"],
    [
      ["--permissions", "allow_join", "--api-key", "k", "--secret-stdin"],
      "The secret must be at least 32 bytes",
    ],
    [["--permissions", "allow_join", "surplus"], "Unexpected argument 'surplus'"],
  ])("%j is refused, and no secret is repeated", async (argv, beginning) => {
    const { exit, out, err } = await new Desk().run(["token", ...argv], "s3cret\n");
    expect({ exit, out }).toEqual({ exit: 2, out: "" });
    expect(err.slice(0, beginning.length)).toBe(beginning);
    expect(err).not.toContain("s3cret");
  });
});
