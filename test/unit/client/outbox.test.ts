import { describe, expect, test } from "@jest/globals";
import { accepted, entered, failure, refused, Stage, turn } from "./support.js";

const say = (message: string) => ({ type: "publish", topic: "CHAT", message }) as const;
const mic = (on: boolean) => ({ type: "set-media", kind: "mic", on }) as const;
const AWAY = { code: 4503, name: "UNAVAILABLE", reason: "unavailable", retryable: true };
/** The longest pause before a command is sent again. */
const REST_MS = 1_500;

/** What was sent on the present line since the join or resume. */
const sentBy = ({ socket }: Stage): readonly unknown[] => socket.sent.slice(1);
const lastId = ({ socket }: Stage): unknown => socket.last["id"];

describe("a command that the gateway could not say anything of", () => {
  test("keeps waiting, and is sent again under its id until there is an answer", async () => {
    const stage = await new Stage().joined();
    const answer = stage.client.command(say("Hello"));
    const [first] = sentBy(stage);
    for (let round = 1; round <= 4; round += 1) {
      stage.socket.say(refused(lastId(stage), AWAY));
      expect(sentBy(stage)).toHaveLength(round);
      stage.clock.advance(REST_MS);
      expect(sentBy(stage)).toHaveLength(round + 1);
    }
    expect(sentBy(stage)).toEqual([first, first, first, first, first]);
    stage.socket.say(accepted(lastId(stage), { seq: 12, repeated: true }));
    expect(await answer).toEqual({ seq: 12, repeated: true, facts: {} });
  });

  test.each([
    [0, 500],
    [0.5, 1_000],
    [0.999, 1_499],
  ])("with the luck of %d it rests %i ms", async (luck, restMs) => {
    const stage = await new Stage({ random: () => luck }).joined();
    void stage.client.command(say("Hello"));
    stage.socket.say(refused(lastId(stage), AWAY));
    stage.clock.advance(restMs - 1);
    expect(sentBy(stage)).toHaveLength(1);
    stage.clock.advance(1);
    expect(sentBy(stage)).toHaveLength(2);
  });

  test("is given up after some ten seconds, with the gateway's word", async () => {
    const stage = await new Stage().joined();
    const answer = stage.client.command(say("Hello"));
    const { now } = stage.clock;
    for (let round = 0; round < 30 && stage.clock.now - now < 11_500; round += 1) {
      stage.socket.say(refused(lastId(stage), AWAY));
      stage.clock.advance(1_000);
    }
    expect(await failure(answer)).toMatchObject({ reason: "unavailable", retryable: true });
    expect(sentBy(stage).length).toBeGreaterThanOrEqual(10);
    expect(sentBy(stage).length).toBeLessThanOrEqual(12);
    // Nothing is asked again behind that.
    const { length } = sentBy(stage);
    stage.clock.advance(5_000);
    expect(sentBy(stage)).toHaveLength(length);
  });

  test("may be given again under its id when it was given up, for one effect", async () => {
    const stage = await new Stage().joined();
    const answer = stage.client.command(say("Hello"), "my-own-id-0000001");
    stage.socket.say(refused("my-own-id-0000001", AWAY));
    // The line holds, and the gateway takes its time.
    for (let waited = 0; waited < 12_000; waited += 3_000) {
      stage.clock.advance(3_000);
      stage.socket.say(refused("my-own-id-0000001", AWAY));
    }
    expect(await failure(answer)).toMatchObject({ retryable: true });
    const again = stage.client.command(say("Hello"), "my-own-id-0000001");
    stage.clock.advance(REST_MS);
    stage.socket.say(accepted("my-own-id-0000001"));
    expect(await again).toMatchObject({ seq: 1 });
  });

  test("a refusal that is sure is handed on at once, also one that is retryable", async () => {
    const stage = await new Stage().joined();
    const answer = stage.client.command({ type: "return-to-lobby", participantId: "bob" });
    stage.socket.say(refused(lastId(stage), { code: 4408, reason: "lobby_full", retryable: true }));
    expect(await failure(answer)).toMatchObject({ reason: "lobby_full" });
  });

  test("nothing that changes the room goes past it; signals do", async () => {
    const stage = await new Stage().joined();
    const answers = [stage.client.command(say("One")), stage.client.command(say("Two"))];
    const [one, two] = stage.socket.sent.slice(1);
    stage.socket.say(refused(one?.["id"], AWAY));
    answers.push(
      stage.client.command(say("Three")),
      stage.client.command({ type: "lock-room", locked: true }),
    );
    const signal = stage.client.command({ type: "signal", to: "bob", payload: {} });
    expect(sentBy(stage)).toHaveLength(3);
    expect(stage.socket.last).toMatchObject({ type: "signal" });
    stage.socket.say(accepted(lastId(stage)), refused(two?.["id"], AWAY));
    await signal;
    stage.clock.advance(REST_MS);
    expect(sentBy(stage).slice(3)).toMatchObject([one, two, { message: "Three" }, { type: "lock-room" }]);
    for (const { id } of stage.socket.sent.slice(4)) stage.socket.say(accepted(id));
    expect(await Promise.all(answers)).toHaveLength(4);
  });

  test("a signal is asked again after the pause too, not at once", async () => {
    const stage = await new Stage().joined();
    const answer = stage.client.command({ type: "signal", to: "bob", payload: {} });
    stage.socket.say(refused(lastId(stage), AWAY));
    expect(sentBy(stage)).toHaveLength(1);
    stage.clock.advance(REST_MS);
    expect(sentBy(stage)).toHaveLength(2);
    stage.socket.say(accepted(lastId(stage)));
    await answer;
  });

  test("on the next line it goes out with the others, in its place", async () => {
    const stage = await new Stage().joined();
    const answers = [stage.client.command(say("One")), stage.client.command(say("Two"))];
    const [one, two] = stage.socket.sent.slice(1);
    stage.socket.say(refused(one?.["id"], AWAY));
    stage.socket.hangUp();
    const resume = stage.comeBack();
    stage.socket.say(entered(resume["id"], "secret-2", { recovered: true }));
    expect(sentBy(stage)).toEqual([one, two]);
    for (const sent of [one, two]) stage.socket.say(accepted(sent?.["id"]));
    expect(await Promise.all(answers)).toHaveLength(2);
  });

  test("leaves nothing running: neither after its answer nor after the stay", async () => {
    const stage = await new Stage().joined();
    const idle = stage.clock.pending;
    const first = stage.client.command(say("One"));
    stage.socket.say(refused(lastId(stage), AWAY));
    stage.clock.advance(REST_MS);
    stage.socket.say(accepted(lastId(stage)));
    await first;
    expect(stage.clock.pending).toBe(idle);
    const second = stage.client.command(say("Two"));
    stage.socket.say(refused(lastId(stage), AWAY));
    stage.socket.hangUp(4402, "removed");
    expect(await failure(second)).toMatchObject({ reason: "unanswered" });
    expect(stage.clock.pending).toBe(0);
  });

  test("leaving is asked again as long as the gateway is waited for", async () => {
    const stage = await new Stage().joined();
    const out = stage.client.leave();
    stage.socket.say(refused(lastId(stage), AWAY));
    stage.clock.advance(REST_MS);
    expect(sentBy(stage)).toMatchObject([{ type: "leave" }, { type: "leave" }]);
    stage.clock.advance(500);
    await out;
    expect(stage.client.state).toBe("left");
    expect(stage.clock.pending).toBe(0);
  });
});

describe("commands that could undo each other", () => {
  test("wait for the answer before: a microphone that was turned off stays off", async () => {
    const stage = await new Stage().joined();
    const answers = [stage.client.command(mic(true)), stage.client.command(mic(false))];
    expect(sentBy(stage)).toMatchObject([{ on: true }]);
    stage.socket.say(refused(lastId(stage), AWAY));
    stage.clock.advance(REST_MS);
    expect(sentBy(stage)).toMatchObject([{ on: true }, { on: true }]);
    stage.socket.say(accepted(lastId(stage)));
    expect(stage.socket.last).toMatchObject({ on: false });
    stage.socket.say(accepted(lastId(stage)));
    expect(await Promise.all(answers)).toHaveLength(2);
  });

  test("what is about something else, and messages, do not wait", async () => {
    const stage = await new Stage().joined();
    void stage.client.command(mic(true));
    void stage.client.command({ type: "set-media", kind: "webcam", on: true });
    void stage.client.command({ type: "admit", participantId: "bob" });
    void stage.client.command({ type: "admit", participantId: "cy" });
    void stage.client.command(say("Hello"));
    void stage.client.command(say("All"));
    expect(sentBy(stage)).toMatchObject([
      { kind: "mic" },
      { kind: "webcam" },
      { participantId: "bob" },
      { message: "Hello" },
      { message: "All" },
    ]);
  });
});

test("an id that waits already is the same command, and both hear its answer", async () => {
  const stage = await new Stage().joined();
  const first = stage.client.command(say("Hello"), "my-own-id-0000001");
  const second = stage.client.command(say("Hello"), "my-own-id-0000001");
  await turn();
  expect(sentBy(stage)).toHaveLength(1);
  stage.socket.say(accepted("my-own-id-0000001", { seq: 12 }));
  expect(await Promise.all([first, second])).toMatchObject([{ seq: 12 }, { seq: 12 }]);
});
