/** Answers in pieces, over a real line. */
import { afterEach, expect, test } from "@jest/globals";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import express from "express";
import { Pieces, sendPieces } from "../../../src/http/pieces.js";
import { eventually } from "../../support/eventually.js";

const HEADERS = { "Content-Type": "text/plain; charset=utf-8" };
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** Serves a text in pieces; answers where, and how the sending went. */
async function serve(source: () => AsyncGenerator<string>) {
  const sent: unknown[] = [];
  const app = express();
  app.get("/", async (_request, response) => {
    const went = await sendPieces(response, HEADERS, new Pieces(source())).catch((error: unknown) => error);
    sent.push(went);
    if (!response.writableEnded) response.destroy();
  });
  const server = createServer(app).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}/`, sent };
}

test("Q11: pieces come one after the other, and the last one ends the answer", async () => {
  const { url, sent } = await serve(async function* () {
    yield "one ";
    yield await Promise.resolve("");
    yield "two";
  });
  const response = await fetch(url);
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(await response.text()).toBe("one two");
  await eventually(() => expect(sent).toEqual([undefined]));
});

test("Q11: whoever hangs up ends the making of pieces, and that is no error", async () => {
  let ended = false;
  const { url, sent } = await serve(async function* () {
    try {
      for (;;) yield await Promise.resolve("x".repeat(65_536));
    } finally {
      ended = true;
    }
  });
  const gone = new AbortController();
  const response = await fetch(url, { signal: gone.signal });
  await response.body?.getReader().read();
  gone.abort();
  await eventually(() => expect({ ended, sent }).toEqual({ ended: true, sent: [undefined] }));
});

test("Q11: a piece that cannot be made cuts the line", async () => {
  const bug = new Error("no more");
  const { url, sent } = await serve(async function* () {
    yield await Promise.resolve("one");
    throw bug;
  });
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
  await eventually(() => expect(sent).toEqual([bug]));
});
