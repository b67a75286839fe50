/** The first minute as the README has it: one start, then the links that it prints, or its commands, each in a terminal of its own. */
import { expect, test } from "@jest/globals";
import { AT_ANY_PORT, useCommands, type Command } from "../support/command.js";
import { Peer } from "../support/peer.js";
import { startRedis } from "../support/redis-server.js";

const run = useCommands();

/** All that a start in development prints. */
async function greetingOf(node: Command): Promise<string> {
  await node.shows(/\n {2}log {7}.*\n\n/);
  return node.stdout;
}

/** The arguments of the two printed commands: host, guest. */
async function printed(node: Command): Promise<readonly (readonly string[])[]> {
  const commands = (await greetingOf(node)).matchAll(/node dist\/main\.js (join .*--token \S+)/g);
  return Array.from(commands, ([, text = ""]) => text.split(" "));
}

test("one start, two links: first of all that is printed, each opens the meeting as who it says", async () => {
  const greeting = await greetingOf(run([], AT_ANY_PORT));
  const links = [...greeting.matchAll(/^ {2}http:\/\/(127\.0\.0\.1:(\d+))\/m\/([\w-]+)#token=(\S+)$/gm)];
  expect(links).toHaveLength(2);
  expect(greeting.indexOf("1. The host: open this link")).toBeLessThan(links[0]?.index ?? 0);
  expect(greeting.indexOf("2. The guest: open this one")).toBeLessThan(links[1]?.index ?? 0);
  expect(links[1]?.index).toBeLessThan(greeting.indexOf("/console#token="));
  expect(greeting.indexOf("/console#token=")).toBeLessThan(greeting.indexOf("node dist/main.js join"));
  const states: unknown[] = [];
  for (const [, at = "", port = "", roomId = "", token = ""] of links) {
    const page = await fetch(`http://${at}/m/${roomId}`);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const { peer, reply } = await Peer.join({ port: Number(port) }, { token });
    states.push([reply["participantId"], reply["state"]]);
    if (reply["state"] === "waiting") peer.socket.terminate();
    else expect(await peer.ask({ type: "lock-room", locked: false })).toMatchObject({ ok: true });
  }
  expect(states).toEqual([
    ["host", "joined"],
    ["guest", "waiting"],
  ]);
});

test("the console's link holds an admin token of this start, unless there is one already", async () => {
  const greeting = await greetingOf(run([], AT_ANY_PORT));
  const [, at = "", token = ""] = /^ {2}http:\/\/(\S+)\/console#token=(\S+)$/m.exec(greeting) ?? [];
  const askAs = (shown: string) =>
    fetch(`http://${at}/v2/admin/apps`, { headers: { authorization: `Bearer ${shown}` } });
  expect((await fetch(`http://${at}/console`)).status).toBe(200);
  expect((await askAs(token)).status).toBe(200);
  expect((await askAs(`${token}x`)).status).toBe(401);
  expect(await greetingOf(run([], AT_ANY_PORT))).not.toContain(token);

  const own = "an-admin-token-of-ones-own-0123456789";
  const configured = await greetingOf(run([], { ...AT_ANY_PORT, ADMITONE_ADMIN_TOKEN: own }));
  expect(configured).toMatch(/\/console \(sign in with ADMITONE_ADMIN_TOKEN\)/);
  expect(configured).not.toContain(own);
  expect(configured).not.toContain("/console#token=");
});

test("with an app of one's own nothing is made and no token is printed", async () => {
  const app = { ADMITONE_API_KEY: "my-key", ADMITONE_API_SECRET: "a-secret-of-32-bytes-or-more-0123" };
  const greeting = await greetingOf(run([], { ...AT_ANY_PORT, ...app }));
  expect(greeting).toMatch(/\/console \(set ADMITONE_ADMIN_TOKEN to use it\)/);
  expect(greeting).not.toContain("The host");
  expect(greeting).not.toMatch(/eyJ|token=[^<]/);
});

test("one start, two terminals: knock, allow, mute, a dropped line that comes back, leave", async () => {
  const node = run([], AT_ANY_PORT);
  const [hostArgs = [], guestArgs = []] = await printed(node);
  const host = run(hostArgs);
  await host.shows(/are in the room/);
  const guest = run(guestArgs);
  await guest.shows(/knock, and wait for a host/);
  await host.shows(/guest\s+knocks/);
  host.type("allow");
  await guest.shows(/are in the room/);
  await host.shows(/guest\s+joined/);
  host.type("mute guest");
  await guest.shows(/host\s+turned (your|the) microphone/);

  guest.type("drop");
  await guest.shows(/are back/);
  guest.type("say hello");
  await host.shows(/guest\s+hello/);

  host.type("remove guest");
  expect(await guest.ended()).toBe(1);
  host.type("leave");
  expect(await host.ended()).toBe(0);
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
