import { randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import { developmentAdminToken } from "../../../src/cli/greeting.js";
import { readConfig, type Config } from "../../../src/config.js";

const KEY = { ADMITONE_API_KEY: "k", ADMITONE_API_SECRET: "s".repeat(32) };

function config(environment: Record<string, string>): Config {
  const read = readConfig(environment);
  if (!read.ok) throw new Error(read.problems.join("\n"));
  return read.config;
}

test("a start in development makes an admin token, another one each time, that would do as a setting", () => {
  const made = [1, 2].map(() => developmentAdminToken(config({}), randomBytes) ?? "");
  expect(new Set(made).size).toBe(2);
  for (const token of made) expect(config({ ADMITONE_ADMIN_TOKEN: token }).adminToken).toBe(token);
});

test.each([
  ["where one is set", { ADMITONE_ADMIN_TOKEN: "t".repeat(32) }],
  ["with an app of one's own", KEY],
  ["with an app of one's own, on Redis", { ...KEY, REDIS_URL: "redis://127.0.0.1:6379" }],
  ["off loopback", { ...KEY, ADMITONE_HOST: "0.0.0.0" }],
  ["off loopback without an app", { ADMITONE_HOST: "0.0.0.0", ADMITONE_ADMIN_TOKEN: "t".repeat(32) }],
])("no admin token is made %s", (_where, environment: Record<string, string>) => {
  expect(developmentAdminToken(config(environment), randomBytes)).toBeNull();
});

test("a development app that would come off loopback some other way gets none either", () => {
  const off = { ...config({}), host: "0.0.0.0" };
  expect(developmentAdminToken(off, randomBytes)).toBeNull();
});
