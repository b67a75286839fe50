import common from "./jest.config.js";

/** `npm run test:e2e`: what needs a real browser. One at a time: a call of three takes all of a small machine, and two of them gain nothing. */
export default {
  ...common,
  roots: ["<rootDir>/test/browser"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  globalSetup: "<rootDir>/test/support/browser-setup.ts",
  testTimeout: 120_000,
  maxWorkers: 2,
};
