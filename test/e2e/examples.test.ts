/** The examples of `docs/examples`, each run as it is, against a real node, in the way that its page describes. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import type { RunningNode } from "../../src/server.js";
import { eventually } from "../support/eventually.js";
import { Example } from "../support/example.js";
import { GUEST, hangUp, HOST, join } from "../support/meeting.js";
import { APP, startTestNode } from "../support/node.js";
import { asJson, Peer, type Json } from "../support/peer.js";

const examples = new URL("../../docs/examples/", import.meta.url);

let node: RunningNode;
let peers: Peer[] = [];
const running: Example[] = [];
beforeAll(async () => {
  node = await startTestNode();
});
afterEach(async () => {
  hangUp(peers);
  peers = [];
  await Promise.all(running.splice(0).map((example) => example.stop()));
});
afterAll(() => node.close());

function run(file: string, environment: Readonly<Record<string, string>> = {}): Example {
  const gateway = { GATEWAY_URL: `http://127.0.0.1:${node.port}`, PORT: "0" };
  const example = new Example(file, {
    ...{ ...gateway, API_KEY: APP.apiKey, API_SECRET: APP.secret },
    ...environment,
  });
  running.push(example);
  return example;
}

/** Shows a token at the meeting door. */
async function show(token: unknown, more: Json = {}): Promise<{ peer: Peer; reply: Json }> {
  const joined = await Peer.join(node, { token, ...more });
  peers.push(joined.peer);
  return joined;
}
/** Shows what kind of person a token makes: who they are, and whether they are in or wait. */
async function madeBy(token: unknown): Promise<readonly unknown[]> {
  const { reply } = await show(token);
  return [reply["participantId"], reply["state"]];
}

describe("express-door", () => {
  const signIn = (address: string, user: string, password: string): Promise<Response> =>
    fetch(`${address}/login`, {
      method: "POST",
      body: new URLSearchParams({ user, password }),
      redirect: "manual",
    });

  test("whoever is signed in gets to the meeting, as who they are", async () => {
    const address = await run("express-door/server.js", { DEMO_PASSWORD: "open sesame" }).address();
    const links = new Map<string, URL>();
    for (const user of ["tina", "paul"]) {
      const signed = await signIn(address, user, "open sesame");
      expect([signed.status, signed.headers.get("location")]).toEqual([303, "/join/maths"]);
      const cookie = String(signed.headers.get("set-cookie")).split(";")[0] ?? "";
      const door = await fetch(`${address}/join/maths`, { headers: { cookie }, redirect: "manual" });
      expect([door.status, door.headers.get("cache-control")]).toEqual([303, "no-store"]);
      links.set(user, new URL(String(door.headers.get("location"))));
    }
    const [tina, paul] = [links.get("tina"), links.get("paul")];
    expect(tina?.origin).toBe(`http://127.0.0.1:${node.port}`);
    expect(tina?.pathname).toBe(paul?.pathname);
    expect(tina?.search).toBe("");
    const tokenOf = (link: URL | undefined): string => link?.hash.replace("#token=", "") ?? "";
    expect(await madeBy(tokenOf(tina))).toEqual(["tina", "joined"]);
    expect(await madeBy(tokenOf(paul))).toEqual(["paul", "waiting"]);

    const cookie = String((await signIn(address, "paul", "open sesame")).headers.get("set-cookie"));
    const elsewhere = await fetch(`${address}/join/history`, { headers: { cookie }, redirect: "manual" });
    expect(elsewhere.status).toBe(404);

    const handouts = await fetch(`${address}/handouts`, {
      headers: { authorization: `Bearer ${tokenOf(paul)}` },
    });
    expect(await handouts.json()).toMatchObject({ for: "paul", handouts: ["fractions.pdf"] });
  });

  test("nobody else gets anywhere", async () => {
    const address = await run("express-door/server.js", { DEMO_PASSWORD: "open sesame" }).address();
    expect((await signIn(address, "tina", "guessed")).status).toBe(401);
    expect((await signIn(address, "nobody", "open sesame")).status).toBe(401);
    const stranger = await fetch(`${address}/join/maths`, { redirect: "manual" });
    expect([stranger.status, stranger.headers.get("location")]).toEqual([303, "/"]);
    expect((await fetch(`${address}/handouts`)).status).toBe(401);
  });

  test("while the gateway is away, people are told to come back", async () => {
    const away = { DEMO_PASSWORD: "open sesame", GATEWAY_URL: "http://127.0.0.1:9" };
    const address = await run("express-door/server.js", away).address();
    const signed = await signIn(address, "paul", "open sesame");
    const cookie = String(signed.headers.get("set-cookie")).split(";")[0] ?? "";
    const door = await fetch(`${address}/join/maths`, { headers: { cookie } });
    expect([door.status, await door.text()]).toEqual([503, expect.stringContaining("Try again")]);
  });
});

describe("token-server", () => {
  const ask = async (address: string, room: string, headers: Record<string, string>) => {
    const response = await fetch(`${address}/token?room=${room}`, { headers });
    return { status: response.status, headers: response.headers, body: asJson(await response.json()) };
  };

  test("makes tokens for those who are signed in: hosts open the room, others knock at it", async () => {
    const address = await run("token-server/server.js").address();
    const anna = { "x-forwarded-user": "anna@example.com", "x-forwarded-groups": "staff,hosts" };
    const bob = { "x-forwarded-user": "bob@example.com" };
    expect(await ask(address, "standup", bob)).toMatchObject({ status: 404, body: { code: "room_unknown" } });
    const host = await ask(address, "standup", anna);
    expect(host).toMatchObject({ status: 200, body: { gateway: `http://127.0.0.1:${node.port}` } });
    expect(host.headers.get("cache-control")).toBe("no-store");
    const guest = await ask(address, "standup", bob);
    expect(guest.body["roomId"]).toBe(host.body["roomId"]);
    expect(await madeBy(host.body["token"])).toEqual(["anna@example.com", "joined"]);
    expect(await madeBy(guest.body["token"])).toEqual(["bob@example.com", "waiting"]);
    // As a page asks that is open for long.
    const again = await ask(address, "standup", anna);
    expect(again.body["token"]).not.toBe(host.body["token"]);
  });

  test("says why there is none", async () => {
    const address = await run("token-server/server.js").address();
    expect((await ask(address, "standup", {})).status).toBe(401);
    const spaced = { "x-forwarded-user": "two words", "x-forwarded-groups": "hosts" };
    expect(await ask(address, "standup", spaced)).toMatchObject({
      ...{ status: 400, body: { error: expect.stringContaining("participantId") } },
    });
    expect((await ask(address, "", { "x-forwarded-user": "anna" })).status).toBe(400);
    expect((await fetch(`${address}/elsewhere`)).status).toBe(404);
  });
});

describe("bot", () => {
  async function knock(roomId: string, id: string, metaData: Json = {}): Promise<Peer> {
    const { peer } = await join(node, roomId, id, GUEST, { metaData });
    peers.push(peer);
    return peer;
  }
  const decisionFor = (peer: Peer): Promise<Json> => peer.find(({ type }) => type === "entry-responded");

  test("lets in by its rule, sends others away, and leaves them to a host who is there", async () => {
    const bot = run("bot/bot.js", { ROOM: "desk", GUESTS: "ann,eve", DOMAIN: "example.com" });
    const [, roomId = ""] = await bot.shows(/answers knocks in desk \((\S+)\)/);
    const ann = await knock(roomId, "ann");
    const bob = await knock(roomId, "bob", { email: "bob@example.com" });
    const mallory = await knock(roomId, "mallory", { email: "mallory@example.com.evil.test" });
    expect((await ann.room())["roomId"]).toBe(roomId);
    await bob.room();
    expect(await decisionFor(mallory)).toMatchObject({
      ...{ decision: "denied", note: expect.stringContaining("Please write") },
    });

    const { peer: host } = await join(node, roomId, "hanna", HOST);
    peers.push(host);
    await host.room();
    await knock(roomId, "carl");
    await bot.shows(/carl: left to hanna/);
    expect(await host.ask({ type: "admit", participantId: "carl" })).toMatchObject({ ok: true });
    expect(bot.output).toContain("ann: let in, on the list");
    expect(bot.output).toContain("bob: let in, of example.com");
    expect(bot.output).toContain("mallory: sent away");
  });

  test("answers those who knocked before it came, and leaves when asked", async () => {
    const { gateway } = node;
    const { roomId } = await gateway.createRoom("default", "night-desk", {});
    const early = await knock(roomId, "ann");
    const bot = run("bot/bot.js", { ROOM: "night-desk", GUESTS: "ann,eve" });
    await early.room();
    await bot.shows(/answers knocks in night-desk/);
    expect(await running.pop()?.stop()).toBe(0);
    expect(bot.output).toContain("The bot is out");
    await eventually(async () => {
      const state = await gateway.findRoom("default", roomId);
      expect([...(state?.participants.keys() ?? [])]).toEqual(["ann"]);
    });
  });
});

describe("react-door", () => {
  test("is an app that builds with React outside, from the SDK's own name", async () => {
    const { outputFiles, metafile } = await build({
      entryPoints: [new URL("react-door/main.jsx", examples).pathname],
      ...{ bundle: true, write: false, metafile: true, format: "esm", outdir: "out", logLevel: "silent" },
      ...{
        jsx: "automatic",
        tsconfigRaw: {},
        platform: "browser",
        external: ["react", "react-dom", "react/*", "react-dom/*"],
      },
    });
    expect(outputFiles[0]?.text).toContain("you are waiting");
    const outside = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
    expect([...new Set(outside)].sort()).toEqual(["react", "react-dom/client", "react/jsx-runtime"]);
    expect(Object.keys(metafile.inputs).some((file) => file.includes("dist/client/index.js"))).toBe(true);
  });
});

describe("the pages about them", () => {
  test.each(["express-door", "token-server", "bot", "react-door"])(
    "%s has a page, and the list names it",
    async (name) => {
      const page = await readFile(new URL(`${name}/README.md`, examples), "utf8");
      expect(page).toMatch(/^# /);
      expect(await readFile(new URL("README.md", examples), "utf8")).toContain(`(${name}/README.md)`);
    },
  );
});
