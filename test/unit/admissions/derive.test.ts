/** What each event of a room is in its admission record. */
import { describe, expect, test } from "@jest/globals";
import { eventShapes, type EventType } from "../../../src/protocol/events.js";
import {
  GUEST,
  HOST,
  admit,
  ban,
  deny,
  give,
  grant,
  lockMic,
  lockRoom,
  publish,
  remove,
  sendBack,
  setMic,
  setStatus,
  take,
  unban,
  type Room,
} from "../room/support.js";
import { CONFERENCE, emptyRecord, told, type RoomOptions } from "./support.js";

/** A token of a guest with all that the record tells of one. */
const SHOWN = {
  grant: { kind: "client", key: "k1", secretId: "2", jti: "j1", issuedAt: 5, expiresAt: 9_000_000 },
} as const;

/** Does something in a room with a host in it; answers what the record says of it. */
async function says(act: (room: Room) => unknown, options: RoomOptions = {}): Promise<string[]> {
  const { room } = await emptyRecord();
  const one = room(options);
  await one.then((it) => it.join("host", HOST));
  const before = (await one.entries()).length;
  await one.then(act);
  return told((await one.entries()).slice(before));
}

const GUEST_IN = (room: Room): void => {
  room.join("guest");
};
const KNOCK = (room: Room): void => {
  room.join("guest", GUEST);
};

/** For every event: something that brings it about in a room with a host in it, and what the record says of all that happened. */
const EVENTS: Readonly<Record<EventType, readonly [act: (room: Room) => unknown, said: readonly string[]]>> =
  {
    "room-created": [() => undefined, []],
    "room-settings-changed": [(room) => room.set({ lobbyForAll: true }), []],
    "room-status-changed": [(room) => room.api(setStatus("disabled")), ["host left by api (ROOM_CLOSE)"]],
    "session-started": [
      (room) => {
        room.as("host", { type: "leave" });
        room.join("host", HOST);
      },
      ["host left by host (MANUAL_LEAVE_CALLED)", "host joined by rule (token)"],
    ],
    "session-ended": [(room) => room.as("host", { type: "end" }), ["host left by host (ROOM_CLOSE)"]],
    "entry-requested": [KNOCK, ["guest knocked"]],
    "entry-responded": [
      (room) => {
        KNOCK(room);
        room.as("host", deny("guest"));
      },
      ["guest knocked", "guest denied by host"],
    ],
    "entry-withdrawn": [
      (room) => {
        KNOCK(room);
        room.as("guest", { type: "withdraw" });
      },
      ["guest knocked", "guest withdrawn by guest (withdrawn)"],
    ],
    "entry-disconnected": [
      (room) => {
        KNOCK(room);
        room.loseLine("guest");
      },
      ["guest knocked"],
    ],
    "entry-resumed": [
      (room) => {
        KNOCK(room);
        room.resume("guest");
        KNOCK(room);
      },
      ["guest knocked", "guest reknocked"],
    ],
    "participant-joined": [GUEST_IN, ["guest joined by rule (token)"]],
    "participant-left": [
      (room) => {
        GUEST_IN(room);
        room.as("host", remove("guest", true));
      },
      ["guest joined by rule (token)", "guest left by host (REMOVE_PEER)"],
    ],
    "participant-disconnected": [(room) => room.loseLine("host"), []],
    "participant-resumed": [
      (room) => {
        room.resume("host");
        room.join("host", HOST);
      },
      ["host rejoined"],
    ],
    "stream-enabled": [(room) => room.as("host", setMic(true)), []],
    "stream-disabled": [
      (room) => {
        room.as("host", setMic(true));
        room.as("host", setMic(false));
      },
      [],
    ],
    "mic-requested": [asked("mic"), ["guest joined by rule (token)"]],
    "webcam-requested": [asked("webcam"), ["guest joined by rule (token)"]],
    "mic-responded": [answered("mic"), ["guest joined by rule (token)"]],
    "webcam-responded": [answered("webcam"), ["guest joined by rule (token)"]],
    "media-lock-changed": [(room) => room.as("host", lockMic("*")), []],
    "participant-banned": [(room) => room.as("host", ban("nobody")), []],
    "participant-unbanned": [
      (room) => {
        room.as("host", ban("nobody"));
        room.as("host", unban("nobody"));
      },
      [],
    ],
    "room-lock-changed": [(room) => room.as("host", lockRoom()), []],
    "permissions-changed": [(room) => room.as("host", take("host", "allow_join")), []],
    "participant-renamed": [
      (room) => {
        room.join("guest", { grant: { kind: "client", scopes: ["session:update"] } });
        room.as("guest", { type: "rename", name: "Another", metaData: null });
      },
      ["guest joined by rule (token)"],
    ],
    "participant-invited": [invited, []],
    "invitation-revoked": [
      (room) => {
        invited(room);
        room.api({ type: "kick", participantIds: ["guest"] });
      },
      [],
    ],
    "token-expired": [
      (room) => {
        room.join("guest", { expires: { expiresAt: room.now + 1, expiryPolicy: "restrict" } });
        room.wait(1);
      },
      ["guest joined by rule (token)"],
    ],
    "token-refreshed": [
      (room) => {
        GUEST_IN(room);
        room.as("guest", { type: "refresh-token", grant: grant("newer", { participantId: "guest" }) });
      },
      ["guest joined by rule (token)", "guest refreshed"],
    ],
    "message-published": [(room) => room.as("host", publish()), []],
  };

function asked(kind: "mic" | "webcam") {
  return (room: Room): void => {
    GUEST_IN(room);
    room.as("host", { type: "request-media", participantId: "guest", kind });
  };
}

function answered(kind: "mic" | "webcam") {
  return (room: Room): void => {
    asked(kind)(room);
    room.as("guest", { type: "answer-media", kind, accept: false });
  };
}

function invited(room: Room): void {
  const guest = { participantId: "guest", permissions: [], passId: "p1", notify: false };
  room.api({ type: "invite", people: [guest] });
}

describe("what each event is in the record", () => {
  const cases = Object.entries(EVENTS).map(([type, [act, said]]) => ({ type, act, said }));

  test.each(cases)("Q1: $type", async ({ type, act, said }) => {
    let happened: string[] = [];
    const options = type.includes("invit") ? CONFERENCE : {};
    const lines = await says((room) => {
      act(room);
      happened = room.log.map((event) => event.type);
    }, options);
    expect(happened).toContain(type);
    expect(lines).toEqual(said);
  });

  test("Q1: the table has every event", () => {
    expect(Object.keys(EVENTS).sort()).toEqual(Object.keys(eventShapes).sort());
  });

  test("Q1, Q4: an entry has when, where in the log, in which session, who, on which token, and by whom", async () => {
    const { room } = await emptyRecord();
    const one = room();
    const came = await one.then((it) => it.join("host", HOST));
    const { id: sessionId } = one.room.state.session ?? { id: "none" };
    const knocked = await one.then((it) => it.join("guest", { ...GUEST, ...SHOWN }));
    const denied = await one.then((it) =>
      it.as("host", { type: "deny", participantId: "guest", note: "not today", ban: false }),
    );
    const hostToken = {
      kind: "customer",
      key: "key",
      secretId: "1",
      jti: null,
      issuedAt: null,
      expiresAt: null,
    };
    const about = {
      epoch: "first",
      sessionId,
      participantId: "guest",
      name: "name of guest",
      token: SHOWN.grant,
    };
    const none = { decidedBy: null, rule: null, reason: null, note: null };
    expect(await one.entries()).toEqual([
      {
        ...none,
        ...{ at: came, epoch: "first", seq: 3, sessionId, what: "joined" },
        ...{ participantId: "host", name: "name of host", token: hostToken },
        ...{ decidedBy: { kind: "rule" }, rule: "token" },
      },
      { ...none, ...about, at: knocked, seq: 4, what: "knocked" },
      {
        ...{ ...none, ...about, at: denied, seq: 5, what: "denied", note: "not today" },
        decidedBy: { kind: "participant", participantId: "host", name: "name of host" },
      },
    ]);
  });

  test("Q4: a newer token is the one that is told from then on", async () => {
    const { room } = await emptyRecord();
    const one = room();
    await one.then((it) => it.join("ann", { grant: { jti: "first" } }));
    const newer = grant("newer", { participantId: "ann", jti: "second", expiresAt: 7_000_000 });
    await one.then((it) => it.as("ann", { type: "refresh-token", grant: newer }));
    await one.then((it) => it.join("ann", { token: "third", grant: { jti: "third" } }));
    await one.then((it) => it.as("ann", { type: "leave" }));
    expect((await one.entries()).map(({ what, token }) => [what, token?.jti])).toEqual([
      ["joined", "first"],
      ["refreshed", "second"],
      ["rejoined", "third"],
      ["left", "third"],
    ]);
  });

  test("Q1: the name is the one of that time", async () => {
    const { room } = await emptyRecord();
    const one = room();
    await one.then((it) => it.join("ann", { grant: { kind: "client", scopes: ["session:update"] } }));
    await one.then((it) => it.as("ann", { type: "rename", name: "Anna", metaData: null }));
    await one.then((it) => it.as("ann", { type: "leave" }));
    expect((await one.entries()).map(({ name }) => name)).toEqual(["name of ann", "Anna"]);
  });

  test("Q5: an end for all is an entry of everybody in the room and in the lobby", async () => {
    const { room } = await emptyRecord();
    const one = room();
    for (const id of ["zoe", "ann"]) await one.then((it) => it.join(id, HOST));
    await one.then((it) => it.join("mia", GUEST));
    await one.then((it) => it.api({ type: "end" }));
    const ends = (await one.entries()).slice(3);
    expect(told(ends)).toEqual([
      "zoe left by api (MEETING_END_API)",
      "ann left by api (MEETING_END_API)",
      "mia withdrawn by api (session-ended)",
    ]);
    expect(new Set(ends.map(({ seq }) => seq)).size).toBe(1);
    expect(ends.map(({ token }) => token?.key)).toEqual(["key", "key", "key"]);
    expect(ends[0]?.sessionId).not.toBeNull();
    await one.then((it) => it.join("ann", HOST));
    expect(told((await one.entries()).slice(6))).toEqual(["ann joined by rule (token)"]);
  });

  test("Q1: who is sent back to the lobby has left and knocks", async () => {
    expect(
      await says((room) => {
        GUEST_IN(room);
        room.as("host", sendBack("guest"));
        room.as("host", admit("guest"));
      }),
    ).toEqual([
      "guest joined by rule (token)",
      "guest left by host (MOVED_TO_LOBBY)",
      "guest knocked (returned)",
      "guest admitted by host",
      "guest joined by host",
    ]);
  });

  test("Q1: a knock that is denied for good says so", async () => {
    expect(
      await says((room) => {
        KNOCK(room);
        room.as("host", deny("guest", true));
      }),
    ).toEqual(["guest knocked", "guest denied by host (banned)"]);
  });

  test("Q1: rights that are given change nothing at the door", async () => {
    expect(await says((room) => room.api(give("host", "allow_mod")))).toEqual([]);
  });
});
