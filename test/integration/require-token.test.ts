import { createServer, request as httpRequest } from "node:http";
import { describe, expect, test } from "@jest/globals";
import express from "express";
import type { Express, NextFunction, Request, Response } from "express";
import request from "supertest";
import { createVerifier, grantOf, requireToken } from "../../src/kit/kit.js";
import type { RequireTokenOptions, Verdict } from "../../src/kit/kit.js";
import { TOKEN_TEXT } from "../../src/protocol/refusals.js";
import { mintToken } from "../../src/tokens/mint.js";
import { ALPHA_SECRET, KEYS, NOW, claims, craft, goodClaims } from "../unit/tokens/craft.js";
import { hostileTokens } from "../unit/tokens/hostile.js";

const verifier = createVerifier({ apps: KEYS, now: () => NOW, toleranceSeconds: 0 });
const good = craft(goodClaims());

const appWith = (options: Partial<RequireTokenOptions> = {}): Express => {
  const app = express();
  app.get("/", requireToken({ apps: verifier, ...options }), (_req, res) => {
    res.json({ grant: grantOf(res), same: res.locals["grant"] === grantOf(res) });
  });
  app.get("/open", (_req, res) => {
    res.json(grantOf(res));
  });
  app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) next(error);
    else res.status(500).json({ error: String(error) });
  });
  return app;
};

describe("a good token", () => {
  test.each([good, `Bearer ${good}`, `bearer ${good}`, `BEARER   ${good}`])("as %.12s…", async (header) => {
    const answer = await request(appWith()).get("/").set("Authorization", header);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ grant: { app: "alpha", permissions: ["allow_join"] }, same: true });
    expect(answer.headers["www-authenticate"]).toBeUndefined();
  });

  test("holds role and permissions asked for", async () => {
    const token = craft(claims({ version: 2, roles: ["crawler"], permissions: ["allow_join", "allow_mod"] }));
    const app = appWith({ role: "crawler", permissions: ["allow_mod", "allow_join"] });
    expect((await request(app).get("/").set("authorization", token)).status).toBe(200);
  });
});

describe("refusals (RFC 6750 section 3.1)", () => {
  test.each([
    { name: "no header", header: undefined, status: 401, code: "token_missing", challenge: "Bearer" },
    { name: "empty header", header: "", status: 401, code: "token_missing", challenge: "Bearer" },
    { name: "another scheme", header: "Basic YTpi", status: 401, code: "token_missing", challenge: "Bearer" },
    {
      name: "the scheme alone",
      header: "Bearer",
      status: 400,
      code: "invalid_parameter",
      challenge: 'Bearer error="invalid_request"',
    },
    {
      name: "two tokens",
      header: `Bearer ${good} ${good}`,
      status: 400,
      code: "invalid_parameter",
      challenge: 'Bearer error="invalid_request"',
    },
    {
      name: "two credentials with a comma",
      header: `Bearer ${good}, Bearer ${good}`,
      status: 400,
      code: "invalid_parameter",
      challenge: 'Bearer error="invalid_request"',
    },
    {
      name: "the scheme twice",
      header: `Bearer Bearer ${good}`,
      status: 400,
      code: "invalid_parameter",
      challenge: 'Bearer error="invalid_request"',
    },
    {
      name: "a tab for the space",
      header: `Bearer\t${good}`,
      status: 400,
      code: "invalid_parameter",
      challenge: 'Bearer error="invalid_request"',
    },
    {
      name: "no token at all",
      header: "hello",
      status: 401,
      code: "token_malformed",
      challenge: 'Bearer error="invalid_token"',
    },
    {
      name: "expired",
      header: craft(claims({ exp: 1 })),
      status: 401,
      code: "token_expired",
      field: "exp",
      challenge: 'Bearer error="invalid_token"',
    },
    {
      name: "unknown key",
      header: craft(claims({ apikey: "x" })),
      status: 401,
      code: "key_unknown",
      field: "apikey",
      challenge: 'Bearer error="invalid_token"',
    },
    {
      name: "no version",
      header: craft(claims({ roomId: "r" })),
      status: 403,
      code: "version_required",
      field: "version",
      challenge: 'Bearer error="insufficient_scope"',
    },
    {
      name: "unknown permission",
      header: craft(claims({ permissions: ["x"] })),
      status: 403,
      code: "permissions_invalid",
      field: "permissions",
      challenge: 'Bearer error="insufficient_scope"',
    },
  ])("$name: $status $code", async ({ header, status, code, field, challenge }) => {
    const call = request(appWith()).get("/");
    const answer = await (header === undefined ? call : call.set("Authorization", header));
    expect(answer.status).toBe(status);
    expect(answer.headers["www-authenticate"]).toBe(challenge);
    expect(answer.body).toEqual({
      statusCode: status,
      error: status === 400 ? "A field is missing or not valid" : TOKEN_TEXT,
      code,
      ...(status === 400 ? { field: "authorization" } : field === undefined ? {} : { field }),
    });
  });

  test("the wrong role", async () => {
    const token = craft(claims({ version: 2, roles: ["rtc"] }));
    const answer = await request(appWith({ role: "crawler" }))
      .get("/")
      .set("Authorization", token);
    expect(answer.status).toBe(403);
    expect(answer.headers["www-authenticate"]).toBe('Bearer error="insufficient_scope"');
    expect(answer.body).toMatchObject({ code: "role_not_allowed", error: TOKEN_TEXT, field: "roles" });
  });

  test("a permission too few", async () => {
    const app = appWith({ permissions: ["allow_join", "allow_mod"] });
    const answer = await request(app).get("/").set("Authorization", good);
    expect(answer.status).toBe(403);
    expect(answer.headers["www-authenticate"]).toBe(
      'Bearer error="insufficient_scope", scope="allow_join allow_mod"',
    );
    expect(answer.body).toMatchObject({ code: "not_permitted", field: "permissions" });
  });

  test("keys of an identity provider that cannot be fetched: later, and no other token is asked for", async () => {
    const refused: Verdict = { ok: false, refusal: { reason: "unavailable" } };
    const answer = await request(appWith({ apps: { verify: () => Promise.resolve(refused) } }))
      .get("/")
      .set("Authorization", good);
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe("1");
    expect(answer.headers["www-authenticate"]).toBeUndefined();
    expect(answer.body).toMatchObject({ statusCode: 503, code: "unavailable" });
  });

  test("a fault of the verifier is a fault of the route, and lets nobody in", async () => {
    const answer = await request(appWith({ apps: { verify: () => Promise.reject(new Error("broken")) } }))
      .get("/")
      .set("Authorization", good);
    expect([answer.status, answer.body]).toEqual([500, { error: "Error: broken" }]);
  });

  test("a token in the URL is never taken, and with a header there are two", async () => {
    const alone = await request(appWith()).get("/").query({ access_token: good, token: good });
    expect([alone.status, alone.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
    const twice = await request(appWith()).get("/").query({ access_token: good }).set("Authorization", good);
    expect([twice.status, twice.headers["www-authenticate"]]).toEqual([
      400,
      'Bearer error="invalid_request"',
    ]);
  });

  test.each([
    { name: "one header passes", headers: ["Authorization", good], status: 200, field: undefined },
    {
      name: "two are not reduced to the first",
      headers: ["Authorization", good, "authorization", good],
      status: 400,
      field: "authorization",
    },
  ])("over a real socket: $name", async ({ headers, status, field }) => {
    const server = createServer(appWith());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const answer = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      // A list of headers is sent as it stands, so it must bring the Host that Node would otherwise answer 400 for.
      const call = httpRequest({ port, host: "127.0.0.1", headers: ["Host", "localhost", ...headers] });
      call.on("error", reject);
      call.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() });
        });
      });
      call.end();
    });
    await new Promise((resolve) => server.close(resolve));
    expect(answer.status).toBe(status);
    const body: unknown = JSON.parse(answer.text);
    expect(body).toMatchObject(
      field === undefined ? { grant: { app: "alpha" } } : { statusCode: status, field },
    );
  });

  test("every hostile token that a header can carry is refused with its reason", async () => {
    const server = appWith({ role: "crawler" }).listen(0, "127.0.0.1");
    const agent = request.agent(server);
    for (const { name, token, reason, doors } of hostileTokens(NOW)) {
      if (typeof token !== "string" || !/^[\x21-\x7e]{1,12000}$/.test(token) || token.includes(",")) continue;
      if (!doors.includes("rest")) continue;
      const answer = await agent.get("/").set("Authorization", token);
      expect([name, answer.status >= 401 && answer.status <= 403, answer.body]).toMatchObject([
        name,
        true,
        { code: reason, error: TOKEN_TEXT },
      ]);
    }
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("use", () => {
  test("the example of the documentation", async () => {
    const app = express();
    const apps = [{ apiKey: "my-key", secret: "a-secret-of-32-bytes-or-more-0123" }];
    app.get(
      "/recordings",
      requireToken({ apps, role: "crawler", permissions: ["allow_mod"] }),
      (_req, res) => {
        res.json({ app: grantOf(res).app, room: grantOf(res).roomId });
      },
    );
    const token = mintToken({
      apiKey: "my-key",
      secret: "a-secret-of-32-bytes-or-more-0123",
      permissions: ["allow_join", "allow_mod"],
      roles: ["crawler"],
      roomId: "room-1",
      ttlSeconds: 600,
      now: Date.now,
    });
    const answer = await request(app).get("/recordings").set("Authorization", `Bearer ${token}`);
    expect([answer.status, answer.body]).toEqual([200, { app: "app", room: "room-1" }]);
    expect((await request(app).get("/recordings")).status).toBe(401);
  });

  test("keys that cannot be used are named when the route is made", () => {
    expect(() => requireToken({ apps: [{ apiKey: "weak", secret: "weak-secret" }] })).toThrow(
      /apiKey "weak"/,
    );
    expect(() => requireToken({ apps: [] })).toThrow(/at least one key/);
    const twice = { apiKey: "k", secret: ALPHA_SECRET };
    expect(() => requireToken({ apps: [twice, twice] })).toThrow(/already used/);
  });

  test("grantOf on a route without the middleware is a fault of the program", async () => {
    const answer = await request(appWith()).get("/open").set("Authorization", good);
    expect([answer.status, answer.body]).toEqual([500, { error: expect.stringContaining("requireToken") }]);
  });
});
