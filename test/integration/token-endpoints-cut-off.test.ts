/** Bodies whose Content-Length counts characters instead of bytes (`reference/dolby.md` section 8), and connections that are used again. */
import { describe, expect, test } from "@jest/globals";
import { RawSocket } from "../support/raw-socket.js";
import { TokenDesk } from "../support/token-desk.js";

const BODY = JSON.stringify({ sessionScope: "*", externalId: "Ällis Österreichs Übergröße" });

/** A request as the Node client writes it: a body of more bytes than are announced. */
function cutOff(token: string, body = BODY): { readonly announced: string; readonly rest: Buffer } {
  const bytes = Buffer.from(body);
  const head = [
    "POST /v2/client-access-token HTTP/1.1",
    "Host: 127.0.0.1",
    `Authorization: Bearer ${token}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    "Connection: keep-alive",
  ].join("\r\n");
  const part = bytes.subarray(0, body.length).toString("latin1");
  return { announced: `${head}\r\n\r\n${part}`, rest: bytes.subarray(body.length) };
}

/** The status lines in what came, and the body of the last. */
function answersIn(text: string): { readonly statuses: readonly string[]; readonly body: string } {
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => String(status));
  return { statuses, body: text.slice(text.lastIndexOf("\r\n\r\n") + 4) };
}

describe("bodies that are cut off", () => {
  const desk = new TokenDesk();

  const send = async (...parts: readonly (Buffer | string)[]): Promise<string> => {
    const raw = await RawSocket.open(desk.rest.api);
    for (const part of parts) raw.write(typeof part === "string" ? Buffer.from(part, "latin1") : part);
    await raw.ended();
    return raw.find(/^HTTP/);
  };
  const isExplained = (text: string): void => {
    const { statuses, body } = answersIn(text);
    expect(statuses).toEqual(["400"]);
    expect(text).toMatch(/^connection: close\r$/im);
    expect(text).toMatch(/^cache-control: no-store\r$/im);
    expect(JSON.parse(body)).toMatchObject({
      error: "invalid_request",
      code: "invalid_parameter",
      field: "body",
      error_description: expect.stringContaining("Content-Length counts bytes"),
    });
  };
  const isWell = async (): Promise<void> => {
    expect((await desk.askClientToken(JSON.parse(BODY))).status).toBe(200);
  };

  test("in one piece with the bytes that are left over: one answer that says why, and the end", async () => {
    const { announced, rest } = cutOff(await desk.apiToken());
    expect(rest.length).toBeGreaterThan(0);
    isExplained(await send(Buffer.concat([Buffer.from(announced, "latin1"), rest])));
    await isWell();
  });

  test("with the bytes that are left over behind: the same", async () => {
    const { announced, rest } = cutOff(await desk.apiToken());
    const raw = await RawSocket.open(desk.rest.api);
    raw.write(Buffer.from(announced, "latin1"));
    isExplained(await raw.find(/^HTTP.*\}$/s));
    raw.write(rest);
    await raw.ended();
    isExplained(await raw.find(/^HTTP/));
    await isWell();
  });

  test("what is left over is never a request of its own, not even where it looks like one", async () => {
    const token = await desk.apiToken();
    const smuggled = "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    const { announced } = cutOff(token);
    const raw = await RawSocket.open(desk.rest.api);
    raw.write(Buffer.from(announced, "latin1"));
    await raw.find(/^HTTP/);
    raw.write(smuggled);
    await raw.ended();
    expect(answersIn(await raw.find(/^HTTP/)).statuses).toEqual(["400"]);
    await isWell();
  });

  test("a body that is shorter than announced is no answer's business: whoever hangs up gets none", async () => {
    const raw = await RawSocket.open(desk.rest.api);
    raw.write(
      `POST /v2/client-access-token HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await desk.apiToken()}\r\n` +
        `Content-Length: 100\r\n\r\n{"sessionScope":"*"`,
    );
    raw.destroy();
    await raw.ended();
    await isWell();
  });

  test("bytes that are no HTTP at all get a bare 400, before any request and behind one", async () => {
    expect(await send("nonsense\r\n\r\n")).toBe("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    const behind = await send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n");
    expect(answersIn(behind)).toEqual({ statuses: ["200"], body: '{"status":"live"}' });
    const header = `X-Long: ${"x".repeat(20_000)}`;
    expect(await send(`GET /livez HTTP/1.1\r\n${header}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    const chunked =
      "POST /v1/auth/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n";
    expect(await send(chunked)).toMatch(/^HTTP\/1\.1 40[01] /);
    await isWell();
  });
});
