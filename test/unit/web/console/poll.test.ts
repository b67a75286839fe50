/** Asking again and again: what is known stays, and nobody asks for what nobody sees. */
import { describe, expect, test } from "@jest/globals";
import { ApiFault } from "../../../../src/web/console/api/fault.js";
import { pauseOf, startPolling, type Polled } from "../../../../src/web/console/state/poll.js";
import { FakeSurroundings, settled } from "./fake.js";

type Load = (signal: AbortSignal) => Promise<number>;

function polling(load: Load, everyMs: number | null = 1_000) {
  const surroundings = new FakeSurroundings();
  const told: Polled<number>[] = [];
  let asked = 0;
  const poller = startPolling<number>({
    load: (signal) => {
      asked += 1;
      return load(signal);
    },
    everyMs,
    surroundings,
    tell: (state) => told.push(state),
  });
  return { surroundings, told, poller, asked: () => asked };
}

const away = (): Promise<never> => Promise.reject(new ApiFault({ kind: "away" }));

describe("polling", () => {
  test("asks at once, and again after each answer", async () => {
    let value = 0;
    const { surroundings, told, asked } = polling(() => Promise.resolve((value += 1)));
    await settled();
    expect(told.map(({ data }) => data)).toEqual([1]);
    await surroundings.pass(999);
    expect(asked()).toBe(1);
    await surroundings.pass(1);
    expect(told.at(-1)).toEqual({ data: 2, fault: null, updatedAt: surroundings.now() });
  });

  test("does not ask a second time while the first answer is awaited", async () => {
    const { surroundings, asked } = polling(() => new Promise(() => undefined));
    await surroundings.pass(60_000);
    expect(asked()).toBe(1);
  });

  test("keeps what is known when the line is lost, asks more and more rarely, and recovers", async () => {
    let isAway = false;
    const { surroundings, told, asked } = polling(() => (isAway ? away() : Promise.resolve(7)));
    await settled();
    const { updatedAt } = told.at(-1) ?? {};
    isAway = true;
    await surroundings.pass(1_000);
    expect(told.at(-1)).toEqual({ data: 7, fault: { kind: "away" }, updatedAt });
    const before = asked();
    await surroundings.pass(1_000);
    expect(asked()).toBe(before);
    await surroundings.pass(1_000);
    expect(asked()).toBe(before + 1);
    isAway = false;
    await surroundings.pass(8_000);
    expect(told.at(-1)?.fault).toBeNull();
  });

  test("stops in a hidden tab, and asks at once when it is shown again", async () => {
    const { surroundings, asked } = polling(() => Promise.resolve(1));
    await settled();
    await surroundings.show(false);
    await surroundings.pass(60_000);
    expect(asked()).toBe(1);
    await surroundings.show(true);
    expect(asked()).toBe(2);
  });

  test("asks at once when told to, and once more after an answer that was already on its way", async () => {
    const waiting: ((value: number) => void)[] = [];
    const { poller, asked } = polling(() => new Promise((resolve) => waiting.push(resolve)), null);
    poller.again();
    poller.again();
    expect(asked()).toBe(1);
    waiting[0]?.(1);
    await settled();
    expect(asked()).toBe(2);
    waiting[1]?.(2);
    await settled();
    expect(asked()).toBe(2);
    poller.again();
    expect(asked()).toBe(3);
  });

  test("that asks once asks once more only where nobody has answered", async () => {
    let isAway = true;
    const { surroundings, asked, told } = polling(() => (isAway ? away() : Promise.resolve(1)), null);
    await settled();
    isAway = false;
    await surroundings.pass(8_000);
    expect(asked()).toBe(2);
    await surroundings.pass(60_000);
    expect(asked()).toBe(2);
    expect(told.at(-1)?.data).toBe(1);
  });

  test("is silent after its end, and leaves no timer", async () => {
    const waiting: ((value: number) => void)[] = [];
    const { surroundings, poller, told } = polling(() => new Promise((resolve) => waiting.push(resolve)));
    poller.end();
    waiting[0]?.(1);
    await settled();
    poller.again();
    await surroundings.show(true);
    expect(told).toEqual([]);
    expect(waiting).toHaveLength(1);
    expect(surroundings.waiting).toBe(0);
  });

  test("pauses at least as long as asked, and at most some seconds", () => {
    expect(pauseOf(1_000, 0)).toBe(1_000);
    expect(pauseOf(1_000, 2)).toBe(4_000);
    expect(pauseOf(1_000, 100)).toBe(8_000);
    expect(pauseOf(15_000, 3)).toBe(15_000);
  });
});
