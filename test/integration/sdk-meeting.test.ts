/** The SDK against a real gateway: what a page relies on, over real sockets and on two nodes. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import {
  initializeToken,
  initMeeting,
  MeetingError,
  type EntryRequest,
  type KeepStore,
  type Meeting,
  type MeetingEventArguments,
  type MeetingOptions,
} from "../../src/client/index.js";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import { dial } from "../../src/ws/dial.js";
import { eventually } from "../support/eventually.js";
import { boundToken, createRoom, GUEST, HOST, MODERATOR } from "../support/meeting.js";
import { startGateway, startTestNode, token, type TestGateway } from "../support/node.js";
import { startRedis } from "../support/redis-server.js";
import { HandClock } from "../unit/client/support.js";

type Address = { readonly port: number };
type Told = {
  [K in keyof MeetingEventArguments]: [K, ...MeetingEventArguments[K]];
}[keyof MeetingEventArguments];

const at = ({ port }: Address): string => `http://127.0.0.1:${port}`;

const EVENTS: readonly (keyof MeetingEventArguments)[] = [
  ...(["meeting-joined", "meeting-waiting", "meeting-left", "entry-requested", "entry-responded"] as const),
  ...([
    "entry-withdrawn",
    "participant-joined",
    "participant-left",
    "stream-enabled",
    "stream-disabled",
  ] as const),
  ...(["mic-requested", "mic-responded", "message", "reconnecting", "recovered", "error"] as const),
  ...(["token-expired", "token-refreshed", "signal"] as const),
];

/** Somebody with the SDK, and all that they were told. */
class Person {
  readonly told: string[] = [];
  readonly meeting: Meeting;

  constructor(options: MeetingOptions) {
    this.meeting = initMeeting({ openSocket: dial, ...options });
    for (const event of EVENTS) this.meeting.on(event, () => this.told.push(event));
  }

  /** How often something was told. */
  times(event: Told[0]): number {
    return this.told.filter((name) => name === event).length;
  }

  /** What an event brings, the next time that it is told. */
  next<K extends keyof MeetingEventArguments>(event: K): Promise<MeetingEventArguments[K]> {
    return new Promise((resolve) => this.meeting.once(event, (...args) => resolve(args)));
  }
}

class Drawer implements KeepStore {
  text: string | null = null;
  load(): string | null {
    return this.text;
  }
  save(text: string | null): void {
    this.text = text;
  }
}

async function refusal(promise: Promise<unknown>): Promise<MeetingError> {
  const error: unknown = await promise.then(
    () => new Error("It was not refused"),
    (reason: unknown) => reason,
  );
  if (error instanceof MeetingError) return error;
  throw error;
}

test("a node dies: people and knocks come back on another one, and nobody knocks again", async () => {
  const redis = await startRedis();
  const store = await connectRedisStore({ url: redis.url, prefix: "admitone" });
  const doomed = await startTestNode({}, { store });
  const other = await startTestNode({ REDIS_URL: redis.url });
  try {
    const roomId = await createRoom(other);
    const host = new Person({ url: at(other), token: boundToken(roomId, "host", MODERATOR) });
    await host.meeting.join();
    const urls = [at(doomed), at(other)];
    const bob = new Person({ url: urls, token: boundToken(roomId, "bob") });
    const gus = new Person({ url: urls, token: boundToken(roomId, "gus", GUEST) });
    await Promise.all([bob.meeting.join(), gus.meeting.join()]);
    await eventually(() => expect(host.meeting.entryRequests.size).toBe(1));
    await doomed.kill();
    await store.close();
    await eventually(() => {
      expect(bob.meeting.state).toBe("joined");
      expect(bob.times("recovered")).toBe(1);
      expect(gus.meeting.state).toBe("waiting");
      expect(gus.times("meeting-waiting")).toBeGreaterThan(1);
    });
    const { entryRequests } = host.meeting;
    await entryRequests.get("gus")?.allow();
    await eventually(() => expect(gus.meeting.state).toBe("joined"));
    expect({
      knocks: host.times("entry-requested"),
      joins: bob.times("meeting-joined"),
      left: host.times("participant-left"),
    }).toEqual({ knocks: 1, joins: 1, left: 0 });
    await Promise.all([host, bob, gus].map(({ meeting }) => meeting.leave()));
  } finally {
    await Promise.all([doomed.close(), other.close(), store.close()]);
    await redis.stop();
  }
});

describe("a meeting by the SDK, on two nodes", () => {
  let gateway: TestGateway;
  let people: Person[] = [];
  beforeAll(async () => {
    gateway = await startGateway("Redis, two nodes", {
      ADMITONE_ICE_URLS: "stun:stun.example.org:3478",
    });
  });
  afterEach(async () => {
    await Promise.all(people.map(({ meeting }) => meeting.leave()));
    people = [];
  });
  afterAll(() => gateway.close());

  function person(options: MeetingOptions): Person {
    const one = new Person(options);
    people.push(one);
    return one;
  }
  /** Somebody who is in, or waits. Hosts are on the first node, others on the second. */
  async function enter(
    roomId: string,
    participantId: string,
    permissions = MODERATOR,
    extra: Partial<MeetingOptions> = {},
  ): Promise<Person> {
    const node = permissions === GUEST ? gateway.second : gateway.first;
    const one = person({
      ...{ url: at(node), token: boundToken(roomId, participantId, permissions), name: participantId },
      ...extra,
    });
    await one.meeting.join();
    return one;
  }
  const room = (settings = {}): Promise<string> => createRoom(gateway.first, settings);

  test("a knock, a yes, a chat, a microphone, and everybody goes", async () => {
    const roomId = await room();
    const host = await enter(roomId, "host");
    const knocks = host.next("entry-requested");
    const guest = await enter(roomId, "gus", GUEST, { metaData: { hat: "red" }, micEnabled: true });
    expect(guest.meeting).toMatchObject({ state: "waiting", waiting: { hostPresent: true } });
    const [request] = await knocks;
    expect(request).toMatchObject({ participantId: "gus", name: "gus", metaData: { hat: "red" } });

    const joined = guest.next("meeting-joined");
    const seen = host.next("participant-joined");
    await request.allow();
    expect(await joined).toEqual([{ state: "joined", participantId: "gus", roomId }]);
    const [gus] = await seen;
    expect(gus).toMatchObject({ id: "gus", displayName: "gus", micOn: true, local: false, isHost: false });
    expect(guest.meeting.participants.get("host")).toMatchObject({ isHost: true, isModerator: true });
    expect(guest.times("entry-responded")).toBe(1);
    expect(await refusal(request.allow())).toMatchObject({ code: 4059, reason: "already_decided" });

    const heard: string[] = [];
    guest.meeting.pubSub.subscribe("CHAT", ({ message }) => heard.push(message));
    await host.meeting.pubSub.publish("CHAT", "hello", { persist: true });
    await eventually(() => expect(heard).toEqual(["hello"]));

    const off = guest.next("stream-disabled");
    await gus.disableMic();
    expect((await off)[0]).toMatchObject({
      participantId: "gus",
      kind: "mic",
      by: { participantId: "host" },
    });
    await eventually(() => expect(guest.meeting.localParticipant?.micOn).toBe(false));

    const asked = guest.next("mic-requested");
    const answered = host.next("mic-responded");
    await gus.enableMic();
    const [wish] = await asked;
    expect(wish.participantId).toBe("host");
    await wish.accept();
    expect(await answered).toEqual([{ participantId: "gus", accepted: true }]);
    await eventually(() => expect(gus.micOn).toBe(true));
    expect(guest.meeting.mediaRequests.size).toBe(0);

    await gus.disableMic();
    const again = guest.next("mic-requested");
    const no = host.next("mic-responded");
    await gus.enableMic();
    await (await again)[0].reject();
    expect(await no).toEqual([{ participantId: "gus", accepted: false }]);

    expect(await guest.meeting.iceServers()).toMatchObject({
      iceServers: [{ urls: ["stun:stun.example.org:3478"] }],
    });
    const signalled = host.next("signal");
    await guest.meeting.signal("host", { sdp: "v=0" });
    expect((await signalled)[0]).toMatchObject({ from: "gus", payload: { sdp: "v=0" } });

    const gone = host.next("participant-left");
    await guest.meeting.rename("Gustav");
    await guest.meeting.leave();
    const [who, reason] = await gone;
    expect(who).toBe(gus);
    expect(gus).toMatchObject({ displayName: "Gustav" });
    expect(reason).toEqual({ code: 1101, message: "MANUAL_LEAVE_CALLED" });
  });

  test("a no comes with the host's words", async () => {
    const roomId = await room();
    const host = await enter(roomId, "host");
    const knocks = host.next("entry-requested");
    const guest = await enter(roomId, "gus", GUEST);
    const [answer, end] = [guest.next("entry-responded"), guest.next("meeting-left")];
    await (await knocks)[0].deny({ note: "Please come at three" });
    expect(await answer).toMatchObject([
      "gus",
      "denied",
      { note: "Please come at three", banned: false, by: { kind: "participant", participantId: "host" } },
    ]);
    expect((await end)[0]).toMatchObject({
      ...{ code: 4404, why: "entry_denied", note: "Please come at three" },
      text: "A host did not let you in.",
    });
    expect(host.meeting.entryRequests.size).toBe(0);
    expect(await refusal(guest.meeting.join())).toMatchObject({ reason: "cooling_down" });
  });

  test("a host who comes later, and one who becomes a host, hear of each who waits already, once", async () => {
    const roomId = await room();
    const guests = [await enter(roomId, "gus", GUEST), await enter(roomId, "kim", GUEST)];
    const told: EntryRequest[] = [];
    const late = person({ url: at(gateway.first), token: boundToken(roomId, "late", MODERATOR) });
    late.meeting.on("entry-requested", (request) => told.push(request));
    await late.meeting.join();
    expect(told.map(({ participantId }) => participantId)).toEqual(["gus", "kim"]);

    const granted: string[] = [];
    const gus = guests[0];
    gus?.meeting.on("entry-requested", ({ participantId }) => granted.push(participantId));
    await told[0]?.allow();
    const seat = await eventually(() => {
      const found = late.meeting.participants.get("gus");
      if (found === undefined) throw new Error("Gus is not in");
      return found;
    });
    await seat.setPermission("allow_join", true);
    await eventually(() => expect(granted).toEqual(["kim"]));
    expect(gus?.meeting.localParticipant?.isHost).toBe(true);
    gus?.meeting.drop();
    await eventually(() => expect(gus?.times("recovered")).toBe(1));
    expect(granted).toEqual(["kim"]);
    const back = gus?.meeting.entryRequests.get("kim");
    await back?.allow();
    await eventually(() => expect(guests[1]?.meeting.state).toBe("joined"));
    expect(late.times("entry-requested")).toBe(2);
  });

  test("what happens while the line is away is told once, in order", async () => {
    const roomId = await room();
    const host = await enter(roomId, "host");
    const other = await enter(roomId, "other", HOST, { url: at(gateway.second) });
    const heard: string[] = [];
    other.meeting.pubSub.subscribe("T", ({ message }) => heard.push(message));
    await host.meeting.pubSub.publish("T", "1");
    await eventually(() => expect(heard).toEqual(["1"]));
    other.meeting.drop();
    expect(other.meeting.state).toBe("reconnecting");
    // A command that is given without a line waits for the next one.
    const turning = other.meeting.enableMic();
    for (const text of ["2", "3", "4"]) await host.meeting.pubSub.publish("T", text);
    await turning;
    await eventually(() => expect(heard).toEqual(["1", "2", "3", "4"]));
    await eventually(() => expect(host.meeting.participants.get("other")?.micOn).toBe(true));
    expect({ recovered: other.times("recovered"), joined: other.times("meeting-joined") }).toEqual({
      ...{ recovered: 1, joined: 1 },
    });
    expect(host.times("stream-enabled")).toBe(1);
    expect(host.times("participant-left")).toBe(0);
  });

  test("a page that is loaded anew comes back to its seat, without a knock", async () => {
    const roomId = await room();
    const host = await enter(roomId, "host");
    const keep = new Drawer();
    const before = new Person({
      url: at(gateway.second),
      openSocket: dial,
      token: boundToken(roomId, "gus", GUEST),
      keep,
    });
    const knocks = host.next("entry-requested");
    await before.meeting.join();
    await (await knocks)[0].allow();
    await eventually(() => expect(before.meeting.state).toBe("joined"));
    // The page goes without a word: nothing of it is heard, and another takes its place.
    const after = person({ url: at(gateway.first), token: boundToken(roomId, "gus", GUEST), keep });
    expect(await after.meeting.join()).toMatchObject({ state: "joined", participantId: "gus" });
    expect(after.meeting.participants.has("host")).toBe(true);
    expect({ knocks: host.times("entry-requested"), joined: host.times("participant-joined") }).toEqual({
      ...{ knocks: 1, joined: 1 },
    });
    await eventually(() => expect(before.meeting.state).toBe("left"));

    // What is kept is for whoever holds the seat, and no more when they leave it.
    expect(keep.text).not.toBeNull();
    await after.meeting.leave();
    expect(keep.text).toBeNull();
  });

  test("one who was removed is told so, and kept nothing that would open the room", async () => {
    const roomId = await room();
    const host = await enter(roomId, "host");
    const keep = new Drawer();
    const bob = await enter(roomId, "bob", HOST, { keep });
    const end = bob.next("meeting-left");
    await eventually(() => expect(host.meeting.participants.has("bob")).toBe(true));
    await host.meeting.participants.get("bob")?.remove({ note: "Enough" });
    expect((await end)[0]).toMatchObject({
      ...{ code: 4402, note: "Enough", reason: { code: 1002 }, text: "You were removed from the meeting." },
    });
    expect(keep.text).toBeNull();
    expect(await refusal(bob.meeting.join())).toMatchObject({ reason: "removed" });
  });
});

describe("tokens of a meeting by the SDK", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway("embedded");
  });
  afterAll(() => gateway.close());

  test("the callback is asked at its marks, and what it brings is shown to the gateway", async () => {
    const roomId = await createRoom(gateway.first);
    // The token's clock is the test's; the gateway's goes on as it does.
    const clock = new HandClock();
    clock.now = Date.now();
    const fresh = (ttlSeconds: number): string =>
      token({ permissions: HOST, roomId, participantId: "ann", ttlSeconds });
    const asked: boolean[] = [];
    let bring: string | null = null;
    const mine = initializeToken(
      fresh(3_600),
      (isExpired) => {
        asked.push(isExpired);
        return Promise.resolve(bring);
      },
      { now: () => clock.now, startTimer: clock.startTimer },
    );
    const ann = new Person({ url: at(gateway.first), token: mine });
    await ann.meeting.join();
    clock.step();
    await eventually(() => expect(ann.times("error")).toBe(1));
    bring = fresh(7_200);
    const refreshed = ann.next("token-refreshed");
    clock.step();
    expect(await refreshed).toEqual([{ expiresAt: mine.expiresAt }]);
    expect(asked).toEqual([false, false]);
    mine.stop();
    expect(clock.pending).toBe(0);
    await ann.meeting.leave();
  });

  test("a token that runs out restricts, and a newer one lifts it", async () => {
    const { roomId } = await gateway.first.gateway.createRoom("default", null, { tokenExpiry: "restrict" });
    const of = { permissions: HOST, roomId, participantId: "ann" };
    const ann = new Person({
      url: at(gateway.first),
      token: token({ ...of, ttlSeconds: 2, now: () => Date.now() + 999 }),
    });
    const expired = ann.next("token-expired");
    await ann.meeting.join();
    expect(await expired).toEqual([{ policy: "restrict" }]);
    expect(ann.meeting.restricted).toBe(true);
    expect(await refusal(ann.meeting.enableMic())).toMatchObject({ reason: "token_expired" });
    ann.meeting.drop();
    await eventually(() => expect(ann.times("recovered")).toBe(1));
    expect(ann.meeting.restricted).toBe(true);
    await ann.meeting.refreshToken(token(of));
    await eventually(() => expect(ann.meeting.restricted).toBe(false));
    await ann.meeting.enableMic();
    expect({ expired: ann.times("token-expired"), refreshed: ann.times("token-refreshed") }).toEqual({
      ...{ expired: 1, refreshed: 1 },
    });
    await ann.meeting.leave();
  });
});
