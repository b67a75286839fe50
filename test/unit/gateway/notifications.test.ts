/** Who is told of conferences from outside, by which token, and for how long. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { pino } from "pino";
import { Notifications } from "../../../src/gateway/notifications.js";
import { createMemoryStore } from "../../../src/log/memory/memory-store.js";
import type { RoomKey, Store } from "../../../src/log/port.js";
import type { Notification } from "../../../src/protocol/commands.js";
import type { Grant } from "../../../src/room/grant.js";
import type { Standing, StandingReason } from "../../../src/tokens/standing.js";
import { eventually } from "../../support/eventually.js";
import { away, breakable, type FaultyStore } from "../../support/faulty-store.js";
import { grant } from "../room/support.js";
import { ConferenceRoom, KEY, OPEN } from "./conference-room.js";
import { Line } from "./line.js";

const follows = (...types: Exclude<Notification["type"], "Invitation">[]): Notification[] =>
  types.map((type) => ({ type, conferenceAlias: "standup" }));
const ALL = follows("Conference.Created", "Conference.Ended", "Participant.Joined", "Participant.Left");

let now: number;
let store: Store;
let broken: FaultyStore;
let objections: Map<string, StandingReason>;
let subscriptions: RoomKey[];
let nodes: readonly [Notifications, Notifications];
let made = 0;

beforeEach(() => {
  now = 1_000_000;
  store = createMemoryStore({ now: () => now });
  broken = breakable(store);
  objections = new Map();
  subscriptions = [];
  const standing: Standing = { objection: ({ jti }) => objections.get(jti ?? "") ?? null };
  const log = {
    relay: broken.log.relay.bind(broken.log),
    subscribe: (...args: Parameters<typeof broken.log.subscribe>) => {
      subscriptions.push(args[0]);
      return broken.log.subscribe(...args);
    },
  };
  const node = (): Notifications =>
    new Notifications({ log, standing, now: () => now, logger: pino({ level: "silent" }) });
  nodes = [node(), node()];
});
afterEach(async () => {
  for (const node of nodes) node.close();
  await store.close();
});

/** A client access token of somebody. */
function client(participantId: string | null, part: Partial<Grant> = {}): Grant {
  made += 1;
  return grant(`token-${made}`, {
    kind: "client",
    scopes: ["notifications:set"],
    jti: participantId,
    participantId,
    ...part,
  });
}

/** Somebody who follows this on a node; the token is theirs. */
async function follower(
  node: Notifications,
  list: readonly Notification[] = ALL,
  token: Grant = client(null),
): Promise<Line> {
  made += 1;
  const line = new Line(`line-${made}`);
  expect(await node.follow(token, line, list)).toBeNull();
  return line;
}

test("followers on every node hear what they follow, in order, and nothing else", async () => {
  const [first, second] = nodes;
  const all = await follower(first);
  const some = await follower(second, follows("Participant.Joined", "Conference.ActiveParticipants"));
  const elsewhere = await follower(second, [{ type: "Conference.Created", conferenceAlias: "another" }]);
  const room = new ConferenceRoom("standup");
  room.join("ann");
  first.publish(room.step(), []);
  await eventually(() => {
    expect(all.types).toEqual(["Conference.Created", "Participant.Joined"]);
    expect(some.news).toEqual([
      expect.objectContaining({ type: "Participant.Joined", participantId: "ann", name: "name of ann" }),
      {
        type: "Conference.ActiveParticipants",
        conferenceId: "room",
        conferenceAlias: "standup",
        participantCount: 1,
      },
    ]);
  });
  expect(elsewhere.heard).toEqual([]);
});

test("another app's followers of the same alias hear nothing", async () => {
  const [first] = nodes;
  const theirs = await follower(first, ALL, client(null, { app: "other" }));
  const ours = await follower(first);
  first.publish(new ConferenceRoom("standup").step(), []);
  await eventually(() => expect(ours.types).toEqual(["Conference.Created"]));
  expect(theirs.heard).toEqual([]);
});

test("an invitation reaches whom it names, by the id of their token, and nobody else", async () => {
  const [first, second] = nodes;
  const list = [{ type: "Invitation" }] as const;
  const ann = await follower(second, list, client("ann"));
  const bob = await follower(second, list, client("bob"));
  const namesake = await follower(second, list, client("ann", { app: "other" }));
  const room = new ConferenceRoom("standup");
  room.invite(["ann"]);
  first.publish(room.step(), []);
  await eventually(() => {
    expect(ann.news).toEqual([
      { type: "Invitation", conferenceId: "room", conferenceAlias: "standup", permissions: ["JOIN"] },
    ]);
  });
  expect([bob.heard, namesake.heard]).toEqual([[], []]);
});

test("of a protected conference its owner and the invited hear; others, and those without an id, nothing at all", async () => {
  const [first, second] = nodes;
  const room = new ConferenceRoom("standup", { ...OPEN, isProtected: true, ownerId: "owner" });
  room.invite(["ann"]);
  const may = await Promise.all(["owner", "ann"].map((id) => follower(second, ALL, client(id))));
  const mayNot = await Promise.all(["bob", null].map((id) => follower(second, ALL, client(id))));
  first.publish(room.step(), []);
  await eventually(() => {
    for (const line of may) expect(line.types).toEqual(["Conference.Created"]);
  });
  for (const line of mayNot) expect(line.heard).toEqual([]);
});

test.each([
  [
    "a token without the scope",
    { scopes: ["conf:create", "file:convert", "session:update"] },
    "scope_missing",
  ],
  ["no scope at all", { scopes: [] }, "scope_missing"],
  ["the token of a back end", { kind: "customer", scopes: null }, "scope_missing"],
] as const)("%s follows nothing", async (_what, part, reason) => {
  const line = new Line("line");
  const { scopes } = part;
  const token = client("ann", { ...part, scopes: scopes === null ? null : [...scopes] });
  expect(await nodes[0].follow(token, line, ALL)).toMatchObject({
    reason,
    field: "token",
    details: { needs: "notifications:set" },
  });
  expect(subscriptions).toEqual([]);
});

test("invitations take a token that names somebody; the message is not valid, and says which part", async () => {
  const list = [...ALL, { type: "Invitation" } as const];
  expect(await nodes[0].follow(client(null), new Line("line"), list)).toMatchObject({
    reason: "invalid_parameter",
    field: `notifications.${ALL.length}`,
  });
});

test("a new list takes the place of the one before; an empty one ends it", async () => {
  const [first] = nodes;
  const token = client("ann");
  const line = await follower(first, follows("Participant.Joined"), token);
  const room = new ConferenceRoom("standup");
  expect(
    await first.follow(token, line, [...follows("Conference.Created"), { type: "Invitation" }]),
  ).toBeNull();
  room.join("bob");
  room.invite(["ann"]);
  first.publish(room.step(), []);
  await eventually(() => expect([...line.types].sort()).toEqual(["Conference.Created", "Invitation"]));
  expect(await first.follow(token, line, [])).toBeNull();
  const witness = await follower(first);
  room.join("cy");
  first.publish(room.step(), []);
  await eventually(() => expect(witness.types).toEqual(["Participant.Joined"]));
  expect(line.heard).toHaveLength(2);
});

test("a channel is subscribed to once on a node, however many follow it, and let go with the last of them", async () => {
  const [first] = nodes;
  const lines = await Promise.all([1, 2, 3].map(() => follower(first)));
  expect(subscriptions).toEqual([{ app: KEY.app, room: "notify alias standup" }]);
  for (const line of lines) first.drop(line.connection);
  first.publish(new ConferenceRoom("standup").step(), []);
  const later = await follower(first);
  expect(subscriptions).toHaveLength(2);
  first.publish(new ConferenceRoom("standup").step(), []);
  await eventually(() => expect(later.types).toEqual(["Conference.Created"]));
  for (const line of lines) expect(line.heard).toEqual([]);
});

test("whoever stands on a token that counts no more is out, with its reason; the others stay", async () => {
  const [first] = nodes;
  const reasons = {
    revoked: "token_revoked",
    deactivated: "key_deactivated",
    unknown: "key_unknown",
  } as const;
  const lines = await Promise.all(Object.keys(reasons).map((id) => follower(first, ALL, client(id))));
  const other = await follower(first, ALL, client("other"));
  for (const [id, reason] of Object.entries(reasons)) objections.set(id, reason);
  first.recheck();
  expect(lines.map(({ ended }) => ended)).toEqual([
    [4002, "token_revoked"],
    [4053, "key_deactivated"],
    [4001, "key_unknown"],
  ]);
  expect(other.ended).toBeNull();
  first.publish(new ConferenceRoom("standup").step(), []);
  await eventually(() => expect(other.types).toEqual(["Conference.Created"]));
  for (const line of lines) expect(line.heard).toEqual([]);
});

test("a token that is revoked while its list is being taken does not get it", async () => {
  const token = client("late");
  const line = new Line("line");
  const following = nodes[0].follow(token, line, ALL);
  objections.set("late", "token_revoked");
  expect(await following).toMatchObject({ reason: "token_revoked" });
  nodes[0].publish(new ConferenceRoom("standup").step(), []);
  const witness = await follower(nodes[0]);
  nodes[0].publish(new ConferenceRoom("standup").step(), []);
  await eventually(() => expect(witness.types).toEqual(["Conference.Created"]));
  expect(line.heard).toEqual([]);
});

test("a token's expiry ends the connection; a newer token shown before keeps it", async () => {
  const [first] = nodes;
  const short = { expiresAt: now + 10_000 };
  const old = await follower(first, ALL, client(null, short));
  const renewed = await follower(first, ALL, client(null, short));
  expect(await first.follow(client(null, { expiresAt: now + 20_000 }), renewed, ALL)).toBeNull();
  const endless = await follower(first);
  now += 9_999;
  const before = await follower(first, ALL, client(null, { expiresAt: now }));
  await eventually(() => expect(before.ended).toEqual([4002, "token_expired"]));
  expect(old.ended).toBeNull();
  now += 1;
  await eventually(() => expect(old.ended).toEqual([4002, "token_expired"]));
  expect([renewed.ended, endless.ended]).toEqual([null, null]);
});

test("while the store is away nothing can be followed, and what was followed before is followed after it", async () => {
  const [first] = nodes;
  const token = client("ann");
  const line = await follower(first, follows("Conference.Created"), token);
  broken.faults.before = () => {
    throw away();
  };
  expect(await first.follow(token, line, [{ type: "Invitation" }])).toEqual({ reason: "unavailable" });
  expect(
    await first.follow(client(null), new Line("new"), [{ type: "Conference.Ended", conferenceAlias: "x" }]),
  ).toEqual({
    reason: "unavailable",
  });
  broken.mend();
  const room = new ConferenceRoom("standup");
  room.invite(["ann"]);
  first.publish(room.step(), []);
  await eventually(() => expect(line.types).toEqual(["Conference.Created"]));
  expect(await first.follow(token, line, [{ type: "Invitation" }])).toBeNull();
  room.invite(["ann"]);
  first.publish(room.step(), []);
  await eventually(() => expect(line.types).toEqual(["Conference.Created", "Invitation"]));
});

test("a line that goes while its list is being taken hears nothing, and leaves nothing behind", async () => {
  const [first] = nodes;
  const line = new Line("line");
  const following = first.follow(client(null), line, ALL);
  first.drop(line.connection);
  await following;
  const witness = await follower(first);
  expect(subscriptions).toHaveLength(2);
  first.publish(new ConferenceRoom("standup").step(), []);
  await eventually(() => expect(witness.types).toEqual(["Conference.Created"]));
  expect(line.heard).toEqual([]);
});
