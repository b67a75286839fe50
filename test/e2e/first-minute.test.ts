/** The first minute as the README has it: one start, then the three commands that it prints, each in a terminal of its own. */
import { expect, test } from "@jest/globals";
import { AT_ANY_PORT, useCommands, type Command } from "../support/command.js";
import { startRedis } from "../support/redis-server.js";

const run = useCommands();

/** The arguments of the three printed commands: host, guest, moderator. */
async function printed(node: Command): Promise<readonly (readonly string[])[]> {
  await node.shows(/3\. The moderator.*\n.*--token \S+/);
  return [...node.stdout.matchAll(/node dist\/main\.js (join .*--token \S+)/g)].map(([, text = ""]) =>
    text.split(" "),
  );
}

test("one start, three terminals: knock, allow, mute, a dropped line that comes back, leave", async () => {
  const node = run([], AT_ANY_PORT);
  const [hostArgs = [], guestArgs = [], moderatorArgs = []] = await printed(node);
  const host = run(hostArgs);
  await host.shows(/are in the room/);
  const guest = run(guestArgs);
  await guest.shows(/knock, and wait for a host/);
  await host.shows(/guest\s+knocks/);
  host.type("allow");
  await guest.shows(/are in the room/);
  await host.shows(/guest\s+joined/);

  const moderator = run(moderatorArgs);
  await moderator.shows(/are in the room/);
  moderator.type("mute guest");
  await host.shows(/moderator\s+turned the microphone of guest off/);

  guest.type("drop");
  await guest.shows(/are back/);
  guest.type("say hello");
  await host.shows(/guest\s+hello/);

  host.type("leave");
  expect(await host.ended()).toBe(0);
  moderator.type("remove guest");
  expect(await guest.ended()).toBe(1);
  moderator.endInput();
  expect(await moderator.ended()).toBe(0);
});

test("two nodes on one Redis are one gateway: the host on one, the guest on the other", async () => {
  const redis = await startRedis();
  const settings = { ...AT_ANY_PORT, REDIS_URL: redis.url };
  const first = run([], settings);
  const second = run([], settings);
  const [hostArgs = []] = await printed(first);
  const [, guestArgs = []] = await printed(second);
  const host = run(hostArgs);
  await host.shows(/are in the room/);
  const guest = run(guestArgs);
  await host.shows(/guest\s+knocks/);
  host.type("allow");
  await guest.shows(/are in the room/);
  await redis.stop();
});

test("inspect says what a token is worth at the door, and why not", async () => {
  const node = run([], AT_ANY_PORT);
  const [, guestArgs = []] = await printed(node);
  const token = guestArgs.at(-1) ?? "";
  const good = run(["inspect", token]);
  expect(await good.ended()).toBe(0);
  expect(good.stdout).toMatch(/knocks and waits for a host/);
  const elsewhere = run(["inspect", token, "--room", "another"]);
  expect(await elsewhere.ended()).toBe(1);
  expect(elsewhere.stdout).toMatch(/room_mismatch/);
});
