/** What is measured: each scenario is one leg on one server, and answers with its figures by name. */
import { setTimeout as pause } from "node:timers/promises";
import { disperse, inFlight, Person, type Door, type Tally } from "./crowd.js";
import type { House, ServerProcess } from "./servers.js";

/** A server and the way in. */
export interface Target extends Door {
  readonly server: ServerProcess;
  readonly house: House;
  /** Folder for CPU profiles of what is measured; null: none. */
  readonly profile: string | null;
}

/** How much of everything. */
export interface Size {
  readonly joins: number;
  readonly pacedMs: number;
  readonly crowd: number;
  readonly isolated: number;
  readonly single: number;
  readonly many: number;
  readonly knockRooms: number;
}

/** Figures of one leg, by name. */
export type Figures = Readonly<Record<string, number>>;
/** One scenario. */
export type Scenario = (target: Target, size: Size) => Promise<Figures>;

/** Joins that are under way at once. */
const WIDTH = 32;
/** Joins a second in the paced scenario. */
const PACE = 250;

let legs = 0;

/** Joins into rooms of ten, one room after the other. */
export const joins: Scenario = async (target, size) => {
  const { people } = await gathered(target, size.joins, 10);
  const cost = await measure(target, size.joins, () =>
    inFlight(people.length, WIDTH, (index) => personAt(people, index).join()),
  );
  await disperse(people, target);
  return { "joins.rate": cost.rate, "joins.cpu": cost.cpuUs, "joins.commits": cost.commits };
};

/** The same, each with a connection that is opened for it: the whole way of a newcomer. */
export const arrivals: Scenario = async (target, size) => {
  const { people } = crowdOf(size.joins, 10);
  const cost = await measure(target, people.length, () =>
    inFlight(people.length, WIDTH, async (index) => {
      await personAt(people, index).open(target);
      await personAt(people, index).join();
    }),
  );
  await disperse(people, target);
  return { "arrivals.rate": cost.rate, "arrivals.cpu": cost.cpuUs };
};

/** Joins that come when they come, 250 a second; latency counts from when each was due. */
export const paced: Scenario = async (target, size) => {
  const count = Math.floor((size.pacedMs * PACE) / 1_000);
  const { people } = await gathered(target, count, 10);
  const took: number[] = [];
  const cost = await measure(target, count, async () => {
    const begin = performance.now();
    const all = people.map(async (person, index) => {
      const due = begin + (index * 1_000) / PACE;
      await pause(Math.max(0, due - performance.now()));
      // Timers are late by up to a millisecond, which is not the server's fault.
      const from = Math.max(due, performance.now());
      await person.join();
      took.push(performance.now() - from);
    });
    await Promise.all(all);
  });
  await disperse(people, target);
  return { "paced.p50": quantile(took, 0.5), "paced.p99": quantile(took, 0.99), "paced.cpu": cost.cpuUs };
};

/** Everybody into one room. */
export const storm: Scenario = async (target, size) => {
  const { people, tally } = await gathered(target, size.crowd, size.crowd);
  const figures = await fill(target, people, tally);
  await disperse(people, target);
  return figures;
};

/** Everybody into one room, and then one of them speaks. */
export const hall: Scenario = async (target, size) => {
  const { people, tally } = await gathered(target, size.crowd, size.crowd);
  const filled = await fill(target, people, tally);
  const speaker = personAt(people, 0);
  const speak = async (count: number, width: number): Promise<void> => {
    const all = arrival(tally, count * people.length);
    await Promise.all([inFlight(count, width, () => speaker.publish()), all]);
  };

  await speak(20, 4);
  const alone: number[] = [];
  for (let round = 0; round < size.isolated; round += 1) {
    const begin = performance.now();
    await speak(1, 1);
    alone.push(performance.now() - begin);
    await pause(25);
  }
  const single = await measure(target, size.single, () => speak(size.single, 1));
  const many = await measure(target, size.many, () => speak(size.many, 16));
  await disperse(people, target);
  return {
    ...filled,
    "fan.isolated": quantile(alone, 0.5),
    "fan.1.rate": single.rate,
    "fan.1.cpu": single.cpuUs,
    "fan.16.rate": many.rate,
    "fan.16.cpu": many.cpuUs,
  };
};

/** Rooms with a host, into which nine others knock. */
export const knocks: Scenario = async (target, size) => {
  const tally: Tally = { events: 0, onEvents: null };
  const { hosts, guests } = rooms(tally, size.knockRooms);
  await inFlight(hosts.length, WIDTH, async (index) => {
    await personAt(hosts, index).open(target, true);
    await personAt(hosts, index).join();
    personAt(hosts, index).admitAll();
  });
  await inFlight(guests.length, WIDTH, (index) => personAt(guests, index).open(target));
  const took: number[] = [];
  const cost = await measure(target, guests.length, () =>
    inFlight(guests.length, WIDTH, async (index) => {
      const begin = performance.now();
      await personAt(guests, index).enter();
      took.push(performance.now() - begin);
    }),
  );
  await disperse([...hosts, ...guests], target);
  return { "knock.rate": cost.rate, "knock.p50": quantile(took, 0.5), "knock.cpu": cost.cpuUs };
};

/** What people cost who only sit there, in rooms of ten. Wants a server of its own. */
export const memory: Scenario = async (target, size) => {
  const enter = async (count: number): Promise<void> => {
    const { people } = await gathered(target, count, 10);
    await inFlight(count, WIDTH, (index) => personAt(people, index).join());
  };
  await enter(200);
  await pause(300);
  await target.server.usage({ collect: true });
  const before = await target.server.usage({ collect: true });
  await enter(size.crowd);
  await pause(300);
  await target.server.usage({ collect: true });
  const after = await target.server.usage({ collect: true });
  return { "memory.each": (after.heapBytes - before.heapBytes) / size.crowd / 1_024 };
};

function rooms(tally: Tally, count: number): { hosts: Person[]; guests: Person[] } {
  legs += 1;
  const names = Array.from({ length: count }, (_, index) => `bench-${legs}-${index}`);
  return {
    hosts: names.map((name) => new Person(tally, name, "host", "allow_join")),
    guests: names.flatMap((name) =>
      Array.from({ length: 9 }, (_, index) => new Person(tally, name, `guest-${index}`, "ask_join")),
    ),
  };
}

function crowdOf(count: number, perRoom: number): { people: Person[]; tally: Tally } {
  legs += 1;
  const tally: Tally = { events: 0, onEvents: null };
  const people = Array.from({ length: count }, (_, index) => {
    const roomId = `bench-${legs}-${Math.floor(index / perRoom)}`;
    return new Person(tally, roomId, `person-${index}`, "allow_join");
  });
  return { people, tally };
}

/** A crowd with open connections. */
async function gathered(door: Door, count: number, perRoom: number): Promise<ReturnType<typeof crowdOf>> {
  const crowd = crowdOf(count, perRoom);
  await inFlight(count, WIDTH, (index) => personAt(crowd.people, index).open(door));
  return crowd;
}

async function fill(target: Target, people: readonly Person[], tally: Tally): Promise<Figures> {
  const cost = await measure(
    target,
    people.length,
    () => inFlight(people.length, WIDTH, (index) => personAt(people, index).join()),
    () => silence(tally),
  );
  return { "storm.rate": cost.rate, "storm.cpu": cost.cpuUs, "storm.commits": cost.commits };
}

/** Runs some work: operations a second, and what each cost the server. `after` is not timed, but its cost counts. */
async function measure(
  { server, house, profile }: Target,
  operations: number,
  work: () => Promise<unknown>,
  after: () => Promise<unknown> = () => Promise.resolve(),
): Promise<{ rate: number; cpuUs: number; commits: number }> {
  const published = await house.publications();
  const before = await server.usage(profile === null ? {} : { profile });
  const begin = performance.now();
  await work();
  const ms = performance.now() - begin;
  await after();
  const cpuMs = (await server.usage()).cpuMs - before.cpuMs;
  const commits = (await house.publications()) - published;
  const each = 1_000 / operations;
  return { rate: (operations * 1_000) / ms, cpuUs: cpuMs * each, commits: commits * each };
}

/** Resolves when so many more events have arrived. */
function arrival(tally: Tally, count: number): Promise<void> {
  const goal = tally.events + count;
  return new Promise((resolve) => {
    tally.onEvents = () => {
      if (tally.events < goal) return;
      tally.onEvents = null;
      resolve();
    };
  });
}

async function silence(tally: Tally): Promise<void> {
  let before = -1;
  while (before !== tally.events) {
    before = tally.events;
    await pause(100);
  }
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function personAt(people: readonly Person[], index: number): Person {
  const person = people[index];
  if (person === undefined) throw new RangeError(`nobody at ${index}`);
  return person;
}
