/** One request: bounded, guarded, never redirected. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createServer, type Server } from "node:net";
import { parseNetwork } from "../../../src/webhooks/addresses.js";
import { createDestinations, resolveBySystem, type Resolve } from "../../../src/webhooks/destinations.js";
import { post, type Response } from "../../../src/webhooks/request.js";
import { startReceiver, type Receiver } from "./support.js";

const NETWORKS = ["127.0.0.0/8", "::1/128"].map(parseNetwork);

describe("N11: requests", () => {
  let receiver: Receiver;
  let raw: Server | null;
  beforeEach(async () => {
    receiver = await startReceiver();
    raw = null;
  });
  afterEach(async () => {
    raw?.close();
    await receiver.close();
  });

  const send = (url: string, resolve: Resolve = resolveBySystem, timeoutMs = 5_000): Promise<Response> =>
    post(createDestinations(NETWORKS, resolve), {
      url,
      headers: { "webhook-id": "m1" },
      body: '{"é":1}',
      timeoutMs,
      signal: new AbortController().signal,
    });
  const answering =
    (...addresses: string[]): Resolve =>
    (_name, answer) =>
      answer(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
  /** A server that writes these bytes and leaves the line open. */
  const rawServer = async (text: string, again = ""): Promise<number> => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.write(text);
        const timer = setInterval(() => {
          if (again !== "" && socket.writable) socket.write(again);
        }, 10);
        socket.on("close", () => clearInterval(timer));
      });
    });
    raw = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  };

  test("N11: posts JSON under its own name", async () => {
    receiver.answer = () => ({ status: 204 });
    expect(await send(receiver.url)).toMatchObject({ httpStatus: 204, error: null });
    expect(receiver.got[0]?.body).toBe('{"é":1}');
    expect(receiver.got[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "AdmitOne-Webhooks",
      "content-length": "8",
      "webhook-id": "m1",
    });
  });

  test.each([301, 302, 303, 307, 308])(
    "N11: a redirect (%i) is a failure and is not followed",
    async (status) => {
      const other = await startReceiver();
      receiver.answer = () => ({ status, headers: { location: other.url } });
      expect(await send(receiver.url)).toMatchObject({ httpStatus: status, error: `answered ${status}` });
      expect(other.got).toEqual([]);
      await other.close();
    },
  );

  test("N10: a name that leads to refused addresses only is not connected to", async () => {
    const url = `http://localhost:${receiver.port}/`;
    for (const address of ["10.0.0.1", "169.254.169.254", "8.8.8.8", "::ffff:10.0.0.1"])
      expect(await send(url, answering(address))).toMatchObject({
        httpStatus: null,
        error: "the address is refused",
      });
    expect(receiver.got).toEqual([]);
  });

  test("N10: of several addresses only those that pass are connected to, and the name is asked once", async () => {
    let asked = 0;
    const resolve: Resolve = (name, answer) => {
      asked += 1;
      // A second question would be answered otherwise, as by a name server that rebinds.
      answering(...(asked === 1 ? ["10.0.0.1", "127.0.0.1"] : ["10.0.0.1"]))(name, answer);
    };
    expect(await send(`http://localhost:${receiver.port}/`, resolve)).toMatchObject({ httpStatus: 200 });
    expect(asked).toBe(1);
  });

  test("N10: a literal address is checked at sending too", async () => {
    expect(await send("https://10.0.0.1/")).toMatchObject({
      httpStatus: null,
      error: "the address is refused",
    });
    expect(await send("not a url")).toMatchObject({ httpStatus: null, error: "the address is refused" });
  });

  test("N11: a name that does not exist is a failure like any other", async () => {
    // The top-level domain is reserved for this (RFC 6761 section 6.4).
    expect(await send("https://nobody.invalid/")).toMatchObject({ httpStatus: null });
  });

  test("N11: no answer, a name that is never found, or a head that drips: over in time", async () => {
    receiver.answer = () => null;
    expect(await send(receiver.url, resolveBySystem, 100)).toMatchObject({
      error: "no answer within 100 ms",
    });
    expect(await send("https://slow.example/", () => undefined, 100)).toMatchObject({ httpStatus: null });
    const port = await rawServer("HTTP/1.1 200 OK\r\n", "x-drip: 1\r\n");
    expect(await send(`http://127.0.0.1:${port}/`, resolveBySystem, 200)).toMatchObject({ httpStatus: null });
  });

  test("N11: an answer counts from its head on; a body that drips or never ends is dropped in time", async () => {
    const dripping = await rawServer("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", "x");
    expect(await send(`http://127.0.0.1:${dripping}/`, resolveBySystem, 200)).toMatchObject({
      httpStatus: 200,
      body: null,
      error: null,
    });
    raw?.close();
    const endless = await rawServer("HTTP/1.1 200 OK\r\n\r\n", "x".repeat(20_000));
    const answer = await send(`http://127.0.0.1:${endless}/`, resolveBySystem, 10_000);
    expect(answer).toMatchObject({ httpStatus: 200, body: null, error: null });
    expect(answer.tookMs).toBeLessThan(5_000);
  });

  test("N11: errors name no address", async () => {
    const { port } = receiver;
    await receiver.close();
    const { error } = await send(`http://127.0.0.1:${port}/?secret=1`);
    expect(error).toBe("no connection, or it broke (ECONNREFUSED)");
    receiver = await startReceiver();
  });
});
