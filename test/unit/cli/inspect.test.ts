import { describe, expect, test } from "@jest/globals";
import { mintToken } from "../../../src/tokens/mint.js";
import { ALPHA_SECRET, BETA_SECRET, KEYS } from "../tokens/craft.js";
import { craftOwn } from "../tokens/own.js";
import { ISS, issuerWith, providerToken, ringWith } from "../tokens/provider.js";
import { Desk, NOON } from "./support.js";

const basics = {
  apiKey: "alpha-key",
  secret: ALPHA_SECRET,
  permissions: ["allow_join"],
  ttlSeconds: 600,
  now: () => NOON,
} as const;

describe("admitone inspect", () => {
  test("a token that enters", async () => {
    const token = mintToken({ ...basics, roomId: "demo", participantId: "ann" });
    const { exit, out, err } = await new Desk({ apps: KEYS }).run(["inspect", token, "--room", "demo"]);
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    expect(out).toBe(
      [
        "Header",
        '  {"alg":"HS256","typ":"JWT"}',
        "Claims",
        '  apikey         names the key "alpha-key"',
        "  permissions    allow_join: enters at once, and answers the knocks of others",
        "  version        version 2; 2 is needed for roomId, participantId and roles",
        '  roomId         good for the room "demo" only',
        '  participantId  good for the participant "ann" only',
        "  iat            2026-11-21T12:00:00.000Z, was made 0 s ago",
        "  exp            2026-11-21T12:10:00.000Z, expires in 10 min",
        "Verdict",
        '  key     signed with the key "alpha-key" of the app "Alpha School"',
        "  asked   the meeting door, room demo",
        '  answer  enters at once, only room "demo", only as "ann"',
        "",
      ].join("\n"),
    );
  });

  test("from stdin; one that knocks is let in as far as the lobby", async () => {
    const token = mintToken({ ...basics, permissions: ["ask_join"] });
    const { exit, out } = await new Desk({ apps: KEYS }).run(["inspect", "-"], `${token}\n`);
    expect(exit).toBe(0);
    expect(out).toContain("  answer  knocks and waits for a host, any room of the app\n");
  });

  test.each([
    [mintToken({ ...basics, ttlSeconds: -60 }), [], "the token has expired"],
    [mintToken({ ...basics, secret: BETA_SECRET }), [], "did not make this signature"],
    [mintToken({ ...basics, roles: ["rtc"] }), ["--door", "rest"], "crawler"],
    [mintToken({ ...basics, roomId: "demo" }), ["--room", "other"], "the token is for another room"],
    [mintToken({ ...basics, participantId: "ann" }), ["--participant", "bob"], "another participant id"],
    ["nonsense", [], "Claims\n  none can be read\n"],
  ])("one that would be refused: says why and exits with 1 (%#)", async (token, options, why) => {
    const { exit, out } = await new Desk({ apps: KEYS }).run(["inspect", token, ...options]);
    expect(exit).toBe(1);
    expect(out).toContain(why);
    expect(out).toContain("\n  answer  is refused: ");
  });

  test("tokens of identity providers and client access tokens are checked too", async () => {
    const apps = ringWith(issuerWith());
    const provider = await new Desk({ apps }).run(["inspect", providerToken()]);
    expect(provider.exit).toBe(0);
    expect(provider.out).toContain(
      `  key     signed by the identity provider "${ISS}" for the app "Alpha School"\n`,
    );
    const client = await new Desk({ apps }).run(["inspect", craftOwn("client")]);
    expect(client.exit).toBe(0);
    expect(client.out).toContain("  key     a client access token, made here with the key");
  });

  test("without a key the claims are shown, and no promise is made", async () => {
    const { exit, out } = await new Desk().run(["inspect", mintToken(basics)]);
    expect(exit).toBe(1);
    expect(out).toContain("expires in 10 min\n");
    expect(out).toContain("  key     not checked: no key is set up here\n");
    expect(out).toContain("  answer  not known: without a key anybody could have written these claims\n");
    const broken = await new Desk().run(["inspect", "nonsense"]);
    expect(broken.out).toContain("is refused");
  });
});
