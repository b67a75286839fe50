/** What the plots of the nodes say. */
import { describe, expect, test } from "@jest/globals";
import type { NodeState, Sample } from "../../../../src/web/console/api/nodes.js";
import {
  highest,
  pointsOf,
  resumeSuccess,
  spanOf,
  total,
  waitInWords,
} from "../../../../src/web/console/plot/figures.js";

const SAMPLE: Sample = {
  at: 0,
  joins: 0,
  refused: 0,
  resumes: 0,
  resumesFailed: 0,
  lobbyWaitMs: null,
  sockets: 0,
};

function node(...series: readonly Partial<Sample>[]): NodeState {
  const some = {
    node: "n",
    version: "1",
    startedAt: 0,
    seenAt: 0,
    up: true,
    sockets: 0,
    rooms: 0,
    memoryMb: 1,
  };
  return { ...some, series: series.map((sample, at) => ({ ...SAMPLE, at, ...sample })) };
}

describe("the figures of the nodes", () => {
  test("count together over nodes and time", () => {
    expect(total([node({ joins: 1 }, { joins: 2 }), node({ joins: 4 })], ({ joins }) => joins)).toBe(7);
  });

  test("have no highest wait where nobody waited, and zero is one", () => {
    const wait = ({ lobbyWaitMs }: Sample): number | null => lobbyWaitMs;
    expect(highest([node({}), node()], wait)).toBeNull();
    expect(highest([node({ lobbyWaitMs: 0 }, {}), node({ lobbyWaitMs: 12 })], wait)).toBe(12);
  });

  test("have no success where nobody came back, so that a quiet minute is not a failure", () => {
    const points = pointsOf(node({}, { resumes: 3, resumesFailed: 1 }, { resumesFailed: 2 }), resumeSuccess);
    expect(points.map(({ value }) => value)).toEqual([null, 75, 0]);
  });

  test("are drawn from the oldest sample to the newest, a minute at least and ten at most", () => {
    const at = (...instants: readonly number[]): NodeState => node(...instants.map((one) => ({ at: one })));
    expect(spanOf([at(1_000_000, 1_005_000), at(800_000)], 7)).toEqual({ from: 800_000, to: 1_005_000 });
    expect(spanOf([at(1_000_000, 1_005_000)], 7)).toEqual({ from: 945_000, to: 1_005_000 });
    expect(spanOf([at(0, 1_000_000)], 7)).toEqual({ from: 400_000, to: 1_000_000 });
    expect(spanOf([node()], 90_000)).toEqual({ from: 30_000, to: 90_000 });
  });

  test.each([
    [80.4, "80 ms"],
    [2_440, "2.4 s"],
    [119_999, "120 s"],
    [180_000, "3 min"],
  ])("%d ms of waiting are %s", (ms, words) => {
    expect(waitInWords(ms)).toBe(words);
  });
});
