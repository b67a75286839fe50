import common from "./jest.config.js";

/** `npm run test:e2e`: what needs a real browser. Calls wait as long as they work: two at a time keep a small machine busy. */
export default {
  ...common,
  roots: ["<rootDir>/test/browser"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  globalSetup: "<rootDir>/test/support/browser-setup.ts",
  testTimeout: 120_000,
  maxWorkers: 2,
};
