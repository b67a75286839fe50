/** Draws the console, page by page and state by state, into `docs/images`. */
import { mkdir, rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { visit, type Look, type Visitor } from "../support/browser.js";
import { token } from "../support/node.js";
import { startConsoleScene, type ConsoleScene } from "./console-scene.js";
import { expectAccessible, pageUrl, section, signInOn } from "./console-world.js";

const IMAGES = new URL("../../docs/images/", import.meta.url).pathname;

let scene: ConsoleScene;
beforeAll(async () => {
  await mkdir(IMAGES, { recursive: true });
  scene = await startConsoleScene();
});
afterAll(() => scene.close());

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
  ["1920-light", { width: 1920, height: 720 }],
  ["1920-dark", { width: 1920, height: 720, dark: true }],
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
