/** A long story for any records: two nodes, a receiver that fails at random, the death of one node. */
import { expect } from "@jest/globals";
import { setTimeout as pause } from "node:timers/promises";
import type { Records } from "../../../src/log/records.js";
import { Bench, fieldOf, lockEvent, mortal, startReceiver, type Reply } from "./support.js";

const ROOMS = ["a", "b", "c"];
const EVENTS = 40;

/** Tells it, and checks that every lane kept its order, lost nothing, and was never served by two at once. */
export async function checkLanes(records?: Records): Promise<void> {
  const bench = records === undefined ? new Bench() : new Bench(records);
  const receiver = await startReceiver();
  const first = mortal(bench.records);
  const doomed = bench.node({ records: first.records });
  const survivor = bench.node();
  const taken = new Map<string, unknown[]>(ROOMS.map((room) => [room, []]));
  const busy = new Set<string>();
  const clashes: string[] = [];
  receiver.answer = async ({ body }): Promise<Reply> => {
    const room = roomOf(body);
    if (busy.has(room)) clashes.push(body);
    busy.add(room);
    await pause(Math.random() * 4);
    busy.delete(room);
    if (Math.random() < 0.3) return { status: 500 };
    taken.get(room)?.push(fieldOf(body, "seq"));
    return { status: 200 };
  };
  await bench.endpoint(survivor, receiver);
  const queued = new Map<string, unknown[]>(ROOMS.map((room) => [room, []]));
  let seq = 0;
  for (let event = 0; event < EVENTS; event++) {
    for (const room of ROOMS) {
      seq += 1;
      queued.get(room)?.push(seq);
      await bench.happen(event % 2 === 0 && event < EVENTS / 2 ? doomed : survivor, [lockEvent()], room);
    }
    if (event === EVENTS / 2) first.die();
    if (event % 4 === 0) bench.time += 700;
    await pause(2);
  }
  const deadline = performance.now() + 25_000;
  const isDone = (): boolean => ROOMS.every((room) => unique(taken.get(room)).length === EVENTS);
  while (!isDone() && performance.now() < deadline) {
    // Time stands still while a request is under way: a lease must not run out by the test's haste.
    if (busy.size === 0) bench.time += 500;
    survivor.wake();
    await pause(5);
  }
  for (const room of ROOMS) expect(unique(taken.get(room))).toEqual(queued.get(room));
  expect(clashes).toEqual([]);
  await bench.close();
  await receiver.close();
}

function roomOf(body: string): string {
  const data = fieldOf(body, "data");
  return String(fieldOf(JSON.stringify(data), "meetingId"));
}

/** What was taken more than once counts where it came first. */
function unique(seqs: readonly unknown[] = []): unknown[] {
  return [...new Set(seqs)];
}
