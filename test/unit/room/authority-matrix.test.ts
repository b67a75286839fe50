/**
 * Everybody who can send a command, times every command, times everybody whom it can be aimed at. What is expected is worked
 * out from the words and the table of `docs/rules.md`, not from the code that decides.
 */
import { expect, test } from "@jest/globals";
import type { Action, Actor } from "../../../src/room/commands.js";
import { decide } from "../../../src/room/decide.js";
import { NO_BACK_OFFICE } from "../../../src/room/events.js";
import type { Grant, Right } from "../../../src/room/grant.js";
import type { RoomState } from "../../../src/room/state.js";
import { documentedAuthority } from "./documented.js";
import { invite, setPermissions } from "./conference-support.js";
import { GUEST, HOST, Room, give, grant, publish, setStatus, settings, there, yes } from "./support.js";

const ME = "me";
const PRESENT = [ME, "other", "host", "moderator"];
const TARGETS = [...PRESENT, "waiting", "nobody", "*"];
const RIGHTS: readonly (readonly Right[])[] = [
  [],
  ["allow_join"],
  ["allow_mod"],
  ["allow_join", "allow_mod"],
];

type Scopes = Grant["scopes"];

interface Sender {
  readonly name: string;
  readonly kind: "participant" | "restricted" | "lobby" | "api" | "not here";
  readonly rights: readonly Right[];
  /** Of a client access token; null for every other. */
  readonly scopes?: Scopes;
  readonly actor: Actor;
  readonly state: RoomState;
}

/** A room with one of each: `me` with these rights, and with an open request for the microphone. */
function roomWith(rights: readonly Right[], restrict = false, scopes: Scopes = null): Room {
  const room = new Room();
  room.join("host", { permissions: ["allow_join"] });
  room.join("other", GUEST);
  room.join("moderator", HOST);
  const expires = { expiresAt: restrict ? room.now + 10 : null, expiryPolicy: "restrict" } as const;
  room.join(ME, { ...GUEST, expires, grant: { kind: scopes === null ? "customer" : "client", scopes } });
  yes(room.api({ type: "admit-all" }));
  for (const right of rights) yes(room.api(give(ME, right)));
  yes(room.api({ type: "take-permission", participantId: "moderator", permission: "allow_join" }));
  yes(room.api({ type: "request-media", participantId: ME, kind: "mic" }));
  room.join("waiting", GUEST);
  if (restrict) yes(room.wait(10));
  return room;
}

function senders(): Sender[] {
  const all: Sender[] = [];
  for (const rights of RIGHTS) {
    const named = rights.join("+") || "no rights";
    const room = roomWith(rights);
    const stale: Actor = { kind: "participant", participantId: ME, connection: "an older one" };
    all.push({ name: named, kind: "participant", rights, actor: room.actor(ME), state: room.state });
    all.push({ name: `${named}, stale`, kind: "not here", rights, actor: stale, state: room.state });
    yes(room.loseLine(ME));
    const actor = room.actor(ME);
    all.push({ name: `${named}, line lost`, kind: "not here", rights, actor, state: room.state });
    const late = roomWith(rights, true);
    all.push({
      name: `${named}, restricted`,
      kind: "restricted",
      rights,
      actor: late.actor(ME),
      state: late.state,
    });
    const back = roomWith(rights);
    yes(back.api({ type: "return-to-lobby", participantId: ME }));
    all.push({
      name: `${named}, sent back`,
      kind: "lobby",
      rights,
      actor: back.actor(ME),
      state: back.state,
    });
  }
  for (const scopes of [[], ["conf:create", "notifications:set"], ["session:update"]] as const) {
    const room = roomWith([], false, scopes);
    const name = `client with ${scopes.join("+") || "no scope"}`;
    all.push({ name, kind: "participant", rights: [], scopes, actor: room.actor(ME), state: room.state });
  }
  const { state } = roomWith([]);
  all.push({ name: "REST", kind: "api", rights: [], actor: { kind: "api" }, state });
  all.push({ name: "newcomer", kind: "not here", rights: [], actor: { kind: "newcomer" }, state });
  return all;
}

/** Every command with every choice that its fields leave, at this target. */
function commandsAt(participantId: string): Action[] {
  const kinds = ["mic", "webcam"] as const;
  const both = [true, false];
  const rights = ["allow_join", "allow_mod"] as const;
  return [
    { type: "admit", participantId },
    ...both.map((ban) => ({ type: "deny", participantId, note: null, ban }) as const),
    ...both.map((ban) => ({ type: "remove", participantId, note: null, ban }) as const),
    { type: "ban", participantId, note: null },
    { type: "unban", participantId },
    { type: "return-to-lobby", participantId },
    ...rights.map((permission) => ({ type: "grant-permission", participantId, permission }) as const),
    ...rights.map((permission) => ({ type: "take-permission", participantId, permission }) as const),
    ...kinds.map((kind) => ({ type: "disable-media", participantId, kind }) as const),
    ...kinds.map((kind) => ({ type: "request-media", participantId, kind }) as const),
    ...kinds.flatMap((kind) =>
      both.map((locked) => ({ type: "lock-media", participantId, kind, locked }) as const),
    ),
  ];
}

const UNTARGETED: readonly Action[] = [
  { type: "leave" },
  { type: "withdraw" },
  { type: "refresh-token", grant: grant("newer", { participantId: ME }) },
  { type: "admit-all" },
  { type: "set-media", kind: "mic", on: true },
  { type: "set-media", kind: "webcam", on: false },
  { type: "answer-media", kind: "mic", accept: true },
  { type: "answer-media", kind: "webcam", accept: true },
  publish(),
  { type: "rename", name: "another" },
  { type: "lock-room", locked: true },
  { type: "end" },
];

/** What only back ends do (A7); it has no row in the table, for nobody else ever may. */
const OFFICE: readonly Action[] = [
  {
    type: "create",
    roomId: "room",
    customRoomId: null,
    settings: settings(),
    backOffice: NO_BACK_OFFICE,
    permanent: true,
  },
  { type: "update-settings", settings: { lobbyForAll: true }, backOffice: {} },
  { type: "update-settings", settings: {}, backOffice: { allowedParticipantIds: [ME] } },
  ...(["enabled", "disabled", "deactivated"] as const).map(setStatus),
];

/** What back ends do with conferences, which this room is not (K6). */
const CONFERENCES: readonly Action[] = [
  invite({ [ME]: [] }),
  setPermissions({ [ME]: [] }),
  { type: "kick", participantIds: [ME] },
];

const table = documentedAuthority();

/** What `docs/rules.md` says of this cell, in the order of A8. */
function expected(sender: Sender, action: Action): string {
  const { kind, rights } = sender;
  if (OFFICE.includes(action) || CONFERENCES.includes(action)) {
    if (kind === "not here") return "not_joined";
    if (kind !== "api") return "not_permitted";
    if (CONFERENCES.includes(action)) return "not_permitted";
    return action.type === "create" ? "room_exists" : "yes";
  }
  const needs = there(table.get(action.type));
  const aim = "participantId" in action ? action.participantId : null;
  if (kind === "not here") return "not_joined";
  if (kind === "lobby") return needs.lobby ? "yes" : "in_lobby";
  if (kind === "restricted" && !needs.restricted) return "token_expired";
  if (kind !== "api") {
    if (needs.right !== null && !rights.some((right) => right === needs.right)) return "not_permitted";
    const { scopes = null } = sender;
    if (needs.scope !== null && scopes?.some((scope) => scope === needs.scope) === false)
      return "scope_missing";
    if (needs.others && aim === ME) return "self_target";
  }
  return atTarget(sender, action, aim);
}

function atTarget(sender: Sender, action: Action, aim: string | null): string {
  const { kind, rights } = sender;
  const inRoom = aim !== null && PRESENT.includes(aim) ? "yes" : "participant_unknown";
  switch (action.type) {
    case "admit":
    case "deny":
      // Everybody else of the room was let in by REST, or by the token.
      if (aim === "waiting") return "yes";
      return aim === ME || aim === "other" ? "already_decided" : "knock_unknown";
    case "unban":
      return "ban_unknown";
    case "disable-media":
    case "lock-media":
      return aim === "*" ? "yes" : inRoom;
    case "request-media":
    case "remove":
    case "return-to-lobby":
    case "take-permission":
      return inRoom;
    case "grant-permission":
      if (inRoom !== "yes" || kind === "api") return inRoom;
      return rights.includes(action.permission) ? "yes" : "not_permitted";
    case "withdraw":
      return "knock_unknown";
    case "answer-media":
      return kind !== "api" && action.kind === "mic" ? "yes" : "request_unknown";
    case "rename":
      return kind === "api" ? "not_permitted" : "yes";
    case "refresh-token":
      if (kind !== "api") return sender.scopes === undefined ? "yes" : "participant_mismatch";
      return "not_joined";
    case "leave":
    case "set-media":
      return kind === "api" ? "not_joined" : "yes";
    default:
      return "yes";
  }
}

test("A1, A2, A3, A4, A5, A6, A7, A8, A9: every sender, every command, every target", () => {
  const actions = [...UNTARGETED, ...TARGETS.flatMap(commandsAt)];
  expect(new Set(actions.map(({ type }) => type))).toEqual(new Set(table.keys()));
  actions.push(...OFFICE, ...CONFERENCES);
  const wrong: string[] = [];
  const counts = new Map<string, number>();
  for (const sender of senders()) {
    for (const action of actions) {
      const decision = decide(
        sender.state,
        { id: "an-id-of-its-own", by: sender.actor, action, freshId: "fresh" },
        2_000_000,
      );
      const found = decision.ok ? "yes" : decision.refusal.reason;
      const wanted = expected(sender, action);
      counts.set(found, (counts.get(found) ?? 0) + 1);
      if (found !== wanted)
        wrong.push(`${sender.name}: ${JSON.stringify(action)}: ${found}, should be ${wanted}`);
    }
  }
  const cells = [...counts.values()].reduce((sum, count) => sum + count, 0);
  process.stdout.write(`authority matrix: ${cells} cells, ${JSON.stringify(Object.fromEntries(counts))}\n`);
  expect(wrong).toEqual([]);
  expect(cells).toBeGreaterThan(3_000);
  // Each way to be refused was met, so no part of the matrix is empty.
  expect(counts.size).toBe(14);
});

test("A1: who has joined does not join or resume again on that connection", () => {
  const room = roomWith([]);
  const line = { connection: "x", node: "n", attempt: 0 };
  const resume = { type: "resume", participantId: ME, secretHash: "s", nextSecretHash: "t", line } as const;
  expect(room.as(ME, resume)).toMatchObject({ refusal: { reason: "already_joined" } });
});

test("A6: a back end acts in rooms that exist", () => {
  const others = [...OFFICE, ...CONFERENCES].filter(({ type }) => type !== "create");
  for (const action of [...UNTARGETED, ...TARGETS.flatMap(commandsAt), ...others])
    expect(new Room(null).api(action)).toMatchObject({ ok: false, refusal: { reason: "room_unknown" } });
});

test("A7: newcomers join and resume, the gateway sends nobody's commands, a back end none of the gateway", () => {
  const room = roomWith([]);
  const refusedFor = (by: Actor, action: Action) => {
    const decision = room.send(by, action);
    return decision.ok ? null : decision.refusal.reason;
  };
  expect(refusedFor({ kind: "newcomer" }, { type: "tick" })).toBe("not_joined");
  expect(refusedFor({ kind: "gateway" }, { type: "end" })).toBe("not_permitted");
  for (const action of [...OFFICE, ...CONFERENCES])
    expect(refusedFor({ kind: "gateway" }, action)).toBe("not_permitted");
  for (const action of [
    { type: "tick" },
    { type: "nodes-lost", nodes: ["node-1"] },
    { type: "turn-out", people: [], reason: "token_revoked" },
    { type: "recover", events: [] },
  ] as const) {
    expect(refusedFor({ kind: "api" }, action)).toBe("not_permitted");
    expect(refusedFor(room.actor(ME), action)).toBe("already_joined");
  }
});
