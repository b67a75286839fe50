import common from "./jest.config.js";

/** `npm run test:long`: the tests that repeat themselves, as often as the project promises (`docs/long-runs.md`). */
export default {
  ...common,
  testMatch: [
    "integration/races",
    "fault/crash",
    "fault/lost-answers",
    "fault/sdk-network",
    "fault/three-watchers",
    "unit/access/properties",
    "unit/room/properties",
    "unit/tokens/mutations",
  ].map((name) => `**/test/${name}.test.ts`),
  testTimeout: 600_000,
  // One at a time, so that each has the machine that its figures speak of.
  maxWorkers: 1,
};
