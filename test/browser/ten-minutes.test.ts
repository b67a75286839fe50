/** `docs/ten-minutes.md` as somebody follows it: the start that it names, the page that it shows, the links that were printed. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, visit, type Visitor } from "../support/browser.js";
import { AT_ANY_PORT, useCommands } from "../support/command.js";
import { eventually } from "../support/eventually.js";

const run = useCommands();
let browser: Browser;
let snippet: string;
beforeAll(async () => {
  const guide = await readFile(new URL("../../docs/ten-minutes.md", import.meta.url), "utf8");
  snippet = /```html\n([\s\S]*?)```/.exec(guide)?.[1] ?? "";
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const texts = (page: Page, selector: string): Promise<string[]> => page.locator(selector).allTextContents();

/** The start that the guide begins with: where it serves, and the tokens of its two links. */
async function started(): Promise<{ readonly page: string; readonly tokens: readonly string[] }> {
  const node = run([], AT_ANY_PORT);
  await node.shows(/\n {2}log {7}.*\n\n/);
  const links = [...node.stdout.matchAll(/^ {2}(http:\/\/127\.0\.0\.1:\d+)\/m\/[\w-]+#token=(\S+)$/gm)];
  const origin = links[0]?.[1] ?? "";
  return {
    page: snippet.replaceAll("http://127.0.0.1:8080", origin),
    tokens: links.map(([, , token = ""]) => token),
  };
}

/** The guide's third step: two people with the page, one lets the other in, both talk. Answers what the pages complained of. */
async function follow(address: string, tokens: readonly string[]): Promise<readonly string[]> {
  const [hostToken = "", guestToken = ""] = tokens;
  const open = async (name: string, token: string): Promise<Visitor> => {
    const visitor = await visit(browser);
    await visitor.page.goto(`${address}#name=${name}&token=${token}`);
    return visitor;
  };
  const host = await open("Hanna", hostToken);
  await eventually(async () => expect(await texts(host.page, "#state")).toEqual(["joined"]));
  const guest = await open("Gustav", guestToken);
  await eventually(async () => expect(await texts(guest.page, "#state")).toEqual(["waiting"]));
  await host.page.getByRole("button", { name: "Admit Gustav" }).click();
  await eventually(async () => expect(await texts(host.page, "#people li")).toEqual(["Hanna", "Gustav"]));
  await eventually(async () => expect(await texts(guest.page, "#people li")).toEqual(["Gustav", "Hanna"]));
  expect(await texts(host.page, "#knocks button")).toEqual([]);

  const say = async ({ page }: Visitor, text: string): Promise<void> => {
    await page.getByLabel("Message").fill(text);
    await page.getByRole("button", { name: "Send" }).click();
  };
  await say(host, "Welcome <b>Gustav</b>");
  await eventually(async () =>
    expect(await texts(guest.page, "#chat li")).toEqual(["Hanna: Welcome <b>Gustav</b>"]),
  );
  await say(guest, "Hello");
  for (const { page } of [host, guest])
    await eventually(async () =>
      expect(await texts(page, "#chat li")).toEqual(["Hanna: Welcome <b>Gustav</b>", "Gustav: Hello"]),
    );
  await Promise.all([host, guest].map(({ context }) => context.close()));
  return [...host.complaints, ...guest.complaints];
}

describe("the ten-minute path", () => {
  test("is a page of less than 30 lines, without a bundler", () => {
    expect(snippet.trimEnd().split("\n").length).toBeLessThan(30);
    expect(snippet).toContain('import { initMeeting } from "http://127.0.0.1:8080/sdk/client.js"');
  });

  test("works from a web server of one's own", async () => {
    const { page, tokens } = await started();
    const server: Server = createServer(({ url }, response) => {
      if (url === "/page.html") response.setHeader("content-type", "text/html").end(page);
      // Browsers ask for an icon by themselves.
      else response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      expect(await follow(`http://127.0.0.1:${port}/page.html`, tokens)).toEqual([]);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test("works from a file that was just opened", async () => {
    const { page, tokens } = await started();
    const folder = await mkdtemp(path.join(tmpdir(), "admitone-page-"));
    try {
      const file = path.join(folder, "page.html");
      await writeFile(file, page);
      expect(await follow(pathToFileURL(file).href, tokens)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
