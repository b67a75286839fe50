/**
 * Our node against the floor, on the same Redis and machine, in the same minutes: legs of the two alternate, and medians are
 * compared. This process drives both. No figure is a condition; the run succeeds if every leg could be played.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { setTimeout as pause } from "node:timers/promises";
import { Results, tableOf } from "./figures.js";
import {
  arrivals,
  hall,
  joins,
  knocks,
  memory,
  paced,
  storm,
  type Scenario,
  type Size,
  type Target,
} from "./scenarios.js";
import { House, type ServerProcess } from "./servers.js";

const HELP = `npm run bench -- [--quick] [--only NAME[,NAME]] [--json FILE] [--profile FOLDER]
  --quick    under 45 seconds, rougher
  --only     joins, arrivals, paced, hall, knocks, memory
  --json     writes all results to a file
  --profile  leaves CPU profiles of our node while it is measured in a folder; its figures are then lower`;

const OURS = "/v2/meeting";
const FLOOR = "/";
const LISTING = "/listing";

interface Plan {
  readonly name: string;
  readonly scenario: Scenario;
  /** Played on the floor that lists who is there as well; null: not at all. */
  readonly listing: Scenario | null;
  readonly rounds: number;
  /** No further round begins after so long. */
  readonly limitMs: number;
  /** Whether each leg wants a server of its own. */
  readonly fresh: boolean;
}

const FULL: Size = {
  joins: 1_500,
  pacedMs: 5_000,
  crowd: 1_000,
  isolated: 25,
  single: 120,
  many: 480,
  knockRooms: 60,
};
const QUICK: Size = {
  ...FULL,
  joins: 600,
  pacedMs: 1_500,
  isolated: 8,
  single: 40,
  many: 128,
  knockRooms: 30,
};

function plansFor(quick: boolean): readonly Plan[] {
  const plan = (
    name: string,
    scenario: Scenario,
    rounds: number,
    seconds: number,
    more: Partial<Plan> = {},
  ): Plan => ({
    name,
    scenario,
    listing: null,
    rounds: quick ? Math.min(rounds, name === "hall" || name === "memory" ? 1 : 2) : rounds,
    limitMs: seconds * (quick ? 200 : 1_000),
    fresh: false,
    ...more,
  });
  return [
    plan("joins", joins, 7, 35, { listing: joins }),
    plan("arrivals", arrivals, 5, 15),
    plan("paced", paced, 3, 35),
    plan("hall", hall, 3, 60, { listing: storm }),
    plan("knocks", knocks, 5, 20),
    plan("memory", memory, 2, 15, { fresh: true }),
  ];
}

/** Runs the bench; the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      help: { type: "boolean" },
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      json: { type: "string" },
      profile: { type: "string" },
    },
  });
  if (values.help === true) return say(HELP);
  const only = values.only?.split(",");
  const plans = plansFor(values.quick).filter(({ name }) => only?.includes(name) ?? true);
  const size = values.quick ? QUICK : FULL;
  const begin = performance.now();
  const house = await House.open();
  try {
    const results = new Results();
    const redis = await house.version();
    say(`Redis ${redis}, Node ${process.version}; ours and the floor alternate, medians are compared`);
    const pair = { floor: await house.floor(), ours: await house.ours() };
    const profile = values.profile ?? null;
    if (profile !== null) await mkdir(profile, { recursive: true });
    const stage: Stage = { house, pair, size, results, begin, profile };
    if (plans.some(({ fresh }) => !fresh)) await warmUp(stage, values.quick ? 2 : 5);
    for (const plan of plans) await play(plan, stage);
    const rows = results.rows();
    say(
      `\n${tableOf(rows)}\n\nx floor = ours / floor; "better" says whether more or less of it is. ${seconds(begin)}.`,
    );
    if (values.json !== undefined) {
      const report = {
        at: new Date().toISOString(),
        redis,
        node: process.version,
        quick: values.quick,
        rows,
      };
      await writeFile(values.json, `${JSON.stringify({ ...report, legs: results.legs() }, null, 2)}\n`);
    }
    return 0;
  } finally {
    await house.close();
  }
}

interface Stage {
  readonly house: House;
  readonly pair: { readonly floor: ServerProcess; readonly ours: ServerProcess };
  readonly size: Size;
  readonly results: Results;
  readonly begin: number;
  readonly profile: string | null;
}

function targetOf({ house, profile }: Stage, server: ServerProcess, path: string): Target {
  const ours = path === OURS;
  return { server, house, path, port: server.port, takesLeave: ours, profile: ours ? profile : null };
}

/** A process is slow while its code is being compiled; nobody counts those joins. */
async function warmUp(stage: Stage, bursts: number): Promise<void> {
  const { pair, size } = stage;
  say("warming up");
  for (let burst = 0; burst < bursts; burst += 1) {
    await joins(targetOf(stage, pair.floor, FLOOR), { ...size, joins: 1_000 });
    await joins({ ...targetOf(stage, pair.ours, OURS), profile: null }, { ...size, joins: 1_000 });
  }
  await settled([pair.floor, pair.ours]);
}

async function play(plan: Plan, stage: Stage): Promise<void> {
  const { house, pair, size, results, begin } = stage;
  const started = performance.now();
  const leg = async (name: string, scenario: Scenario, target: Target): Promise<void> => {
    results.add(name, await scenario(target, size));
    await settled([pair.floor, pair.ours]);
  };
  const alone = async (name: "floor" | "ours"): Promise<void> => {
    const server = await house[name]();
    await leg(name, plan.scenario, targetOf(stage, server, name === "ours" ? OURS : FLOOR));
    await house.stop(server);
  };

  for (let round = 1; round <= plan.rounds; round += 1) {
    if (round > 1 && performance.now() - started > plan.limitMs) break;
    say(`${plan.name}: round ${round} of ${plan.rounds} (${seconds(begin)})`);
    if (plan.fresh) {
      await alone("floor");
      await alone("ours");
      continue;
    }
    await leg("floor", plan.scenario, targetOf(stage, pair.floor, FLOOR));
    await leg("ours", plan.scenario, targetOf(stage, pair.ours, OURS));
    if (plan.listing !== null) await leg("listing", plan.listing, targetOf(stage, pair.floor, LISTING));
  }
}

/** Waits until the servers have finished with what a leg left behind, at most some seconds. */
async function settled(servers: readonly ServerProcess[]): Promise<void> {
  const used = async (): Promise<number> => {
    const all = await Promise.all(servers.map((server) => server.usage()));
    return all.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  };
  for (let tries = 0, before = await used(); tries < 20; tries += 1) {
    await pause(100);
    const now = await used();
    if (now - before < 12) return;
    before = now;
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(0)} s`;
}

function say(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}
