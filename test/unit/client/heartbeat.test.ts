import { describe, expect, test } from "@jest/globals";
import { joins, Stage } from "./support.js";

const HEARTBEAT_MS = 15_000;
const TICK_MS = HEARTBEAT_MS / 4;
const ANSWER_MS = 10_000;

describe("a line that is dead though nobody said so", () => {
  test("silence is asked for a sign of life after the heartbeat; without one the client comes back", async () => {
    const stage = await new Stage().joined();
    const { socket } = stage;
    stage.clock.advance(HEARTBEAT_MS - 1);
    expect(socket.sent).toHaveLength(1);
    stage.clock.advance(1 + TICK_MS);
    expect(socket.last).toMatchObject({ type: "ping" });
    stage.clock.advance(ANSWER_MS - 1);
    expect(socket.end).toBeNull();
    stage.clock.advance(1);
    expect(socket.end).toBe("terminated");
    expect(stage.told("reconnecting")).toMatchObject([{ code: 4502, why: "heartbeat_missed" }]);
    stage.clock.advance(250);
    expect(stage.sockets).toHaveLength(2);
  });

  test.each([1, TICK_MS - 1, TICK_MS, TICK_MS + 1, 7_000, HEARTBEAT_MS - 1])(
    "a frame %i ms later begins the wait anew: no ping before a heartbeat of silence, one at most a quarter later",
    async (at) => {
      const stage = await new Stage().joined();
      stage.clock.advance(at);
      stage.socket.say(joins(11, 1));
      stage.clock.advance(HEARTBEAT_MS - 1);
      expect(stage.socket.sent).toHaveLength(1);
      stage.clock.advance(1 + TICK_MS);
      expect(stage.socket.last).toMatchObject({ type: "ping" });
    },
  );

  test("frames that go on coming are asked for nothing", async () => {
    const stage = await new Stage().joined();
    for (let seq = 11; seq < 31; seq += 1) {
      stage.clock.advance(HEARTBEAT_MS - 1);
      stage.socket.say(joins(seq, 1));
    }
    expect(stage.socket.sent).toHaveLength(1);
    expect(stage.client.state).toBe("joined");
  });

  test("any frame answers the ping, and the next silence counts from it", async () => {
    const stage = await new Stage().joined();
    stage.clock.advance(HEARTBEAT_MS + TICK_MS + 9_000);
    expect(stage.socket.sent).toHaveLength(2);
    stage.socket.say(joins(11, 1));
    stage.clock.advance(HEARTBEAT_MS - 1);
    expect(stage.socket.sent).toHaveLength(2);
    stage.clock.advance(1);
    expect(stage.socket.last).toMatchObject({ type: "ping" });
    stage.socket.say({ type: "reply", id: stage.socket.last["id"], ok: true });
    stage.clock.advance(ANSWER_MS);
    expect(stage.client.state).toBe("joined");
    expect(stage.sockets).toHaveLength(1);
  });

  test("a frame starts no timer of its own", async () => {
    const clocked = new Stage();
    let started = 0;
    const { startTimer } = clocked.clock;
    const stage = await new Stage({
      startTimer: (run, ms) => {
        started += 1;
        return startTimer(run, ms);
      },
    }).joined();
    const before = started;
    for (let seq = 11; seq < 111; seq += 1) stage.socket.say(joins(seq, 1));
    expect(started).toBe(before);
  });

  test("after the last word frames win no more time", async () => {
    const stage = await new Stage().joined();
    stage.clock.advance(HEARTBEAT_MS + TICK_MS);
    expect(stage.socket.last).toMatchObject({ type: "ping" });
    void stage.client.leave();
    stage.socket.say(joins(11, 1));
    stage.clock.advance(2_000);
    expect(stage.client.state).toBe("left");
    expect(stage.clock.pending).toBe(0);
  });
});
