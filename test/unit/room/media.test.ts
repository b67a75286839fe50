import { expect, test } from "@jest/globals";
import type { RoomAction } from "../../../src/room/commands.js";
import { HOST, Room, eventOf, give, lockMic, outcome, setMic, take, yes } from "./support.js";

const off = (participantId: string): RoomAction => ({ type: "disable-media", participantId, kind: "mic" });
const ask = (participantId: string, kind: "mic" | "webcam" = "mic"): RoomAction => ({
  type: "request-media",
  participantId,
  kind,
});
const answer = (accept: boolean, kind: "mic" | "webcam" = "mic"): RoomAction => ({
  type: "answer-media",
  kind,
  accept,
});

function three(): Room {
  const room = new Room();
  room.join("mod", HOST);
  room.join("ann");
  room.join("bob", { more: { micOn: true, webcamOn: true } });
  return room;
}

test("V1: one's own microphone and webcam, on only where nothing locks them", () => {
  const room = three();
  expect(outcome(room.as("ann", setMic(true)))).toEqual(["stream-enabled"]);
  expect(outcome(room.as("ann", setMic(true)))).toEqual([]);
  expect(room.in("ann").view).toMatchObject({ micOn: true, webcamOn: false });
  yes(room.as("mod", lockMic("ann")));
  expect(outcome(room.as("ann", setMic(false)))).toEqual(["stream-disabled"]);
  expect(outcome(room.as("ann", setMic(true)))).toBe("media_locked");
  expect(outcome(room.as("ann", { type: "set-media", kind: "webcam", on: true }))).toEqual([
    "stream-enabled",
  ]);
});

test("V2: off at once, for one or for everybody but the sender, only that kind", () => {
  const room = three();
  for (const id of ["mod", "ann"]) yes(room.as(id, setMic(true)));
  const one = room.as("mod", off("bob"));
  expect(eventOf(one, "stream-disabled").body).toEqual({
    participantId: "bob",
    kind: "mic",
    by: { kind: "participant", participantId: "mod", name: "name of mod" },
  });
  expect(room.in("bob").view.webcamOn).toBe(true);
  expect(yes(room.as("mod", off("*"))).result).toEqual({ turnedOff: 1 });
  expect(room.in("mod").view.micOn).toBe(true);
  expect(yes(room.api(off("*"))).result).toEqual({ turnedOff: 1 });
  expect(yes(room.as("mod", off("ann"))).events).toEqual([]);
});

test("V3: a request turns nothing on, and a newer one takes the place of an open one", () => {
  const room = three();
  expect(outcome(room.as("mod", ask("ann")))).toEqual(["mic-requested"]);
  expect(outcome(room.as("mod", ask("ann", "webcam")))).toEqual(["webcam-requested"]);
  expect(room.in("ann").view.micOn).toBe(false);
  expect(outcome(room.as("mod", ask("bob")))).toEqual([]);
  yes(room.api(ask("ann")));
  expect(eventOf(room.as("ann", answer(false)), "mic-responded").body).toEqual({
    participantId: "ann",
    askerId: null,
    accepted: false,
  });
});

test("V4: the target answers once, the asker hears it, and only a yes turns on", () => {
  const room = three();
  expect(outcome(room.as("ann", answer(true)))).toBe("request_unknown");
  yes(room.as("mod", ask("ann")));
  expect(outcome(room.as("bob", answer(true)))).toBe("request_unknown");
  expect(outcome(room.as("ann", answer(true, "webcam")))).toBe("request_unknown");
  expect(outcome(room.as("ann", answer(false)))).toEqual(["mic-responded"]);
  expect(outcome(room.as("ann", answer(true)))).toBe("request_unknown");
  yes(room.as("mod", ask("ann", "webcam")));
  const accepted = room.as("ann", answer(true, "webcam"));
  expect(outcome(accepted)).toEqual(["webcam-responded", "stream-enabled"]);
  expect(eventOf(accepted, "webcam-responded").body.askerId).toBe("mod");
});

test("V4: an accepted request turns on even under a lock; turning it on by oneself settles the request", () => {
  const room = three();
  yes(room.as("mod", lockMic("*")));
  yes(room.as("mod", lockMic("ann")));
  yes(room.as("mod", ask("ann")));
  expect(outcome(room.as("ann", answer(true)))).toEqual(["mic-responded", "stream-enabled"]);
  yes(room.as("mod", ask("ann", "webcam")));
  yes(room.as("ann", { type: "set-media", kind: "webcam", on: true }));
  expect(outcome(room.as("ann", answer(false, "webcam")))).toBe("request_unknown");
});

test("V5: a lock keeps what is on, binds whatever the rights, and ends with the stay", () => {
  const room = three();
  expect(outcome(room.as("mod", lockMic("bob")))).toEqual(["media-lock-changed"]);
  expect(outcome(room.as("mod", lockMic("bob")))).toEqual([]);
  expect(room.in("bob").view).toMatchObject({ micOn: true, micLocked: true, webcamLocked: false });
  yes(room.as("mod", lockMic("mod")));
  expect(outcome(room.as("mod", setMic(true)))).toBe("media_locked");
  yes(room.as("mod", lockMic("mod", false)));
  expect(outcome(room.as("mod", setMic(true)))).toEqual(["stream-enabled"]);
  yes(room.as("bob", { type: "leave" }));
  room.join("bob", { more: { micOn: true } });
  expect(room.in("bob").view).toMatchObject({ micOn: true, micLocked: false });
});

test("V6: a lock for everybody binds all but moderators, those who lose the right, and newcomers", () => {
  const room = three();
  expect(eventOf(room.as("mod", lockMic("*")), "media-lock-changed").body.participantId).toBeNull();
  expect(room.in("bob").view.micOn).toBe(true);
  expect(outcome(room.as("ann", setMic(true)))).toBe("media_locked");
  expect(outcome(room.as("mod", setMic(true)))).toEqual(["stream-enabled"]);
  yes(room.as("mod", give("ann", "allow_mod")));
  expect(outcome(room.as("ann", setMic(true)))).toEqual(["stream-enabled"]);
  yes(room.as("ann", setMic(false)));
  yes(room.as("mod", take("ann", "allow_mod")));
  expect(outcome(room.as("ann", setMic(true)))).toBe("media_locked");
  room.join("eve", { more: { micOn: true } });
  expect(room.in("eve").view.micOn).toBe(false);
  yes(room.as("mod", lockMic("*", false)));
  expect(outcome(room.as("ann", setMic(true)))).toEqual(["stream-enabled"]);
});
