/** Jest runs the TypeScript sources as ES modules; types are checked by `npm run types`, apart from the tests. */
export default {
  rootDir: "..",
  roots: ["<rootDir>/test"],
  testEnvironment: "node",
  testMatch: ["**/*.test.ts"],
  // Those that need a browser have a command of their own.
  testPathIgnorePatterns: ["/node_modules/", "/test/browser/"],
  extensionsToTreatAsEsm: [".ts", ".tsx"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: {
    "\\.tsx?$": "<rootDir>/.config/jest-transform.js",
    "\\.lua$": "<rootDir>/.config/jest-transform.js",
  },
  globalSetup: "<rootDir>/test/support/global-setup.ts",
  testTimeout: 30_000,
  // Many of them wait as long as they work: three keep two processors busy.
  maxWorkers: 3,
  // The modules of every suite stay in its worker: one that has seen many takes three times as long for the next.
  workerIdleMemoryLimit: "400MB",
};
