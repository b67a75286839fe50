import { describe, expect, test } from "@jest/globals";
import type { RoomEvent } from "../../../src/room/events.js";
import { audienceOf, lobbyView, publicEvent, roomView, type Audience } from "../../../src/room/view.js";
import {
  GUEST,
  HOST,
  Room,
  ban,
  deny,
  give,
  grant,
  lockMic,
  lockRoom,
  publish,
  remove,
  setMic,
  setStatus,
  unban,
  yes,
  admit,
} from "./support.js";
import { conference, invite, kick, seatWith, setPermissions } from "./conference-support.js";
import type { Decision } from "../../../src/room/commands.js";

function audiences(decision: Decision): Record<string, Audience["to"] | readonly string[]> {
  const { events, state } = yes(decision);
  const seen = (event: RoomEvent) => {
    const audience = audienceOf(event, state);
    return audience.to === "some" ? audience.participantIds : audience.to;
  };
  return Object.fromEntries(events.map((event) => [event.type, seen(event)]));
}

function people(): Room {
  const room = new Room();
  room.join("mod", HOST);
  room.join("host");
  for (const id of ["ann", "bob"]) room.join(id, GUEST);
  yes(room.as("host", admit("ann")));
  return room;
}

describe("who hears", () => {
  test("W1: everybody in the room hears what concerns the room", () => {
    const room = people();
    const all = [
      room.join("eve"),
      room.as("eve", setMic(true)),
      room.as("mod", lockMic("eve")),
      room.as("mod", lockRoom()),
      room.as("mod", give("eve", "allow_mod")),
      room.loseLine("eve"),
      room.resume("eve"),
      room.as("mod", { type: "disable-media", participantId: "eve", kind: "mic" }),
      room.as("eve", { type: "leave" }),
      room.as("mod", publish()),
      room.as("mod", { type: "end" }),
      new Room().join("first"),
      new Room().set({ lobbyForAll: true }),
      people().api(setStatus("disabled")),
    ];
    for (const decision of all)
      for (const audience of Object.values(audiences(decision))) expect(audience).toBe("all");
    const created = new Room().log.map((event) => audienceOf(event, room.state));
    expect(created).toEqual([{ to: "all" }]);
  });

  test("W2: only hosts hear of knocks", () => {
    const room = people();
    for (const decision of [
      room.join("eve", GUEST),
      room.loseLine("eve"),
      room.resume("eve"),
      room.as("eve", { type: "withdraw" }),
      room.as("host", deny("bob")),
    ])
      expect(Object.values(audiences(decision))).toEqual(["hosts"]);
  });

  test("W3: requests, answers and news of a token are for those concerned", () => {
    const room = people();
    const ask = (kind: "mic" | "webcam") => ({ type: "request-media", participantId: "ann", kind }) as const;
    const answer = (kind: "mic" | "webcam") => ({ type: "answer-media", kind, accept: false }) as const;
    expect(audiences(room.as("mod", ask("mic")))).toEqual({ "mic-requested": ["ann"] });
    expect(audiences(room.as("ann", answer("mic")))).toEqual({ "mic-responded": ["ann", "mod"] });
    expect(audiences(room.api(ask("webcam")))).toEqual({ "webcam-requested": ["ann"] });
    expect(audiences(room.as("ann", answer("webcam")))).toEqual({ "webcam-responded": ["ann"] });
    room.join("late", { expires: { expiresAt: room.now + 1, expiryPolicy: "restrict" } });
    expect(audiences(room.wait(1))).toEqual({ "token-expired": ["late"] });
    const newer = { type: "refresh-token", grant: grant("newer", { participantId: "late" }) } as const;
    expect(audiences(room.as("late", newer))).toEqual({ "token-refreshed": ["late"] });
  });

  test("W4: only moderators hear of bans", () => {
    const room = people();
    expect(audiences(room.as("mod", ban("nobody")))).toEqual({ "participant-banned": ["mod"] });
    yes(room.as("mod", give("ann", "allow_mod")));
    expect(audiences(room.as("host", deny("bob", true)))).toEqual({
      "participant-banned": ["mod", "ann"],
      "entry-responded": "hosts",
    });
    expect(audiences(room.as("mod", unban("bob")))).toEqual({ "participant-unbanned": ["mod", "ann"] });
  });

  test("W8: invitations are for hosts and the person concerned, names and permissions for everybody", () => {
    const room = conference();
    for (const [id, list] of [
      ["host", ["INVITE"]],
      ["mod", ["KICK", "UPDATE_PERMISSIONS"]],
      ["ann", ["JOIN"]],
    ] as const)
      seatWith(room, id, list);
    expect(audiences(room.api(invite({ bob: [] })))).toEqual({ "participant-invited": ["host", "bob"] });
    expect(audiences(room.api(setPermissions({ ann: ["KICK"] })))).toEqual({
      "participant-invited": ["host", "ann"],
      "permissions-changed": "all",
    });
    expect(audiences(room.api(kick("host")))).toMatchObject({ "invitation-revoked": ["host"] });
    expect(audiences(room.as("ann", { type: "rename", name: "Anna" }))).toEqual({
      "participant-renamed": "all",
    });
    room.log.forEach((event, index) => {
      expect(publicEvent(event, index + 1)).not.toMatch(/pass-|"notify"/);
    });
  });

  test("S2: a message for some is for them and its sender", () => {
    const room = people();
    expect(audiences(room.as("ann", publish({ sendOnly: ["mod", "gone"] })))).toEqual({
      "message-published": ["mod", "gone", "ann"],
    });
  });

  test("W5: the public text has the number and the time, and nothing hidden", () => {
    const room = people();
    yes(room.as("mod", { type: "remove", participantId: "ann", note: "a private note", ban: true }));
    yes(room.as("mod", remove("host")));
    yes(
      room.set(
        { lobbyForAll: true },
        {
          webhook: { endPoint: "https://private.example.org", events: ["*"] },
          knockPolicy: { url: "https://private.example.org", timeoutMs: 1, fallback: "ask" },
          allowedParticipantIds: ["private-id"],
        },
      ),
    );
    room.log.forEach((event, index) => {
      const text = publicEvent(event, index + 1);
      expect(JSON.parse(text)).toMatchObject({ seq: index + 1, at: event.at, type: event.type });
      expect(text).not.toMatch(/secret|connection|token-of|node-1|hidden|cmd|private-id|private\.example/);
      if (event.type === "participant-left") expect(text).not.toContain("a private note");
    });
  });
});

describe("snapshots", () => {
  test("W6: lobby for hosts, bans for moderators, neither for others", () => {
    const room = people();
    yes(room.as("mod", ban("nobody")));
    expect(roomView(room.state, "mod")).toMatchObject({ bans: ["nobody"], locked: false });
    expect(roomView(room.state, "mod").lobby).toEqual([room.waiting("bob").view]);
    expect(roomView(room.state, "host")).not.toHaveProperty("bans");
    expect(roomView(room.state, "host").lobby).toHaveLength(1);
    for (const id of ["ann", "bob", "stranger"]) {
      expect(roomView(room.state, id)).not.toHaveProperty("lobby");
      expect(roomView(room.state, id)).not.toHaveProperty("bans");
    }
  });

  test("W6: what the room is set to now, where those inside need it", () => {
    const room = people();
    expect(roomView(room.state, "ann")).toMatchObject({ maxParticipants: 50, lobbyForAll: false });
    yes(room.set({ maxParticipants: 7, lobbyForAll: true }, { allowedParticipantIds: ["private-id"] }));
    expect(roomView(room.state, "ann")).toMatchObject({ maxParticipants: 7, lobbyForAll: true });
    expect(JSON.stringify(roomView(room.state, "mod"))).not.toContain("private-id");
  });

  test("W7: a knocker sees only the wait, and whether a host is there", () => {
    const room = people();
    const { since, expiresAt } = room.waiting("bob").view;
    expect(lobbyView(room.state, "bob")).toEqual({
      participantId: "bob",
      since,
      expiresAt,
      hostPresent: true,
    });
    expect(lobbyView(room.state, "ann")).toBeNull();
    yes(room.as("mod", { type: "end" }));
    room.join("eve", GUEST);
    expect(lobbyView(room.state, "eve")?.hostPresent).toBe(false);
  });
});
