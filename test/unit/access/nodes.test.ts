/** Several nodes over one store: what one does, the others know, and nothing is lost when two do something at once. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Access } from "../../../src/access/port.js";
import { HEAD, TABLE } from "../../../src/access/stored.js";
import { LogFault } from "../../../src/log/port.js";
import type { Records } from "../../../src/log/records.js";
import { eventually } from "../../support/eventually.js";
import { ABOUT, alarmsOf, Bench, bearer, issuerOf, madeApp, mark, reasonOf, START, yes } from "./support.js";

let bench: Bench;
let one: Access;
let other: Access;
beforeEach(async () => {
  bench = new Bench();
  one = await bench.node();
  other = await bench.node();
});
afterEach(() => bench.close());

const acme = bearer({ app: "acme" });

describe("what one node does, the other knows after a look", () => {
  test("an app with its key: created, changed, removed", async () => {
    const { apiKey, secret } = await madeApp(one);
    expect(other.app("acme")).toBeNull();
    await other.refresh();
    expect(other.admin.list()).toEqual(one.admin.list());
    expect(other.find(apiKey)?.secrets[0]?.key.export().toString()).toBe(secret);
    yes(await other.admin.change("acme", { name: "New", issuers: [issuerOf("https://id")] }));
    await one.refresh();
    expect(one.app("acme")?.name).toBe("New");
    expect(one.issuers("https://id")).toHaveLength(1);
    yes(await one.admin.remove("acme"));
    await other.refresh();
    expect(other.app("acme")).toBeNull();
    expect(other.find(apiKey)).toBeNull();
  });

  test("each change of a key and each kind of revocation", async () => {
    const made = await madeApp(one);
    const { admin } = one;
    const { apiKey } = made;
    const seen = async (): Promise<string | null> => {
      await other.refresh();
      return other.objection({ ...made.mark, jti: "t1" }, { ...acme, participantId: "p", roomId: "r" });
    };
    expect(await seen()).toBeNull();
    yes(await admin.setActive("acme", apiKey, false));
    expect(await seen()).toBe("key_deactivated");
    yes(await admin.setActive("acme", apiKey, true));
    expect(await seen()).toBeNull();
    yes(await admin.rotate("acme", apiKey, { overlapSeconds: 0 }));
    expect(await seen()).toBeNull();
    for (const revoked of [
      { kind: "token", jti: "t1" },
      { kind: "participant", participantId: "p", roomId: null, before: START },
      { kind: "participant", participantId: "p", roomId: "r", before: START },
      { kind: "key", key: apiKey, before: START },
      { kind: "all", before: START },
    ] as const) {
      const { id } = yes(await admin.revoke("acme", revoked, ABOUT));
      expect(await seen()).toBe("token_revoked");
      expect(other.admin.revocations("acme")).toEqual(admin.revocations("acme"));
      yes(await admin.lift("acme", id));
      expect(await seen()).toBeNull();
    }
    yes(await admin.revokeSecret("acme", apiKey, made.secretId));
    expect(await seen()).toBe("token_revoked");
    yes(await admin.removeKey("acme", apiKey));
    expect(await seen()).toBe("key_unknown");
  });

  test("a node that was started knows by itself, within a few looks", async () => {
    const third = await bench.node({ pollMs: 1 });
    await madeApp(one);
    await eventually(() => expect(third.app("acme")).not.toBeNull());
    third.close();
    yes(await one.admin.remove("acme"));
    const fourth = await bench.node({ pollMs: 1 });
    await madeApp(one, "beta");
    await eventually(() => expect(fourth.app("beta")).not.toBeNull());
    expect(third.app("beta")).toBeNull();
  });

  test("looking while nothing changes is one read of one field", async () => {
    await madeApp(one);
    const asked: unknown[] = [];
    const counting: Pick<Records, "fields" | "write"> = {
      fields: (map, names) => {
        asked.push([map, names]);
        return bench.records.fields(map, names);
      },
      write: (...args) => bench.records.write(...args),
    };
    const third = await bench.node({ records: counting });
    asked.length = 0;
    await third.refresh();
    await third.refresh();
    expect(asked).toEqual([
      [TABLE, [HEAD]],
      [TABLE, [HEAD]],
    ]);
  });

  test("a node that is hundreds of changes behind catches up, with few large reads, and puts nothing back", async () => {
    let most = 0;
    const far = await bench.node({
      records: {
        fields: (map, names) => {
          most = Math.max(most, names?.length ?? 0);
          return bench.records.fields(map, names);
        },
        write: (...args) => bench.records.write(...args),
      },
    });
    const { apiKey } = await madeApp(one);
    await madeApp(one, "beta");
    await Promise.all([other.refresh(), far.refresh()]);
    yes(await one.admin.remove("beta"));
    for (let index = 0; index < 600; index += 1)
      yes(await one.admin.setActive("acme", apiKey, index % 2 === 0));
    await Promise.all([other.refresh(), far.refresh()]);
    expect(other.admin.list()).toEqual(one.admin.list());
    expect(far.admin.list()).toEqual(one.admin.list());
    expect(most).toBeLessThanOrEqual(500);
    await one.refresh();
    expect(one.app("beta")).toBeNull();
    // The steps are kept within bounds.
    expect((await bench.dump()).size).toBeLessThan(510);
  });
});

describe("who is told that tokens may count no more", () => {
  test("once for a look that brought something to that effect, on the node that did it and on the others", async () => {
    const made = await madeApp(one);
    yes(await one.admin.change("acme", { issuers: [issuerOf("https://id")] }));
    await other.refresh();
    const [here, there] = [alarmsOf(one), alarmsOf(other)];
    const expectAlarm = async (did: Promise<{ ok: boolean }>, count: 0 | 1): Promise<void> => {
      here.count = there.count = 0;
      expect(await did).toMatchObject({ ok: true });
      expect(here.count).toBe(count);
      await other.refresh();
      expect(there.count).toBe(count);
      await other.refresh();
      expect(there.count).toBe(count);
    };
    const { admin } = one;
    const { apiKey } = made;
    await expectAlarm(admin.create({ id: "beta", settings: {} }), 0);
    await expectAlarm(admin.change("acme", { name: "New", maxTokenSeconds: 60 }), 0);
    await expectAlarm(admin.addKey("acme", { apiKey: "k2" }), 0);
    await expectAlarm(admin.rotate("acme", apiKey, { overlapSeconds: 0 }), 0);
    await expectAlarm(admin.revokeSecret("acme", apiKey, made.secretId), 1);
    await expectAlarm(admin.setActive("acme", apiKey, false), 1);
    await expectAlarm(admin.setActive("acme", apiKey, true), 0);
    await expectAlarm(admin.change("acme", { issuers: [] }), 1);
    const revoked = { kind: "token", jti: "t1" } as const;
    await expectAlarm(admin.revoke("acme", revoked, ABOUT), 1);
    await expectAlarm(admin.revoke("acme", revoked, ABOUT), 0);
    await expectAlarm(admin.lift("acme", admin.revocations("acme")[0]?.id ?? ""), 0);
    await expectAlarm(admin.removeKey("acme", "k2"), 1);
    await expectAlarm(admin.remove("beta"), 1);
  });

  test("several changes that come with one look are told once; who does not listen any more is not told", async () => {
    const { apiKey } = await madeApp(one);
    await other.refresh();
    const alarms = alarmsOf(other);
    let gone = 0;
    const undo = other.onChange(() => (gone += 1));
    undo();
    other.onChange(() => {
      throw new Error("a listener's bug");
    });
    const after = alarmsOf(other);
    yes(await one.admin.setActive("acme", apiKey, false));
    yes(await one.admin.revoke("acme", { kind: "token", jti: "t1" }, ABOUT));
    yes(await one.admin.remove("acme"));
    await other.refresh();
    expect([alarms.count, gone, after.count]).toEqual([1, 0, 1]);
    expect(bench.lines.filter(({ level }) => level === "error")).toHaveLength(1);
  });
});

describe("two nodes at once", () => {
  /** Records before whose next write something else happens. */
  const interrupted = (): { records: Records; before: (() => Promise<unknown>)[] } => {
    const before: (() => Promise<unknown>)[] = [];
    const records: Records = {
      ...bench.records,
      write: async (...args) => {
        await before.shift()?.();
        return bench.records.write(...args);
      },
    };
    return { records, before };
  };

  test("a change that another node makes between decision and write is not lost: it is decided again", async () => {
    const { records, before } = interrupted();
    const slow = await bench.node({ records });
    const { apiKey } = await madeApp(one);
    before.push(
      () => one.admin.setActive("acme", apiKey, false),
      () => one.admin.addKey("acme", { apiKey: "k1" }),
    );
    yes(await slow.admin.addKey("acme", { apiKey: "k2" }));
    await one.refresh();
    const keys = one.admin.view("acme")?.keys.map((key) => [key.apiKey, key.active]);
    expect(keys).toEqual([
      [apiKey, false],
      ["k1", true],
      ["k2", true],
    ]);
  });

  test("of two who want the same the first gets it, the other is told", async () => {
    const { records, before } = interrupted();
    const slow = await bench.node({ records });
    before.push(() => one.admin.create({ id: "acme", settings: {} }));
    expect(reasonOf(await slow.admin.create({ id: "acme", settings: {} }))).toBe("app_exists");
    before.push(() => one.admin.remove("acme"));
    expect(reasonOf(await slow.admin.addKey("acme", {}))).toBe("app_unknown");
    const created = await Promise.all(
      [one, other, slow].map((node) => node.admin.create({ id: "beta", settings: {} })),
    );
    expect(created.filter(({ ok }) => ok)).toHaveLength(1);
  });

  test("many changes on two nodes at the same time: all of them are there", async () => {
    await madeApp(one);
    const names = Array.from({ length: 40 }, (_, index) => `k${index}`);
    const answers = await Promise.all(
      names.map((apiKey, index) => (index % 2 === 0 ? one : other).admin.addKey("acme", { apiKey })),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    await Promise.all([one.refresh(), other.refresh()]);
    expect(new Set(one.keysOf("acme").map(({ apiKey }) => apiKey))).toEqual(
      new Set([one.keysOf("acme")[0]?.apiKey, ...names]),
    );
    expect(other.admin.list()).toEqual(one.admin.list());
  });

  test("on one node they wait for each other: none is decided twice", async () => {
    let writes = 0;
    const node = await bench.node({
      records: {
        fields: (...args) => bench.records.fields(...args),
        write: (...args) => {
          writes += 1;
          return bench.records.write(...args);
        },
      },
    });
    const calls = Array.from({ length: 20 }, (_, index) =>
      node.admin.create({ id: `app-${index}`, settings: {} }),
    );
    const answers = await Promise.all([...calls, node.admin.remove("nobody"), node.refresh()]);
    expect(answers.filter((answer) => answer?.ok === true)).toHaveLength(20);
    expect(writes).toBe(20);
  });

  test("who loses every time gets a fault in the end, not an endless wait", async () => {
    const { records, before } = interrupted();
    const slow = await bench.node({ records });
    await madeApp(one);
    for (let index = 0; index < 1_000; index += 1)
      before.push(() => one.admin.change("acme", { maxTokenSeconds: index + 1 }));
    await expect(slow.admin.addKey("acme", {})).rejects.toThrow(LogFault);
    expect(before.length).toBeGreaterThan(900);
  });
});

describe("while the store is away", () => {
  const away = (): Promise<never> => Promise.reject(new LogFault("the store is away, says the test"));
  const cut = (): { records: Pick<Records, "fields" | "write">; isAway: boolean; loses: boolean } => {
    const line = {
      isAway: false,
      /** What is written is stored, and the answer is lost. */
      loses: false,
      records: {
        fields: (...args: Parameters<Records["fields"]>) =>
          line.isAway ? away() : bench.records.fields(...args),
        write: async (...args: Parameters<Records["write"]>) => {
          if (line.isAway) return away();
          const done = await bench.records.write(...args);
          return line.loses ? away() : done;
        },
      },
    };
    return line;
  };

  test("what is known still counts, calls are faults, and looking is tried again without an alarm in the log", async () => {
    const line = cut();
    const node = await bench.node({ records: line.records, pollMs: 1 });
    const { apiKey } = await madeApp(node);
    line.isAway = true;
    await eventually(() =>
      expect(bench.lines).toContainEqual(
        expect.objectContaining({ level: "debug", text: "cannot look for changes of access now" }),
      ),
    );
    expect(node.find(apiKey)).not.toBeNull();
    await expect(node.refresh()).rejects.toThrow(LogFault);
    await expect(node.admin.remove("acme")).rejects.toThrow(LogFault);
    await expect(bench.make({ records: line.records }).start()).rejects.toThrow(LogFault);
    line.isAway = false;
    yes(await one.admin.remove("acme"));
    await eventually(() => expect(node.app("acme")).toBeNull());
    expect(bench.lines.filter(({ level }) => level !== "debug")).toEqual([]);
  });

  test("looks do not pile up behind one that takes long", async () => {
    let reads = 0;
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    let isSlow = false;
    const slow = await bench.node({
      pollMs: 1,
      records: {
        fields: async (...args) => {
          if (isSlow) {
            reads += 1;
            await held;
          }
          return bench.records.fields(...args);
        },
        write: (...args) => bench.records.write(...args),
      },
    });
    isSlow = true;
    await eventually(() => expect(reads).toBe(1));
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    await eventually(() => expect(ticks).toBeGreaterThan(20));
    clearInterval(timer);
    slow.close();
    go();
    await slow.refresh();
    expect(reads).toBe(2);
  });

  test("a change whose answer was lost is found with the next look, and the call can be made again", async () => {
    const line = cut();
    const node = await bench.node({ records: line.records });
    await madeApp(node);
    line.loses = true;
    const revoked = { kind: "token", jti: "t1" } as const;
    await expect(node.admin.revoke("acme", revoked, ABOUT)).rejects.toThrow(LogFault);
    line.loses = false;
    await node.refresh();
    expect(node.admin.revocations("acme")).toHaveLength(1);
    yes(await node.admin.revoke("acme", revoked, ABOUT));
    expect(node.admin.revocations("acme")).toHaveLength(1);
    await one.refresh();
    expect(one.admin.revocations("acme")).toHaveLength(1);
  });
});

describe("entries that cannot be read", () => {
  test.each([
    ["no JSON", "{"],
    ["another shape", '{"type":"app","at":1,"app":{"id":"beta"}}'],
    ["an entry of another name", "app:acme"],
    ["an unknown type", '{"type":"licence","at":1}'],
  ])("%s: logged and skipped, the others count, and nobody writes over it", async (_, given) => {
    const made = await madeApp(one);
    await madeApp(one, "beta");
    await one.refresh();
    const text = (await bench.dump()).get(given) ?? given;
    await bench.records.write([{ put: TABLE, field: "app:beta", text }]);
    const late = await bench.node();
    expect(late.app("acme")).not.toBeNull();
    expect(late.app("beta")).toBeNull();
    expect(late.objection(made.mark, made.bearer)).toBeNull();
    expect(bench.lines).toEqual([
      {
        level: "error",
        fields: { entry: "app:beta" },
        text: "an entry of the access table cannot be read",
      },
    ]);
    await expect(late.admin.create({ id: "beta", settings: {} })).rejects.toThrow(/app:beta/);
    expect((await bench.dump()).get("app:beta")).toBe(text);
  });

  test("an app that was known before stays as it was known", async () => {
    const made = await madeApp(one);
    await other.refresh();
    yes(await one.admin.change("acme", { name: "New" }));
    await bench.records.write([{ put: TABLE, field: "app:acme", text: "{}" }]);
    await other.refresh();
    expect(other.app("acme")?.name).toBe("acme");
    expect(other.objection(made.mark, made.bearer)).toBeNull();
    await expect(other.admin.remove("acme")).rejects.toThrow(/app:acme/);
  });

  test("a head that cannot be read is an error in the log again and again, and the node serves on", async () => {
    const node = await bench.node({ pollMs: 1 });
    const made = await madeApp(node);
    await bench.records.write([{ put: TABLE, field: HEAD, text: "nonsense" }]);
    await eventually(() =>
      expect(bench.lines.filter(({ level }) => level === "error").length).toBeGreaterThan(1),
    );
    expect(node.objection(made.mark, made.bearer)).toBeNull();
    expect(node.objection(mark(), bearer())).toBeNull();
  });
});
