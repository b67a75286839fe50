import { describe, expect, test } from "@jest/globals";
import { longestPause } from "../../../src/client/dialler.js";
import { CLOSE_CODES } from "../../../src/protocol/leaving.js";
import { again, entered, HELLO, joinOf, joins, refused, snapshot, Stage } from "./support.js";

describe("coming back", () => {
  test("on the next address, with the latest secret, from the last good number", async () => {
    const stage = await new Stage().joined();
    stage.socket.say(joins(11, 2));
    stage.socket.hangUp(1006, "reset");
    expect(stage.client.state).toBe("reconnecting");
    expect(stage.told("reconnecting")).toEqual([
      { attempt: 1, delayMs: 250, url: "ws://two", code: 1006, why: "reset" },
    ]);
    stage.clock.advance(249);
    expect(stage.sockets).toHaveLength(1);
    stage.clock.advance(1);
    expect(stage.socket).toMatchObject({ url: "ws://two", sent: [] });
    stage.socket.say(HELLO);
    const { id } = stage.socket.last;
    expect(stage.socket.sent).toEqual([
      { type: "resume", id, secret: "secret-1", epoch: "e1", seq: 12, attempt: 2 },
    ]);
    stage.socket.say(entered(id, "secret-2", { recovered: true }), joins(13, 1));
    expect(stage.client.state).toBe("joined");
    expect(stage.names().slice(2)).toEqual([
      "participant-joined",
      "participant-joined",
      "reconnecting",
      "recovered",
      "participant-joined",
    ]);
    expect(stage.told("recovered")).toEqual([{ recovered: true }]);
    stage.socket.hangUp(1012);
    expect(stage.comeBack()).toMatchObject({ secret: "secret-2", seq: 13 });
    expect(stage.socket.last["id"]).not.toBe(id);
  });

  test("nothing was missed: an empty batch changes nothing", async () => {
    const stage = await new Stage().joined();
    stage.socket.hangUp();
    const { id } = stage.comeBack();
    stage.socket.say(entered(id, "secret-2", { recovered: true }), joins(11, 0), joins(11, 1));
    expect(stage.told("participant-joined")).toHaveLength(1);
    expect(stage.sockets).toHaveLength(2);
  });

  test("what cannot be told comes as a snapshot, and is said so", async () => {
    const stage = await new Stage().joined();
    stage.socket.say(joins(11, 2));
    stage.socket.hangUp();
    const { id } = stage.comeBack();
    stage.socket.say(
      entered(id, "secret-2", { recovered: false }),
      snapshot(500, { cause: "resumed", epoch: "e2" }),
    );
    expect(stage.names().slice(-3)).toEqual(["reconnecting", "snapshot", "recovered"]);
    expect(stage.told("recovered")).toEqual([{ recovered: false }]);
    expect([...stage.client.view.participants.keys()]).toEqual(["ann"]);
    expect(stage.client.view).toMatchObject({ epoch: "e2", seq: 500 });
  });

  test("a resume whose answer was lost is sent again with the same id and secret", async () => {
    const stage = await new Stage().joined();
    stage.socket.hangUp();
    const first = stage.comeBack();
    stage.socket.hangUp();
    expect(stage.comeBack()).toEqual(again(first));
    stage.socket.hangUp(4503, "unavailable");
    expect(stage.comeBack()).toEqual(again(again(first)));
  });

  test("a store that is away is no end: the same resume is asked again", async () => {
    const stage = await new Stage().joined();
    stage.socket.hangUp();
    const first = stage.comeBack();
    stage.socket.say(refused(first["id"], { code: 4503, reason: "unavailable", retryable: true }));
    expect(stage.client.state).toBe("reconnecting");
    expect(stage.comeBack()).toEqual(again(first));
    stage.socket.say(refused(first["id"], { code: 4000, reason: "internal_error" }));
    expect(stage.comeBack()).toEqual(again(again(first)));
  });

  test("a resume that is refused for good ends the stay with the reason", async () => {
    const stage = await new Stage().joined();
    stage.socket.hangUp();
    const { id } = stage.comeBack();
    stage.socket.say(refused(id, { code: 4412, reason: "resume_window_over" }));
    expect(stage.told("left")).toEqual([
      { code: 4412, why: "resume_window_over", reason: null, note: null, text: "No" },
    ]);
    expect(stage.client.state).toBe("left");
    expect(stage.clock.pending).toBe(0);
  });

  test("pauses grow with full jitter up to half a minute; a line that held makes them short again", async () => {
    expect([1, 2, 3, 6, 7, 50].map(longestPause)).toEqual([500, 1_000, 2_000, 16_000, 30_000, 30_000]);
    const numbers = [0, 0.999, 0.25, 0.5];
    const stage = await new Stage({ random: () => numbers.shift() ?? 0.1 }).joined();
    for (const delay of [0, 999, 500]) {
      stage.socket.hangUp();
      expect(stage.told("reconnecting").at(-1)).toMatchObject({ delayMs: delay });
      stage.clock.advance(delay);
    }
    stage.socket.say(HELLO);
    stage.socket.say(entered(stage.socket.last["id"], "secret-2", { recovered: true }));
    stage.clock.advance(4_999);
    stage.socket.hangUp();
    expect(stage.told("reconnecting").at(-1)).toMatchObject({ attempt: 4, delayMs: 2_000 });
    const { id } = stage.comeBack();
    stage.socket.say(entered(id, "secret-3", { recovered: true }));
    stage.clock.advance(5_000);
    stage.socket.hangUp();
    expect(stage.told("reconnecting").at(-1)).toMatchObject({ attempt: 1, delayMs: 50 });
  });

  test("a limit of attempts ends the stay with VideoSDK's reason for it", async () => {
    const stage = await new Stage({ reconnectAttempts: 2 }).joined();
    stage.socket.hangUp();
    stage.comeBack();
    stage.socket.hangUp();
    expect(stage.told("left")).toEqual([
      {
        code: 1006,
        why: "unreachable",
        reason: { code: 1102, message: "WEBSOCKET_CONNECTION_ATTEMPTS_EXHAUSTED" },
        note: null,
        text: "The gateway could not be reached any more.",
      },
    ]);
  });

  test.each([1000, 1002, 1005, 1008, 4002, 4005, CLOSE_CODES.badMessage, CLOSE_CODES.placeLost, 4499])(
    "%i is final",
    async (code) => {
      const stage = await new Stage().joined();
      stage.socket.hangUp(code, "why");
      const text = "The gateway ended the connection (why).";
      expect(stage.told("left")).toEqual([{ code, why: "why", reason: null, note: null, text }]);
      stage.clock.advance(600_000);
      expect(stage.sockets).toHaveLength(1);
    },
  );

  test.each([
    1001,
    1006,
    1011,
    1012,
    1013,
    1014,
    4500,
    CLOSE_CODES.slowConsumer,
    CLOSE_CODES.unavailable,
    4999,
  ])("after %i the client comes back", async (code) => {
    const stage = await new Stage().joined();
    stage.socket.hangUp(code);
    expect(stage.comeBack()).toMatchObject({ type: "resume", seq: 10 });
  });

  test("the last words go with the end, whatever the close code; a gateway that does not hang up is not waited for", async () => {
    const stage = await new Stage().joined();
    const reason = { code: 1002, message: "REMOVE_PEER" };
    stage.socket.say({ type: "meeting-left", reason, note: "Enough" });
    expect(stage.client.state).toBe("joined");
    stage.clock.advance(2_000);
    const text = "You were removed from the meeting.";
    expect(stage.told("left")).toEqual([
      { code: 4502, why: "heartbeat_missed", reason, note: "Enough", text },
    ]);
  });

  test("drop cuts the line without a word", async () => {
    const stage = await new Stage().joined();
    const { socket } = stage;
    stage.client.drop();
    expect(socket.end).toBe("terminated");
    expect(stage.comeBack()).toMatchObject({ type: "resume", secret: "secret-1" });
    socket.say(joins(11, 1));
    socket.hangUp();
    expect(stage.told("participant-joined")).toEqual([]);
  });
});

describe("numbers", () => {
  test("events come once and in order: what is known already is passed over", async () => {
    const stage = await new Stage().joined();
    stage.socket.say(joins(11, 2), joins(11, 2), joins(12, 1), joins(12, 2));
    expect(stage.told("participant-joined")).toEqual([joinOf(11), joinOf(12), joinOf(13)]);
    expect(stage.client.view.seq).toBe(13);
    expect(stage.sockets).toHaveLength(1);
  });

  test("settings that a back end changed are those of the copy", async () => {
    const stage = await new Stage().joined();
    const settings = {
      maxParticipants: 7,
      hostAbsent: "hold",
      knockTimeoutMs: 600_000,
      resumeWindowMs: 30_000,
      tokenExpiry: null,
      lobbyForAll: true,
      autoClose: { type: "session-ends", afterMs: 60_000 },
    };
    const event = {
      seq: 11,
      at: 11,
      type: "room-settings-changed",
      settings,
      by: { kind: "api", name: null },
    };
    stage.socket.say({ type: "events", epoch: "e1", seq: 11, count: 1, events: [event] });
    expect(stage.client.view.facts).toMatchObject({ maxParticipants: 7, lobbyForAll: true, locked: false });
  });

  test.each(["ended", "auto-closed", "room-closed"])(
    "a session that is over for all, %s, leaves nobody",
    async (cause) => {
      const stage = await new Stage().joined();
      const knock = { participantId: "kim", name: "Kim", metaData: null, returned: false, online: true };
      const by = { kind: "rule" };
      const batch = (seq: number, ...bodies: object[]): object => ({
        type: "events",
        epoch: "e1",
        seq,
        count: bodies.length,
        events: bodies.map((body, index) => ({ seq: seq + index, at: 0, ...body })),
      });
      stage.socket.say(batch(11, { type: "entry-requested", knock: { ...knock, since: 0, expiresAt: 1 } }));
      expect(stage.client.view.lobby.size).toBe(1);
      stage.socket.say(
        batch(
          12,
          { type: "room-status-changed", status: "disabled", by },
          { type: "session-ended", sessionId: "s1", cause, by },
        ),
      );
      expect(stage.client.view).toMatchObject({ participants: new Map(), lobby: new Map(), seq: 13 });
      expect(stage.client.view.facts?.sessionId).toBeNull();
    },
  );

  test("numbers count where nothing is seen", async () => {
    const stage = await new Stage().joined();
    stage.socket.say({ type: "events", epoch: "e1", seq: 11, count: 5, events: [joinOf(13)] }, joins(16, 1));
    expect(stage.told("participant-joined")).toEqual([joinOf(13), joinOf(16)]);
  });

  test.each([
    ["a gap", joins(12, 1)],
    ["another epoch", joins(11, 1, "e2")],
  ])("%s is not delivered: the client comes back from the last good number", async (_name, frame) => {
    const stage = await new Stage().joined();
    const { socket } = stage;
    socket.say(frame);
    expect(socket.end).toEqual({ code: 4500, reason: "" });
    expect(stage.told("reconnecting")).toMatchObject([{ code: 4500, why: "gap" }]);
    expect(stage.comeBack()).toMatchObject({ type: "resume", epoch: "e1", seq: 10 });
    expect(stage.told("participant-joined")).toEqual([]);
  });

  test.each([
    ["binary", new Uint8Array([1])],
    ["not JSON", "{"],
    ["nothing", "null"],
    ["a frame without its members", JSON.stringify({ type: "snapshot" })],
    [
      "an event out of its place",
      JSON.stringify({ type: "events", epoch: "e1", seq: 11, count: 1, events: [joinOf(12)] }),
    ],
    [
      "an event without its members",
      JSON.stringify({
        type: "events",
        epoch: "e1",
        seq: 11,
        count: 1,
        events: [{ seq: 11, at: 0, type: "participant-left" }],
      }),
    ],
    [
      "events in disorder",
      JSON.stringify({ type: "events", epoch: "e1", seq: 11, count: 2, events: [joinOf(12), joinOf(11)] }),
    ],
  ])("%s: nothing of it is delivered, and only a snapshot mends the copy", async (_name, data) => {
    const stage = await new Stage().joined();
    stage.socket.sayRaw(data);
    expect(stage.told("participant-joined")).toEqual([]);
    const resume = stage.comeBack();
    expect(resume).toEqual({ type: "resume", id: resume["id"], secret: "secret-1", attempt: 2 });
  });

  test("an answer to the join without its members counts as unreadable", async () => {
    const stage = new Stage({ joinAttempts: 1 });
    const joining = stage.client.join();
    stage.socket.say(HELLO, { type: "reply", id: "id-0000000000001", ok: true, seq: 1 });
    await expect(joining).rejects.toMatchObject({ reason: "unreachable" });
  });

  test("frames and events that this client does not know are passed over", async () => {
    const stage = await new Stage().joined();
    stage.socket.say(
      { type: "weather", sun: true },
      {
        type: "events",
        epoch: "e1",
        seq: 11,
        count: 2,
        events: [{ seq: 11, at: 0, type: "hand-raised" }, joinOf(12)],
      },
    );
    expect(stage.told("participant-joined")).toEqual([joinOf(12)]);
    expect(stage.client.view.seq).toBe(12);
  });

  test("a snapshot on the living line lays the copy anew; only one after a loss is told as a recovery", async () => {
    const stage = await new Stage().joined();
    stage.socket.say(snapshot(11, { cause: "permissions" }));
    expect(stage.names().slice(2)).toEqual(["snapshot"]);
    stage.socket.say(snapshot(9, { cause: "recovered", epoch: "e2" }), joins(10, 1, "e2"));
    expect(stage.names().slice(3)).toEqual(["snapshot", "recovered", "participant-joined"]);
    expect(stage.told("recovered")).toEqual([{ recovered: false }]);
  });
});
