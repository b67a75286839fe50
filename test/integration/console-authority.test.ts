/** What a session of the console opens, and what it never opens: by what is shown, and at every door. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { WebSocket } from "ws";
import { ADMIN_SETTINGS, ADMIN_TOKEN } from "../support/admin.js";
import { fromConsole, oldCookie, signIn } from "../support/console.js";
import { createRoom } from "../support/meeting.js";
import { startGateway, token, type TestGateway } from "../support/node.js";
import { asJson } from "../support/peer.js";
import { refusedAs } from "../support/rest.js";

const SESSION = "/console/session";
const MARK = { "x-admitone-console": "1" } as const;
const OWN_APP = { "x-admitone-app": "default" } as const;

describe("the authority of a session of the console", () => {
  let gateway: TestGateway;
  let cookie: string;
  beforeAll(async () => {
    gateway = await startGateway("embedded", ADMIN_SETTINGS);
    cookie = await signIn(gateway.first);
  });
  afterAll(() => gateway.close());

  /** One route of each access that a session opens. */
  const DOORS: readonly (readonly [string, string, string])[] = [
    ["session", "GET", SESSION],
    ["admin", "GET", "/v2/admin/apps"],
    ["admin", "POST", "/v2/admin/apps/default/tokens"],
    ["read", "GET", "/v2/rooms"],
    ["decide", "GET", "/v2/rooms/none/lobby"],
    ["moderate", "POST", "/v2/rooms/none/end"],
  ];
  const HOME = (): string => `http://127.0.0.1:${gateway.first.port}`;
  const flipped = (text: string): string => text.slice(0, -1) + (text.endsWith("A") ? "B" : "A");

  const SHOWN: readonly (readonly [string, () => Record<string, string>])[] = [
    ["nothing", () => ({ ...MARK })],
    ["the cookie without the console's header", () => ({ cookie })],
    ["the header with another value", () => ({ cookie, "x-admitone-console": "0" })],
    ["a request of another site", () => ({ cookie, ...MARK, "sec-fetch-site": "cross-site" })],
    ["a request of a neighbouring host", () => ({ cookie, ...MARK, "sec-fetch-site": "same-site" })],
    ["a request of another origin", () => ({ cookie, ...MARK, origin: "https://evil.example" })],
    [
      "one that only says that it is ours",
      () => ({ cookie, ...MARK, "sec-fetch-site": "same-origin", origin: "https://evil.example" }),
    ],
    ["a session that is over", () => ({ ...MARK, cookie: oldCookie(ADMIN_TOKEN, 8 * 3_600_000 + 1_000) })],
    ["a forged signature", () => ({ ...MARK, cookie: flipped(cookie) })],
    ["a session of another admin token", () => ({ ...MARK, cookie: oldCookie(`${ADMIN_TOKEN}2`, 0) })],
    ["the admin token as a cookie", () => ({ ...MARK, cookie: `admitone_console=${ADMIN_TOKEN}` })],
    [
      "the name that is for TLS, without TLS",
      () => ({ ...MARK, cookie: cookie.replace("admitone", "__Host-admitone") }),
    ],
  ];
  const CASES = SHOWN.flatMap(([what, headers]) =>
    DOORS.map(([access, method, path]) => [what, access, method, path, headers] as const),
  );
  test.each(CASES)("%s opens nothing: %s, %s %s", async (_what, _access, method, path, headers) => {
    const body = method === "POST" ? { permissions: ["allow_join"] } : undefined;
    const came = await fromConsole(gateway.first, { ...OWN_APP, ...headers() }, method, path, body);
    expect(came).toMatchObject(refusedAs(401, "token_missing"));
    expect(came.headers.get("www-authenticate")).toBe("Bearer");
  });

  test.each(DOORS)(
    "the good one opens %s, %s %s, with what browsers say beside it",
    async (_access, method, path) => {
      const body = method === "POST" ? { permissions: ["allow_join"] } : undefined;
      const headers = { ...OWN_APP, ...MARK, cookie, "sec-fetch-site": "same-origin", origin: HOME() };
      const { status } = await fromConsole(gateway.first, headers, method, path, body);
      // There is no such room, and whoever is told so was let in.
      expect(status).toBe(path.includes("none") ? 404 : 200);
    },
  );

  test("what is shown beside it is what counts", async () => {
    const headers = { ...OWN_APP, ...MARK, cookie };
    const own = token({ permissions: ["allow_join"], roles: ["rtc"] });
    const BESIDE = [
      ["Bearer another-token", "/v2/admin/apps", refusedAs(401, "admin_token_invalid")],
      ["another-token", "/v2/rooms", refusedAs(401, "token_malformed")],
      [own, "/v2/rooms", refusedAs(403, "role_not_allowed", "roles")],
      ["Basic eDp5", "/v2/rooms", refusedAs(401, "token_missing")],
    ] as const;
    for (const [authorization, path, refused] of BESIDE)
      expect(await fromConsole(gateway.first, { ...headers, authorization }, "GET", path)).toMatchObject(
        refused,
      );
  });

  const document = asJson(
    JSON.parse(readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8")),
  );
  const OTHERS = Object.entries(asJson(document["paths"])).flatMap(([path, methods]) =>
    Object.entries(asJson(methods)).flatMap(([method, operation]) => {
      const access = String(asJson(operation)["x-access"]);
      const isOpened = ["public", "read", "decide", "moderate", "admin"].includes(access);
      return isOpened ? [] : [[access, method.toUpperCase(), path.replaceAll(/\{\w+\}/g, "x")] as const];
    }),
  );
  test.each(OTHERS)(
    "it is neither a key with its secret nor an API token: %s, %s %s",
    async (_access, method, path) => {
      const headers = { ...OWN_APP, ...MARK, cookie };
      const { status, body } = await fromConsole(gateway.first, headers, method, path);
      expect([status, ["token_missing", "credentials_invalid"].includes(String(body["code"]))]).toEqual([
        401,
        true,
      ]);
    },
  );

  test("there are such routes", () => expect(OTHERS.length).toBeGreaterThan(10));

  test.each(["no token", "the session as a token", "the admin token"])(
    "it opens no meeting, with %s beside it",
    async (what) => {
      const session = cookie.slice(cookie.indexOf("=") + 1);
      const shown = { "no token": null, "the session as a token": session }[what];
      const roomId = await createRoom(gateway.first);
      const socket = new WebSocket(`ws://127.0.0.1:${gateway.first.port}/v2/meeting`, ["admitone.v1"], {
        headers: { ...MARK, ...OWN_APP, cookie, origin: HOME() },
      });
      await once(socket, "open");
      const id = randomBytes(12).toString("hex");
      socket.send(
        JSON.stringify({ type: "join", id, token: shown === undefined ? ADMIN_TOKEN : shown, roomId }),
      );
      const answers: unknown[] = await once(socket, "message");
      expect(JSON.parse(String(answers[0]))).toMatchObject({ ok: false, error: { code: 4002 } });
      socket.terminate();
    },
  );
});
