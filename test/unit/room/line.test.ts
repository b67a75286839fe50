import { describe, expect, test } from "@jest/globals";
import {
  GUEST,
  HOST,
  Room,
  admit,
  deny,
  eventOf,
  grant,
  lockRoom,
  no,
  outcome,
  remove,
  sendBack,
  setMic,
  yes,
} from "./support.js";

describe("lost lines", () => {
  test("R1: the place is kept for the resume window, in the room and in the lobby", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("ann", GUEST);
    expect(eventOf(room.loseLine("host"), "participant-disconnected").body.until).toBe(room.now + 30_000);
    expect(eventOf(room.loseLine("ann"), "entry-disconnected").body.until).toBe(room.now + 30_000);
    expect(room.in("host").view.online).toBe(false);
    expect(room.waiting("ann").view.online).toBe(false);
    expect(outcome(room.as("host", setMic(true)))).toBe("not_joined");
  });

  test("R1: news of a connection that was replaced, or lost already, is ignored", () => {
    const room = new Room();
    room.join("host", HOST);
    const connection = room.line("host");
    room.join("host", HOST);
    expect(outcome(room.gateway({ type: "line-lost", participantId: "host", connection }))).toEqual([]);
    yes(room.loseLine("host"));
    expect(outcome(room.loseLine("host"))).toEqual([]);
    expect(outcome(room.gateway({ type: "line-lost", participantId: "nobody", connection }))).toEqual([]);
  });

  test("R2: a dead node's lines are lost, the others are not", () => {
    const room = new Room();
    for (const [id, node] of [
      ["a", "node-1"],
      ["b", "node-2"],
      ["c", "node-3"],
    ] as const)
      room.join(id, { more: { line: { connection: id, node, attempt: 0 } } });
    room.join("guest", { ...GUEST, more: { line: { connection: "g", node: "node-1", attempt: 0 } } });
    expect(outcome(room.gateway({ type: "nodes-lost", nodes: ["node-1", "node-3"] }))).toEqual([
      "participant-disconnected",
      "participant-disconnected",
      "entry-disconnected",
    ]);
    expect(room.in("b").view.online).toBe(true);
  });
});

describe("the way back", () => {
  test("R3: the secret brings back to the same place, past expiry and lock, with the same rights", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("bob", { ...HOST, expires: { expiresAt: room.now + 1, expiryPolicy: "stay" } });
    room.join("ann", GUEST);
    yes(room.as("host", lockRoom()));
    for (const id of ["bob", "ann"]) yes(room.loseLine(id));
    room.now += 29_999;
    expect(outcome(room.resume("bob"))).toEqual(["participant-resumed"]);
    expect(outcome(room.resume("ann"))).toEqual(["entry-resumed"]);
    expect(room.in("bob").view.permissions).toEqual(["allow_join", "allow_mod"]);
    expect(room.state.participants.has("ann")).toBe(false);
    // Whether a room exists is nothing that a made-up secret may find out.
    expect(outcome(new Room(null).resume("bob"))).toBe("resume_invalid");
  });

  test("R4: each use replaces the secret, and the connection before speaks no more", () => {
    const room = new Room();
    room.join("host", HOST);
    const first = room.secret("host");
    const older = room.actor("host");
    yes(room.resume("host"));
    expect(outcome(room.send(older, setMic(true)))).toBe("not_joined");
    expect(outcome(room.resume("host", first))).toBe("resume_invalid");
    expect(outcome(room.resume("host"))).toEqual(["participant-resumed"]);
  });

  test("R5: the last secret stays good for the very same resume only", () => {
    const room = new Room();
    room.join("host", HOST);
    const first = room.secret("host");
    yes(room.resume("host", first, "resume-1"));
    expect(outcome(room.resume("host", first, "resume-2"))).toBe("resume_invalid");
    expect(outcome(room.resume("host", first, "resume-1"))).toEqual(["participant-resumed"]);
    yes(room.resume("host"));
    expect(outcome(room.resume("host", first, "resume-1"))).toBe("resume_invalid");
  });

  test("R5: it is void once a command on the new line has had an effect, in the room and in the lobby", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("ann", GUEST);
    const said = {
      host: setMic(true),
      ann: { type: "refresh-token", grant: grant("newer", { participantId: "ann" }) } as const,
    };
    for (const id of ["host", "ann"] as const) {
      const first = room.secret(id);
      yes(room.resume(id, first, "resume-1"));
      // What has no effect leaves no trace, and says nothing of the answer.
      expect(room.as(id, { type: "rename", name: "name of host" }).ok).toBe(id === "host");
      yes(room.resume(id, first, "resume-1"));
      yes(room.as(id, said[id]));
      expect(outcome(room.resume(id, first, "resume-1"))).toBe("resume_invalid");
      yes(room.resume(id));
    }
  });

  test("R5: what somebody else does, also to them, leaves it good", () => {
    const room = new Room();
    for (const id of ["host", "ann"]) room.join(id, HOST);
    const first = room.secret("ann");
    yes(room.resume("ann", first, "resume-1"));
    yes(room.as("host", { type: "take-permission", participantId: "ann", permission: "allow_mod" }));
    yes(room.as("host", sendBack("ann")));
    yes(room.as("host", admit("ann")));
    yes(room.loseLine("ann"));
    expect(outcome(room.resume("ann", first, "resume-1"))).toEqual(["participant-resumed"]);
  });

  test("R6: a secret of a stay that is over is told why", () => {
    const room = new Room({ knockTimeoutMs: 60_000 });
    room.join("host", HOST);
    for (const id of ["removed", "window"]) room.join(id);
    for (const id of ["denied", "late"]) room.join(id, GUEST);
    room.join("expired", { expires: { expiresAt: room.now + 1, expiryPolicy: "leave" } });
    yes(room.as("host", remove("removed")));
    yes(room.as("host", deny("denied")));
    yes(room.loseLine("window"));
    yes(room.wait(60_000));
    const why = (id: string) => no(room.resume(id));
    expect(why("removed")).toEqual({ reason: "removed", field: "secret" });
    expect(why("denied").reason).toBe("entry_denied");
    expect(why("window").reason).toBe("resume_window_over");
    expect(why("late").reason).toBe("knock_timed_out");
    expect(why("expired").reason).toBe("token_expired");
    room.join("waits", GUEST);
    yes(room.as("host", { type: "end" }));
    expect(why("host").reason).toBe("session_ended");
    expect(why("waits").reason).toBe("session_ended");
  });

  test("R6: any other secret is not valid, of whoever is here, gone, or never was", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("bob");
    yes(room.as("host", remove("bob")));
    for (const id of ["host", "bob", "nobody"])
      expect(outcome(room.resume(id, "wrong"))).toBe("resume_invalid");
    room.join("eve");
    yes(room.as("eve", { type: "leave" }));
    expect(outcome(room.resume("eve"))).toBe("resume_invalid");
  });

  test("R6: the secret of a knock goes on in the room after the admission", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("ann", GUEST);
    yes(room.as("host", admit("ann")));
    expect(outcome(room.resume("ann"))).toEqual(["participant-resumed"]);
  });
});
