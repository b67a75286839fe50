import { describe, expect, test } from "@jest/globals";
import type { TokenMark } from "../../../src/room/grant.js";
import { concerns, type Bearer, type Revoked, type Standing } from "../../../src/tokens/standing.js";
import { createVerifier, traceToken, type Door } from "../../../src/tokens/verify.js";
import { DELTA_IDLE_SECRET, HEADER, NOW, claims, craft } from "./craft.js";
import { ROOM } from "./hostile.js";
import { craftOwn, officeWith } from "./own.js";
import { ISS, checksWith, providerToken } from "./provider.js";

const SECOND = NOW / 1000;
const APP = "alpha";

/** Revocations of alpha as a node knows them, and what it was asked. */
class Book implements Standing {
  readonly asked: { mark: TokenMark; bearer: Bearer }[] = [];
  constructor(private readonly revoked: readonly Revoked[] = []) {}

  objection(mark: TokenMark, bearer: Bearer) {
    this.asked.push({ mark, bearer });
    const hit = bearer.app === APP && this.revoked.some((one) => concerns(one, mark, bearer));
    return hit ? ("token_revoked" as const) : null;
  }
}

const at = (roomId: string | null, participantId: string | null): Door => ({
  door: "meeting",
  roomId,
  participantId,
});
const reason = async (token: string, door: Door, standing: Standing): Promise<string> => {
  const verdict = await createVerifier({ ...checksWith(), standing }).verify(token, door);
  return verdict.ok ? "ok" : verdict.refusal.reason;
};

const bound = craft(claims({ version: 2, roomId: ROOM, participantId: "ann", jti: "j-1" }));
const unbound = craft(claims({ jti: "j-1" }));
const client = craftOwn("client");
const provider = providerToken({ jti: "j-1" });

describe("what was revoked since", () => {
  const rows: readonly (readonly [string, Revoked])[] = [
    ["the token", { kind: "token", jti: "j-1" }],
    [
      "the participant everywhere",
      { kind: "participant", participantId: "ann", roomId: null, before: NOW + 1 },
    ],
    [
      "the participant in the room",
      { kind: "participant", participantId: "ann", roomId: ROOM, before: NOW + 1 },
    ],
    ["all of the app", { kind: "all", before: NOW + 1 }],
  ];
  test.each(rows)("%s: no kind of token that it concerns opens a door", async (_what, revoked) => {
    const book = new Book([revoked]);
    for (const token of [bound, unbound, client, provider]) {
      expect(await reason(token, at(ROOM, "ann"), book)).toBe("token_revoked");
    }
  });

  const others: readonly (readonly [string, Revoked])[] = [
    ["another token", { kind: "token", jti: "j-2" }],
    ["another participant", { kind: "participant", participantId: "bob", roomId: null, before: NOW + 1 }],
    ["in another room", { kind: "participant", participantId: "ann", roomId: "room-2", before: NOW + 1 }],
    ["another key", { kind: "key", key: "alpha-next-key", before: NOW + 1 }],
    ["what was issued earlier", { kind: "all", before: NOW }],
  ];
  test.each(others)("%s: nothing happens", async (_what, revoked) => {
    for (const token of [bound, unbound, client, provider]) {
      expect(await reason(token, at(ROOM, "ann"), new Book([revoked]))).toBe("ok");
    }
  });

  test("a key takes with it what it signed, and an identity provider what is its own", async () => {
    const key = new Book([{ kind: "key", key: "alpha-key", before: NOW + 1 }]);
    expect(await reason(bound, at(ROOM, "ann"), key)).toBe("token_revoked");
    expect(await reason(client, at(ROOM, "ann"), key)).toBe("token_revoked");
    expect(await reason(provider, at(ROOM, "ann"), key)).toBe("ok");
    const issuer = new Book([{ kind: "key", key: ISS, before: NOW + 1 }]);
    expect(await reason(bound, at(ROOM, "ann"), issuer)).toBe("ok");
    expect(await reason(provider, at(ROOM, "ann"), issuer)).toBe("token_revoked");
  });

  test("a token that does not say when it was made is older than any time", async () => {
    const token = craft(claims({ iat: undefined }));
    expect(await reason(token, at(ROOM, null), new Book([{ kind: "all", before: 1 }]))).toBe("token_revoked");
  });

  test("API tokens and conference access tokens are asked about as well", async () => {
    const revoked: readonly Revoked[] = [
      { kind: "token", jti: "j-1" },
      { kind: "key", key: "alpha-key", before: NOW + 1 },
      { kind: "all", before: NOW + 1 },
    ];
    for (const one of revoked) {
      const office = officeWith({ standing: new Book([one]) });
      expect(office.readApiToken(craftOwn("api"))).toMatchObject({ refusal: { reason: "token_revoked" } });
      expect(office.readPass(craftOwn("conference"), APP)).toMatchObject({
        refusal: { reason: "conference_token_invalid", details: { cause: "token_revoked" } },
      });
      expect(await office.facts(craftOwn("api"), APP)).toBeNull();
    }
    const ann = { kind: "participant", participantId: "ann", roomId: null, before: NOW + 1 } as const;
    const office = officeWith({ standing: new Book([ann]) });
    expect(office.readPass(craftOwn("conference"), APP).ok).toBe(false);
    expect(office.readApiToken(craftOwn("api")).ok).toBe(true);
  });
});

describe("whom a token is shown for", () => {
  test("the token's own word counts before what a client asks for", async () => {
    const ann: Revoked = { kind: "participant", participantId: "ann", roomId: null, before: NOW + 1 };
    // What they ask for is ignored with such a token, so it must not hide who they are.
    for (const asked of ["bob", null]) {
      expect(await reason(client, at(ROOM, asked), new Book([ann]))).toBe("token_revoked");
      expect(await reason(bound, at(ROOM, asked), new Book([ann]))).toBe("token_revoked");
    }
    expect(await reason(unbound, at(ROOM, "ann"), new Book([ann]))).toBe("token_revoked");
    expect(await reason(unbound, at(ROOM, "bob"), new Book([ann]))).toBe("ok");
  });

  test("is said with the mark of the token", async () => {
    const book = new Book();
    await reason(bound, at(null, null), book);
    await reason(unbound, at(ROOM, "bob"), book);
    await reason(unbound, { door: "rest" }, book);
    await reason(client, at(ROOM, "bob"), book);
    await reason(provider, at(ROOM, null), book);
    const seen = book.asked.map(({ mark: { kind, key, secretId, jti, issuedAt }, bearer }) => ({
      mark: [kind, key, secretId, jti, issuedAt],
      bearer: [bearer.app, bearer.roomId, bearer.participantId],
    }));
    expect(seen).toEqual([
      { mark: ["customer", "alpha-key", "1", "j-1", NOW], bearer: [APP, ROOM, "ann"] },
      { mark: ["customer", "alpha-key", "1", "j-1", NOW], bearer: [APP, ROOM, "bob"] },
      { mark: ["customer", "alpha-key", "1", "j-1", NOW], bearer: [APP, null, null] },
      { mark: ["client", "alpha-key", "1", "j-1", NOW], bearer: [APP, ROOM, "ann"] },
      { mark: ["issuer", ISS, null, "j-1", NOW], bearer: [APP, ROOM, "ann"] },
    ]);
    expect(new Set(book.asked.map(({ mark }) => mark.fingerprint)).size).toBe(4);
  });
});

describe("its place in the order of checks", () => {
  const step = async (token: string, standing: Standing): Promise<string> =>
    (await traceToken({ ...checksWith(), standing }, token, at(ROOM, "ann"))).step;
  const all = new Book([{ kind: "all", before: NOW + 10_000_000 }]);

  test("after the signature: nothing is told of a token that nobody proved", async () => {
    expect(await step(craft(claims({}), HEADER, "the-attackers-own-secret-of-32-bytes"), all)).toBe(
      "signature",
    );
    expect(await step(craft(claims({ apikey: "nobody" })), all)).toBe("key");
    expect(all.asked).toHaveLength(0);
  });

  test("before the claims: a token that counts no more is not looked into", async () => {
    for (const changes of [{ exp: 1 }, { exp: "x" }, { permissions: [] }, { roomId: "other" }, { jti: 7 }]) {
      expect(await step(craft(claims(changes)), all)).toBe("standing");
    }
    expect(await step(providerToken({ exp: SECOND - 1, sub: 7 }), all)).toBe("standing");
    expect(await step(craftOwn("client", { exp: SECOND - 1, scope: 7 }), all)).toBe("standing");
  });

  test("a deactivated key is told of without asking, to who holds a secret of it", async () => {
    const book = new Book();
    const idle = claims({ apikey: "delta-idle-key" });
    expect(await reason(craft(idle, HEADER, DELTA_IDLE_SECRET), at(ROOM, "ann"), book)).toBe(
      "key_deactivated",
    );
    expect(await reason(craft(idle), at(ROOM, "ann"), book)).toBe("signature_invalid");
    expect(book.asked).toHaveLength(0);
  });

  test.each([
    ["key_deactivated", "apikey", "iss"],
    ["key_unknown", "apikey", "iss"],
    ["token_revoked", undefined, undefined],
  ] as const)("%s names the claim at fault", async (objection, field, issuerField) => {
    const verifier = createVerifier({ ...checksWith(), standing: { objection: () => objection } });
    const refusal = (name: string | undefined) =>
      name === undefined ? { reason: objection } : { reason: objection, field: name };
    for (const [token, name] of [
      [bound, field],
      [client, field],
      [provider, issuerField],
    ] as const) {
      expect(await verifier.verify(token, at(ROOM, "ann"))).toEqual({ ok: false, refusal: refusal(name) });
    }
  });
});
