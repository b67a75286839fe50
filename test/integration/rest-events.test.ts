/** Following a room over REST: what back ends read is what sockets were told. */
import { describe, expect, test } from "@jest/globals";
import type { RunningNode } from "../../src/server.js";
import { eventually } from "../support/eventually.js";
import { createRoom, GUEST, HOST, MODERATOR } from "../support/meeting.js";
import { startGateway, token } from "../support/node.js";
import { asJson, asList, type Json, type Peer } from "../support/peer.js";
import { backEnd, otherBackEnd, refusedAs, Rest, REST_TOPOLOGIES } from "../support/rest.js";

const MALFORMED: readonly (readonly [string, string])[] = [
  ["since=", "since"],
  ["since=5", "since"],
  ["since=:5", "since"],
  ["since=abc:", "since"],
  ["since=abc:-1", "since"],
  ["since=abc:1.5", "since"],
  ["since=a%20b:1", "since"],
  [`since=abc:${"9".repeat(16)}`, "since"],
  ["limit=0", "limit"],
  ["limit=1001", "limit"],
  ["limit=many", "limit"],
  ["wait=31", "wait"],
  ["wait=-1", "wait"],
  ["wait=soon", "wait"],
];

describe.each(REST_TOPOLOGIES)("events over REST, %s", (topology) => {
  const rest = new Rest(topology);
  const eventsOf = (body: Json): Json[] => asList(body["events"]).map(asJson);
  const positionOf = (peer: Peer): string => `${String(peer.epoch)}:${String(peer.seq)}`;
  const live = async (at: string): Promise<string> => String((await rest.get(`${at}/live`)).body["position"]);

  /** Everything that a host who moderates is told of: the lobby, media, rights, locks, bans, messages, leaving. */
  const muchHappens = async (roomId: string, at: string, host: Peer): Promise<void> => {
    const ask = async (peer: Peer, message: Json): Promise<void> => {
      expect(await peer.ask(message)).toMatchObject({ ok: true });
    };
    const guest = await rest.knock(roomId, "g", { metaData: { b: 1, a: { deep: [null, "ü"] } } });
    await rest.knock(roomId, "denied");
    await ask(host, { type: "admit", participantId: "g" });
    await guest.find(({ type }) => type === "snapshot");
    await ask(host, { type: "deny", participantId: "denied", note: "no", ban: true });
    await ask(host, { type: "lock-media", participantId: "*", kind: "webcam", locked: true });
    await ask(host, { type: "lock-room", locked: true });
    await ask(host, { type: "grant-permission", participantId: "g", permission: "allow_join" });
    await ask(host, { type: "set-media", kind: "webcam", on: true });
    await rest.post(`${at}/participants/host/media/request`, { kind: "mic" });
    await host.event("mic-requested");
    await ask(host, { type: "unban", participantId: "denied" });
    await ask(guest, {
      type: "publish",
      topic: "chat",
      message: "hello",
      payload: { z: 1, a: [2] },
      persist: true,
    });
    await ask(guest, { type: "publish", topic: "chat", message: "to you", sendOnly: ["host"] });
    await rest.post(`${at}/participants/g/media/off`, { kind: "mic", name: "Support" });
    await ask(host, { type: "remove", participantId: "g", note: "a secret note" });
    await ask(host, { type: "publish", topic: "chat", message: "last" });
    await host.event("message-published", ({ message }) => asJson(message)["message"] === "last");
  };

  test("are those that a host who moderates saw on a socket: the same members, order and numbers", async () => {
    const { roomId, at, host } = await rest.meeting();
    const since = positionOf(host);
    await muchHappens(roomId, at, host);
    await eventually(async () => {
      const { status, body } = await rest.get(`${at}/events?since=${since}&limit=1000`);
      expect(status).toBe(200);
      expect(body).toEqual({ roomId, events: host.events, next: positionOf(host), at: positionOf(host) });
    });
    expect(new Set(host.events.map(({ type }) => type)).size).toBeGreaterThan(10);
    // Digests, secrets, connections and a removal's note are for nobody.
    const { body } = await rest.get(`${at}/events?limit=1000`);
    expect(eventsOf(body).map(({ seq }) => seq)).toEqual(
      Array.from({ length: Number(host.seq) }, (_one, at) => at + 1),
    );
    expect(JSON.stringify(body)).not.toMatch(/a secret note|hidden|connection|secret"|tokens/);
  });

  test("come in pages that follow each other, without a position from the beginning", async () => {
    const { roomId, at, host } = await rest.meeting();
    await muchHappens(roomId, at, host);
    const head = positionOf(host);
    await eventually(async () => expect(await live(at)).toBe(head));
    const whole = eventsOf((await rest.get(`${at}/events`)).body);
    expect(whole[0]).toMatchObject({ seq: 1, type: "room-created" });
    const pages: Json[] = [];
    for (let next = ""; next !== head;) {
      const since = next === "" ? "" : `&since=${next}`;
      const { body } = await rest.get(`${at}/events?limit=4${since}`);
      expect(eventsOf(body).length).toBeLessThanOrEqual(4);
      expect(body["at"]).toBe(head);
      pages.push(...eventsOf(body));
      next = String(body["next"]);
    }
    expect(pages).toEqual(whole);
    expect((await rest.get(`${at}/events?since=${head}`)).body).toMatchObject({
      events: [],
      next: head,
      at: head,
    });
  });

  test("are waited for: the answer comes with the next event", async () => {
    const { at, host } = await rest.meeting();
    const since = await live(at);
    const nodes = [rest.api, rest.sockets];
    const waits = nodes.map((node) => rest.get(`${at}/events?since=${since}&wait=25`, { node }));
    const reply = await host.ask({ type: "lock-room", locked: true });
    for (const wait of waits) {
      const { status, body } = await wait;
      expect(status).toBe(200);
      expect(eventsOf(body)).toMatchObject([{ type: "room-lock-changed", seq: reply["seq"] }]);
    }
  });

  test("a wait without events ends empty and where it began", async () => {
    const { at } = await rest.meeting();
    const since = await live(at);
    expect(await rest.get(`${at}/events?since=${since}&wait=0.1`)).toMatchObject({
      status: 200,
      body: { events: [], next: since, at: since },
    });
  });

  test("whoever follows with waits from the room as it is misses nothing", async () => {
    const { roomId, at, host } = await rest.meeting();
    const start = await live(at);
    const heard: Json[] = [];
    const follow = async (): Promise<void> => {
      for (let since = start; heard.at(-1)?.["type"] !== "session-ended";) {
        const { body } = await rest.get(`${at}/events?since=${since}&wait=20&limit=5`);
        heard.push(...eventsOf(body));
        since = String(body["next"]);
      }
    };
    const following = follow();
    await muchHappens(roomId, at, host);
    await host.ask({ type: "end" });
    await following;
    await host.ended();
    expect(heard.slice(0, host.events.length)).toEqual(host.events);
    const first = Number(start.split(":")[1]) + 1;
    expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_one, index) => first + index));
  });

  test("a command's position is where its effect is", async () => {
    const { at, host } = await rest.meeting();
    const before = await live(at);
    const { body } = await rest.post(`${at}/lock`, { locked: true });
    const read = await rest.get(`${at}/events?since=${before}`);
    expect(read.body).toMatchObject({ events: [{ type: "room-lock-changed" }], next: body["position"] });
    // Also on the other node, which may not have heard of it yet.
    const there = { node: rest.sockets };
    expect(await rest.get(`${at}/events?since=${String(body["position"])}`, there)).toMatchObject({
      status: 200,
    });
    await host.event("room-lock-changed");
  });

  test("history that is gone says where the room is: another epoch, or ahead of it", async () => {
    const { at } = await rest.meeting();
    const head = await live(at);
    const [epoch = "", seq = ""] = head.split(":");
    for (const since of [`another:${seq}`, `${epoch}:${Number(seq) + 1}`, "another:0"]) {
      expect(await rest.get(`${at}/events?since=${since}&wait=20`)).toMatchObject(
        refusedAs(410, "history_gone", "since", { at: head }),
      );
    }
  });

  test.each(MALFORMED)("%s is refused and named", async (query, field) => {
    const roomId = await createRoom(rest.api);
    const answer = await rest.get(`/v2/rooms/${roomId}/events?${query}`);
    expect(answer).toMatchObject(refusedAs(400, "invalid_parameter", field));
  });

  test("are for moderating tokens of this room and app", async () => {
    const { at } = await rest.meeting();
    for (const path of ["events", "events?wait=20&since=x:1", "live"]) {
      const get = (credential: string) => rest.get(`${at}/${path}`, { token: credential });
      expect(await get(token({ permissions: GUEST }))).toMatchObject(refusedAs(403, "not_permitted"));
      expect(await get(token({ permissions: HOST }))).toMatchObject(refusedAs(403, "not_permitted"));
      expect(await get(backEnd({ roomId: "elsewhere" }))).toMatchObject(
        refusedAs(403, "room_mismatch", "roomId"),
      );
      expect(await get(otherBackEnd())).toMatchObject(refusedAs(404, "room_unknown", "roomId"));
      expect(await rest.get(`/v2/rooms/nowhere/${path}`)).toMatchObject(
        refusedAs(404, "room_unknown", "roomId"),
      );
    }
    for (const path of ["events", "live"])
      expect((await rest.get(`${at}/${path}`, { token: token({ permissions: MODERATOR }) })).status).toBe(
        200,
      );
  });

  test("a custom room id names the room too", async () => {
    const customRoomId = `events-${topology.length}`;
    const roomId = await createRoom(rest.sockets, { customRoomId });
    for (const path of ["events", "live"])
      expect(await rest.get(`/v2/rooms/${customRoomId}/${path}`)).toMatchObject({
        status: 200,
        body: { roomId },
      });
  });
});

describe.each(["embedded", "Redis, one node"] as const)("a node with waiting callers, %s", (topology) => {
  const waiting = async (node: RunningNode): Promise<{ caller: AbortController; wait: Promise<number> }> => {
    const roomId = await createRoom(node);
    const at = `http://127.0.0.1:${node.port}/v2/rooms/${roomId}`;
    const headers = { authorization: backEnd() };
    const room = asJson(await (await fetch(`${at}/live`, { headers })).json());
    const since = String(room["position"]);
    const caller = new AbortController();
    const wait = fetch(`${at}/events?since=${since}&wait=30`, { headers, signal: caller.signal }).then(
      ({ status }) => status,
      () => 0,
    );
    return { caller, wait };
  };
  const roomsServed = async ({ port }: RunningNode): Promise<string> => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return /^\w*rooms_served (\d+)$/m.exec(text)?.[1] ?? "none";
  };

  test("lets a room go when the last caller who waited for it hangs up", async () => {
    const gateway = await startGateway(topology);
    const { caller, wait } = await waiting(gateway.first);
    await eventually(async () => expect(await roomsServed(gateway.first)).toBe("1"));
    caller.abort();
    expect(await wait).toBe(0);
    await eventually(async () => expect(await roomsServed(gateway.first)).toBe("0"), { deadlineMs: 12_000 });
    await gateway.close();
  }, 20_000);

  test("closes although callers wait", async () => {
    const gateway = await startGateway(topology);
    const { wait } = await waiting(gateway.first);
    await eventually(async () => expect(await roomsServed(gateway.first)).toBe("1"));
    await gateway.close();
    // Cut, or answered: but not left hanging.
    expect([0, 200, 503]).toContain(await wait);
  }, 15_000);
});
