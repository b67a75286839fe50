/** A browser with people in it whose media meets through a real gateway. */
import { createServer } from "node:http";
import { expect } from "@jest/globals";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import type { MediaStats } from "../../../src/client/media/index.js";
import { launchBrowser, PATIENCE_MS, visit } from "../../support/browser.js";
import { eventually } from "../../support/eventually.js";
import { boundToken, createRoom, GUEST, MODERATOR } from "../../support/meeting.js";
import { startGateway, type TestGateway, type Topology } from "../../support/node.js";
import type { Coming } from "./media-page.js";

/** Somebody's browser. */
export interface Person {
  readonly id: string;
  readonly page: Page;
  readonly complaints: readonly string[];
  /** Comes to the room, also after a reload; answers `joined` or `waiting`. */
  come(how?: Partial<Coming>): Promise<string>;
}

/** Gateway and room of one test. */
export interface MediaWorld {
  /** Opens a browser for somebody. The host moderates, and lets everybody in; guests knock, at the other node where there is one. */
  person(id: string): Promise<Person>;
  /** A host, and guests whom the host let in. */
  together(...guests: readonly string[]): Promise<readonly Person[]>;
  close(): Promise<void>;
}

/** What all tests of a file share: a browser, and a bare page with the SDK in it. */
export interface Stage {
  world(topology: Topology, settings?: Readonly<Record<string, string>>): Promise<MediaWorld>;
  close(): Promise<void>;
}

/** Starts a browser and a server for the page. Whoever starts it closes it. */
export async function startStage(): Promise<Stage> {
  const [browser, site] = await Promise.all([launchBrowser(), startSite()]);
  return {
    world: async (topology, settings) => openWorld(await startGateway(topology, settings), browser, site.url),
    close: () => Promise.all([browser.close(), site.close()]).then(() => undefined),
  };
}

async function openWorld(gateway: TestGateway, browser: Browser, pageUrl: string): Promise<MediaWorld> {
  const roomId = await createRoom(gateway.first);
  const pages: Page[] = [];
  const person = async (id: string): Promise<Person> => {
    const { page, complaints } = await visit(browser);
    pages.push(page);
    const isHost = id === "host";
    const standard: Coming = {
      url: `http://127.0.0.1:${(isHost ? gateway.first : gateway.second).port}`,
      token: boundToken(roomId, id, isHost ? MODERATOR : GUEST),
      name: id,
      ...{ mic: true, webcam: true, preview: false },
    };
    await page.goto(pageUrl);
    const come = (how: Partial<Coming> = {}): Promise<string> =>
      page.evaluate((coming) => mediaPage.come(coming), { ...standard, ...how });
    return { id, page, complaints, come };
  };
  return {
    person,
    together: async (...guests) => {
      const host = await person("host");
      expect(await host.come()).toBe("joined");
      const people = [host];
      for (const id of guests) {
        const guest = await person(id);
        expect(await guest.come()).toBe("waiting");
        people.push(guest);
      }
      await Promise.all(
        people.map(({ page }) => page.waitForFunction(() => mediaPage.meeting.state === "joined")),
      );
      return people;
    },
    close: async () => {
      await Promise.all(pages.map((page) => page.context().close()));
      await gateway.close();
    },
  };
}

/** Serves the page, and the SDK in it as built for browsers. */
async function startSite(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const entry = new URL("media-page.ts", import.meta.url).pathname;
  const bundle = await build({
    ...{ entryPoints: [entry], bundle: true, write: false, format: "iife", platform: "browser" },
    ...{ target: "es2022", logLevel: "silent" },
  });
  const script = bundle.outputFiles[0]?.text ?? "";
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : HTML);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const HTML = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Media</title>
<link rel="icon" href="data:,"><body><script src="/page.js"></script></body></html>`;

/** What flows from somebody to somebody. */
export async function flow(to: Person, from: Person): Promise<MediaStats> {
  const stats = await to.page.evaluate((id) => mediaPage.media.stats(id), from.id);
  if (stats === null) throw new Error(`${to.id} has no connection with ${from.id}`);
  return stats;
}

/** Waits until somebody sees a picture of the other that moves, and hears them. */
export async function seesAndHears(to: Person, from: Person): Promise<void> {
  const before = await eventually(() => flow(to, from), PATIENT);
  const picture = await eventually(() => pictureOf(to, from), PATIENT);
  await eventually(async () => {
    const now = await flow(to, from);
    expect(now.connection).toBe("connected");
    expect(now.webcam.framesDecoded).toBeGreaterThan(before.webcam.framesDecoded + 10);
    expect(now.mic.audioEnergy).toBeGreaterThan(before.mic.audioEnergy);
    expect(await pictureOf(to, from)).not.toBe(picture);
  }, PATIENT);
}

/** Each sees and hears all others. */
export async function allSeeAndHear(people: readonly Person[]): Promise<void> {
  for (const to of people) for (const from of people) if (to !== from) await seesAndHears(to, from);
}

/** What somebody sees of somebody. */
export async function pictureOf(
  to: Person,
  from: Person,
  kind: "webcam" | "share" = "webcam",
): Promise<string> {
  const picture = await to.page.evaluate(([id, what]) => mediaPage.picture(id, what), [
    from.id,
    kind,
  ] as const);
  if (picture === null) throw new Error(`${to.id} sees nothing of ${from.id}`);
  return picture;
}

/** For what browsers take their time for. */
export const PATIENT = { deadlineMs: PATIENCE_MS } as const;
