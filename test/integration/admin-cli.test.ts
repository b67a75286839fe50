/** The operator's commands against a running gateway: from a new app to the last token that is called back. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ADMIN_SETTINGS, ADMIN_TOKEN, enterWith, makeRoom, signed, type Pair } from "../support/admin.js";
import { eventually } from "../support/eventually.js";
import { startTestNode } from "../support/node.js";
import { asJson, asList, Peer } from "../support/peer.js";
import type { RunningNode } from "../../src/server.js";
import { Desk } from "../unit/cli/support.js";

let node: RunningNode;
beforeAll(async () => {
  node = await startTestNode(ADMIN_SETTINGS);
});
afterAll(() => node.close());

async function run(line: string, input = ""): Promise<{ exit: number; out: string; err: string }> {
  const desk = new Desk({ adminToken: ADMIN_TOKEN });
  return desk.run([...line.split(" "), "--url", `http://127.0.0.1:${node.port}`], input);
}

async function done(line: string, input = ""): Promise<string> {
  const { exit, out, err } = await run(line, input);
  expect({ line, exit, err }).toEqual({ line, exit: 0, err: "" });
  return out;
}

/** The pair in what was written. */
function pairIn(out: string): Pair {
  const read = (name: string): string => new RegExp(`^  ${name} +(\\S+)$`, "m").exec(out)?.[1] ?? "";
  return { apiKey: read("key"), secret: read("secret") };
}

test("an app from its first day to its last", async () => {
  const pair = pairIn(await done("apps create alpha --name Alpha --max-token 2h"));
  expect(await done("apps list")).toMatch(/^ {2}alpha +Alpha +store +1$/m);
  expect(await done("apps show alpha")).toContain("have to expire, live 2h at most\n");
  expect(await done("apps set alpha --no-open-rooms --max-token any")).toContain(
    "  tokens       have to expire\n",
  );

  const room = await makeRoom(node, pair);
  const host = { permissions: ["allow_join", "allow_mod"] } as const;
  const join = (by: Pair, claims = {}): Promise<Peer> =>
    enterWith(node, room, signed(by, { ...host, ...claims }));
  const ends = async (peer: Peer, reason: string): Promise<void> =>
    expect(await peer.ended()).toMatchObject({ reason });

  const own = "a-secret-of-the-operator's-own-choice";
  const second = pairIn(await done("apps add-key alpha --api-key mine --secret-stdin", `${own}\n`));
  expect(second).toEqual({ apiKey: "mine", secret: own });
  const inBySecond = await join(second);
  await done("apps deactivate alpha mine");
  await ends(inBySecond, "key_deactivated");
  await done("apps activate alpha mine");
  const again = await eventually(() => join(second));
  await done("apps delete-key alpha mine --yes");
  await ends(again, "key_unknown");

  const inByOld = await join(pair);
  const next = pairIn(await done(`apps rotate alpha ${pair.apiKey} --overlap 10m`));
  const inByNext = await join(next);
  const shown = asJson(JSON.parse(await done("apps show alpha --json")));
  const secrets = asList(asJson(asList(shown["keys"])[0])["secrets"]).map(asJson);
  expect(secrets.map(({ status }) => status)).toEqual(["active", "retiring"]);
  await done(`apps revoke-secret alpha ${pair.apiKey} ${String(secrets[1]?.["id"])} --yes`);
  await ends(inByOld, "token_revoked");
  expect(inByNext.closed).toBeNull();

  const ann = signed(next, { ...host, participantId: "ann", jti: "anns" });
  const inside = await enterWith(node, room, ann);
  const kept = await done("revoke --app alpha --token-stdin --note lost", ann);
  expect(kept).toMatch(/^Revoked, as \S+: the one with the id anns\. /);
  await ends(inside, "token_revoked");
  const listed = await done("revocations --app alpha");
  expect(listed).toMatch(/^ {2}\S+ +the one with the id anns .* admin +lost$/m);
  const id = /^ {2}(\S+) +the one/m.exec(listed)?.[1] ?? "";
  await done(`lift --app alpha ${id}`);
  expect(await done("revocations --app alpha")).toBe("Nothing is revoked.\n");
  const back = await eventually(() => enterWith(node, room, ann));
  await done(`revoke --app alpha --participant ann --room ${room}`);
  await ends(back, "token_revoked");
  await done(`revoke --app alpha --key ${next.apiKey}`);
  await ends(inByNext, "token_revoked");

  await done("apps delete alpha --yes");
  expect((await Peer.join(node, { token: ann, roomId: room })).reply).toMatchObject({
    error: { reason: "key_unknown" },
  });
  const gone = await run("apps show alpha");
  expect([gone.exit, gone.err]).toEqual([
    1,
    expect.stringContaining("There is no such app\n  reason  app_unknown\n"),
  ]);
});

test("the wrong admin's token, and no gateway at all", async () => {
  const wrong = new Desk({ adminToken: "another-admin-token-0123456789-0123456789" });
  const refused = await wrong.run(["apps", "list", "--url", `http://127.0.0.1:${node.port}`]);
  expect([refused.exit, refused.out, refused.err]).toEqual([
    1,
    "",
    expect.stringContaining("admin_token_invalid"),
  ]);
  const nobody = await new Desk({ adminToken: ADMIN_TOKEN }).run([
    "apps",
    "list",
    "--url",
    "http://127.0.0.1:1",
  ]);
  expect([nobody.exit, nobody.out, nobody.err]).toEqual([
    3,
    "",
    expect.stringContaining("Cannot reach the gateway"),
  ]);
});
