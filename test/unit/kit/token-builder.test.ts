/** Tokens of the builder are taken at the door that they are for; what no door takes is not made. */
import { describe, expect, test } from "@jest/globals";
import { createTokenBuilder, TokenOptionsError, type TokenOptions } from "../../../src/kit/token-builder.js";
import type { Permission, Role } from "../../../src/room/grant.js";
import { createVerifier, type Door } from "../../../src/tokens/verify.js";
import { mintToken } from "../../../src/tokens/mint.js";
import { ALPHA_SECRET, KEYS, NOW } from "../tokens/craft.js";

const KEY = { apiKey: "alpha-key", secret: ALPHA_SECRET } as const;
const now = (): number => NOW;
const tokens = createTokenBuilder({ ...KEY, now, makeId: () => "made" });
const verifier = createVerifier({ apps: KEYS, now, toleranceSeconds: 0 });
const MEETING: Door = { door: "meeting", roomId: "weekly", participantId: null };
const REST: Door = { door: "rest" };

async function reasonAt(token: string, door: Door): Promise<string | null> {
  const verdict = await verifier.verify(token, door);
  return verdict.ok ? null : verdict.refusal.reason;
}
async function grantAt(token: string, door: Door) {
  const verdict = await verifier.verify(token, door);
  return verdict.ok ? verdict.grant : verdict.refusal.reason;
}
function fieldOf(make: () => unknown): string | null {
  try {
    make();
    return null;
  } catch (error) {
    if (error instanceof TokenOptionsError) return error.field;
    throw error;
  }
}

/** Options that no compiler saw: those of a program in JavaScript. */
function unchecked(options: object): TokenOptions {
  const valid: TokenOptions = { permissions: ["ask_join"], ttlSeconds: 60 };
  return Object.assign(valid, options);
}

describe("tokens by what somebody is", () => {
  test("a guest knocks, a host enters, a moderator moderates: at meetings and nowhere else", async () => {
    const about = { roomId: "weekly", participantId: "ann" };
    for (const [token, permissions] of [
      [tokens.guest(about), ["ask_join"]],
      [tokens.host(about), ["allow_join"]],
      [tokens.moderator(about), ["allow_join", "allow_mod"]],
    ] as const) {
      expect(await grantAt(token, MEETING)).toMatchObject({
        ...{ app: "alpha", permissions, ...about, roles: ["rtc"], jti: "made" },
        expiresAt: NOW + 3_600_000,
      });
      expect(await reasonAt(token, REST)).toBe("role_not_allowed");
    }
  });

  test("a back end's token opens the REST API and no meeting", async () => {
    const token = tokens.backEnd();
    expect(await grantAt(token, REST)).toMatchObject({ roles: ["crawler"], expiresAt: NOW + 600_000 });
    expect(await reasonAt(token, MEETING)).toBe("role_not_allowed");
  });

  test("a token for one use is for its room", async () => {
    const token = tokens.guest({ roomId: "weekly", oneTime: true, ttlSeconds: 60 });
    expect(await grantAt(token, MEETING)).toMatchObject({ oneTime: true, roomId: "weekly" });
    expect(await reasonAt(token, { ...MEETING, roomId: "other" })).toBe("room_mismatch");
  });

  test("every token has an id of its own, so that it can be revoked alone", async () => {
    const builder = createTokenBuilder({ ...KEY, now });
    const ids = new Set<unknown>();
    for (let count = 0; count < 20; count += 1) {
      const grant = await grantAt(builder.guest(), MEETING);
      ids.add(typeof grant === "string" ? grant : grant.jti);
    }
    expect(ids.size).toBe(20);
  });
});

const RIGHTS = ["allow_join", "ask_join", "allow_mod"] as const satisfies Permission[];
const LISTS: readonly (readonly Permission[])[] = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) =>
  RIGHTS.filter((_right, at) => (bits & (1 << at)) !== 0),
);
const DOORS: readonly (readonly Role[] | undefined)[] = [undefined, ["rtc"], ["crawler"], ["rtc", "crawler"]];

describe("what no door takes is not made", () => {
  test.each(LISTS.flatMap((permissions) => DOORS.map((roles) => ({ permissions, roles }))))(
    "permissions $permissions, roles $roles: made if and only if a door takes it",
    async ({ permissions, roles }) => {
      const claims = { permissions, roles, roomId: "weekly", ttlSeconds: 60 };
      const raw = mintToken({ ...KEY, now, ...claims });
      // The REST API looks past it; such a token still says two things that exclude each other.
      const isMixed = permissions.includes("ask_join") && permissions.length > 1;
      const taken = !isMixed && [await reasonAt(raw, MEETING), await reasonAt(raw, REST)].includes(null);
      const field = fieldOf(() => tokens.sign(unchecked(claims)));
      expect(field).toBe(taken ? null : "permissions");
    },
  );

  test.each([
    ["permissions", { permissions: ["allow_everything"] }],
    ["permissions", { permissions: "ask_join" }],
    ["permissions", { permissions: undefined }],
    ["roles", { roles: [] }],
    ["roles", { roles: ["admin"] }],
    ["ttlSeconds", { ttlSeconds: undefined }],
    ["ttlSeconds", { ttlSeconds: 0 }],
    ["ttlSeconds", { ttlSeconds: 1.5 }],
    ["ttlSeconds", { ttlSeconds: Number.POSITIVE_INFINITY }],
    ["ttlSeconds", { ttlSeconds: 400_000_000 }],
    ["roomId", { roomId: "" }],
    ["roomId", { roomId: "a b" }],
    ["roomId", { oneTime: true }],
    ["participantId", { participantId: "*" }],
    ["participantId", { participantId: "x".repeat(129) }],
    ["jti", { jti: "" }],
  ])("%s: %j", (field, changes) => {
    expect(fieldOf(() => tokens.sign(unchecked(changes)))).toBe(field);
  });

  test("an error names its option, says what is wrong, and repeats no value", () => {
    const make = (): string => tokens.sign(unchecked({ participantId: "two words of hers" }));
    expect(make).toThrow("participantId must not contain white space or control characters");
    expect(make).not.toThrow("two words");
  });

  test("a secret that is too short is told at once", () => {
    expect(() => createTokenBuilder({ apiKey: "k", secret: "short" })).toThrow("at least 32 bytes");
  });

  test("the compiler says so as well", () => {
    const ttlSeconds = 60;
    const mistakes = [
      // @ts-expect-error ask_join stands alone
      () => tokens.sign({ permissions: ["ask_join", "allow_join"], ttlSeconds }),
      // @ts-expect-error no permission at all
      () => tokens.sign({ permissions: [], ttlSeconds }),
      // @ts-expect-error a token has an end
      () => tokens.sign({ permissions: ["ask_join"] }),
      // @ts-expect-error a token for one use is for one room
      () => tokens.guest({ oneTime: true }),
    ];
    for (const mistake of mistakes) expect(fieldOf(mistake)).not.toBeNull();
  });
});
