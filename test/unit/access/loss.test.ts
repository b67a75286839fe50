/** The store loses data: what was acknowledged stays as long as one node lives that knows it. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { TABLE } from "../../../src/access/stored.js";
import type { Access } from "../../../src/access/port.js";
import { LogFault } from "../../../src/log/port.js";
import type { Records } from "../../../src/log/records.js";
import { ABOUT, alarmsOf, Bench, DAY, madeApp, reasonOf, yes } from "./support.js";

let bench: Bench;
let one: Access;
let other: Access;
beforeEach(async () => {
  bench = new Bench();
  one = await bench.node();
  other = await bench.node();
});
afterEach(() => bench.close());

const TOKEN = { kind: "token", jti: "t1" } as const;
const shown = (node: Access): unknown => [node.admin.list(), node.admin.revocations("acme")];

describe("everything is lost", () => {
  test("the first node that looks puts everything back, and a node that starts afterwards has it", async () => {
    const made = await madeApp(one);
    yes(await one.admin.revoke("acme", TOKEN, ABOUT));
    const before = shown(one);
    const alarms = alarmsOf(one);
    await bench.wipe();
    await one.refresh();
    const late = await bench.node();
    expect(shown(late)).toEqual(before);
    expect(late.objection({ ...made.mark, jti: "t1" }, made.bearer)).toBe("token_revoked");
    expect(late.find(made.apiKey)?.secrets[0]?.key.export().toString()).toBe(made.secret);
    await other.refresh();
    expect(shown(other)).toEqual(before);
    // Nothing changed for anybody here.
    expect(alarms.count).toBe(0);
    expect(bench.lines.map(({ level, text }) => [level, text])).toEqual([
      ["warn", "the store has lost changes to apps or revocations; putting them back"],
    ]);
  });

  test("each node puts back what it alone knows, also after somebody has begun anew", async () => {
    await madeApp(one);
    await other.refresh();
    yes(await one.admin.revoke("acme", TOKEN, ABOUT));
    await madeApp(one, "beta");
    await bench.wipe();
    // It has not heard of the revocation and of the second app.
    await other.refresh();
    const fresh = await bench.node();
    await madeApp(fresh, "gamma");
    await one.refresh();
    await Promise.all([other.refresh(), fresh.refresh()]);
    for (const node of [one, other, fresh]) {
      expect(node.admin.list().map(({ id }) => id)).toEqual(["acme", "beta", "fixed", "gamma"]);
      expect(node.admin.revocations("acme")).toHaveLength(1);
    }
  });

  test("what was removed and lifted does not come back", async () => {
    await madeApp(one);
    await madeApp(one, "beta");
    const { id } = yes(await one.admin.revoke("acme", TOKEN, ABOUT));
    const old = await bench.dump();
    await other.refresh();
    yes(await one.admin.remove("beta"));
    yes(await one.admin.lift("acme", id));
    await bench.wipe();
    await one.refresh();
    // It still has both, from before.
    await other.refresh();
    expect(shown(other)).toEqual(shown(one));
    expect(other.app("beta")).toBeNull();
    expect(other.admin.revocations("acme")).toEqual([]);
    await bench.restore(old);
    await other.refresh();
    expect(other.app("beta")).toBeNull();
    expect(await lateView()).toEqual(shown(one));
  });

  test("hundreds of revocations are put back, too", async () => {
    await madeApp(one);
    for (let index = 0; index < 1_200; index += 1)
      yes(await one.admin.revoke("acme", { kind: "token", jti: `t${index}` }, ABOUT));
    await bench.wipe();
    await one.refresh();
    const late = await bench.node();
    expect(late.admin.revocations("acme")).toHaveLength(1_200);
  });

  test("a node that dies in the middle of it, or loses the line, goes on where it was", async () => {
    await madeApp(one);
    let isAway = false;
    const records: Pick<Records, "fields" | "write"> = {
      fields: (...args) => bench.records.fields(...args),
      write: (...args) => (isAway ? Promise.reject(new LogFault("away")) : bench.records.write(...args)),
    };
    const node = await bench.node({ records });
    yes(await node.admin.revoke("acme", TOKEN, ABOUT));
    await bench.wipe();
    isAway = true;
    await expect(node.refresh()).rejects.toThrow(LogFault);
    // Meanwhile another one, which does not know of the revocation, puts back the app.
    await other.refresh();
    isAway = false;
    await node.refresh();
    expect(await lateView()).toEqual(shown(node));
    expect(node.admin.revocations("acme")).toHaveLength(1);
  });
});

describe("the store falls back to an older state", () => {
  test("later changes are made again: of keys, of secrets, and revocations", async () => {
    const made = await madeApp(one);
    const second = yes(await one.admin.rotate("acme", made.apiKey, { overlapSeconds: 1_000 }));
    const old = await bench.dump();
    yes(await one.admin.revokeSecret("acme", made.apiKey, made.secretId));
    yes(await one.admin.revoke("acme", TOKEN, ABOUT));
    yes(await one.admin.addKey("acme", { apiKey: "k2" }));
    await bench.restore(old);
    await one.refresh();
    const late = await bench.node();
    expect(shown(late)).toEqual(shown(one));
    expect(late.objection(made.mark, made.bearer)).toBe("token_revoked");
    expect(late.objection({ ...made.mark, secretId: second.secretId }, made.bearer)).toBeNull();
    expect(late.find("k2")).not.toBeNull();
  });

  test("it is noticed also where another node has gone on from there to the same number, or a higher one", async () => {
    for (const changes of [1, 2, 3]) {
      const id = `app-${changes}`;
      await madeApp(one);
      await other.refresh();
      const old = await bench.dump();
      yes(await one.admin.revoke("acme", TOKEN, ABOUT));
      yes(await one.admin.addKey("acme", { apiKey: "k2" }));
      await bench.restore(old);
      for (let index = 0; index < changes; index += 1) await madeApp(other, `${id}-${index}`);
      await one.refresh();
      await other.refresh();
      expect(shown(one)).toEqual(shown(other));
      expect(other.admin.revocations("acme")).toHaveLength(1);
      expect(one.find("k2")).not.toBeNull();
      expect(one.app(`${id}-${changes - 1}`)).not.toBeNull();
      yes(await one.admin.remove("acme"));
      for (const { id: revocation } of one.admin.revocations("acme"))
        yes(await one.admin.lift("acme", revocation));
      await other.refresh();
    }
  });

  test("an entry that was changed on both sides stays as it was changed last, on every node", async () => {
    await madeApp(one);
    await other.refresh();
    const old = await bench.dump();
    yes(await one.admin.change("acme", { name: "lost" }));
    await bench.restore(old);
    bench.time += 1;
    yes(await other.admin.change("acme", { name: "later" }));
    await one.refresh();
    await other.refresh();
    expect([one.app("acme")?.name, other.app("acme")?.name]).toEqual(["later", "later"]);

    const again = await bench.dump();
    bench.time += 10;
    yes(await one.admin.change("acme", { name: "newest" }));
    await bench.restore(again);
    bench.time -= 5;
    yes(await other.admin.change("acme", { name: "older" }));
    await one.refresh();
    await other.refresh();
    expect([one.app("acme")?.name, other.app("acme")?.name]).toEqual(["newest", "newest"]);
  });

  test("two apps that got the same key meanwhile: the same one has it on every node, and a warning says so", async () => {
    // In this order, so that it is not the first one made that has it.
    await madeApp(one, "beta");
    await madeApp(one, "acme");
    await other.refresh();
    const old = await bench.dump();
    const first = yes(await one.admin.addKey("beta", { apiKey: "both" }));
    await bench.restore(old);
    const second = yes(await other.admin.addKey("acme", { apiKey: "both" }));
    const alarms = alarmsOf(one);
    await one.refresh();
    await other.refresh();
    for (const node of [one, other, await bench.node()])
      expect(node.find("both")?.secrets.map(({ id }) => id)).toEqual([second.secretId]);
    expect(second.secretId).not.toBe(first.secretId);
    expect(alarms.count).toBe(1);
    expect(bench.lines.map(({ text }) => text)).toContain(
      "a key of the store is not used: another app has it",
    );
    yes(await one.admin.removeKey("acme", "both"));
    expect(one.find("both")?.app.id).toBe("beta");
  });
});

describe("a node that was away for long", () => {
  test("for less than is remembered: it puts back what is missing, and nothing that was removed", async () => {
    await madeApp(one);
    await madeApp(one, "beta");
    await other.refresh();
    bench.time += 7 * DAY - 1_000;
    yes(await one.admin.remove("beta"));
    // So much happens that the steps are of no use, and what can be forgotten is forgotten.
    for (let index = 0; index < 600; index += 1)
      yes(await one.admin.change("acme", { maxTokenSeconds: index + 1 }));
    await one.refresh();
    await other.refresh();
    expect(shown(other)).toEqual(shown(one));
    await bench.wipe();
    await other.refresh();
    expect(await lateView()).toEqual(shown(one));
  });

  test("for longer: it takes the store as it is, so that nothing comes back of which nobody knows that it was removed", async () => {
    await madeApp(one);
    await madeApp(one, "beta");
    await other.refresh();
    yes(await one.admin.remove("beta"));
    bench.time += 7 * DAY + 61_000;
    await one.refresh();
    expect([...(await bench.dump()).keys()]).not.toContain("app:beta");
    await bench.wipe();
    const fresh = await bench.node();
    await madeApp(fresh, "gamma");
    await other.refresh();
    expect(other.admin.list().map(({ id }) => id)).toEqual(["fixed", "gamma"]);
    // This one was not away.
    await one.refresh();
    await other.refresh();
    expect(other.admin.list().map(({ id }) => id)).toEqual(["acme", "fixed", "gamma"]);
  });

  test("for longer, and the store is empty: what it knows is all that there is", async () => {
    await madeApp(one);
    bench.time += 8 * DAY;
    await bench.wipe();
    await one.refresh();
    expect(await lateView()).toEqual(shown(one));
    expect(one.app("acme")).not.toBeNull();
  });
});

test("what is kept lies in one map, so that it cannot be lost in part", async () => {
  const touched = new Set<string>();
  const records: Pick<Records, "fields" | "write"> = {
    fields: (map, names) => {
      touched.add(map);
      return bench.records.fields(map, names);
    },
    write: (changes, conditions) => {
      for (const change of changes) touched.add(Object.values(change).map(String)[0] ?? "");
      return bench.records.write(changes, conditions);
    },
  };
  const node = await bench.node({ records });
  await madeApp(node);
  yes(await node.admin.revoke("acme", TOKEN, ABOUT));
  yes(await node.admin.remove("acme"));
  expect([...touched]).toEqual([TABLE]);
  expect(reasonOf(await node.admin.remove("acme"))).toBe("app_unknown");
});

async function lateView(): Promise<unknown> {
  return shown(await bench.node());
}
