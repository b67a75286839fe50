/** One alias, one conference: whoever asks at once, whoever comes back late, and whatever became of the one before. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import type { ConferenceOrder, Opened } from "../../src/gateway/conferences.js";
import { realEnvironment } from "../../src/gateway/environment.js";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import type { Store } from "../../src/log/port.js";
import type { RunningNode } from "../../src/server.js";
import { CONFERENCE_APPS, ConferenceWorld } from "../support/conference-world.js";
import { eventually } from "../support/eventually.js";
import { breakable } from "../support/faulty-store.js";
import { APP_ID } from "../support/meeting.js";
import { startTestNode, token } from "../support/node.js";
import { asJson, type Json } from "../support/peer.js";
import { REST_TOPOLOGIES } from "../support/rest.js";
import { freshName } from "../support/v2.js";

describe.each(REST_TOPOLOGIES)("conferences of one alias, %s", (topology) => {
  const world = new ConferenceWorld(topology);

  /** How many rooms the app has had. */
  async function rooms(): Promise<number> {
    const back = token({ ...CONFERENCE_APPS.guarded, permissions: ["allow_join"], roles: ["crawler"] });
    const response = await fetch(`http://127.0.0.1:${world.gateway.first.port}/v2/rooms`, {
      headers: { authorization: back },
    });
    return Number(asJson(asJson(await response.json())["pageInfo"])["total"]);
  }

  /** Many open a conference at once, each for an owner of their own. */
  function rush(alias: string): Promise<Json[]> {
    const { first, second } = world.gateway;
    const owners = Array.from({ length: 16 }, (_, index) => `owner-${index}`);
    return Promise.all(
      owners.map((ownerExternalId, index) =>
        world.ok(
          "POST",
          "/v2/conferences/create",
          { alias, ownerExternalId },
          {
            node: index % 2 === 0 ? first : second,
          },
        ),
      ),
    );
  }

  test("of many creates at once there is one conference, with one owner; and again when it has ended", async () => {
    const alias = freshName("rush");
    const seen = new Set<unknown>();
    for (let round = 1; round <= 3; round += 1) {
      const before = await rooms();
      const answers = await rush(alias);
      const ids = new Set(answers.map((answer) => answer["conferenceId"]));
      expect(ids.size).toBe(1);
      for (const id of ids) seen.add(id);
      expect(seen.size).toBe(round);
      expect(answers.filter(({ ownerToken }) => ownerToken !== null)).toHaveLength(1);
      expect(await rooms()).toBe(before + 1);
      const [id] = ids;
      expect((await world.ask("DELETE", `/v2/conferences/${String(id)}`)).status).toBe(200);
    }
  });

  test("while it is ended over and over, every create leads to one that its alias led to", async () => {
    const alias = freshName("rush");
    const [one, two] = await Promise.all([
      rush(alias),
      (async () => {
        for (let count = 0; count < 10; count += 1) await world.ask("DELETE", `/v2/conferences/${alias}`);
        return rush(alias);
      })(),
    ]);
    expect(new Set(two.map((answer) => answer["conferenceId"])).size).toBe(1);
    for (const { conferenceAlias } of one) expect(conferenceAlias).toBe(alias);
  });
});

describe("an alias that leads to no room", () => {
  const alias = "weekly";
  const order: ConferenceOrder = {
    ...{ app: APP_ID, alias, ownerId: null, isProtected: false, emptyTtlMs: 0, pincode: null },
  };
  let ahead = 0;
  let store: Store;
  let nodes: RunningNode[] = [];
  const now = (): number => Date.now() + ahead;
  beforeEach(() => {
    ahead = 0;
    store = createMemoryStore({ now });
  });
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.close()));
    await store.close();
  });

  async function start(sees = store): Promise<RunningNode> {
    const environment = { ...realEnvironment(pino({ level: "error" })), now };
    const settings = { ADMITONE_IDLE_ROOM_TTL_HOURS: "1" };
    const node = await startTestNode(settings, { store: sees, environment });
    nodes.push(node);
    return node;
  }

  async function open(node: RunningNode): Promise<Extract<Opened, { ok: true }>> {
    const opened = await node.gateway.conferences.open(order);
    if (!opened.ok) throw new Error(opened.refusal.reason);
    return opened;
  }

  test("because the conference is forgotten: another one takes it over", async () => {
    const before = await start();
    const first = await open(before);
    expect((await open(before)).roomId).toBe(first.roomId);
    await before.close();
    nodes = [];
    ahead = 2 * 3_600_000;
    const after = await start();
    expect(await after.gateway.conferences.find(APP_ID, alias)).toBeNull();
    const second = await open(after);
    expect([second.created, second.roomId === first.roomId]).toEqual([true, false]);
    expect((await after.gateway.conferences.find(APP_ID, alias))?.room?.roomId).toBe(second.roomId);
  });

  test("because whoever bound it has not made the room yet: both make that one", async () => {
    const [one, two] = [await held("name"), await start()];
    const late = open(one.node);
    const roomId = await bound();
    expect(await open(two)).toMatchObject({ roomId, created: true });
    one.release();
    expect(await late).toMatchObject({ roomId, created: false });
  });

  test.each(["name", "append"] as const)(
    "because whoever bound it was frozen at %s: they find the one that took it over, and leave none behind",
    async (at) => {
      const [one, two] = [await held(at), await start()];
      const late = open(one.node);
      const lost = await bound();
      await one.reached;
      ahead = 3_600_000 / 2;
      const made = await open(two);
      expect(made.roomId).not.toBe(lost);
      one.release();
      expect(await late).toMatchObject({ roomId: made.roomId, created: false });
      const left = (await two.gateway.conferences.find(APP_ID, lost))?.room?.status;
      expect(left).toBe(at === "append" ? "deactivated" : undefined);
      expect((await two.gateway.conferences.find(APP_ID, alias))?.room?.roomId).toBe(made.roomId);
    },
  );

  test("because a plain room was to be made: it is no alias", async () => {
    const node = await start();
    await store.rooms.name(APP_ID, alias, "abcd-efgh-ijkl");
    expect(await node.gateway.conferences.open(order)).toMatchObject({ ok: false });
  });

  /** A node that is held up until it is released: when it has bound a name, or before it writes to a room. */
  async function held(at: "name" | "append") {
    let release = (): void => undefined;
    let reach = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const sees = breakable(store);
    const name: Store["rooms"]["name"] = async (...args) => {
      const id = await store.rooms.name(...args);
      reach();
      await released;
      return id;
    };
    if (at === "append")
      sees.faults.append = async (_request, next) => {
        reach();
        await released;
        return next();
      };
    const node = await start(at === "append" ? sees : { ...sees, rooms: { ...sees.rooms, name } });
    return { node, reached, release: () => release() };
  }

  /** The room that the alias was bound to. */
  function bound(): Promise<string> {
    return eventually(async () => {
      const id = await store.rooms.named(APP_ID, alias);
      if (id === null) throw new Error("nobody bound the alias");
      return id;
    });
  }
});
