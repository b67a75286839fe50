/**
 * Random histories of what admins do on two nodes, with losses of data between: both nodes, and one that starts at the end, know
 * what a simple model knows. A failing run prints its seed; set ADMITONE_SEED to it to see the same run again.
 */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Access, AppView } from "../../../src/access/port.js";
import { revocationId } from "../../../src/access/stored.js";
import type { Revoked } from "../../../src/tokens/standing.js";
import { Model, TOLERANCE_SECONDS } from "./model.js";
import { Bench, bearer, HOUR, mark, reasonOf, START, yes } from "./support.js";
import { runs } from "../../support/runs.js";

const named = Number(process.env["ADMITONE_SEED"] ?? NaN);
const seed = Number.isSafeInteger(named) ? named : Math.floor(Math.random() * 2 ** 31);

/** Few of each, so that deeds meet. Keys with made names are called by their number in their app. */
const app = fc.constantFrom("a", "b", "c", "fixed");
const someKey = fc.constantFrom<string | number>("k1", "k2", "fixed-key", 0, 1);
const revoked: fc.Arbitrary<Revoked> = fc.oneof(
  fc.record({ kind: fc.constant("token" as const), jti: fc.constantFrom("t1", "t2") }),
  fc.record({
    kind: fc.constant("participant" as const),
    participantId: fc.constantFrom("p1", "p2"),
    roomId: fc.constantFrom(null, "r1"),
    before: fc.constantFrom(START - HOUR, START, START + HOUR),
  }),
  fc.record({
    kind: fc.constant("key" as const),
    key: fc.constantFrom("k1", "fixed-key"),
    before: fc.constantFrom(START - HOUR, START + HOUR),
  }),
  fc.record({ kind: fc.constant("all" as const), before: fc.constantFrom(START - 2 * HOUR, START) }),
);
const expiresAt = fc.constantFrom(null, START, START + 5 * HOUR);

type Deed =
  | { readonly do: "create" | "remove"; readonly app: string }
  | { readonly do: "limit"; readonly app: string; readonly seconds: number | null }
  | { readonly do: "add"; readonly app: string; readonly apiKey: string }
  | { readonly do: "active"; readonly app: string; readonly key: string | number; readonly active: boolean }
  | { readonly do: "remove-key"; readonly app: string; readonly key: string | number }
  | { readonly do: "rotate"; readonly app: string; readonly key: string | number; readonly overlap: number }
  | {
      readonly do: "revoke-secret";
      readonly app: string;
      readonly key: string | number;
      readonly nth: number;
    }
  | {
      readonly do: "revoke";
      readonly app: string;
      readonly revoked: Revoked;
      readonly expiresAt: number | null;
    }
  | { readonly do: "lift"; readonly app: string; readonly revoked: Revoked }
  | { readonly do: "wait"; readonly ms: number }
  /** `back`: to how the store was so many deeds ago; null: to nothing. */
  | { readonly do: "lose"; readonly back: number | null };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ do: fc.constantFrom("create" as const, "create" as const, "remove" as const), app }),
  fc.record({ do: fc.constant("limit" as const), app, seconds: fc.constantFrom(null, 60, 200_000) }),
  fc.record({ do: fc.constant("add" as const), app, apiKey: fc.constantFrom("k1", "k2", "fixed-key") }),
  fc.record({ do: fc.constant("active" as const), app, key: someKey, active: fc.boolean() }),
  fc.record({ do: fc.constant("remove-key" as const), app, key: someKey }),
  fc.record({
    do: fc.constant("rotate" as const),
    app,
    key: someKey,
    overlap: fc.constantFrom(0, 60, 9_000),
  }),
  fc.record({ do: fc.constant("revoke-secret" as const), app, key: someKey, nth: fc.nat(2) }),
  fc.record({ do: fc.constant("revoke" as const), app, revoked, expiresAt }),
  fc.record({ do: fc.constant("lift" as const), app, revoked }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 60_000, HOUR, 30 * HOUR) }),
  fc.record({ do: fc.constant("lose" as const), back: fc.option(fc.integer({ min: 1, max: 6 })) }),
);

test("random histories on two nodes, with losses of data: all nodes know what a simple model knows", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(deed, fc.boolean()), { maxLength: 25 }), async (history) => {
      const bench = new Bench();
      const options = { toleranceSeconds: TOLERANCE_SECONDS };
      const [one, other] = [await bench.node(options), await bench.node(options)];
      const model = new Model();
      const states = [await bench.dump()];
      for (const [next, onOther] of history) {
        if (next.do === "wait") bench.time += next.ms;
        else if (next.do === "lose") {
          // What only one node has seen may be lost with the store and this node; here both live.
          await bench.restore(next.back === null ? new Map() : (states.at(-next.back) ?? new Map()));
        } else await perform(next, onOther ? other : one, model, bench.time);
        await Promise.all([one.refresh(), other.refresh()]);
        states.push(await bench.dump());
        check(one, model, bench.time);
        check(other, model, bench.time);
      }
      check(await bench.node(options), model, bench.time);
      bench.close();
    }),
    { seed, numRuns: runs({ usual: 50, long: 150 }), interruptAfterTimeLimit: 15_000 },
  );
});

test("random deeds on two nodes at the same time: in the end all know the same, and all that was done is there", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(deed, deed), { maxLength: 12 }), async (history) => {
      const bench = new Bench();
      const [one, other] = [await bench.node(), await bench.node()];
      for (const [here, there] of history)
        await Promise.all([
          perform(here, one, null, bench.time),
          perform(there, other, null, bench.time),
          bench.node().then((node) => node.close()),
        ]);
      const names = await Promise.all(
        [one, other].map(async ({ admin }, index) => {
          const id = `own-${index}`;
          yes(await admin.create({ id, settings: {} }));
          return yes(await admin.addKey(id, {})).apiKey;
        }),
      );
      await Promise.all([one.refresh(), other.refresh()]);
      const late = await bench.node();
      for (const node of [other, late]) {
        expect(node.admin.list()).toEqual(one.admin.list());
        for (const { id } of one.apps())
          expect(node.admin.revocations(id)).toEqual(one.admin.revocations(id));
      }
      for (const name of names) expect(late.find(name)).not.toBeNull();
      bench.close();
    }),
    { seed, numRuns: runs({ usual: 40, long: 100 }), interruptAfterTimeLimit: 10_000 },
  );
});

/** Does it on a node, and in the model; without one it is only done. */
async function perform(next: Deed, { admin }: Access, model: Model | null, now: number): Promise<void> {
  const about = { by: "admin", note: null };
  const keyName = (id: string, key: string | number): string =>
    typeof key === "string" ? key : (admin.view(id)?.keys[key]?.apiKey ?? "no such key");
  switch (next.do) {
    case "create": {
      const answer = await admin.create({ id: next.app, settings: {} });
      if (model === null) return;
      const exists = next.app === "fixed" || model.apps.has(next.app);
      expect(reasonOf(answer)).toBe(exists ? "app_exists" : null);
      if (answer.ok)
        model.create(next.app, answer.value.credentials.apiKey, answer.value.credentials.secretId);
      return;
    }
    case "remove": {
      const reason = reasonOf(await admin.remove(next.app));
      if (model === null) return;
      expect(reason).toBe(model.refusesApp(next.app));
      if (reason === null) model.apps.delete(next.app);
      return;
    }
    case "limit": {
      const reason = reasonOf(await admin.change(next.app, { maxTokenSeconds: next.seconds }));
      if (model === null) return;
      expect(reason).toBe(model.refusesApp(next.app));
      if (reason === null) model.setLimit(next.app, next.seconds);
      return;
    }
    case "add": {
      const { apiKey } = next;
      const answer = await admin.addKey(next.app, { apiKey });
      if (model === null) return;
      const taken = model.isTaken(apiKey) ? "app_exists" : null;
      expect(reasonOf(answer)).toBe(model.refusesApp(next.app) ?? taken);
      if (answer.ok) {
        const secrets = [{ id: answer.value.secretId, retiresAt: null }];
        model.setKey(next.app, apiKey, { apiKey, active: true, secrets });
      }
      return;
    }
    case "active":
    case "remove-key": {
      const apiKey = keyName(next.app, next.key);
      const reason = reasonOf(
        next.do === "active"
          ? await admin.setActive(next.app, apiKey, next.active)
          : await admin.removeKey(next.app, apiKey),
      );
      if (model === null) return;
      expect(reason).toBe(model.refusesKey(next.app, apiKey));
      const key = model.keyOf(next.app, apiKey);
      if (key === undefined) return;
      model.setKey(next.app, apiKey, next.do === "active" ? { ...key, active: next.active } : null);
      return;
    }
    case "rotate": {
      const apiKey = keyName(next.app, next.key);
      const answer = await admin.rotate(next.app, apiKey, { overlapSeconds: next.overlap });
      if (model === null) return;
      expect(reasonOf(answer)).toBe(model.refusesKey(next.app, apiKey));
      const key = model.keyOf(next.app, apiKey);
      if (key !== undefined) model.rotate(next.app, key, yes(answer).secretId, now + next.overlap * 1_000);
      return;
    }
    case "revoke-secret": {
      const apiKey = keyName(next.app, next.key);
      const before = model?.keyOf(next.app, apiKey);
      const id = admin.view(next.app)?.keys.find((key) => key.apiKey === apiKey)?.secrets[next.nth]?.id;
      const reason = reasonOf(await admin.revokeSecret(next.app, apiKey, id ?? "no such secret"));
      if (model === null) return;
      const secrets = before?.secrets.filter((secret) => secret.id !== id) ?? [];
      const signs = secrets.some(({ retiresAt }) => retiresAt === null || now < retiresAt);
      const refusal = id === undefined ? "api_key_unknown" : signs ? null : "last_secret";
      expect(reason).toBe(model.refusesKey(next.app, apiKey) ?? refusal);
      if (reason === null && before !== undefined) model.setKey(next.app, apiKey, { ...before, secrets });
      return;
    }
    case "revoke": {
      const answer = await admin.revoke(next.app, next.revoked, { ...about, expiresAt: next.expiresAt });
      if (model === null) return;
      const isKnown = next.app === "fixed" || model.apps.has(next.app);
      expect(reasonOf(answer)).toBe(isKnown ? null : "app_unknown");
      if (isKnown) model.revoke(next.app, next.revoked, next.expiresAt, now);
      return;
    }
    case "lift": {
      const reason = reasonOf(await admin.lift(next.app, revocationId(next.revoked)));
      if (model === null) return;
      const what = JSON.stringify({ ...next.revoked, before: null });
      const found = model.living(now).find((one) => one.app === next.app && one.what === what);
      expect(reason).toBe(found === undefined ? "revocation_unknown" : null);
      model.revocations = model.revocations.filter((one) => one !== found);
      return;
    }
    case "wait":
    case "lose":
      return;
  }
}

function check(node: Access, model: Model, now: number): void {
  const seen = node.admin.list().filter(({ id }) => id !== "fixed");
  expect(seen.map(outline)).toEqual(
    [...model.apps]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { maxTokenSeconds, keys }]) => ({ id, maxTokenSeconds, keys })),
  );
  const ids = ["a", "b", "c", "fixed"];
  for (const id of ids) {
    const living = model.living(now).filter((one) => one.app === id);
    const untils = living.map((one) => JSON.stringify([one.revoked, model.endOf(one)]));
    const shown = node.admin.revocations(id).map(({ revoked: it, until }) => JSON.stringify([it, until]));
    expect(shown.sort()).toEqual(untils.sort());
    const keys = node
      .keysOf(id)
      .flatMap(({ apiKey, secrets }) => secrets.map((secret) => [apiKey, secret.id]));
    for (const [key = "", secretId = ""] of [...keys, ["k1", "x"], ["fixed-key", "1"]])
      for (const [jti, issuedAt, participantId, roomId] of [
        ["t1", START - 2 * HOUR, null, null],
        ["t2", null, "p1", "r1"],
        [null, START, "p1", "r2"],
        [null, START - 1, "p2", "r1"],
      ] as const) {
        const token = [
          mark({ key, secretId, jti, issuedAt }),
          bearer({ app: id, participantId, roomId }),
        ] as const;
        expect(node.objection(...token)).toBe(model.objection(...token, now));
      }
  }
}

/** What the model knows of an app. */
function outline({ id, maxTokenSeconds, keys }: AppView): unknown {
  return {
    id,
    maxTokenSeconds,
    keys: keys.map(({ apiKey, active, secrets }) => ({
      apiKey,
      active,
      secrets: secrets.map((secret) => ({ id: secret.id, retiresAt: secret.retiresAt })),
    })),
  };
}
