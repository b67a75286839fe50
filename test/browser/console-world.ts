/** What tests of the console begin with: a real node with an admin, a browser, and people in a room. */
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { expect } from "@jest/globals";
import type { Browser, Locator, Page } from "playwright-core";
import type { RunningNode } from "../../src/server.js";
import { ADMIN_SETTINGS, ADMIN_TOKEN } from "../support/admin.js";
import { launchBrowser, visit, type Look, type Visitor } from "../support/browser.js";
import { createRoom, GUEST, hangUp, join, MODERATOR } from "../support/meeting.js";
import { startTestNode } from "../support/node.js";
import type { Json, Peer } from "../support/peer.js";

/** A node with a browser. Whoever makes it closes it. */
export interface ConsoleWorld {
  readonly node: RunningNode;
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Where `npm run build` puts the pages. */
export const WEB_ROOT = new URL("../../dist/web", import.meta.url).pathname;

/** A node steps so fast that its figures are there as soon as a test looks. */
const VITALS_STEP_MS = 200;

/** Starts a node whose pages are those that were built. */
export function startConsoleNode(
  extra: Readonly<Record<string, string>> = {},
  vitalsStepMs = VITALS_STEP_MS,
): Promise<RunningNode> {
  const settings = { ...ADMIN_SETTINGS, ADMITONE_WEBHOOK_NETWORKS: "127.0.0.0/8", ...extra };
  return startTestNode(settings, { webRoot: WEB_ROOT, vitalsStepMs });
}

/** Starts both. */
export async function startConsoleWorld(
  extra: Readonly<Record<string, string>> = {},
  vitalsStepMs = VITALS_STEP_MS,
): Promise<ConsoleWorld> {
  const node = await startConsoleNode(extra, vitalsStepMs);
  const browser = await launchBrowser();
  return {
    node,
    browser,
    close: async () => {
      await browser.close();
      await node.close();
    },
  };
}

type Near = Pick<ConsoleWorld, "node" | "browser">;

/** The address of a page of the console. */
export function pageUrl({ node }: Pick<Near, "node">, path = ""): string {
  return `http://127.0.0.1:${node.port}/console${path}`;
}

/** Opens the console and signs in with the admin token, as a person does. */
export async function signedIn(world: Near, path = "", look: Look = {}): Promise<Visitor> {
  const visitor = await visit(world.browser, look);
  await visitor.page.goto(pageUrl(world, path));
  await signInOn(visitor.page);
  return visitor;
}

/** Fills the form of the sign-in. */
export async function signInOn(page: Page, token = ADMIN_TOKEN): Promise<void> {
  await page.getByLabel("Admin token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  if (token === ADMIN_TOKEN) await page.getByRole("button", { name: "Sign out" }).waitFor();
}

/** Goes to a page by the menu. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation", { name: "Console" }).getByRole("link", { name, exact: true }).click();
}

/** A part of a page, by its heading. */
export function section(page: Page, name: string | RegExp): Locator {
  return page.getByRole("region", { name, exact: true });
}

/** A room with a host inside and somebody before the door. */
export interface BusyRoom {
  readonly roomId: string;
  readonly host: Peer;
  readonly guest: Peer;
  leave(): void;
}

/** Makes a room, lets a host in, and lets somebody knock. */
export async function busyRoom({ node }: Pick<Near, "node">, settings: Json = {}): Promise<BusyRoom> {
  const roomId = await createRoom(node, settings);
  const host = await join(node, roomId, "hanna", MODERATOR, { name: "Hanna Host" });
  const guest = await join(node, roomId, "gert", GUEST, { name: "Gert Guest" });
  return {
    roomId,
    host: host.peer,
    guest: guest.peer,
    leave: () => hangUp([host.peer, guest.peer]),
  };
}

const load = createRequire(import.meta.url);

/** Fails where people with impairments are shut out: axe-core finds nothing serious or critical on the page. */
export async function expectAccessible(page: Page): Promise<void> {
  // The page's policy forbids foreign script tags; what the debugger evaluates is not one.
  await page.evaluate(await readFile(load.resolve("axe-core/axe.min.js"), "utf8"));
  const found: unknown =
    await page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes.map(({ target, failureSummary }) => target + " " + failureSummary).join("; ")))`);
  expect(found).toEqual([]);
}
