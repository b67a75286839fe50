import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { mintToken } from "../../../src/tokens/mint.js";
import { createVerifier } from "../../../src/tokens/verify.js";
import type { Door } from "../../../src/tokens/verify.js";
import { ALPHA_NEXT_SECRET, ALPHA_SECRET, BETA_SECRET, KEYS, NOW } from "./craft.js";
import { DOORS, ROOM } from "./hostile.js";
import { craftOwn, officeWith } from "./own.js";
import { checksWith, providerToken } from "./provider.js";
import { runs } from "../../support/runs.js";

/** Repeat a run with the seed that stands in the test's name: `FC_SEED=… npx jest …`. */
const seed = Number(process.env["FC_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = runs({ usual: 20_000, long: 100_000 });

const verifier = createVerifier({ apps: KEYS, now: () => NOW, toleranceSeconds: 0 });
const doors: readonly Door[] = [DOORS.meeting, DOORS.rest];

const mint = (apiKey: string, secret: string, jti: string): string[] =>
  [{}, { roomId: ROOM }, { roomId: ROOM, participantId: "ann" }].map((scope) =>
    mintToken({
      apiKey,
      secret,
      permissions: ["allow_join"],
      ttlSeconds: 600,
      now: () => NOW,
      jti,
      ...scope,
    }),
  );

/** Good tokens of different keys, so that splices between them are possible. */
const TOKENS = [
  ...mint("alpha-key", ALPHA_SECRET, "a"),
  ...mint("alpha-next-key", ALPHA_NEXT_SECRET, "b"),
  ...mint("beta-key", BETA_SECRET, "c"),
];

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const index = (text: string | Buffer, at: number): number => Math.floor(text.length * at);
const alphabet = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\0é");

/** Every way in which tokens are changed: within one, and with parts of the others. */
function mutantsOf(tokens: readonly string[]) {
  const token = fc.constantFrom(...tokens);
  const flipped = fc.tuple(token, place, fc.constantFrom(...alphabet)).map(([text, at, char]) => {
    const i = index(text, at);
    return text.slice(0, i) + char + text.slice(i + 1);
  });
  const cut = fc.tuple(token, place, place).map(([text, from, to]) => {
    const [a, b] = [index(text, Math.min(from, to)), index(text, Math.max(from, to)) + 1];
    return text.slice(0, a) + text.slice(b);
  });
  const inserted = fc
    .tuple(token, place, fc.oneof(fc.string({ minLength: 1, maxLength: 8 }), fc.constantFrom(...alphabet)))
    .map(([text, at, more]) => text.slice(0, index(text, at)) + more + text.slice(index(text, at)));
  const spliced = fc
    .tuple(token, token, place, place)
    .map(([one, two, at, from]) => one.slice(0, index(one, at)) + two.slice(index(two, from)));
  const mixed = fc
    .tuple(token, token, token)
    .map((three) => three.map((text, part) => text.split(".")[part] ?? "").join("."));
  const flippedBit = fc.tuple(token, fc.nat(2), place, fc.nat(7)).map(([text, part, at, bit]) => {
    const parts = text.split(".");
    const raw = Buffer.from(parts[part] ?? "", "base64url");
    const i = index(raw, at);
    raw.writeUInt8(raw.readUInt8(i) ^ (1 << bit), i);
    return parts.with(part, raw.toString("base64url")).join(".");
  });
  const encodedAgain = fc.tuple(token, fc.nat(2), fc.nat(5)).map(([text, part, way]) => {
    const parts = text.split(".");
    const piece = parts[part] ?? "";
    const raw = Buffer.from(piece, "base64url");
    const again = [
      raw.toString("base64"),
      raw.toString("hex"),
      `${piece}=`,
      Buffer.from(piece).toString("base64url"),
      Buffer.from(raw.toString("latin1")).toString("base64url"),
      Buffer.from(` ${raw.toString("latin1")}`, "latin1").toString("base64url"),
    ][way];
    return parts.with(part, again ?? "").join(".");
  });
  const reworded = fc
    .tuple(
      token,
      fc.constantFrom("permissions", "exp", "roomId", "apikey", "version", "sub", "aud"),
      fc.jsonValue(),
    )
    .map(([text, name, value]) => {
      const [head = "", body = "", mac = ""] = text.split(".");
      const payload: unknown = JSON.parse(Buffer.from(body, "base64url").toString());
      const changed = JSON.stringify({ ...Object(payload), [name]: value });
      return `${head}.${Buffer.from(changed).toString("base64url")}.${mac}`;
    });
  return { flipped, cut, inserted, spliced, mixed, flippedBit, encodedAgain, reworded };
}

async function isRefused(value: unknown): Promise<boolean> {
  for (const door of doors) if ((await verifier.verify(value, door)).ok) return false;
  return true;
}

/** Shows mutants, a share of `runs` of each kind, and answers how many were no good tokens by accident. */
async function refusedOf(
  mutant: fc.Arbitrary<string>,
  tokens: readonly string[],
  check: (text: string) => Promise<boolean>,
  runs: number,
): Promise<number> {
  const known = new Set(tokens);
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(mutant, async (text) => {
      // Some mutations change nothing; what is byte for byte a good token is one.
      if (known.has(text)) return true;
      refused += 1;
      return check(text);
    }),
    { seed, numRuns: runs / 8 },
  );
  return refused;
}

describe(`mutated tokens, seed ${seed}`, () => {
  test("the tokens that they are made of are good", async () => {
    for (const text of TOKENS)
      for (const door of doors) expect(await verifier.verify(text, door)).toMatchObject({ ok: true });
  });

  test.each(Object.entries(mutantsOf(TOKENS)))("%s: none is accepted", async (_, mutant) => {
    expect(await refusedOf(mutant, TOKENS, isRefused, RUNS)).toBeGreaterThan(0);
  });

  test("nothing that is not a token is accepted, and nothing makes the verifier throw", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything(), fc.string({ unit: "binary" }), fc.base64String()), isRefused),
      { seed, numRuns: RUNS / 10 },
    );
  });
});

describe(`mutated tokens of all other kinds, seed ${seed}`, () => {
  const office = officeWith(checksWith());
  const checks = createVerifier(checksWith());
  const own = (["api", "client", "conference"] as const).map((type) => craftOwn(type));
  const foreign = (["RSA", "EC", "Ed25519"] as const).map((family) => providerToken({ jti: "d" }, family));
  const tokens = [...own, ...foreign, craftOwn("client", { sub: "bob" }), TOKENS[0] ?? ""];

  const isRefusedEverywhere = async (text: string): Promise<boolean> => {
    for (const door of [...doors, { door: "other", role: null } as const]) {
      if ((await checks.verify(text, door)).ok) return false;
    }
    return !office.readApiToken(text).ok && !office.readPass(text, "alpha").ok;
  };

  test("the tokens that they are made of are good somewhere", async () => {
    for (const text of tokens) expect(await isRefusedEverywhere(text)).toBe(false);
  });

  test.each(Object.entries(mutantsOf(tokens)))("%s: none is accepted anywhere", async (_, mutant) => {
    expect(await refusedOf(mutant, tokens, isRefusedEverywhere, RUNS / 5)).toBeGreaterThan(0);
  });
});
