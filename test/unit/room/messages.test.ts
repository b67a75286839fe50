import { expect, test } from "@jest/globals";
import { LIMITS } from "../../../src/protocol/limits.js";
import { mayReachOthers, maySignal } from "../../../src/room/rules/messages.js";
import { roomView } from "../../../src/room/view.js";
import { GUEST, HOST, Room, eventOf, outcome, publish, yes } from "./support.js";

test("S1: the gateway stamps sender, time and id; no right is needed", () => {
  const room = new Room();
  room.join("ann");
  yes(room.api({ type: "take-permission", participantId: "ann", permission: "allow_join" }));
  const { message } = eventOf(room.as("ann", publish({ payload: { a: 1 } })), "message-published").body;
  expect(message).toMatchObject({ senderId: "ann", senderName: "name of ann", timestamp: room.now });
  expect(message.payload).toEqual({ a: 1 });
  expect(eventOf(room.api(publish()), "message-published").body.message).toMatchObject({
    senderId: null,
    senderName: "",
  });
  const named = room.send({ kind: "api", name: "reception" }, publish());
  expect(eventOf(named, "message-published").body.message).toMatchObject({
    senderId: null,
    senderName: "reception",
  });
});

test("S1: whoever goes by the same id later cannot replace a kept message", () => {
  const room = new Room();
  room.join("host", HOST);
  for (const token of ["first", "second"]) {
    room.join("ann", { bound: false, token });
    yes(room.as("ann", publish({ persist: true, message: token }), "same-command-id"));
    yes(room.as("ann", { type: "leave" }));
  }
  expect([...room.state.messages.values()].map(({ message }) => message.message)).toEqual([
    "first",
    "second",
  ]);
});

test("S2: kept for those who come later, the last 200, and only for whom it was meant", () => {
  const room = new Room();
  for (const id of ["ann", "bob", "eve"]) room.join(id);
  yes(room.as("ann", publish({ message: "gone" })));
  yes(room.as("ann", publish({ persist: true, message: "all" })));
  yes(room.as("ann", publish({ persist: true, message: "bob", sendOnly: ["bob"] })));
  const seenBy = (id: string) => roomView(room.state, id).messages.map(({ message }) => message);
  expect(seenBy("bob")).toEqual(["all", "bob"]);
  expect(seenBy("ann")).toEqual(["all", "bob"]);
  expect(seenBy("eve")).toEqual(["all"]);
  for (let i = 0; i < 200; i++) yes(room.as("ann", publish({ persist: true, message: String(i) })));
  expect(seenBy("eve")).toHaveLength(200);
  expect(seenBy("eve").at(0)).toBe("0");
});

test("S2: what is kept is bounded by length too, so that a newcomer's snapshot stays small", () => {
  const room = new Room();
  room.join("ann");
  const long = "x".repeat(LIMITS.messageLength);
  for (let i = 0; i < 40; i++)
    yes(room.as("ann", publish({ persist: true, message: `${i}`.padEnd(long.length, "x") })));
  const { messages } = roomView(room.state, "ann");
  expect(JSON.stringify(messages).length).toBeLessThanOrEqual(
    LIMITS.keptMessagesLength + messages.length + 1,
  );
  expect(messages.at(-1)?.message.startsWith("39")).toBe(true);
  expect(messages.length).toBeGreaterThan(10);
});

test("S3: signals pass between two participants whose lines are up, and nobody else", () => {
  const room = new Room();
  for (const id of ["ann", "bob"]) room.join(id);
  room.join("guest", GUEST);
  const why = (from: string, to: string) => maySignal(room.state, room.speaker(from), to)?.reason ?? null;
  expect(why("ann", "bob")).toBeNull();
  expect(why("guest", "ann")).toBe("in_lobby");
  expect(why("nobody", "ann")).toBe("not_joined");
  expect(why("ann", "guest")).toBe("participant_unknown");
  expect(why("ann", "nobody")).toBe("participant_unknown");
  expect(why("ann", "ann")).toBe("self_target");
  yes(room.loseLine("bob"));
  expect(why("ann", "bob")).toBe("participant_offline");
  expect(outcome(room.resume("bob"))).toEqual(["participant-resumed"]);
  expect(why("ann", "bob")).toBeNull();
});

test("S4: only who is in the room, on the connection that holds the seat, learns how to reach others", () => {
  const room = new Room();
  const expires = { expiresAt: room.now + 1_000, expiryPolicy: "restrict" } as const;
  room.join("ann", { expires });
  room.join("guest", GUEST);
  const why = (id: string) => mayReachOthers(room.state, room.speaker(id))?.reason ?? null;
  expect(why("ann")).toBeNull();
  expect(why("guest")).toBe("in_lobby");
  expect(why("nobody")).toBe("not_joined");
  const before = room.speaker("ann");
  yes(room.loseLine("ann"));
  expect(why("ann")).toBe("not_joined");
  yes(room.resume("ann"));
  expect(why("ann")).toBeNull();
  expect(mayReachOthers(room.state, before)?.reason).toBe("not_joined");
  yes(room.api({ type: "admit", participantId: "guest" }));
  expect(why("guest")).toBeNull();
  room.now += 1_000;
  yes(room.gateway({ type: "tick" }));
  expect(why("ann")).toBe("token_expired");
  expect(maySignal(room.state, room.speaker("ann"), "guest")?.reason).toBe("token_expired");
  yes(room.api({ type: "remove", participantId: "ann", note: null, ban: false }));
  expect(why("ann")).toBe("not_joined");
});
