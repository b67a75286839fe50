import { describe, expect, test } from "@jest/globals";
import { askGateway, offsetOf, trialToken } from "../../../../src/web/meeting/entry/gateway.js";
import { readLink, roomOf, type LinkPlaces } from "../../../../src/web/meeting/entry/link.js";
import { fakeStorage } from "./fakes.js";
import { tokenFacts } from "../../../../src/web/meeting/entry/token-facts.js";

interface Places extends LinkPlaces {
  readonly storage: NonNullable<LinkPlaces["storage"]>;
  readonly replaced: string[];
}

/** A tab with this address; what it keeps goes over to the next. */
function tab(address: string, kept = new Map<string, string>()): Places {
  const { pathname, search, hash } = new URL(address, "http://gateway.test");
  const replaced: string[] = [];
  return {
    location: { pathname, search, hash },
    history: { replaceState: (_data: unknown, _title: string, url) => replaced.push(String(url)) },
    storage: fakeStorage(kept),
    replaced,
  };
}

const jwt = (claims: unknown): string =>
  ["e30", Buffer.from(JSON.stringify(claims)).toString("base64url"), "signature"].join(".");

describe("A link", () => {
  test("gives up its token at once: it is off the address bar, and kept for a reload", () => {
    const kept = new Map<string, string>();
    const first = tab("/m/room-1?theme=x#token=abc.def.ghi", kept);
    expect(readLink(first)).toEqual({ roomId: "room-1", token: "abc.def.ghi" });
    expect(first.replaced).toEqual(["/m/room-1?theme=x"]);
    expect(readLink(tab("/m/room-1", kept))).toEqual({ roomId: "room-1", token: "abc.def.ghi" });
  });

  test("of another room in the same tab does not get the first room's token", () => {
    const kept = new Map<string, string>();
    readLink(tab("/m/room-1#token=abc", kept));
    expect(readLink(tab("/m/room-2", kept))).toEqual({ roomId: "room-2", token: null });
  });

  test("that is newer goes before what was kept", () => {
    const kept = new Map<string, string>();
    readLink(tab("/m/room-1#token=old", kept));
    expect(readLink(tab("/m/room-1#token=new", kept))?.token).toBe("new");
  });

  test("of somebody else in the same tab does not lead to the seat of the one before; a newer one of the same person does", () => {
    const link = (claims: object): string => `/m/room-1#token=${jwt(claims)}`;
    const kept = new Map<string, string>();
    readLink(tab(link({ permissions: ["ask_join"], iat: 1, exp: 2 }), kept));
    kept.set("admitone:seat:room-1", "secret");
    readLink(tab(link({ exp: 9, iat: 8, permissions: ["ask_join"] }), kept));
    expect(kept.get("admitone:seat:room-1")).toBe("secret");
    readLink(tab(link({ permissions: ["allow_join"], iat: 8, exp: 9 }), kept));
    expect(kept.has("admitone:seat:room-1")).toBe(false);
  });

  test("with an empty token has none, and the address bar is cleared all the same", () => {
    const places = tab("/m/room-1#token=");
    expect(readLink(places)?.token).toBeNull();
    expect(places.replaced).toHaveLength(1);
  });

  test("works where the browser keeps nothing", () => {
    expect(readLink({ ...tab("/m/room-1#token=abc"), storage: null })?.token).toBe("abc");
  });

  test.each([
    ["/m/room-1", "room-1"],
    ["/m/room%201/", "room 1"],
    ["/m/", null],
    ["/m/a/b", null],
    ["/m/%zz", null],
    ["/console", null],
  ])("of %s names the room %s", (path, room) => expect(roomOf(path)).toBe(room));
});

describe("What a token says about itself", () => {
  test("is whether its bearer knocks, and until when it is good", () => {
    expect(tokenFacts(jwt({ permissions: ["ask_join"], exp: 1_790_000_000 }))).toEqual({
      way: "knock",
      name: null,
      expiresAt: 1_790_000_000_000,
    });
    expect(tokenFacts(jwt({ permissions: ["allow_join", "allow_mod"] })).way).toBe("enter");
    expect(tokenFacts(jwt({ sub: "somebody" })).way).toBe("unknown");
  });

  test("is a name only where an identity provider signed: the app's own tokens fix none", () => {
    expect(tokenFacts(jwt({ iss: "https://id.test", name: "Gustav Ü." })).name).toBe("Gustav Ü.");
    expect(tokenFacts(jwt({ apikey: "key", name: "Gustav" })).name).toBeNull();
  });

  test.each(["", "x", "a.b.c", "a.%.c", `a.${Buffer.from("[1]").toString("base64url")}.c`, "a.bnVsbA.c"])(
    "is nothing where it cannot be read: %j",
    (token) => expect(tokenFacts(token)).toEqual({ way: "unknown", name: null, expiresAt: null }),
  );
});

describe("The gateway", () => {
  const answers =
    (body: unknown, status = 200, headers: Record<string, string> = {}) =>
    () =>
      Promise.resolve(new Response(JSON.stringify(body), { status, headers }));

  test("offers trials only where it says so", async () => {
    const now = () => 0;
    expect((await askGateway(answers({ development: true }), "r", now)).development).toBe(true);
    expect((await askGateway(answers({ development: "yes" }), "r", now)).development).toBe(false);
    expect((await askGateway(answers({ development: true }, 404), "r", now)).development).toBe(false);
    expect(await askGateway(() => Promise.reject(new Error("down")), "r", now)).toEqual({
      development: false,
      clockOffset: 0,
    });
  });

  test("tells the time, which counts where this machine's clock is wrong", () => {
    const date = "Sat, 21 Nov 2026 18:00:00 GMT";
    const right = Date.parse(date);
    expect(offsetOf(date, right + 900)).toBe(0);
    expect(offsetOf(date, right - 60_000)).toBe(60_500);
    expect(offsetOf(null, right)).toBe(0);
    expect(offsetOf("yesterday", right)).toBe(0);
  });

  test("gives a token for a trial, asked for with a room whose name needs quoting", async () => {
    const asked: string[] = [];
    const token = await trialToken(
      (path, init) => {
        asked.push(path, typeof init?.body === "string" ? init.body : "");
        return answers({ token: "abc" })();
      },
      "a/b",
      { name: "Hanna", role: "host" },
    );
    expect(token).toBe("abc");
    expect(asked).toEqual(["/m/a%2Fb/entry", '{"name":"Hanna","role":"host"}']);
  });

  test("that gives none says why", async () => {
    const refused = answers({ error: "There is no such room" }, 404);
    await expect(trialToken(refused, "r", { name: "Hanna", role: "host" })).rejects.toThrow(
      "There is no such room",
    );
    const odd = () => Promise.resolve(new Response("<html>"));
    await expect(trialToken(odd, "r", { name: "Hanna", role: "host" })).rejects.toThrow("gave no token");
  });
});
