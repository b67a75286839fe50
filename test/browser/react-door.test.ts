/** The example `react-door` in browsers: built, served beside the example `token-server`, a host and a guest before it. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createServer, type Server } from "node:http";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import type { RunningNode } from "../../src/server.js";
import { launchBrowser, visit } from "../support/browser.js";
import { eventually } from "../support/eventually.js";
import { Example } from "../support/example.js";
import { APP, startTestNode } from "../support/node.js";

const entry = new URL("../../docs/examples/react-door/main.jsx", import.meta.url).pathname;
/** Stands for the sign-in in front of the token server: who somebody is. */
const USERS: Readonly<Record<string, Record<string, string>>> = {
  hanna: { "x-forwarded-user": "hanna", "x-forwarded-groups": "hosts" },
  gustav: { "x-forwarded-user": "gustav" },
};

/** The app as its readers build it, but for React: Preact answers for it here. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    ...{ entryPoints: [entry], bundle: true, write: false, format: "esm", platform: "browser" },
    ...{ jsx: "automatic", tsconfigRaw: {} },
    alias: {
      "react/jsx-runtime": "preact/jsx-runtime",
      "react-dom/client": "preact/compat/client",
      react: "preact/compat",
    },
  });
  return outputFiles[0]?.text ?? "";
}

describe("the React door", () => {
  let node: RunningNode;
  let browser: Browser;
  let tokens: Example;
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    node = await startTestNode();
    browser = await launchBrowser();
    tokens = new Example("token-server/server.js", {
      ...{ GATEWAY_URL: `http://127.0.0.1:${node.port}`, PORT: "0" },
      ...{ API_KEY: APP.apiKey, API_SECRET: APP.secret },
    });
    const [back, script] = await Promise.all([tokens.address(), bundle()]);
    const html = '<!doctype html><div id="door"></div><script type="module" src="/door.js"></script>';
    server = createServer((request, response) => {
      const { pathname, search } = new URL(String(request.url), "http://localhost");
      if (pathname === "/token") {
        const user = /user=(\w+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
        void fetch(`${back}/token${search}`, { headers: USERS[user] ?? {} }).then(async (answer) => {
          response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
        });
      } else if (pathname === "/door.js") {
        response.setHeader("content-type", "text/javascript").end(script);
      } else if (pathname === "/") response.setHeader("content-type", "text/html").end(html);
      else response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  });
  afterAll(async () => {
    await browser.close();
    await tokens.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await node.close();
  });

  async function open(user: string, name: string, room: string): Promise<Page> {
    const { page, context } = await visit(browser);
    await context.addCookies([{ name: "user", value: user, url: origin }]);
    await page.goto(`${origin}/?room=${room}&name=${name}`);
    return page;
  }
  const sees = (page: Page, ...people: readonly string[]): Promise<void> =>
    eventually(async () => expect(await page.locator("li").allTextContents()).toEqual(people));

  test("a guest waits, the host lets them in, each sees the other, and one leaves", async () => {
    const host = await open("hanna", "Hanna", "maths");
    await sees(host, "Hanna (host)");
    const guest = await open("gustav", "Gustav", "maths");
    await guest.getByText("The host sees that you are waiting.").waitFor();
    await host.getByText("Gustav asks to come in.").waitFor();
    await host.getByRole("button", { name: "Admit" }).click();
    await sees(host, "Hanna (host)", "Gustav");
    await sees(guest, "Gustav", "Hanna (host)");
    await guest.getByRole("button", { name: "Leave" }).click();
    await guest.getByRole("status").waitFor();
    await sees(host, "Hanna (host)");
  });

  test("a guest who is sent away reads why, and so does one who finds no room", async () => {
    const host = await open("hanna", "Hanna", "art");
    await sees(host, "Hanna (host)");
    const guest = await open("gustav", "Gustav", "art");
    await host.getByRole("button", { name: "Deny" }).click();
    await eventually(async () =>
      expect(await guest.getByRole("status").textContent()).toMatch(/host .*no|denied/i),
    );
    const lost = await open("gustav", "Gustav", "nowhere");
    await lost.getByRole("alert").filter({ hasText: "no such room" }).waitFor();
  });

  test("somebody who is not signed in is told so, and a host who leaves reads the end", async () => {
    const host = await open("hanna", "Hanna", "sports");
    await sees(host, "Hanna (host)");
    const second = await open("nobody", "Nobody", "sports");
    await second.getByRole("alert").filter({ hasText: "Sign in first" }).waitFor();
    await host.getByRole("button", { name: "Leave" }).click();
    await host.getByRole("status").waitFor();
  });
});
