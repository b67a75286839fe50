import { describe, expect, test } from "@jest/globals";
import { decodeEvent, encodeEvent } from "../../../src/room/events.js";
import { evolve } from "../../../src/room/evolve.js";
import { NO_ROOM, decodeState, encodeState } from "../../../src/room/state.js";
import {
  GUEST,
  HOST,
  Room,
  admit,
  ban,
  deny,
  grant,
  outcome,
  publish,
  remove,
  sendBack,
  setMic,
  yes,
} from "./support.js";

describe("ids", () => {
  test("C1: the same id has one effect, and answers with the number of that effect", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("ann", GUEST);
    const first = yes(room.as("host", admit("ann"), "id-1"));
    yes(room.as("host", publish()));
    const again = yes(room.as("host", admit("ann"), "id-1"));
    expect(again).toMatchObject({ events: [], repeated: true, seq: first.seq });
    expect(first).toMatchObject({ repeated: false, seq: 6 });
    expect(again.state).toBe(room.state);
  });

  test("C1: a newer connection of the same participant may ask again", () => {
    const room = new Room();
    room.join("host", HOST);
    yes(room.as("host", publish(), "id-1"));
    yes(room.loseLine("host"));
    yes(room.resume("host"));
    expect(yes(room.as("host", publish(), "id-1")).repeated).toBe(true);
  });

  test("C2: what was refused, or changed nothing, is decided anew", () => {
    const room = new Room({ maxParticipants: 1 });
    room.join("host", HOST);
    room.join("ann", GUEST);
    expect(outcome(room.as("host", remove("nobody"), "id-1"))).toBe("participant_unknown");
    expect(outcome(room.as("host", setMic(false), "id-2"))).toEqual([]);
    expect(outcome(room.as("host", setMic(true), "id-1"))).toEqual(["stream-enabled"]);
    expect(outcome(room.as("host", publish(), "id-2"))).toEqual(["message-published"]);
  });

  test("C3: an id used for another command is refused", () => {
    const room = new Room();
    room.join("host", HOST);
    yes(room.as("host", publish(), "id-1"));
    expect(outcome(room.as("host", setMic(true), "id-1"))).toBe("command_id_reused");
  });

  test("C3: so is one used at somebody else, or about the other medium", () => {
    const room = new Room();
    for (const id of ["host", "ann", "bob"]) room.join(id, HOST);
    const mute = (participantId: string, kind: "mic" | "webcam") =>
      room.api({ type: "lock-media", participantId, kind, locked: true }, "id-1");
    yes(mute("ann", "mic"));
    expect(yes(mute("ann", "mic")).repeated).toBe(true);
    expect(outcome(mute("bob", "mic"))).toBe("command_id_reused");
    expect(outcome(mute("ann", "webcam"))).toBe("command_id_reused");
  });

  test("C4: 32 ids of each sender, and none after they are gone", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("ann");
    for (let i = 0; i < 33; i++) yes(room.as("ann", publish(), `id-${i}`));
    expect(yes(room.as("ann", publish(), "id-1")).repeated).toBe(true);
    expect(yes(room.as("ann", publish(), "id-0")).repeated).toBe(false);
    expect(room.state.commands.get("ann")).toHaveLength(32);
    yes(room.as("ann", { type: "leave" }));
    expect(room.state.commands.has("ann")).toBe(false);
  });

  test("C4: a return to the lobby and an admission during one lost line give an unanswered command no second effect", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("ann");
    const first = yes(room.as("ann", publish(), "unanswered"));
    yes(room.loseLine("ann"));
    yes(room.as("host", sendBack("ann")));
    yes(room.as("host", admit("ann")));
    yes(room.resume("ann"));
    expect(yes(room.as("ann", publish(), "unanswered"))).toMatchObject({
      events: [],
      repeated: true,
      seq: first.seq,
    });
    // Also where the one who was sent back was the last one inside, so that the session ended.
    yes(room.as("host", { type: "leave" }));
    yes(room.api(sendBack("ann")));
    expect(room.state.session).toBeNull();
    yes(room.api(admit("ann")));
    expect(yes(room.as("ann", publish(), "unanswered")).repeated).toBe(true);
    yes(room.as("ann", { type: "leave" }));
    expect(room.state.commands.has("ann")).toBe(false);
  });

  test("C4: in the lobby after a return the ids are bounded as before, and go with the knock", () => {
    const room = new Room();
    room.join("host", HOST);
    for (const id of ["ann", "bob"]) {
      room.join(id);
      for (let i = 0; i < 32; i++) yes(room.as(id, publish(), `id-${i}`));
      yes(room.as("host", sendBack(id)));
      expect(room.state.commands.get(id)).toHaveLength(32);
    }
    yes(room.as("ann", { type: "withdraw" }));
    yes(room.as("host", deny("bob")));
    for (const id of ["ann", "bob"]) expect(room.state.commands.has(id)).toBe(false);
  });

  test("C4: who enters with a better token while they wait is still here, and so are their ids", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("ann", GUEST);
    const refresh = {
      type: "refresh-token",
      grant: grant("newer", { participantId: "ann", permissions: ["ask_join"] }),
    } as const;
    yes(room.as("ann", refresh, "id-1"));
    expect(outcome(room.join("ann"))).toEqual(["entry-withdrawn", "participant-joined"]);
    expect(yes(room.as("ann", refresh, "id-1")).repeated).toBe(true);
  });

  test("C4: participants and the REST API do not share a memory, whatever their names", () => {
    const room = new Room();
    for (const id of ["api", "rest", "ann"]) room.join(id);
    for (const id of ["api", "rest", "ann"]) yes(room.as(id, publish(), "id-1"));
    expect(yes(room.api(publish(), "id-1")).repeated).toBe(false);
    expect(yes(room.api(publish(), "id-1")).repeated).toBe(true);
    yes(room.api({ type: "end" }, "id-2"));
    expect(yes(room.api({ type: "end" }, "id-2")).repeated).toBe(true);
    expect(room.state.commands.size).toBe(1);
  });

  test("C5: a join sent again gets the same seat; another id or token does not", () => {
    const id = "a-join-id-of-ann";
    const room = new Room();
    room.join("host", HOST);
    const unbound = { bound: false, token: "shared" };
    yes(room.join("ann", { ...unbound, id }));
    const joinedAt = room.in("ann").view.joinedAt;
    room.now += 10;
    expect(outcome(room.join("ann", { ...unbound, id }))).toEqual(["participant-resumed"]);
    expect(room.in("ann").view.joinedAt).toBe(joinedAt);
    expect(outcome(room.join("ann", unbound))).toBe("participant_id_taken");
    expect(outcome(room.join("ann", { bound: false, token: "other", id }))).toBe("participant_id_taken");
  });

  test("C5: a knock sent again waits at the same place, or is in where it was admitted meanwhile", () => {
    const again = { ...GUEST, bound: false, token: "shared", id: "a-join-id-of-ann" };
    const room = new Room();
    room.join("host", HOST);
    yes(room.join("ann", again));
    expect(outcome(room.join("ann", again))).toEqual(["entry-resumed"]);
    yes(room.as("host", admit("ann")));
    expect(outcome(room.join("ann", again))).toEqual(["participant-resumed"]);
    yes(room.as("host", sendBack("ann")));
    expect(outcome(room.join("ann", again))).toEqual(["entry-resumed"]);
    expect(outcome(room.join("ann", { ...again, id: "another-join-id" }))).toBe("participant_id_taken");
  });
});

describe("numbers", () => {
  test("C6: numbers rise by one, refusals write nothing, and the log gives the same room", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("ann", GUEST);
    yes(room.as("host", admit("ann")));
    const before = room.state;
    expect(outcome(room.as("ann", ban("host")))).toBe("not_permitted");
    expect(room.state).toBe(before);
    yes(room.as("host", ban("ann")));
    yes(room.as("host", publish({ persist: true })));
    expect(room.state.seq).toBe(room.log.length);
    const replayed = room.log.map((event) => decodeEvent(encodeEvent(event))).reduce(evolve, NO_ROOM);
    expect(encodeState(replayed)).toBe(encodeState(room.state));
    expect(encodeState(decodeState(encodeState(room.state)))).toBe(encodeState(room.state));
  });
});
