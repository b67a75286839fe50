/** Calls through the meeting page as it is built and served: a gateway, a browser, and people who come by links. */
import { expect } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import type { Permission } from "../../../src/room/grant.js";
import { launchBrowser, PATIENCE_MS, visit, type Visitor } from "../../support/browser.js";
import { eventually } from "../../support/eventually.js";
import { createRoom, GUEST, MODERATOR } from "../../support/meeting.js";
import { startGateway, token, type TestGateway, type Topology } from "../../support/node.js";
import { passCheck, seesPeople } from "../meeting-page-world.js";
import { watchCall } from "./call-watch.js";

/** Ways to run a gateway that calls are made over: in one process, and with host and guest at different nodes. */
export const CALL_TOPOLOGIES = ["embedded", "Redis, two nodes"] as const satisfies readonly Topology[];

/** For what browsers take their time for. */
export const PATIENT = { deadlineMs: PATIENCE_MS } as const;

/** Somebody who comes. */
export interface Caller {
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Where their page and their line come from. */
  readonly at: { readonly port: number };
  /** How long their token is good from the moment at which they press the button. Default: longer than any test. */
  readonly lifeSeconds?: number;
  /** Called with the page while it is still empty: for what is to be watched from the beginning. */
  readonly prepare?: (page: Page) => void;
}

/** A room, and the way into it. */
export interface CallRoom {
  readonly roomId: string;
  linkFor(caller: Omit<Caller, "name">): string;
  /** Opens the link and goes through the device check; comes to the room, the lobby, or an end. */
  come(caller: Caller): Promise<Page>;
  /** Hanna, who moderates, at the first node; Gustav, whom she let in, at the second. */
  together(): Promise<{ readonly host: Page; readonly guest: Page }>;
}

/** What the tests of a file share. Whoever starts it closes it. */
export interface CallWorld {
  readonly gateway: TestGateway;
  readonly browser: Browser;
  room(settings?: Readonly<Record<string, unknown>>): Promise<CallRoom>;
  /** Closes the pages of a test; answers what they complained of. */
  parting(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Starts a gateway and a browser. */
export async function startCalls(
  topology: Topology,
  extra: Readonly<Record<string, string>> = {},
): Promise<CallWorld> {
  const [gateway, browser] = await Promise.all([startGateway(topology, extra), launchBrowser()]);
  const visitors: Visitor[] = [];
  return {
    gateway,
    browser,
    room: async (settings = {}) => {
      const roomId = await createRoom(gateway.first, settings);
      return openRoom(roomId, gateway, async () => {
        const visitor = await visit(browser, { width: 900, height: 640 });
        visitors.push(visitor);
        return visitor;
      });
    },
    parting: async () => {
      const leaving = visitors.splice(0);
      await Promise.all(leaving.map(({ context }) => context.close()));
      return leaving.flatMap(({ complaints }) => complaints);
    },
    close: async () => {
      await browser.close();
      await gateway.close();
    },
  };
}

function openRoom(roomId: string, gateway: TestGateway, meet: () => Promise<Visitor>): CallRoom {
  const linkFor: CallRoom["linkFor"] = ({ permissions, at, lifeSeconds = 3_600 }) =>
    `http://127.0.0.1:${at.port}/m/${roomId}#token=${token({ permissions, roomId, ttlSeconds: lifeSeconds })}`;
  const come = async ({ lifeSeconds, prepare, ...caller }: Caller): Promise<Page> => {
    const { page, context } = await meet();
    prepare?.(page);
    await context.addInitScript(watchCall);
    await page.goto(linkFor(caller));
    await page.getByTestId("check").waitFor();
    // A short life begins at the door, however long the page took to get there.
    if (lifeSeconds !== undefined) await openNewerLink(page, linkFor({ ...caller, lifeSeconds }));
    await passCheck(page, caller.name);
    return page;
  };
  return {
    roomId,
    linkFor,
    come,
    together: async () => {
      const host = await come({ name: "Hanna", permissions: MODERATOR, at: gateway.first });
      await seesPeople(host, ["Hanna"]);
      const guest = await come({ name: "Gustav", permissions: GUEST, at: gateway.second });
      await admit(host, "Gustav");
      for (const page of [host, guest]) await seesPeople(page, ["Gustav", "Hanna"]);
      return { host, guest };
    },
  };
}

/** Opens a newer link to the same room in the same tab; resolves when the page has taken its token. */
export async function openNewerLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await eventually(() => expect(page.url()).not.toContain("token"), PATIENT);
}

/** Lets somebody in who knocks. */
export async function admit(host: Page, name: string): Promise<void> {
  await host.getByRole("button", { name: `Admit ${name}` }).click();
}

/** Opens what a moderator can do about somebody. */
export async function manage(moderator: Page, name: string) {
  if (!(await moderator.getByRole("heading", { name: "People", exact: true }).isVisible()))
    await moderator.getByRole("button", { name: "People", exact: true }).click();
  await moderator.getByRole("button", { name: `More about ${name}` }).click();
  return moderator.getByRole("dialog", { name });
}

/** One's own microphone button. */
export function micButton(page: Page) {
  return page.getByRole("button", { name: "Mic", exact: true });
}
