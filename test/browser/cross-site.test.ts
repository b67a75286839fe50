/** The console's session in a real browser: its own page has it, and no page from elsewhere can use it, whatever it tries. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import type { RunningNode } from "../../src/server.js";
import { admin, ADMIN_SETTINGS, ADMIN_TOKEN } from "../support/admin.js";
import { launchBrowser, visit } from "../support/browser.js";
import { eventually } from "../support/eventually.js";
import { startTestNode } from "../support/node.js";
import { asJson, asList } from "../support/peer.js";

/** What a script of a page learns from a request: a status, or nothing. */
type Got = number | "nothing";

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly mode?: RequestMode;
}

function ask(page: Page, asked: Asked): Promise<Got> {
  return page.evaluate(async ({ url, ...init }) => {
    try {
      const response = await fetch(url, { ...init, credentials: "include" });
      return response.type === "opaque" ? ("nothing" as const) : response.status;
    } catch {
      return "nothing" as const;
    }
  }, asked);
}

/** Sends a form whose body, `<name>=<value>`, is JSON to whoever does not look at the content type; answers the status. */
async function submit(page: Page, url: string, [name, value]: readonly [string, string]): Promise<number> {
  const answered = page.waitForResponse(url);
  const fields = { action: url, name, value };
  await page.evaluate((given) => {
    const form = document.createElement("form");
    Object.assign(form, { action: given.action, method: "post", enctype: "text/plain" });
    const input = document.createElement("input");
    Object.assign(input, { name: given.name, value: given.value });
    form.append(input);
    document.body.append(form);
    form.submit();
  }, fields);
  const response = await answered;
  await page.waitForURL(url);
  return response.status();
}

describe("the console's session in a browser", () => {
  let node: RunningNode;
  let elsewhere: Server;
  let elsewherePort: number;
  let browser: Browser;
  let page: Page;
  let home: string;
  beforeAll(async () => {
    node = await startTestNode(ADMIN_SETTINGS);
    elsewhere = createServer((_request, response) =>
      response.setHeader("content-type", "text/html").end("<!doctype html><title>Elsewhere</title>"),
    ).listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    const address = elsewhere.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    elsewherePort = address.port;
    home = `http://127.0.0.1:${node.port}`;
    browser = await launchBrowser();
    ({ page } = await visit(browser));
    await page.goto(`${home}/livez`);
    const body = JSON.stringify({ token: ADMIN_TOKEN });
    expect(await ask(page, { url: `${home}/console/session`, method: "POST", body })).toBe(204);
  });
  afterAll(async () => {
    await browser.close();
    await node.close();
    elsewhere.close();
    elsewhere.closeAllConnections();
  });

  const appIds = async (): Promise<unknown[]> =>
    asList((await admin(node, "GET", "/apps"))["data"]).map((app) => asJson(app)["id"]);
  const MARK = { "x-admitone-console": "1" };

  test("is there for the gateway's own pages, with the console's header", async () => {
    await page.goto(`${home}/livez`);
    const url = `${home}/v2/admin/apps`;
    expect(await ask(page, { url, method: "GET", headers: MARK })).toBe(200);
    expect(await ask(page, { url, method: "GET" })).toBe(401);
    const rooms = { url: `${home}/v2/rooms`, method: "POST", body: "{}" };
    expect(await ask(page, { ...rooms, headers: { ...MARK, "x-admitone-app": "default" } })).toBe(200);
  });

  test("is out of the reach of their scripts", async () => {
    await page.goto(`${home}/livez`);
    expect(await page.evaluate(() => document.cookie)).toBe("");
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: "admitone_console", httpOnly: true, sameSite: "Strict", path: "/" });
  });

  // Another port is another origin of the same site, so that `SameSite` alone would let it pass; another host is another site.
  const PLACES = [
    ["another port", "127.0.0.1"],
    ["another site", "localhost"],
  ] as const;
  describe.each(PLACES)("for a page of %s", (_what, host) => {
    const go = (): Promise<unknown> => page.goto(`http://${host}:${elsewherePort}/`);

    test("no script can ask with the header, nor read what it gets without", async () => {
      await go();
      const url = `${home}/v2/admin/apps`;
      expect(await ask(page, { url, method: "GET", headers: MARK })).toBe("nothing");
      expect(await ask(page, { url, method: "GET" })).toBe("nothing");
      expect(await ask(page, { url, method: "GET", mode: "no-cors" })).toBe("nothing");
      expect(await ask(page, { url: `${url}/default`, method: "DELETE" })).toBe("nothing");
    });

    test("neither a script nor a form makes an app", async () => {
      const before = await appIds();
      await go();
      const body = JSON.stringify({ id: "made-elsewhere" });
      const url = `${home}/v2/admin/apps`;
      const mode = "no-cors";
      expect(await ask(page, { url, method: "POST", body, mode })).toBe("nothing");
      // A browser leaves this header out of such a request.
      expect(await ask(page, { url, method: "POST", body, mode, headers: MARK })).toBe("nothing");
      expect(await submit(page, url, ['{"id":"made-elsewhere","x":"', '"}'])).toBe(401);
      expect(await appIds()).toEqual(before);
    });

    test("guesses at the admin token are not even counted, and nobody is signed out", async () => {
      await go();
      const url = `${home}/console/session`;
      const body = JSON.stringify({ token: "a guess" });
      for (let guess = 0; guess < 12; guess += 1)
        expect(await ask(page, { url, method: "POST", body, mode: "no-cors" })).toBe("nothing");
      expect(await ask(page, { url, method: "DELETE" })).toBe("nothing");
      expect(await submit(page, url, ['{"token":"', '"}'])).toBe(400);
      await page.goto(`${home}/livez`);
      expect(await ask(page, { url, method: "GET", headers: MARK })).toBe(200);
      const right = JSON.stringify({ token: ADMIN_TOKEN });
      expect(await ask(page, { url, method: "POST", body: right })).toBe(204);
    });
  });

  test("is gone after signing out", async () => {
    await page.goto(`${home}/livez`);
    const url = `${home}/console/session`;
    expect(await ask(page, { url, method: "DELETE", headers: MARK })).toBe(204);
    await eventually(async () => expect(await page.context().cookies()).toEqual([]));
    expect(await ask(page, { url, method: "GET", headers: MARK })).toBe(401);
  });
});
