/** Which requests are the console's: by their header, their origin and their cookie, as browsers send them. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import express from "express";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { consoleCookie, readVisit } from "../../../src/http/visit.js";
import { asJson, type Json } from "../../support/peer.js";

type Headers = Readonly<Record<string, string | string[]>>;

describe("a visit", () => {
  let server: Server;
  let publicUrl: string | null = null;
  beforeAll(async () => {
    const app = express();
    app.use((asked, response) => void response.json(readVisit(asked, publicUrl)));
    server = createServer(app).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  /** What a real request is read as. `fetch` would not let a test choose its Host. */
  async function visit(headers: Headers, at: string | null = null): Promise<Json> {
    publicUrl = at;
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const sent = request({ port: address.port, headers: { host: "meet.example.com", ...headers } });
    sent.end();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once("response", resolve);
      sent.once("error", reject);
    });
    return asJson(JSON.parse(await text(response)));
  }

  const MARKED = { "x-admitone-console": "1" } as const;
  const SIGNED_IN = { ...MARKED, cookie: "admitone_console=here" } as const;
  const NAMED = "https://meet.example.com";

  test("knows the address that it comes from", async () => {
    expect(await visit({})).toEqual({
      address: "127.0.0.1",
      isSecure: false,
      isSameOrigin: true,
      consoleCookies: [],
    });
  });

  const ORIGINS: readonly (readonly [string, Headers, boolean])[] = [
    ["a page of the gateway", { "sec-fetch-site": "same-origin", origin: "http://meet.example.com" }, true],
    ["an old browser, with Origin alone", { origin: "http://meet.example.com" }, true],
    ["the same in capitals", { host: "MEET.example.com", origin: "http://meet.example.com" }, true],
    ["a page at another port", { origin: "http://meet.example.com:81" }, false],
    ["another site", { "sec-fetch-site": "cross-site" }, false],
    ["another host of the same site", { "sec-fetch-site": "same-site" }, false],
    ["a bookmark or the address bar", { "sec-fetch-site": "none" }, false],
    ["something that no browser says", { "sec-fetch-site": "same-origin, cross-site" }, false],
    ["a foreign origin alone", { origin: "https://evil.example" }, false],
    ["a foreign origin that begins with ours", { origin: "http://meet.example.com.evil.example" }, false],
    ["our name as somebody's user name", { origin: "http://meet.example.com@evil.example" }, false],
    [
      "a foreign origin beside a good word",
      { "sec-fetch-site": "same-origin", origin: "https://evil.example" },
      false,
    ],
    ["a sandboxed frame", { origin: "null" }, false],
    ["an origin that is no URL", { origin: "meet.example.com" }, false],
    ["an empty origin", { origin: "" }, false],
    ["two words about the site", { "sec-fetch-site": ["same-origin", "cross-site"] }, false],
  ];
  test.each(ORIGINS)("from %s", async (_whom, headers, isOurs) => {
    const { isSameOrigin, consoleCookies } = await visit({ ...SIGNED_IN, ...headers });
    expect([isSameOrigin, consoleCookies]).toEqual([isOurs, isOurs ? ["here"] : []]);
  });

  test("behind a proxy that passes on another Host, the public address is home too", async () => {
    const inside = { host: "10.0.0.7:8080", "sec-fetch-site": "same-origin" };
    expect(await visit({ ...inside, origin: NAMED }, NAMED)).toMatchObject({ isSameOrigin: true });
    expect(await visit({ ...inside, origin: NAMED })).toMatchObject({ isSameOrigin: false });
    expect(await visit({ ...inside, origin: "https://evil.example" }, NAMED)).toMatchObject({
      isSameOrigin: false,
    });
  });

  const MARKS: readonly (readonly [string, Headers])[] = [
    ["without the console's header", {}],
    ["with an empty one", { "x-admitone-console": "" }],
    ["with another value", { "x-admitone-console": "true" }],
    ["with two of them", { "x-admitone-console": ["1", "1"] }],
  ];
  test.each(MARKS)("the cookie does not count %s", async (_how, headers) => {
    const cookie = "admitone_console=here";
    expect(await visit({ cookie, ...MARKED })).toMatchObject({ consoleCookies: ["here"] });
    expect(await visit({ cookie, ...headers })).toMatchObject({ consoleCookies: [] });
  });

  const COOKIES: readonly (readonly [string, readonly string[]])[] = [
    ["admitone_console=a", ["a"]],
    ["other=x; admitone_console=a.b-c_d; more=y", ["a.b-c_d"]],
    ["admitone_console=a;admitone_console=b", ["a", "b"]],
    ["xadmitone_console=a", []],
    ["admitone_console_x=a", []],
    ["Admitone_Console=a", []],
    ["admitone_console", []],
    ["__Host-admitone_console=a", []],
    ["other=admitone_console=a", []],
  ];
  test.each(COOKIES)("the cookie header %s holds %j", async (cookie, values) => {
    expect(await visit({ ...MARKED, cookie })).toMatchObject({ consoleCookies: values });
  });

  test("by TLS, only the cookie that another host cannot have set counts", async () => {
    const cookie = "admitone_console=theirs; __Host-admitone_console=ours";
    for (const [headers, at] of [
      [{}, NAMED],
      [{ "x-forwarded-proto": "https" }, null],
      [{ "x-forwarded-proto": "https,http" }, null],
    ] as const)
      expect(await visit({ ...MARKED, cookie, ...headers }, at)).toMatchObject({
        isSecure: true,
        consoleCookies: ["ours"],
      });
    expect(await visit({ ...MARKED, cookie, "x-forwarded-proto": "http" })).toMatchObject({
      isSecure: false,
      consoleCookies: ["theirs"],
    });
  });

  test("the cookie is for this host alone, for requests of its own pages, and out of scripts' reach", () => {
    expect(consoleCookie({ isSecure: false }, "a.b.c", 60)).toBe(
      "admitone_console=a.b.c; HttpOnly; SameSite=Strict; Path=/; Max-Age=60",
    );
    expect(consoleCookie({ isSecure: true }, "", 0)).toBe(
      "__Host-admitone_console=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0; Secure",
    );
  });
});
