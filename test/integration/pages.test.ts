/** The pages over HTTP: what is served, in which form, under which headers; and what is not. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { RunningNode } from "../../src/server.js";
import { startTestNode } from "../support/node.js";
import { plainHttp, type PlainAnswer } from "../support/plain-http.js";
import { BUILT, makeWebRoot } from "../support/web-root.js";

/** A policy taken apart: directive -> its sources. */
function policyOf({ headers }: PlainAnswer): Record<string, string> {
  const text = String(headers["content-security-policy"]);
  expect(text).not.toContain("unsafe");
  return Object.fromEntries(
    text.split(";").map((part) => {
      const [name = "", ...sources] = part.trim().split(" ");
      return [name, sources.join(" ")];
    }),
  );
}

const text = ({ body }: PlainAnswer): string => body.toString("utf8");

describe("with a build", () => {
  let node: RunningNode;
  let removeBuild: () => Promise<void>;
  const get = (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<PlainAnswer> =>
    plainHttp(node, path, { headers, method });

  beforeAll(async () => {
    const { webRoot, remove } = await makeWebRoot();
    removeBuild = remove;
    const settings = {
      ADMITONE_PUBLIC_URL: "https://meet.example.org/",
      ADMITONE_FRAME_ANCESTORS: "https://app.example",
    };
    node = await startTestNode(settings, { webRoot });
  });
  afterAll(async () => {
    await node.close();
    await removeBuild();
  });

  test("a meeting's page is there for any room, and may use camera, microphone and screen", async () => {
    const page = await get("/m/fyhz-dxx7-ufud");
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      vary: "Accept-Encoding",
    });
    expect(text(page)).toContain("<title>Meeting</title>");
    const features = String(page.headers["permissions-policy"]).split(", ");
    for (const feature of ["camera", "microphone", "display-capture"])
      expect(features).toContain(`${feature}=(self)`);
    expect(features).toContain("geolocation=()");
    const host = `127.0.0.1:${node.port}`;
    expect(policyOf(page)).toEqual({
      "default-src": "'none'",
      "script-src": "'self'",
      "style-src": "'self'",
      "connect-src": `'self' ws://${host} wss://${host} ws://meet.example.org wss://meet.example.org`,
      "img-src": "'self' data:",
      "media-src": "'self' blob: mediastream:",
      "font-src": "'self'",
      "manifest-src": "'self'",
      "worker-src": "'self'",
      "base-uri": "'none'",
      "form-action": "'none'",
      "frame-ancestors": "'self' https://app.example",
    });
  });

  test.each(["/console", "/console/", "/console/apps/school"])("the console is at %s", async (path) => {
    const page = await get(path);
    expect([page.status, text(page)]).toEqual([200, expect.stringContaining("<title>Console</title>")]);
    expect(policyOf(page)).toMatchObject({ "default-src": "'none'", "frame-ancestors": "'none'" });
    expect(page.headers["x-frame-options"]).toBe("DENY");
    const features = String(page.headers["permissions-policy"]).split(", ");
    expect(features).toEqual(expect.arrayContaining(["camera=()", "microphone=()", "display-capture=()"]));
  });

  test("the session of the console is no page", async () => {
    const { headers } = await get("/console/session");
    expect(headers["content-type"]).toMatch(/^application\/json/);
  });

  test.each([
    ["a header put into it", "evil.example; script-src *"],
    ["a list", "a.example,b.example"],
    ["a path", "a.example/x"],
    ["quotes", "'unsafe-inline'"],
    ["no address in brackets", "[evil]"],
  ])("a Host that is not one does not get into the policy: %s", async (_what, host) => {
    const page = await get("/m/room", { host });
    const { "connect-src": sources, ...rest } = policyOf(page);
    expect(sources).toBe("'self' ws://meet.example.org wss://meet.example.org");
    expect(rest["script-src"]).toBe("'self'");
  });

  test.each(["meet.example:8443", "[::1]:8080", "10.0.0.1", "a-b.example."])(
    "a Host that is one gets into it: %s",
    async (host) => {
      expect(policyOf(await get("/m/room", { host }))["connect-src"]).toContain(`wss://${host} `);
    },
  );

  test("what a page loads is asked for by its digest and kept; without it, asked for each time", async () => {
    const html = text(await get("/m/room"));
    const [, script = ""] = / src="(\/assets\/meeting\.js\?v=[\w-]{16})"/.exec(html) ?? [];
    expect(html).toMatch(/ href="\/assets\/meeting\.css\?v=[\w-]{16}"/);
    // Nothing is promised of what is not there.
    expect(html).toContain(' src="/assets/not-there.png"');
    const kept = await get(script);
    expect(text(kept)).toBe(BUILT["web/meeting.js"]);
    expect(kept.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    for (const path of ["/assets/meeting.js", "/assets/meeting.js?v=of-another-build"]) {
      const asked = await get(path);
      expect([asked.status, asked.headers["cache-control"]]).toEqual([200, "no-cache"]);
    }
  });

  test.each([
    ["/assets/meeting.js", "text/javascript; charset=utf-8"],
    ["/assets/meeting.js.map", "application/json; charset=utf-8"],
    ["/assets/meeting.css", "text/css; charset=utf-8"],
    ["/assets/tiny.svg", "image/svg+xml"],
  ])("%s comes with its type, and does nothing when it is opened", async (path, type) => {
    const asset = await get(path);
    expect([asset.status, asset.headers["content-type"]]).toEqual([200, type]);
    expect(policyOf(asset)).toMatchObject({ "default-src": "'none'", "frame-ancestors": "'none'" });
    expect(asset.headers["access-control-allow-origin"]).toBeUndefined();
    expect(asset.headers["x-content-type-options"]).toBe("nosniff");
  });

  test.each([
    ["gzip, deflate, br", "br"],
    ["br;q=0.1, gzip", "br"],
    ["gzip", "gzip"],
    ["br;q=0, gzip;q=0.5", "gzip"],
    ["*", "br"],
    ["identity", undefined],
    ["br;q=0, gzip;q=0", undefined],
    ["zstd", undefined],
  ])("whoever accepts %j gets %s", async (accepted, encoding) => {
    const path = "/assets/meeting.js";
    const answer = await get(path, { "accept-encoding": accepted });
    expect(answer.headers["content-encoding"]).toBe(encoding);
    expect(answer.headers.vary).toBe("Accept-Encoding");
    expect(answer.headers["content-length"]).toBe(String(answer.body.length));
    const plain =
      encoding === "br"
        ? brotliDecompressSync(answer.body)
        : encoding === "gzip"
          ? gunzipSync(answer.body)
          : answer.body;
    expect(plain.toString("utf8")).toBe(BUILT["web/meeting.js"]);
    expect(answer.body.length < BUILT["web/meeting.js"].length / 2).toBe(encoding !== undefined);
  });

  test("what would not get smaller is sent as it is", async () => {
    const { headers, body } = await get("/assets/tiny.svg", { "accept-encoding": "br, gzip" });
    expect([headers["content-encoding"], body.toString()]).toEqual([undefined, "<svg/>"]);
  });

  test("each form has a tag of its own; who has it is told so, without a body", async () => {
    const path = "/assets/meeting.css";
    const tags = new Set<string>();
    for (const accepted of ["br", "gzip", "identity"]) {
      const headers = { "accept-encoding": accepted };
      const tag = String((await get(path, headers)).headers.etag);
      expect(tag).toMatch(/^"[\w-]+"$/);
      tags.add(tag);
      const again = await get(path, { ...headers, "if-none-match": `"other", ${tag}` });
      expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, tag]);
      expect(again.headers.vary).toBe("Accept-Encoding");
      expect((await get(path, { ...headers, "if-none-match": '"other"' })).status).toBe(200);
    }
    expect(tags.size).toBe(3);
    const page = await get("/m/room");
    const same = await get("/m/another", { "if-none-match": String(page.headers.etag) });
    expect(same.status).toBe(304);
    expect(policyOf(same)["default-src"]).toBe("'none'");
  });

  test.each(["/", "/m/room", "/console", "/assets/meeting.js", "/sdk/client.js"])(
    "HEAD of %s has the headers of GET, and no body",
    async (path) => {
      const [head, whole] = [await get(path, {}, "HEAD"), await get(path)];
      const rest = ({ headers: { date, "x-request-id": id, ...others } }: PlainAnswer) => ({
        others,
        told: [typeof date, typeof id],
      });
      expect([head.status, head.body.length]).toEqual([200, 0]);
      expect(rest(head)).toEqual(rest(whole));
    },
  );

  test.each([
    "/assets/../secret.js",
    "/assets/..%2fsecret.js",
    "/assets/..%2f..%2fsecret.js",
    "/assets/%2e%2e/secret.js",
    "/assets/..\\secret.js",
    "/assets/..%5csecret.js",
    "/assets/../web/meeting.js",
    "/assets/inner/deep.js",
    "/assets/inner%2fdeep.js",
    "/assets/meeting.js%00",
    "/assets/meeting.html",
    "/assets/notes.secret",
    "/assets/index.js",
    "/assets/nothing.js",
    "/assets/constructor",
    "/assets/__proto__",
    "/assets/",
    "/assets",
    "/sdk/../secret.js",
    "/sdk/..%2fweb%2fmeeting.js",
    "/sdk/meeting.js",
    "/sdk/",
    "/m",
    "/m/",
    "/m/room/more",
    "/m/*",
    "/m/a%20b",
    `/m/${"x".repeat(129)}`,
    "/consoles",
    "/web/meeting.js",
    "/dist/web/meeting.js",
  ])("there is nothing at %s", async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(JSON.parse(text(answer))).toMatchObject({ statusCode: 404, code: "not_found" });
  });

  test.each(["POST", "PUT", "DELETE"])("pages are for reading: %s finds nothing", async (method) => {
    for (const path of ["/", "/m/room", "/console", "/assets/meeting.js", "/sdk/client.js"])
      expect((await get(path, {}, method)).status).toBe(404);
  });

  test("any page may load the SDK, with what its entries share", async () => {
    for (const name of ["client.js", "media.js", "index.js", "chunk-ABCD1234.js"]) {
      const { status, headers } = await get(`/sdk/${name}`, { origin: "https://shop.example" });
      expect([name, status]).toEqual([name, 200]);
      expect(headers).toMatchObject({
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "content-type": "text/javascript; charset=utf-8",
      });
    }
    expect(text(await get("/sdk/client.js"))).toBe(BUILT["client/index.js"]);
    const { headers } = await get("/m/room", { origin: "https://shop.example" });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("the plate at / says what this is and leads on; there is no first meeting outside of development", async () => {
    const plate = await get("/");
    expect(plate.status).toBe(200);
    expect(text(plate)).toContain("online meetings");
    for (const path of ["/docs", "/console"]) {
      expect(text(plate)).toContain(`href="${path}"`);
      expect((await get(path)).status).toBe(200);
    }
    expect(text(plate)).not.toContain('href="/m/');
    expect(policyOf(plate)).toEqual({
      "default-src": "'none'",
      "style-src": expect.stringMatching(/^'sha256-[A-Za-z0-9+/]{43}='$/),
      "base-uri": "'none'",
      "form-action": "'none'",
      "frame-ancestors": "'none'",
    });
  });
});

test("without a build the pages say how to make one, and everything else serves", async () => {
  const node = await startTestNode({}, { webRoot: "/nowhere/at/all" });
  for (const path of ["/m/room", "/console", "/assets/meeting.js", "/sdk/client.js"]) {
    const answer = await plainHttp(node, path);
    expect([answer.status, answer.headers["content-type"]]).toEqual([503, "text/plain; charset=utf-8"]);
    expect(text(answer)).toContain("npm run build");
  }
  for (const path of ["/", "/readyz", "/docs"]) expect((await plainHttp(node, path)).status).toBe(200);
  await node.close();
});
