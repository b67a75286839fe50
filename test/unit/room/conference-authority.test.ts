/** What each permission of a conference opens, read from the tables of `docs/rules.md` and not from the code that decides. */
import { expect, test } from "@jest/globals";
import type { ConferencePermission } from "../../../src/protocol/events.js";
import type { Action, Decision } from "../../../src/room/commands.js";
import { decide } from "../../../src/room/decide.js";
import { maySignal } from "../../../src/room/rules/messages.js";
import {
  ALL,
  NINE,
  client,
  conference,
  invite,
  listOf,
  seatWith,
  setPermissions,
} from "./conference-support.js";
import { documentedAuthority, documentedPermissions } from "./documented.js";
import { Room, admit, ban, deny, give, grant, lockMic, no, outcome, publish, remove } from "./support.js";
import { sendBack, setMic, take, there, unban, yes } from "./support.js";

const ME = "me";
const table = documentedAuthority();

/** Each command that people send, so that nothing but a permission can be missing. */
const COMMANDS: readonly Action[] = [
  admit("waiting"),
  { type: "admit-all" },
  deny("waiting"),
  deny("waiting", true),
  setMic(true),
  setMic(false),
  { type: "set-media", kind: "webcam", on: true },
  { type: "set-media", kind: "webcam", on: false },
  ...(["mic", "webcam"] as const).flatMap((kind) =>
    [true, false].map((accept) => ({ type: "answer-media", kind, accept }) as const),
  ),
  publish(),
  { type: "disable-media", participantId: "other", kind: "mic" },
  { type: "request-media", participantId: "other", kind: "mic" },
  lockMic("other"),
  lockMic("*"),
  remove("other"),
  remove("other", true),
  ban("other"),
  unban("outcast"),
  sendBack("other"),
  { type: "lock-room", locked: true },
  ...(["allow_join", "allow_mod"] as const).flatMap((right) => [give("other", right), take("other", right)]),
  { type: "end" },
  { type: "rename", name: "another" },
  { type: "leave" },
  {
    type: "refresh-token",
    grant: grant("newer", { kind: "client", participantId: ME, scopes: ["session:update"] }),
  },
];

/** A conference in which `me` holds these. */
function roomWith(permissions: readonly ConferencePermission[]): Room {
  const room = conference();
  seatWith(room, "other", NINE);
  seatWith(room, ME, permissions);
  yes(room.api(invite({ waiting: [] })));
  yes(room.join("waiting", client()));
  yes(room.api(ban("outcast")));
  for (const kind of ["mic", "webcam"] as const)
    yes(room.api({ type: "request-media", participantId: ME, kind }));
  return room;
}

/** What the two tables ask for: of the command, and one can grant only what one holds. */
function needed(action: Action): readonly string[] {
  const { conference: cell } = there(table.get(action.type));
  const sends = { mic: "SEND_AUDIO", webcam: "SEND_VIDEO" } as const;
  if (cell === "what it turns on") {
    if (action.type === "set-media" && action.on) return [sends[action.kind]];
    return action.type === "answer-media" && action.accept ? [sends[action.kind]] : [];
  }
  if (action.type !== "grant-permission") return cell;
  const parts = documentedPermissions().filter(({ right }) => right === action.permission);
  return [...cell, ...parts.map(({ permission }) => permission)];
}

function missing(decision: Decision): unknown {
  if (decision.ok) return null;
  return decision.refusal.reason === "not_permitted" ? decision.refusal.details?.["needs"] : decision.refusal;
}

test("K3, V4: each command needs its permissions, whatever else is held", () => {
  const sets = [
    [],
    ALL,
    NINE,
    ...ALL.map((one) => [one]),
    ...ALL.map((one) => ALL.filter((other) => other !== one)),
    ["KICK", "UPDATE_PERMISSIONS"] as const,
  ];
  expect(new Set(COMMANDS.map(({ type }) => type)).add("withdraw")).toEqual(new Set(table.keys()));
  let refused = 0;
  for (const held of sets) {
    const { state, ...rest } = ((room) => ({ state: room.state, by: room.actor(ME) }))(roomWith(held));
    for (const action of COMMANDS) {
      const lacks = needed(action).filter((one) => !held.some((permission) => permission === one));
      const decision = decide(state, { id: "an-id", action, freshId: "fresh", ...rest }, 2_000_000);
      const found = missing(decision);
      const name = `${JSON.stringify(action)} with ${held.join("+")}`;
      if (lacks.length === 0) expect([name, found]).toEqual([name, null]);
      else expect([name, lacks]).toEqual([name, expect.arrayContaining([found])]);
      refused += lacks.length === 0 ? 0 : 1;
    }
  }
  expect(refused).toBeGreaterThan(300);
});

test("K3: who may not send starts with it off, also when taking the seat over", () => {
  const room = conference();
  yes(room.api(invite({ ann: ["JOIN", "SEND_VIDEO"] })));
  const arrival = client();
  const loud = { ...arrival, more: { ...arrival.more, micOn: true, webcamOn: true } };
  yes(room.join("ann", loud));
  expect(room.in("ann").view).toMatchObject({ micOn: false, webcamOn: true });
  yes(room.join("ann", { ...loud, token: "newer" }));
  expect(room.in("ann").view).toMatchObject({ micOn: false, webcamOn: true });
});

test("K3: signals take no permission, and a back end is asked for none", () => {
  const room = conference();
  for (const id of ["ann", "bob"]) seatWith(room, id, []);
  expect(maySignal(room.state, room.speaker("ann"), "bob")).toBeNull();
  expect(outcome(room.api(give("ann", "allow_mod")))).toEqual(["permissions-changed"]);
  expect(outcome(room.api(publish()))).toEqual(["message-published"]);
});

test("K2, K5: a right is held where all the permissions are that are part of it", () => {
  const room = conference();
  seatWith(room, "ann", ["JOIN"]);
  for (const [list, rights] of [
    [["INVITE"], ["allow_join"]],
    [["KICK"], []],
    [["UPDATE_PERMISSIONS"], []],
    [
      ["KICK", "UPDATE_PERMISSIONS", "INVITE"],
      ["allow_join", "allow_mod"],
    ],
    [["UPDATE_PERMISSIONS", "KICK"], ["allow_mod"]],
    [NINE, []],
  ] as const) {
    yes(room.api(setPermissions({ ann: list })));
    expect(room.in("ann").view.permissions).toEqual(rights);
    expect(new Set(listOf(room, "ann"))).toEqual(new Set(list));
  }
  const plain = new Room();
  yes(plain.join("ann"));
  expect(listOf(plain, "ann")).toBeNull();
});

test("K5, M6: one grants only permissions that one holds, and the rights go with them in one event", () => {
  const room = conference();
  seatWith(room, "mod", ["UPDATE_PERMISSIONS", "INVITE"]);
  seatWith(room, "ann", NINE);
  expect(no(room.as("mod", give("ann", "allow_mod")))).toMatchObject({ details: { needs: "KICK" } });
  const given = room.as("mod", give("ann", "allow_join"));
  expect(yes(given).events.map(({ body }) => body)).toEqual([
    {
      participantId: "ann",
      permissions: ["allow_join"],
      conferencePermissions: ["INVITE", ...NINE],
      by: { kind: "participant", participantId: "mod", name: "name of mod" },
    },
  ]);
  expect(outcome(room.as("mod", give("ann", "allow_join")))).toEqual([]);
  yes(room.api(setPermissions({ ann: ["KICK"] })));
  // Half of a right is taken as well.
  yes(room.as("mod", take("ann", "allow_mod")));
  expect(listOf(room, "ann")).toEqual([]);
});
