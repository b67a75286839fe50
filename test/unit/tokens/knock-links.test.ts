import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createHmac } from "node:crypto";
import type { App } from "../../../src/tokens/app.js";
import { createDerivedKeys, type DerivedKeys } from "../../../src/tokens/derived.js";
import { createAppKeys } from "../../../src/tokens/key-ring.js";
import { createKnockLinks, type KnockLink, type KnockLinks } from "../../../src/tokens/knock-links.js";
import { appWith, keyWith } from "./craft.js";

const OLD = "the-old-secret-of-app-one-0123456789";
const NEW = "the-new-secret-of-app-one-0123456789";
const NOW = 1_800_000_000_000;

function appOf(id: string, first: string, ...others: readonly string[]): App {
  const keys = [first, ...others].map((secret, index) => keyWith(`${id}-${index}`, secret));
  return appWith(id, first, { keys });
}

function keysOf(apps: readonly App[], now = NOW): DerivedKeys {
  return createDerivedKeys(createAppKeys(apps), () => now);
}

function linksOf(apps: readonly App[], now = NOW): KnockLinks {
  return createKnockLinks({ keys: keysOf(apps, now), now: () => now });
}

const apps = [appOf("one", OLD), appOf("two", "the-secret-of-app-two-0123456789-abc")];
const links = linksOf(apps);
const knock: KnockLink = {
  app: "one",
  roomId: "abcd-efgh-ijkl",
  participantId: "guest",
  since: NOW - 5_000,
  exp: NOW + 60_000,
};

/** A code with any payload, signed as the first app signs. */
function signed(payload: string): string {
  const [key = Buffer.alloc(0)] = keysOf(apps).of("one", "knock links");
  return `${payload}.${createHmac("sha256", key).update(payload).digest("base64url")}`;
}

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const id = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
const anyKnock: fc.Arbitrary<KnockLink> = fc.record({
  app: fc.constantFrom("one", "two"),
  roomId: id,
  participantId: id,
  since: fc.integer({ min: 0, max: NOW }),
  exp: fc.integer({ min: NOW + 1, max: NOW * 2 }),
});

describe("knock links", () => {
  test("a code says what it was made for, and fits into an address as it is", () => {
    fc.assert(
      fc.property(anyKnock, (link) => {
        const code = links.make(link);
        expect(code).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/);
        expect(links.read(code)).toEqual(link);
      }),
    );
  });

  test("the longest ids there are make a code that is read again", () => {
    const long = { ...knock, roomId: "漢".repeat(128), participantId: "語".repeat(128) };
    expect(links.read(links.make(long))).toEqual(long);
  });

  test("no code is accepted in which anything was changed, left out or put in", () => {
    const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n%\0é";
    const sign = fc.constantFrom(...Array.from(signs));
    fc.assert(
      fc.property(
        anyKnock,
        fc.nat(),
        fc.constantFrom(0, 1),
        fc.array(sign, { maxLength: 3 }),
        (link, at, cut, put) => {
          const code = links.make(link);
          const place = at % (code.length + 1);
          const mutated = code.slice(0, place) + put.join("") + code.slice(place + cut);
          fc.pre(mutated !== code);
          expect(links.read(mutated)).toBeNull();
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("every single sign of a code counts, the last ones of both parts included", () => {
    const code = links.make(knock);
    for (let at = 0; at < code.length; at += 1) {
      for (const other of "AQgw-_.") {
        const mutated = code.slice(0, at) + other + code.slice(at + 1);
        if (mutated !== code) expect([at, links.read(mutated)]).toEqual([at, null]);
      }
    }
  });

  test("parts of two good codes make no third one", () => {
    fc.assert(
      fc.property(anyKnock, anyKnock, (a, b) => {
        const [payload] = links.make(a).split(".");
        const [other, signature] = links.make(b).split(".");
        fc.pre(payload !== other);
        expect(links.read(`${String(payload)}.${String(signature)}`)).toBeNull();
      }),
    );
  });

  test("one app cannot sign for another, nor with a key made for something else", () => {
    const [payload] = links.make(knock).split(".");
    const keys = keysOf(apps);
    const wrong = [
      ...keys.of("two", "knock links"),
      ...keys.of("one", "webhook signatures"),
      Buffer.from(OLD),
      Buffer.alloc(0),
    ];
    for (const key of wrong) {
      const signature = createHmac("sha256", key).update(String(payload)).digest("base64url");
      expect(links.read(`${String(payload)}.${signature}`)).toBeNull();
    }
    expect(links.read(links.make({ ...knock, app: "two" }))).toEqual({ ...knock, app: "two" });
    expect(() => links.make({ ...knock, app: "nobody" })).toThrow("no such app");
    expect(linksOf([appOf("two", OLD)]).read(links.make(knock))).toBeNull();
  });

  test("while keys are replaced, codes of every listed key pass; new ones come from the first", () => {
    const [before, during, after] = [links, linksOf([appOf("one", NEW, OLD)]), linksOf([appOf("one", NEW)])];
    const old = before.make(knock);
    const fresh = during.make(knock);
    expect(during.read(old)).toEqual(knock);
    expect(after.read(old)).toBeNull();
    expect(after.read(fresh)).toEqual(knock);
    expect(before.read(fresh)).toBeNull();
  });

  test("a code is good until it expires, and not at that moment", () => {
    const code = links.make(knock);
    expect(linksOf(apps, knock.exp - 1).read(code)).toEqual(knock);
    expect(linksOf(apps, knock.exp).read(code)).toBeNull();
  });

  const { app, roomId: room, participantId: participant, since, exp } = knock;
  const good = { app, room, participant, since, exp };
  const ODD: readonly (readonly [string, string])[] = [
    ["nothing", ""],
    ["a dot", "."],
    ["no signature", base64(good)],
    ["three parts", `${links.make(knock)}.x`],
    ["a signed list", signed(base64([good]))],
    ["a signed number", signed(base64(7))],
    ["a signed text that is no JSON", signed(Buffer.from("{").toString("base64url"))],
    ["a signed payload with one member more", signed(base64({ ...good, ban: true }))],
    ["a signed payload with one member less", signed(base64({ ...good, since: undefined }))],
    ["a signed payload with a text for a time", signed(base64({ ...good, exp: "9e99" }))],
    [
      "a signed payload that says a thing twice",
      signed(Buffer.from(`${JSON.stringify(good).slice(0, -1)},"exp":9e15}`).toString("base64url")),
    ],
    ["a signed payload in base64 with padding", signed(`${base64(good)}=`)],
    [
      "a signed payload with a line break in it",
      signed(`${base64(good).slice(0, 9)}\n${base64(good).slice(9)}`),
    ],
    ["a code that never ends", "A".repeat(1_000_000)],
    ["a signed payload that is too long", signed(base64({ ...good, participant: "x".repeat(2_000) }))],
  ];
  test("the payload that the odd ones are made from is good", () => {
    expect(links.read(signed(base64(good)))).toEqual(knock);
  });
  test.each(ODD)("%s is no code", (_what, code) => {
    expect(links.read(code)).toBeNull();
  });
});
