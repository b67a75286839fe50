/** Revocations: what they concern, and until when they are kept. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Access, AccessAdmin } from "../../../src/access/port.js";
import type { Revoked } from "../../../src/tokens/standing.js";
import { ABOUT, Bench, bearer, DAY, HOUR, madeApp, mark, reasonOf, START, yes } from "./support.js";

let bench: Bench;
let node: Access;
let admin: AccessAdmin;
beforeEach(async () => {
  bench = new Bench();
  node = await bench.node({ toleranceSeconds: 30 });
  ({ admin } = node);
});
afterEach(() => bench.close());

const TOKEN: Revoked = { kind: "token", jti: "t1" };
const ALL: Revoked = { kind: "all", before: START };
const KEY: Revoked = { kind: "key", key: "fixed-key", before: START };
const PERSON: Revoked = { kind: "participant", participantId: "p", roomId: "r", before: START };

describe("what a revocation concerns", () => {
  test.each<readonly [string, Revoked, Parameters<typeof mark>[0], Parameters<typeof bearer>[0], boolean]>([
    ["the token", TOKEN, { jti: "t1" }, {}, true],
    ["another token", TOKEN, { jti: "t2" }, {}, false],
    ["a token without an id", TOKEN, {}, {}, false],
    ["the person there", PERSON, {}, { participantId: "p", roomId: "r" }, true],
    ["the person elsewhere", PERSON, {}, { participantId: "p", roomId: "s" }, false],
    ["the person anywhere", { ...PERSON, roomId: null }, {}, { participantId: "p", roomId: "s" }, true],
    ["somebody else", PERSON, {}, { participantId: "q", roomId: "r" }, false],
    ["their newer token", PERSON, { issuedAt: START }, { participantId: "p", roomId: "r" }, false],
    ["the key", KEY, {}, {}, true],
    ["a newer token of the key", KEY, { issuedAt: START }, {}, false],
    ["a token of the key without a time", KEY, { issuedAt: null }, {}, true],
    ["another key", { ...KEY, key: "other" }, {}, {}, false],
    ["all", ALL, {}, {}, true],
    ["all, a newer token", ALL, { issuedAt: START }, {}, false],
  ])("%s", async (_, revoked, token, who, isRevoked) => {
    yes(await admin.revoke("fixed", revoked, ABOUT));
    expect(node.objection(mark(token), bearer(who))).toBe(isRevoked ? "token_revoked" : null);
  });

  test("one app alone", async () => {
    const made = await madeApp(node);
    yes(await admin.revoke("fixed", ALL, ABOUT));
    yes(await admin.revoke("fixed", TOKEN, ABOUT));
    expect(node.objection({ ...made.mark, jti: "t1" }, made.bearer)).toBeNull();
    expect(admin.revocations("acme")).toEqual([]);
    expect(reasonOf(await admin.lift("acme", admin.revocations("fixed")[0]?.id ?? ""))).toBe(
      "revocation_unknown",
    );
    expect(reasonOf(await admin.revoke("nobody", TOKEN, ABOUT))).toBe("app_unknown");
  });

  test("a key that is off or unknown is said before a revocation", async () => {
    yes(await admin.revoke("fixed", ALL, ABOUT));
    expect(node.objection(mark({ key: "fixed-off" }), bearer())).toBe("key_deactivated");
    expect(node.objection(mark({ key: "nothing" }), bearer())).toBe("key_unknown");
  });

  test("a lifted one concerns nobody, and the others go on", async () => {
    const { id } = yes(await admin.revoke("fixed", TOKEN, ABOUT));
    yes(await admin.revoke("fixed", KEY, ABOUT));
    yes(await admin.lift("fixed", id));
    expect(node.objection(mark({ jti: "t1" }), bearer())).toBe("token_revoked");
    expect(node.objection(mark({ jti: "t1", issuedAt: START }), bearer())).toBeNull();
    expect(reasonOf(await admin.lift("fixed", id))).toBe("revocation_unknown");
  });
});

describe("the same thing revoked twice", () => {
  test("is one revocation, by who was first", async () => {
    const first = yes(await admin.revoke("fixed", TOKEN, { expiresAt: null, by: "a", note: "n" }));
    bench.time += 1_000;
    const second = yes(await admin.revoke("fixed", TOKEN, { expiresAt: START, by: "b", note: null }));
    expect(second).toEqual(first);
    expect(admin.revocations("fixed")).toEqual([
      { id: first.id, app: "fixed", revoked: TOKEN, at: START, until: null, by: "a", note: "n" },
    ]);
  });

  test("covers both: the later time, the longer life", async () => {
    const known = { expiresAt: START + 10 * HOUR, by: "a", note: null };
    const { id } = yes(await admin.revoke("fixed", KEY, known));
    bench.time += 1_000;
    const later = yes(
      await admin.revoke("fixed", { ...KEY, before: START + 1_000 }, { ...known, expiresAt: START, by: "b" }),
    );
    expect(later).toMatchObject({ id, by: "b", at: START + 1_000, until: START + 10 * HOUR + 30_000 });
    expect(node.objection(mark({ issuedAt: START + 999 }), bearer())).toBe("token_revoked");
    // An older time takes nothing back.
    const older = yes(await admin.revoke("fixed", { ...KEY, before: START - DAY }, ABOUT));
    expect(older).toMatchObject({ id, revoked: { before: START + 1_000 }, until: null });
    expect(admin.revocations("fixed")).toHaveLength(1);
    // One of which nobody knows the end stays so, whatever is known of the next.
    const last = yes(await admin.revoke("fixed", { ...KEY, before: START + DAY }, known));
    expect(last).toMatchObject({ id, revoked: { before: START + DAY }, until: null });
  });

  test("a new one after the first is over begins anew", async () => {
    yes(await admin.revoke("fixed", TOKEN, { expiresAt: START, by: "a", note: "first" }));
    bench.time += 2 * HOUR;
    expect(admin.revocations("fixed")).toEqual([]);
    const second = yes(await admin.revoke("fixed", TOKEN, { expiresAt: START, by: "b", note: null }));
    expect(second).toMatchObject({ at: START + 2 * HOUR, until: START + 4 * HOUR, by: "b", note: null });
  });

  test("they are listed with the newest first", async () => {
    for (const jti of ["a", "b", "c"]) {
      yes(await admin.revoke("fixed", { kind: "token", jti }, ABOUT));
      bench.time += 1;
    }
    const ids = admin.revocations("fixed").map(({ revoked }) => "jti" in revoked && revoked.jti);
    expect(ids).toEqual(["c", "b", "a"]);
  });
});

describe("until when a revocation is kept", () => {
  const until = async (revoked: Revoked, expiresAt: number | null, app = "acme"): Promise<number | null> =>
    yes(await admin.revoke(app, revoked, { ...ABOUT, expiresAt })).until;

  test("until the last token that it concerns has expired, and the tolerance is over", async () => {
    expect(await until(TOKEN, START + 5 * HOUR, "fixed")).toBe(START + 5 * HOUR + 30_000);
    expect(await until(ALL, START + 9 * DAY, "fixed")).toBe(START + 9 * DAY + 30_000);
  });

  test("for two hours at least: a seat may be held without a line by a token that expired", async () => {
    expect(await until(TOKEN, START - DAY, "fixed")).toBe(START + 2 * HOUR);
    expect(await until(ALL, START + HOUR, "fixed")).toBe(START + 2 * HOUR);
  });

  test("for ever where nobody can know: tokens of any life, an app that is gone", async () => {
    expect(await until(TOKEN, null, "fixed")).toBeNull();
    await madeApp(node);
    expect(await until(ALL, null)).toBeNull();
    yes(await admin.change("acme", { maxTokenSeconds: 3 * 86_400 }));
    expect(admin.revocations("acme")[0]?.until).toBe(START + 3 * DAY + 30_000);
    yes(await admin.remove("acme"));
    expect(admin.revocations("acme")[0]?.until).toBeNull();
  });

  test("where the app limits lives: one token from now and a minute ahead, others from their time", async () => {
    await madeApp(node);
    yes(await admin.change("acme", { maxTokenSeconds: 3 * 86_400 }));
    expect(await until(TOKEN, null)).toBe(START + 60_000 + 3 * DAY + 30_000);
    for (const revoked of [ALL, KEY, PERSON]) {
      expect(await until(revoked, null)).toBe(START + 3 * DAY + 30_000);
      // Long ago: what it concerns has expired, but for a seat that is held.
      expect(await until({ ...revoked, ...distinct(), before: START - 30 * DAY }, null)).toBe(
        START + 2 * HOUR,
      );
    }
  });

  test("our own tokens live for a day, however short the app wants those of others", async () => {
    await madeApp(node);
    yes(await admin.change("acme", { maxTokenSeconds: 60 }));
    expect(await until(TOKEN, null)).toBe(START + 60_000 + DAY + 30_000);
    expect(await until(ALL, null)).toBe(START + DAY + 30_000);
  });

  test("raising the limit lengthens the life of what is there", async () => {
    await madeApp(node);
    yes(await admin.change("acme", { maxTokenSeconds: 60 }));
    yes(await admin.revoke("acme", ALL, ABOUT));
    yes(await admin.change("acme", { maxTokenSeconds: 5 * 86_400 }));
    expect(admin.revocations("acme")[0]?.until).toBe(START + 5 * DAY + 30_000);
    yes(await admin.change("acme", { maxTokenSeconds: null }));
    expect(admin.revocations("acme")[0]?.until).toBeNull();
  });

  /** Something else each time. */
  let count = 0;
  const distinct = (): { participantId: string; key: string; kind: "participant"; roomId: null } => {
    count += 1;
    return { kind: "participant", participantId: `p${count}`, roomId: null, key: "" };
  };
});

describe("what is over", () => {
  const revocationsKept = async (): Promise<string[]> =>
    [...(await bench.dump()).keys()].filter((name) => name.startsWith("revocation:"));

  test("counts no more at that moment, on every node, without anybody doing anything", async () => {
    const other = await bench.node({ toleranceSeconds: 30 });
    const about = { ...ABOUT, expiresAt: START + 3 * HOUR };
    const { id } = yes(await admin.revoke("fixed", TOKEN, about));
    await other.refresh();
    bench.time = START + 3 * HOUR + 29_999;
    for (const one of [node, other]) {
      expect(one.objection(mark({ jti: "t1" }), bearer())).toBe("token_revoked");
      expect(one.admin.revocations("fixed")).toHaveLength(1);
    }
    bench.time += 1;
    for (const one of [node, other]) {
      expect(one.objection(mark({ jti: "t1" }), bearer())).toBeNull();
      expect(one.admin.revocations("fixed")).toEqual([]);
    }
    expect(reasonOf(await admin.lift("fixed", id))).toBe("revocation_unknown");
  });

  test("leaves the store soon after, by whichever node looks, and the others say nothing of it", async () => {
    const other = await bench.node({ toleranceSeconds: 30 });
    yes(await admin.revoke("fixed", TOKEN, { ...ABOUT, expiresAt: START }));
    yes(await admin.revoke("fixed", KEY, { ...ABOUT, expiresAt: START + 5 * HOUR }));
    yes(await admin.revoke("fixed", ALL, ABOUT));
    await other.refresh();
    bench.time = START + 2 * HOUR + 59_999;
    await other.refresh();
    expect(await revocationsKept()).toHaveLength(3);
    // A minute for clocks, and a minute between two clean-ups.
    bench.time += 61_000;
    await other.refresh();
    expect(await revocationsKept()).toHaveLength(2);
    bench.time += 61_000;
    await node.refresh();
    expect(await revocationsKept()).toHaveLength(2);
    const late = await bench.node();
    for (const one of [node, other, late]) expect(one.admin.revocations("fixed")).toHaveLength(2);
    bench.time = START + 400 * DAY;
    await node.refresh();
    expect(await revocationsKept()).toHaveLength(1);
    expect(bench.lines).toEqual([]);
  });

  test("is not put back after a loss", async () => {
    yes(await admin.revoke("fixed", TOKEN, { ...ABOUT, expiresAt: START }));
    yes(await admin.revoke("fixed", ALL, ABOUT));
    bench.time += 2 * HOUR;
    await bench.wipe();
    await node.refresh();
    expect(await revocationsKept()).toHaveLength(1);
  });

  test("one that is revoked again while it is cleaned up stays", async () => {
    const other = await bench.node({
      toleranceSeconds: 30,
      records: {
        fields: (...args) => bench.records.fields(...args),
        write: async (changes, conditions) => {
          // The only write of this node is its clean-up.
          yes(await admin.revoke("fixed", TOKEN, { ...ABOUT, expiresAt: START }));
          return bench.records.write(changes, conditions);
        },
      },
    });
    yes(await admin.revoke("fixed", TOKEN, { ...ABOUT, expiresAt: START }));
    await other.refresh();
    bench.time += 3 * HOUR;
    await other.refresh();
    expect(await revocationsKept()).toHaveLength(1);
    await Promise.all([other.refresh(), node.refresh()]);
    for (const one of [node, other])
      expect(one.objection(mark({ jti: "t1" }), bearer())).toBe("token_revoked");
  });

  test("that something was taken away is forgotten, too, but not before a week is over", async () => {
    await madeApp(node);
    yes(await admin.remove("acme"));
    const { id } = yes(await admin.revoke("fixed", TOKEN, { ...ABOUT, expiresAt: START + 3 * HOUR }));
    yes(await admin.lift("fixed", id));
    const names = async (): Promise<string[]> =>
      [...(await bench.dump()).keys()].filter((name) => /^(app|revocation):/.test(name));
    bench.time = START + 3 * HOUR + 91_000;
    await node.refresh();
    expect(await names()).toEqual(["app:acme"]);
    bench.time = START + 7 * DAY + 59_000;
    await node.refresh();
    expect(await names()).toEqual(["app:acme"]);
    bench.time += 61_000;
    await node.refresh();
    expect(await names()).toEqual([]);
  });
});
