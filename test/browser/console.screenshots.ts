/** Draws the console, page by page and state by state, into `docs/images`. */
import { mkdir, rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { visit, type Look, type Visitor } from "../support/browser.js";
import { createRoom, GUEST, HOST, join } from "../support/meeting.js";
import { token } from "../support/node.js";
import { hangUp } from "../support/meeting.js";
import type { Peer } from "../support/peer.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";
import {
  busyRoom,
  expectAccessible,
  pageUrl,
  section,
  signInOn,
  startConsoleNode,
  startConsoleWorld,
  type BusyRoom,
  type ConsoleWorld,
} from "./console-world.js";
import type { RunningNode } from "../../src/server.js";

/** Long enough that what happened first is still in the nodes' figures when the last picture is made. */
const STEP_MS = 2_000;

const IMAGES = new URL("../../docs/images/", import.meta.url).pathname;

/** A gateway in which enough goes on to be worth a picture. */
interface Scene {
  readonly world: ConsoleWorld;
  readonly second: RunningNode;
  readonly room: BusyRoom;
  readonly roomId: string;
  readonly sessionPath: string;
  readonly webhookPath: string;
}

let redis: RedisServer;
let receiver: Receiver;
let scene: Scene;
const peers: Peer[] = [];

beforeAll(async () => {
  await mkdir(IMAGES, { recursive: true });
  redis = await startRedis();
  receiver = await startReceiver();
  scene = await makeScene();
});
afterAll(async () => {
  hangUp(peers);
  scene.room.leave();
  await scene.world.close();
  await scene.second.close();
  await receiver.close();
  await redis.stop();
});

async function makeScene(): Promise<Scene> {
  const world = await startConsoleWorld({ REDIS_URL: redis.url }, STEP_MS);
  const second = await startConsoleNode({ REDIS_URL: redis.url }, STEP_MS);
  const { page, context } = await visit(world.browser);
  await page.goto(pageUrl(world, "/webhooks"));
  await signInOn(page);
  await page.getByLabel("Address").fill(receiver.url);
  await page.getByLabel("Events").fill("entry-requested, participant-joined");
  await page.getByLabel("Description").fill("The front desk");
  await page.getByRole("button", { name: "Add endpoint" }).click();
  await page.getByRole("button", { name: "Send a test message" }).click();
  await page.getByText("The test message was delivered").waitFor();
  const webhookPath = new URL(page.url()).pathname.replace("/console", "");
  const room = await busyRoom(world, { customRoomId: "weekly-review", maxParticipants: 12 });
  const { roomId } = room;
  const other = await createRoom(world.node, { customRoomId: "open-house", lobbyForAll: true });
  await page
    .getByRole("row", { name: /entry-requested/ })
    .getByText("delivered")
    .waitFor();
  receiver.answer = () => ({ status: 500 });
  const people = [
    [second, roomId, "paula", HOST, "Paula Park"],
    [second, roomId, "omar", HOST, "Omar Oak"],
    [world.node, roomId, "iris", GUEST, "Iris Iron"],
    [second, other, "lena", GUEST, "Lena Lane"],
  ] as const;
  for (const [node, where, id, permissions, name] of people)
    peers.push((await join(node, where, id, permissions, { name })).peer);
  await peers[0]?.ask({ type: "set-media", id: "mic-of-paula", kind: "mic", on: true });
  const nora = await join(second, roomId, "nora", GUEST, { name: "Nora North" });
  await room.host.ask({ type: "admit", id: "admit-nora", participantId: "nora" });
  await nora.peer.cut();
  peers.push((await nora.peer.resumeOn(world.node)).peer);

  await page.goto(pageUrl(world, `/rooms/${roomId}`));
  await page.getByRole("link", { name: "attendance" }).click();
  await section(page, "Attendance").waitFor();
  const sessionPath = new URL(page.url()).pathname.replace("/console", "");
  await page.goto(pageUrl(world, "/apps"));
  await page.getByLabel("Id").fill("school");
  await page.getByLabel("Name").fill("Evening school");
  await page.getByRole("button", { name: "Create app" }).click();
  await page.getByRole("button", { name: "I have copied it" }).click();
  await page.goto(pageUrl(world, "/revocations"));
  await page.getByLabel("What").selectOption("participant");
  await page.getByLabel("Participant id").fill("former-guest");
  await page.getByLabel("Note").fill("left the company");
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await section(page, "In force").getByText("left the company").waitFor();
  await context.close();
  return { world, second, room, roomId, sessionPath, webhookPath };
}

/** Where to go for a picture, and what to do there first. */
type Shot = readonly [name: string, path: () => string, prepare: (page: Page) => Promise<unknown>];

const SHOTS: readonly Shot[] = [
  ["rooms", () => "/rooms", (page) => section(page, "Live now").getByText("open-house").waitFor()],
  [
    "room",
    () => `/rooms/${scene.roomId}`,
    (page) => section(page, "Events").getByText("Iris Iron knocked").waitFor(),
  ],
  [
    "room-events",
    () => `/rooms/${scene.roomId}`,
    async (page) => {
      await section(page, "Events").getByText("Iris Iron knocked").waitFor();
      await section(page, "Events").scrollIntoViewIfNeeded();
      await page.mouse.wheel(0, 4_000);
    },
  ],
  [
    "room-deny",
    () => `/rooms/${scene.roomId}`,
    (page) => page.getByRole("button", { name: "Deny Gert Guest" }).click(),
  ],
  [
    "room-moderate",
    () => `/rooms/${scene.roomId}`,
    (page) => page.getByRole("button", { name: "Moderate Paula Park" }).click(),
  ],
  [
    "room-settings",
    () => `/rooms/${scene.roomId}/settings`,
    (page) => page.getByLabel("Most participants").waitFor(),
  ],
  [
    "room-admissions",
    () => `/rooms/${scene.roomId}/admissions`,
    (page) => page.getByRole("cell", { name: "Iris Iron" }).waitFor(),
  ],
  ["sessions", () => "/sessions", (page) => section(page, "Sessions").getByText("goes on").first().waitFor()],
  ["session", () => scene.sessionPath, (page) => page.getByRole("img", { name: /^Attendance/ }).waitFor()],
  [
    "mint",
    () => "/mint",
    async (page) => {
      await page.getByLabel("Room", { exact: true }).fill(scene.roomId);
      await page.getByRole("button", { name: "Make token" }).click();
      await section(page, "The token").scrollIntoViewIfNeeded();
    },
  ],
  [
    "inspect",
    () => "/inspect",
    async (page) => {
      const { roomId } = scene;
      const expired = token({ permissions: ["allow_join"], roomId, ttlSeconds: -180 });
      await page.getByLabel("Token", { exact: true }).fill(expired);
      await page.getByRole("button", { name: "Inspect", exact: true }).click();
      await section(page, "Claims").scrollIntoViewIfNeeded();
    },
  ],
  [
    "revocations",
    () => "/revocations",
    (page) => section(page, "In force").getByText("left the company").waitFor(),
  ],
  ["webhooks", () => "/webhooks", (page) => page.getByRole("cell", { name: /The front desk/ }).waitFor()],
  [
    "webhook",
    () => scene.webhookPath,
    async (page) => {
      await page.getByText("HTTP 500").first().waitFor();
      await section(page, "Deliveries").scrollIntoViewIfNeeded();
    },
  ],
  ["apps", () => "/apps", (page) => page.getByRole("link", { name: "school" }).waitFor()],
  ["app", () => "/apps/school", (page) => page.getByText("active", { exact: true }).first().waitFor()],
  [
    "app-delete",
    () => "/apps/school",
    (page) => page.getByRole("button", { name: "Delete the app…" }).click(),
  ],
  ["nodes", () => "/nodes", (page) => section(page, "Nodes (2)").waitFor()],
  ["empty", () => "/rooms?app=school", (page) => page.getByText("This app has no room yet.").waitFor()],
  ["fault", () => "/rooms/no-such-room", (page) => page.getByText("room_unknown").waitFor()],
  [
    "lost",
    () => "/nodes",
    async (page) => {
      await section(page, "Nodes (2)").waitFor();
      await page.context().setOffline(true);
      await page.getByText("Connection lost, trying again.").waitFor();
    },
  ],
  [
    "menu",
    () => "/rooms",
    async (page) => {
      const menu = page.getByRole("button", { name: "Menu" });
      if (await menu.isVisible()) await menu.click();
    },
  ],
];

const LOOKS: readonly (readonly [string, Look])[] = [
  ["360-light", { width: 360, height: 740 }],
  ["360-dark", { width: 360, height: 740, dark: true }],
  ["1920-light", { width: 1920, height: 1080 }],
  ["1920-dark", { width: 1920, height: 1080, dark: true }],
];

async function draw({ page }: Visitor, name: string): Promise<void> {
  const file = `${IMAGES}console-${name}.png`;
  await rm(file, { force: true });
  await page.screenshot({ path: file });
  // What does not fit would be scrolled sideways, which nobody finds.
  const wide: unknown = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
  expect([name, wide]).toEqual([name, false]);
}

describe.each(LOOKS)("at %s", (look, options) => {
  test("the sign-in, and a wrong one, are drawn", async () => {
    const visitor = await visit(scene.world.browser, options);
    await visitor.page.goto(pageUrl(scene.world));
    await visitor.page.getByLabel("Admin token").waitFor();
    await draw(visitor, `sign-in-${look}`);
    await signInOn(visitor.page, "not-the-admin-token-0123456789-abcdef");
    await visitor.page.getByText("admin_token_invalid").waitFor();
    await draw(visitor, `sign-in-wrong-${look}`);
    await visitor.context.close();
  });

  test("every page is drawn, and can be used by everybody", async () => {
    const visitor = await visit(scene.world.browser, options);
    await visitor.page.goto(pageUrl(scene.world));
    await signInOn(visitor.page);
    for (const [name, path, prepare] of SHOTS) {
      await visitor.page.goto(pageUrl(scene.world, path()));
      await prepare(visitor.page);
      await draw(visitor, `${name}-${look}`);
      await expectAccessible(visitor.page);
      await visitor.context.setOffline(false);
    }
    await visitor.context.close();
  });
});
