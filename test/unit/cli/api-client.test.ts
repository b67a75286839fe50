import { describe, expect, test } from "@jest/globals";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { createApiClient, isGatewayUrl, type ApiClient } from "../../../src/cli/api-client.js";
import { FakeApi, refusal } from "./fake-api.js";

const url = "http://127.0.0.1:8080";
const client = (fetch: typeof globalThis.fetch): ApiClient =>
  createApiClient({ url, authorization: null, fetch });

/** A body that comes in these pieces, each when it is asked for. */
function streamOf(
  pieces: AsyncIterable<Uint8Array<ArrayBuffer>> | Iterable<Uint8Array<ArrayBuffer>>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = (async function* () {
    yield* pieces;
  })();
  return new ReadableStream({
    pull: async (controller) => {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
  });
}

describe("asking the API", () => {
  test("an answer is read, and kept as it came", async () => {
    const api = new FakeApi({ body: { a: 1, b: 2 } });
    const query = { c: "x y", d: undefined };
    const reply = await client(api.fetch).json(z.object({ a: z.number() }), { path: ["v2", "a"], query });
    expect(reply).toEqual({ ok: true, value: { a: 1 }, raw: { a: 1, b: 2 } });
    expect(api.asked).toEqual([{ method: "GET", path: "/v2/a?c=x+y", authorization: null, body: undefined }]);
  });

  test("what is copied is written as it comes, however slowly it is read", async () => {
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index} ${"x".repeat(100)}\n`);
    const body = streamOf(lines.map((line) => new TextEncoder().encode(line)));
    const to = new PassThrough({ highWaterMark: 16 });
    const read = text(to);
    const reply = await client(() => Promise.resolve(new Response(body))).copy({ path: ["x"] }, to);
    to.end();
    expect(reply).toEqual({ ok: true, value: null, raw: null });
    expect(await read).toBe(lines.join(""));
  });

  test("an answer that is cut off is not a whole one", async () => {
    async function* pieces(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
      yield await Promise.resolve(new TextEncoder().encode("begun"));
      throw new TypeError("terminated", { cause: new Error("other side closed") });
    }
    const to = new PassThrough();
    const broken = () => Promise.resolve(new Response(streamOf(pieces())));
    expect(await client(broken).copy({ path: ["x"] }, to)).toEqual({
      ok: false,
      failure: { kind: "unreachable", url, problem: "other side closed" },
    });
    expect(to.read()).toEqual(Buffer.from("begun"));
  });

  test("a refusal of something to copy is a refusal", async () => {
    const api = new FakeApi(refusal(404, "room_unknown", "There is no such room", { field: "roomId" }));
    const to = new PassThrough();
    expect(await client(api.fetch).copy({ path: ["x"] }, to)).toEqual({
      ok: false,
      failure: {
        kind: "refused",
        status: 404,
        code: "room_unknown",
        text: "There is no such room",
        field: "roomId",
        details: {},
      },
    });
    expect(to.read()).toBeNull();
  });

  test.each([
    ["http://127.0.0.1:8080", true],
    ["https://example.com/meet/", true],
    ["ws://example.com", false],
    ["example.com", false],
    ["http://name:password@example.com", false],
    ["http://example.com/?x=1", false],
    ["", false],
  ])("'%s' is an address of a gateway: %s", (address, is) => {
    expect(isGatewayUrl(address)).toBe(is);
  });
});
