/** Revoked on one node, out on another within a second; and still revoked after everything was killed and started again. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { RunningNode } from "../../src/server.js";
import {
  admin,
  asking,
  basic,
  clientToken,
  enterWith,
  makeApp,
  makeRoom,
  signed,
  startAdminNode,
  type Pair,
} from "../support/admin.js";
import { eventually } from "../support/eventually.js";
import { asJson, asList, Peer, type Json } from "../support/peer.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";

let redis: RedisServer;
let first: RunningNode;
let second: RunningNode;
beforeAll(async () => {
  redis = await startRedis({ aof: true });
  [first, second] = await Promise.all([startAdminNode(redis), startAdminNode(redis)]);
});
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
  await redis.stop();
});

const HOST = ["allow_join", "allow_mod"] as const;

/** What makes somebody's token count no more, and what they are told. */
const WAYS: readonly (readonly [
  way: string,
  close: number,
  reason: string,
  revoke: (given: { app: string; pair: Pair; roomId: string; token: string }) => Promise<unknown>,
])[] = [
  [
    "by jti",
    4002,
    "token_revoked",
    ({ app }) => admin(first, "POST", `/apps/${app}/revocations`, { type: "token", jti: "the-token" }),
  ],
  [
    "by participant and room",
    4002,
    "token_revoked",
    ({ app, roomId }) =>
      admin(first, "POST", `/apps/${app}/revocations`, { type: "participant", participantId: "ann", roomId }),
  ],
  [
    "by key",
    4002,
    "token_revoked",
    ({ app, pair }) => admin(first, "POST", `/apps/${app}/revocations`, { type: "key", apiKey: pair.apiKey }),
  ],
  [
    "all issued before now",
    4002,
    "token_revoked",
    ({ app }) => admin(first, "POST", `/apps/${app}/revocations`, { type: "all" }),
  ],
  [
    "by RFC 7009",
    4002,
    "token_revoked",
    async ({ pair, token }) => {
      const came = await asking(
        first,
        basic(pair),
        "POST",
        "/v1/auth/revoke",
        new URLSearchParams({ token }),
      );
      expect(came.status).toBe(200);
    },
  ],
  [
    "by deactivating the key",
    4053,
    "key_deactivated",
    ({ app, pair }) => admin(first, "POST", `/apps/${app}/keys/${pair.apiKey}`, { active: false }),
  ],
  [
    "by revoking the secret",
    4002,
    "token_revoked",
    async ({ app, pair }) => {
      await admin(first, "POST", `/apps/${app}/keys/${pair.apiKey}/rotate`, { overlapSeconds: 600 });
      const { keys } = await admin(first, "GET", `/apps/${app}`);
      const secrets = asList(asJson(asList(keys)[0])["secrets"]);
      const old = asJson(secrets.at(-1))["id"];
      await admin(first, "DELETE", `/apps/${app}/keys/${pair.apiKey}/secrets/${String(old)}`);
    },
  ],
  ["by deleting the app", 4001, "key_unknown", ({ app }) => admin(first, "DELETE", `/apps/${app}`)],
];

/** Whoever holds no seat any more hears at the door why: a secret that is gone cannot be told from a wrong one there. */
const AT_THE_DOOR: Readonly<Record<string, string>> = { "by revoking the secret": "signature_invalid" };

describe.each(WAYS)("a token revoked %s", (way, close, reason, revoke) => {
  const refused = { ok: false, error: { code: close, reason: AT_THE_DOOR[way] ?? reason } };

  test("puts its bearer out on another node, in room and lobby, and holds after a restart of everything", async () => {
    const pair = await makeApp(first);
    const roomId = await makeRoom(first, pair);
    const claims = { roomId, participantId: "ann", jti: "the-token" };
    const token = signed(pair, { ...claims, permissions: HOST });
    const inside = await eventually(() => enterWith(second, roomId, token));
    const waiting = await enterWith(
      second,
      roomId,
      signed(pair, { permissions: ["ask_join"], jti: "the-token" }),
    );

    await revoke({ app: pair.id, pair, roomId, token });
    expect(await inside.ended()).toEqual({ code: close, reason });
    // A knock that names nobody is not the participant's.
    if (way !== "by participant and room" && way !== "by RFC 7009") {
      expect(await waiting.ended()).toEqual({ code: close, reason });
    }
    for (const node of [first, second]) {
      expect((await inside.resumeOn(node)).reply).toMatchObject({ ok: false, error: { reason } });
      // The node that has not looked yet lets them in for the moment until it does.
      await eventually(async () => {
        expect((await Peer.join(node, { token, roomId })).reply).toMatchObject(refused);
      });
    }

    await Promise.all([first.kill(), second.kill()]);
    await redis.restart();
    [first, second] = await Promise.all([startAdminNode(redis), startAdminNode(redis)]);
    for (const node of [first, second]) {
      expect((await Peer.join(node, { token, roomId })).reply).toMatchObject(refused);
    }
  });
});

test("a client access token that is revoked puts its bearer out, and a refresh with it is refused", async () => {
  const pair = await makeApp(first);
  const roomId = await makeRoom(first, pair);
  const host = await eventually(() =>
    enterWith(second, roomId, signed(pair, { permissions: HOST, roomId, participantId: "host" })),
  );
  const [old, next] = await Promise.all(
    [1, 2].map(() => clientToken(first, pair, { externalId: "ann@example.test" })),
  );
  const { peer: ann } = await Peer.join(second, { token: old, roomId });
  await host.event("entry-requested");
  expect(await host.ask({ type: "admit", participantId: "ann@example.test" })).toMatchObject({ ok: true });
  await ann.room();

  const revoke = (token: string | undefined): Promise<Json> =>
    asking(first, basic(pair), "POST", "/v1/auth/revoke", new URLSearchParams({ token: token ?? "" })).then(
      ({ body }) => body,
    );
  await revoke(next);
  await eventually(async () => {
    const form = new URLSearchParams({ token: next ?? "" });
    const { body } = await asking(second, basic(pair), "POST", "/v1/auth/introspect", form);
    expect(body).toEqual({ active: false });
  });
  expect(await ann.ask({ type: "refresh-token", token: next })).toMatchObject({
    ok: false,
    error: { reason: "token_revoked" },
  });
  expect(ann.closed).toBeNull();
  await revoke(old);
  expect(await ann.ended()).toEqual({ code: 4002, reason: "token_revoked" });
});
