import common from "./jest.config.js";

/** `npm run test:e2e`: what needs a real browser. */
export default {
  ...common,
  roots: ["<rootDir>/test/browser"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  globalSetup: "<rootDir>/test/support/browser-setup.ts",
  testTimeout: 120_000,
  maxWorkers: 2,
};
