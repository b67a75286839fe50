import { describe, expect, test } from "@jest/globals";
import { accepted, entered, failure, joins, refused, snapshot, Stage, turn } from "./support.js";

const say = { type: "publish", topic: "CHAT", message: "Hello" } as const;
const muteAll = { type: "disable-media", participantId: "*", kind: "mic" } as const;

describe("commands", () => {
  test("go out under a fresh id and resolve with the answer", async () => {
    const stage = await new Stage().joined();
    const answer = stage.client.command(muteAll);
    const { id } = stage.socket.last;
    expect(stage.socket.last).toEqual({ ...muteAll, id });
    stage.socket.say(accepted(id, { seq: 14, turnedOff: 3 }));
    expect(await answer).toEqual({ seq: 14, repeated: false, facts: { turnedOff: 3 } });
  });

  test("a refusal rejects with the gateway's words", async () => {
    const stage = await new Stage().joined();
    const answer = stage.client.command({ type: "admit", participantId: "bob" });
    const error = {
      code: 4059,
      name: "RESPOND_ENTRY_FAILED",
      reason: "already_decided",
      details: { decidedBy: "hal" },
    };
    stage.socket.say(refused(stage.socket.last["id"], error));
    expect(await failure(answer)).toMatchObject(error);
  });

  test("what was not answered is sent again on the next line, in order and under the same ids", async () => {
    const stage = await new Stage().joined();
    const first = stage.client.command(muteAll);
    const second = stage.client.command({ type: "publish", topic: "CHAT", message: "One" });
    const [, one, two] = stage.socket.sent;
    stage.socket.say(accepted(one?.["id"]));
    expect(await first).toMatchObject({ repeated: false });
    stage.socket.hangUp();
    const third = stage.client.command({ type: "lock-room", locked: true });
    const resume = stage.comeBack();
    expect(stage.socket.sent).toHaveLength(1);
    stage.socket.say(entered(resume["id"], "secret-2", { recovered: true }));
    expect(stage.socket.sent.slice(1)).toMatchObject([two, { type: "lock-room" }]);
    stage.socket.say(accepted(two?.["id"], { seq: 12, repeated: true }), accepted(stage.socket.last["id"]));
    expect(await second).toEqual({ seq: 12, repeated: true, facts: {} });
    await third;
  });

  test("an answer that comes twice, or to nothing, changes nothing", async () => {
    const stage = await new Stage().joined();
    const answer = stage.client.command(muteAll);
    const { id } = stage.socket.last;
    stage.socket.say(accepted(id, { seq: 14 }), refused(id, {}), accepted("another"), refused(null, {}));
    expect(await answer).toMatchObject({ seq: 14 });
    expect(stage.client.state).toBe("joined");
  });

  test("no more at once than the gateway takes; one place is left for the heartbeat", async () => {
    const stage = await new Stage().joined();
    const answers = Array.from({ length: 20 }, () => stage.client.command(say));
    expect(stage.socket.sent).toHaveLength(1 + 15);
    while (stage.socket.sent.length < 1 + 20)
      stage.socket.say(accepted(stage.socket.sent[stage.socket.sent.length - 15]?.["id"]));
    for (const { id } of stage.socket.sent.slice(-15)) stage.socket.say(accepted(id));
    expect(await Promise.all(answers)).toHaveLength(20);
  });

  test("a line that is lost for long does not fill the memory", async () => {
    const stage = await new Stage().joined();
    stage.socket.hangUp();
    const kept = Array.from({ length: 256 }, () => stage.client.command(muteAll));
    expect(await failure(stage.client.command(muteAll))).toMatchObject({
      reason: "too_many_commands",
      retryable: true,
    });
    const fates = Promise.allSettled(kept);
    await stage.client.leave();
    expect((await fates).every(({ status }) => status === "rejected")).toBe(true);
  });

  test("what the gateway would cut the line for is refused here", async () => {
    const stage = await new Stage().joined();
    const payload = { text: "ä".repeat(40_000) };
    const answer = stage.client.command({ type: "signal", to: "bob", payload });
    expect(await failure(answer)).toMatchObject({ reason: "payload_too_large" });
    expect(stage.socket.sent).toHaveLength(1);
  });

  test("before joining and after leaving there is nobody to ask", async () => {
    const stage = new Stage();
    expect(await failure(stage.client.command(muteAll))).toMatchObject({ code: 3035, reason: "not_joined" });
    await stage.joined();
    stage.socket.hangUp(4402, "removed");
    expect(await failure(stage.client.command(muteAll))).toMatchObject({ reason: "not_joined" });
  });

  test("what the stay's end left unanswered says so", async () => {
    const stage = await new Stage().joined();
    const answer = stage.client.command(muteAll);
    stage.socket.hangUp(4402, "removed");
    expect(await failure(answer)).toMatchObject({ code: 3079, reason: "unanswered" });
  });

  test("a refreshed token is the one to join with next time; a refused one is not", async () => {
    const stage = await new Stage().joined();
    const refused2 = stage.client.command({ type: "refresh-token", token: "token-bad" });
    stage.socket.say(refused(stage.socket.last["id"], { code: 4002, reason: "token_expired" }));
    await failure(refused2);
    const answer = stage.client.command({ type: "refresh-token", token: "token-2" });
    stage.socket.say(accepted(stage.socket.last["id"]));
    await answer;
    stage.socket.hangUp(4413, "session_ended");
    void stage.client.join();
    stage.socket.say({ type: "hello", protocol: "admitone.v1", version: "1", heartbeatMs: 15_000 });
    expect(stage.socket.last).toMatchObject({ type: "join", token: "token-2" });
  });
});

describe("leave", () => {
  test("says so, waits for the gateway's last word, and is out", async () => {
    const stage = await new Stage().joined();
    const out = stage.client.leave();
    expect(stage.client.leave()).toBe(out);
    expect(stage.socket.last).toMatchObject({ type: "leave" });
    const reason = { code: 1101, message: "MANUAL_LEAVE_CALLED" };
    stage.socket.say(accepted(stage.socket.last["id"]), { type: "meeting-left", reason, note: null });
    stage.socket.hangUp(1000, "left");
    await out;
    const text = "You left the meeting.";
    expect(stage.told("left")).toEqual([{ code: 1000, why: "left", reason, note: null, text }]);
    expect(stage.client.state).toBe("left");
    expect(stage.clock.pending).toBe(0);
  });

  test("out of the lobby it withdraws; admitted in that very moment, it leaves", async () => {
    const stage = await new Stage().knocked();
    const out = stage.client.leave();
    expect(stage.socket.last).toMatchObject({ type: "withdraw" });
    stage.socket.say(snapshot(12), refused(stage.socket.last["id"], { code: 4417, reason: "knock_unknown" }));
    await turn();
    expect(stage.socket.last).toMatchObject({ type: "leave" });
    stage.socket.hangUp(1000, "left");
    await out;
    expect(stage.client.state).toBe("left");
  });

  test("a gateway that does not answer is not waited for long, and a line that breaks is not mended", async () => {
    const mute = await new Stage().joined();
    const out = mute.client.leave();
    mute.clock.advance(2_000);
    await out;
    expect(mute.client.state).toBe("left");

    const broken = await new Stage().joined();
    const gone = broken.client.leave();
    broken.socket.hangUp();
    await gone;
    broken.clock.advance(600_000);
    expect(broken.sockets).toHaveLength(1);
    expect(broken.told("left")).toMatchObject([{ code: 1000, why: "left", reason: { code: 1101 } }]);
  });

  test("on the way back it ends at once", async () => {
    const stage = await new Stage().joined();
    stage.socket.hangUp();
    await stage.client.leave();
    expect(stage.told("left")).toMatchObject([{ reason: { message: "MANUAL_LEAVE_CALLED" } }]);
    expect(stage.clock.pending).toBe(0);
  });

  test("on the way in the join fails as given up", async () => {
    const stage = new Stage();
    const joining = stage.client.join();
    await stage.client.leave();
    expect(await failure(joining)).toMatchObject({ reason: "cancelled" });
    expect(stage.socket.end).toEqual({ code: 1000, reason: "" });
    expect(stage.told("left")).toEqual([]);
    await stage.client.leave();
  });
});

describe("listeners", () => {
  test("one that throws or rejects breaks nothing, and is told about", async () => {
    const stage = await new Stage().joined();
    stage.client.on("participant-joined", () => {
      throw new Error("thrown");
    });
    stage.client.on("participant-joined", () => Promise.reject(new Error("rejected")));
    stage.client.on("listener-error", () => {
      throw new Error("the worst");
    });
    const heard: number[] = [];
    stage.client.on("participant-joined", ({ seq }) => heard.push(seq));
    stage.socket.say(joins(11, 2));
    await turn();
    expect(heard).toEqual([11, 12]);
    const errors = stage.told("listener-error");
    expect(errors).toHaveLength(4);
    expect(errors).toContainEqual({ event: "participant-joined", error: new Error("rejected") });
  });

  test("on answers its undo, for each time by itself", async () => {
    const stage = await new Stage().joined();
    const heard: number[] = [];
    const listener = ({ seq }: { seq: number }): unknown => heard.push(seq);
    const undo = stage.client.on("participant-joined", listener);
    stage.client.on("participant-joined", listener);
    undo();
    undo();
    stage.socket.say(joins(11, 1));
    expect(heard).toEqual([11]);
  });

  test("hear of a change after it was made", async () => {
    const stage = await new Stage().joined();
    const sizes: number[] = [];
    stage.client.on("participant-joined", () => sizes.push(stage.client.view.participants.size));
    stage.socket.say(joins(11, 2));
    expect(sizes).toEqual([2, 3]);
  });

  test("one that drops the line in the midst of a batch hears the rest once, after the resume", async () => {
    const stage = await new Stage().joined();
    const undo = stage.client.on("participant-joined", () => stage.client.drop());
    stage.socket.say(joins(11, 3));
    undo();
    const resume = stage.comeBack();
    expect(resume).toMatchObject({ seq: 11 });
    stage.socket.say(entered(resume["id"], "secret-2", { recovered: true }), joins(12, 2));
    expect(stage.told("participant-joined")).toMatchObject([{ seq: 11 }, { seq: 12 }, { seq: 13 }]);
  });

  test("one that leaves when the line is lost hears nothing of coming back", async () => {
    const stage = await new Stage().joined();
    stage.client.on("state", ({ state }) => (state === "reconnecting" ? stage.client.leave() : undefined));
    stage.socket.hangUp();
    expect(stage.names().slice(2)).toEqual(["left"]);
    expect(stage.clock.pending).toBe(0);
  });

  test("signals come as they are", async () => {
    const stage = await new Stage().joined();
    stage.socket.say({ type: "signal", from: "bob", id: "s1", payload: { sdp: "v=0" } });
    expect(stage.told("signal")).toEqual([{ from: "bob", id: "s1", payload: { sdp: "v=0" } }]);
  });
});
