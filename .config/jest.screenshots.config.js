import browser from "./jest.browser.config.js";

/** `npm run screenshots`: draws every page in every state into `docs/images`. */
export default { ...browser, testMatch: ["**/*.screenshots.ts"] };
