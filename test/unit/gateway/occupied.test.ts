/** Which rooms count as occupied, in which order, and how many are looked at and listed. */
import { describe, expect, test } from "@jest/globals";
import { occupiedRooms } from "../../../src/gateway/occupied.js";
import { createMemoryStore } from "../../../src/log/memory/memory-store.js";
import { LogFault, type Store } from "../../../src/log/port.js";
import type { RoomState } from "../../../src/room/state.js";
import { encodeEvent, NO_BACK_OFFICE, type RoomEvent } from "../../../src/room/events.js";
import { breakable, type FaultyStore } from "../../support/faulty-store.js";

const APP = "an-app";
const settings = {
  maxParticipants: 5,
  hostAbsent: "hold",
  knockTimeoutMs: 600_000,
  resumeWindowMs: 30_000,
  tokenExpiry: null,
  lobbyForAll: false,
  autoClose: null,
} as const;
const person = {
  token: {
    fingerprint: "f",
    kind: "customer",
    key: "k",
    secretId: "1",
    jti: null,
    issuedAt: null,
    shownAt: 1,
    oneTime: false,
    scopes: null,
  },
  bound: false,
  tokens: [],
  tokenExpiresAt: null,
  expiryPolicy: "stay",
  line: { up: true, connection: "c", node: "n", attempt: 0 },
  secret: { hash: "h", spent: null },
} as const;
const prospect = { rights: [], conferencePermissions: null, micOn: false, webcamOn: false };
const cmd = null;

function created(roomId: string): RoomEvent {
  const body = { roomId, customRoomId: null, permanent: true, settings };
  return { type: "room-created", at: 1, cmd, body, hidden: { backOffice: NO_BACK_OFFICE } };
}

function knocked(since: number): RoomEvent {
  const who = { participantId: "guest", name: "", metaData: null, online: true };
  const knock = { ...who, since, expiresAt: since + 60_000, returned: false };
  return {
    type: "entry-requested",
    at: since,
    cmd,
    body: { knock },
    hidden: { person: { ...person, tokens: [] }, prospect },
  };
}

const gaveUp: RoomEvent = {
  type: "entry-withdrawn",
  at: 9,
  cmd,
  body: { participantId: "guest", cause: "withdrawn" },
};

class Scene {
  readonly store: FaultyStore;
  readonly warned: string[] = [];
  readonly loaded = new Set<string>();

  constructor(real: Store = createMemoryStore({ now: () => 1 })) {
    this.store = breakable(real);
    this.store.faults.before = (call, subject) => {
      if (call === "load") this.loaded.add(JSON.stringify(subject));
    };
  }

  /** A room that this node serves, or did; with these events behind its making. */
  async room(room: string, events: readonly RoomEvent[], { app = APP, node = "n" } = {}): Promise<void> {
    const open = { epoch: "e", base: 0, snapshot: null, ttlMs: null };
    const texts = [created(room), ...events].map(encodeEvent);
    await this.store.log.append({ app, room }, { expect: null, commit: "c", events: texts, open });
    await this.store.nodes.serve(node, { app, room });
  }

  async list(nodes: readonly string[] = ["n"]): Promise<readonly (string | undefined)[]> {
    const logger = { warn: (_fields: object, text: string) => void this.warned.push(text) };
    const rooms = await occupiedRooms({ store: this.store, logger, served: () => null }, APP, nodes);
    return rooms.map(({ room }: RoomState) => room?.roomId);
  }
}

describe("occupied rooms", () => {
  test("are those with somebody in them or waiting, of this app, of all nodes, the last visited first", async () => {
    const scene = new Scene();
    await scene.room("early", [knocked(10)]);
    await scene.room("empty", []);
    await scene.room("left", [knocked(8), gaveUp]);
    await scene.room("late", [knocked(30)], { node: "m" });
    await scene.room("theirs", [knocked(40)], { app: "another-app" });
    await scene.room("between", [knocked(20)]);
    // Two nodes serve it.
    await scene.store.nodes.serve("m", { app: APP, room: "between" });
    expect(await scene.list(["n", "m"])).toEqual(["late", "between", "early"]);
    expect(await scene.list(["m"])).toEqual(["late", "between"]);
    expect(await scene.list([])).toEqual([]);
  });

  test("what a dead node left behind does no harm", async () => {
    const scene = new Scene();
    await scene.room("here", [knocked(10)]);
    await scene.store.nodes.serve("dead", { app: APP, room: "forgotten" });
    await scene.store.nodes.serve("dead", { app: APP, room: "here" });
    expect(await scene.list(["n", "dead", "unheard-of"])).toEqual(["here"]);
  });

  test("one room that cannot be read does not hide the others", async () => {
    const scene = new Scene();
    await scene.room("good", [knocked(10)]);
    const open = { epoch: "e", base: 0, snapshot: null, ttlMs: null };
    const damaged = { app: APP, room: "damaged" };
    await scene.store.log.append(damaged, { expect: null, commit: "c", events: ["{}"], open });
    await scene.store.nodes.serve("n", damaged);
    expect(await scene.list()).toEqual(["good"]);
    expect(scene.warned).toEqual(["a room cannot be read"]);
  });

  test("a store that is away is a fault", async () => {
    const scene = new Scene();
    await scene.room("good", [knocked(10)]);
    scene.store.cutOff();
    await expect(scene.list()).rejects.toThrow(LogFault);
  });

  test("200 are listed, of 1,000 that are looked at", async () => {
    const scene = new Scene();
    for (let at = 1; at <= 1_100; at += 1) await scene.room(`room-${at}`, [knocked(at)]);
    expect(await scene.list()).toEqual(
      Array.from({ length: 200 }, (_none, index) => `room-${1_000 - index}`),
    );
    expect(scene.loaded.size).toBe(1_000);
  });
});
