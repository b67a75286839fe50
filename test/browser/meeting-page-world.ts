/** What tests of the meeting page begin with: a real node that serves the built page, a browser, and people who come by links. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import { pino } from "pino";
import type { Browser, Page } from "playwright-core";
import type { Permission } from "../../src/room/grant.js";
import { readConfig } from "../../src/config.js";
import { realEnvironment } from "../../src/gateway/environment.js";
import { startNode, type RunningNode } from "../../src/server.js";
import { launchBrowser, visit, type Look, type Visitor } from "../support/browser.js";
import { eventually } from "../support/eventually.js";
import { createRoom, GUEST, MODERATOR } from "../support/meeting.js";
import { startTestNode, token } from "../support/node.js";

/** A node with a browser. Whoever makes it closes it. */
export interface PageWorld {
  readonly node: RunningNode;
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Where `npm run build` puts the pages. */
const WEB_ROOT = new URL("../../dist/web", import.meta.url).pathname;

/** Starts both. */
export async function startWorld(extra: Readonly<Record<string, string>> = {}): Promise<PageWorld> {
  const node = await startTestNode(extra, { webRoot: WEB_ROOT });
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

/** The world of one file of tests, and who came into it. */
export interface PageTests {
  /** There from the first test on. */
  readonly world: () => PageWorld;
  /** Notes a visitor: after the test their page is closed, and must have complained of nothing. */
  readonly met: (visitor: Visitor) => Visitor;
}

/** Starts a world before the tests of a file and closes it behind them. */
export function usePageWorld(): PageTests {
  const started: PageWorld[] = [];
  const visitors: Visitor[] = [];
  beforeAll(async () => {
    started.push(await startWorld());
  });
  afterEach(async () => {
    const complaints = visitors.flatMap((visitor) => visitor.complaints);
    await Promise.all(visitors.splice(0).map(({ context }) => context.close()));
    // No error that nobody caught, no break of the content security policy, nothing that failed to load.
    expect(complaints).toEqual([]);
  });
  afterAll(() => Promise.all(started.map((world) => world.close())));
  return {
    world: () => {
      const [world] = started;
      if (world === undefined) throw new Error("the world is not there before the first test");
      return world;
    },
    met: (visitor) => {
      visitors.push(visitor);
      return visitor;
    },
  };
}

/** A gateway as it starts on one's own machine without any settings, and the address of a room's page there. Whoever starts it closes it. */
export async function startTrialNode(): Promise<{ readonly page: string; close(): Promise<void> }> {
  const read = readConfig({ ADMITONE_PORT: "0", ADMITONE_LOG_LEVEL: "error" });
  if (!read.ok) throw new Error(read.problems.join("\n"));
  const environment = realEnvironment(pino({ level: "error" }));
  const node = await startNode(read.config, { environment, webRoot: WEB_ROOT });
  const { roomId } = await node.gateway.createRoom("development", "first-meeting", {});
  return { page: `http://127.0.0.1:${node.port}/m/${roomId}`, close: () => node.close() };
}

/** Somebody who comes. */
export interface Comer extends Look {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly ttlSeconds?: number;
  /** The token names them. */
  readonly participantId?: string;
}

/** A room with links into it. */
export interface PageRoom {
  readonly roomId: string;
  linkFor(comer: Omit<Comer, "name">): string;
  /** Opens the link, and waits for the device check. */
  open(comer: Comer): Promise<Visitor>;
  /** Goes through the device check with this name; comes to the room, the lobby, or an end. */
  join(comer: Comer): Promise<Visitor>;
}

/** Makes a room. */
export async function pageRoom(
  { node, browser }: Pick<PageWorld, "node" | "browser">,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<PageRoom> {
  const roomId = await createRoom(node, settings);
  const linkFor = ({ permissions, ttlSeconds = 3_600, participantId }: Omit<Comer, "name">): string => {
    const jwt = token({ permissions, roomId, ttlSeconds, participantId });
    return `http://127.0.0.1:${node.port}/m/${roomId}#token=${jwt}`;
  };
  const open = async (comer: Comer): Promise<Visitor> => {
    const visitor = await visit(browser, comer);
    if (comer.withoutDevices === true) await refuseDevices(visitor);
    await visitor.page.goto(linkFor(comer));
    await visitor.page.getByTestId("check").waitFor();
    return visitor;
  };
  return {
    roomId,
    linkFor,
    open,
    join: async (comer) => {
      const visitor = await open(comer);
      await passCheck(visitor.page, comer.name);
      return visitor;
    },
  };
}

/** With its fake devices the browser says yes whatever its settings are: here it says no, as where somebody has refused. */
async function refuseDevices({ context }: Visitor): Promise<void> {
  await context.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
  });
}

/** Fills in the name and goes to the door. */
export async function passCheck(page: Page, name: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: /^(Join|Ask to join)$/ }).click();
}

/** Waits until these people, by name, are in the room as this page sees it. */
export async function seesPeople(page: Page, names: readonly string[]): Promise<void> {
  await eventually(async () => {
    const texts = await page.locator('[data-testid="tile"] > .visually-hidden').allTextContents();
    expect(texts.map((text) => text.replace(/( \(you\))?,.*$/s, "")).sort()).toEqual([...names].sort());
  });
}

/** The tile of somebody, by name. */
export function tileOf(page: Page, name: string) {
  return page.getByTestId("tile").filter({ hasText: name });
}

/** A moderator and a guest who was let in. Whoever comes is told to `met`, who closes their browsers. */
export async function meetingOfTwo(
  world: PageWorld,
  met: (visitor: Visitor) => Visitor,
): Promise<{ room: PageRoom; host: Page; guest: Page }> {
  const room = await pageRoom(world);
  const host = met(await room.join({ name: "Hanna", permissions: MODERATOR })).page;
  await seesPeople(host, ["Hanna"]);
  const guest = met(await room.join({ name: "Gustav", permissions: GUEST })).page;
  await host.getByRole("button", { name: "Admit Gustav" }).click();
  await seesPeople(guest, ["Gustav", "Hanna"]);
  return { room, host, guest };
}

/** Fails where the page is wider than its window: on a phone one would have to push it about. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over).toBeLessThanOrEqual(0);
}

const load = createRequire(import.meta.url);

/** Fails where axe finds something serious or critical. The source is handed in as a debugger would: no policy of the page is loosened. */
export async function expectAccessible(page: Page): Promise<void> {
  const source = await readFile(load.resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(`${source}; undefined`);
  const found: unknown = await page.evaluate(
    `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes.map(({ html, failureSummary }) => html + " " + failureSummary).join(" | ")))`,
  );
  expect(found).toEqual([]);
}
