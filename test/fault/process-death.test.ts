/** Real processes, killed with SIGKILL while a command is under way; the same command goes to another node. One effect. */
import { expect, test } from "@jest/globals";
import { DEVELOPMENT_APP } from "../../src/config-apps.js";
import { credentialsOf } from "../../src/tokens/apps.js";
import { mintToken } from "../../src/tokens/mint.js";
import { AT_ANY_PORT, useCommands, type Command } from "../support/command.js";
import { eventually } from "../support/eventually.js";
import { asJson, Peer } from "../support/peer.js";
import { startRedis } from "../support/redis-server.js";

const KILLS = 6;
const run = useCommands();
const key = credentialsOf(DEVELOPMENT_APP);

function token(permissions: Parameters<typeof mintToken>[0]["permissions"], participantId: string): string {
  if (key === null) throw new Error("the development app has no key");
  return mintToken({ ...key, permissions, participantId, ttlSeconds: 600, now: Date.now });
}

async function portOf(node: Command): Promise<number> {
  const [, port = ""] = await node.shows(/serves on http:\/\/127\.0\.0\.1:(\d+)/);
  return Number(port);
}

test(`${KILLS} processes killed while they publish: nobody knocks again, every message is there once`, async () => {
  const redis = await startRedis();
  const settings = { ...AT_ANY_PORT, REDIS_URL: redis.url };
  const steady = run([], settings);
  const [, roomId = ""] = await steady.shows(/\/m\/(\S+)#token=/);
  const there = { port: await portOf(steady) };
  const { peer: host } = await Peer.join(there, { token: token(["allow_join"], "host"), roomId });

  for (let kill = 0; kill < KILLS; kill++) {
    const doomed = run([], settings);
    const who = `guest${kill}`;
    const { peer: guest } = await Peer.join(
      { port: await portOf(doomed) },
      { token: token(["ask_join"], who), roomId },
    );
    await host.event("entry-requested", (event) => asJson(event["knock"])["participantId"] === who);
    expect(await host.ask({ type: "admit", participantId: who })).toMatchObject({ ok: true });
    await guest.room();

    const message = { type: "publish", id: `said-by-${who}`, topic: "CHAT", message: who };
    guest.send(message);
    // Sometimes before the append, sometimes between append and answer, sometimes after it.
    if (kill % 3 === 1) await new Promise((resume) => setImmediate(resume));
    if (kill % 3 === 2)
      await host.event("message-published", (event) => asJson(event["message"])["message"] === who);
    doomed.signal("SIGKILL");
    await guest.ended();

    const { peer: back, reply } = await guest.resumeOn(there);
    expect(reply).toMatchObject({ ok: true, state: "joined", participantId: who });
    expect(await back.ask(message)).toMatchObject({ ok: true });
    expect(await back.ask({ ...message, id: "last-word", message: `${who} again` })).toMatchObject({
      ok: true,
    });
  }

  const last = `guest${KILLS - 1} again`;
  await host.event("message-published", (event) => asJson(event["message"])["message"] === last);
  const said = host.events
    .filter(({ type }) => type === "message-published")
    .map((event) => asJson(event["message"])["message"]);
  const expected = Array.from({ length: KILLS }, (_, kill) => [`guest${kill}`, `guest${kill} again`]).flat();
  expect(said).toEqual(expected);
  await eventually(() => expect(host.closed).toBeNull());
  await redis.stop();
});
