import { expect, test } from "@jest/globals";
import type { MessageBody } from "../../../src/client/media/messages.js";
import { Post } from "../../../src/client/media/post.js";
import { HandClock, turn } from "../client/support.js";
import { refusal } from "./fake-meeting.js";

const offer = (sdp: string): MessageBody => ({
  ...{ type: "description", kinds: {} },
  description: { type: "offer", sdp },
});
const ways = (...names: readonly string[]): MessageBody => ({
  type: "candidates",
  candidates: names.map((candidate) => ({ candidate })),
});

/** A post whose deliveries the test answers one by one. */
class Desk {
  readonly clock = new HandClock();
  readonly taken: MessageBody[] = [];
  readonly returned: unknown[] = [];
  private answers: ((error: Error | null) => void)[] = [];
  readonly post = new Post({
    deliver: (body) =>
      new Promise((resolve, reject) => {
        this.taken.push(body);
        this.answers.push((error) => (error === null ? resolve() : reject(error)));
      }),
    startTimer: this.clock.startTimer,
    returned: (error) => this.returned.push(error),
  });

  async answer(error: Error | null = null): Promise<void> {
    this.answers.shift()?.(error);
    await turn();
  }
}

test("the next message leaves when the one before was taken, and candidates that wait leave together", async () => {
  const desk = new Desk();
  for (const body of [offer("1"), ways("a"), ways("b", "c"), offer("2"), ways("d")]) desk.post.send(body);
  expect(desk.taken).toEqual([offer("1")]);
  for (let rest = 0; rest < 4; rest += 1) await desk.answer();
  expect(desk.taken).toEqual([offer("1"), ways("a", "b", "c"), offer("2"), ways("d")]);
});

test("greetings that wait behind each other are one", async () => {
  const desk = new Desk();
  for (let times = 0; times < 4; times += 1) desk.post.send({ type: "hello" });
  await desk.answer();
  await desk.answer();
  await desk.answer();
  expect(desk.taken).toHaveLength(2);
});

test.each(["participant_offline", "token_expired", "unavailable"])(
  "what cannot be delivered now (%s) is sent again after growing pauses, before all that waits behind it",
  async (reason) => {
    const desk = new Desk();
    const no = refusal(reason, reason === "unavailable");
    desk.post.send(offer("1"));
    desk.post.send(ways("a"));
    await desk.answer(no);
    desk.clock.advance(499);
    expect(desk.taken).toHaveLength(1);
    desk.clock.advance(1);
    await desk.answer(no);
    desk.clock.advance(999);
    expect(desk.taken).toHaveLength(2);
    desk.clock.advance(1);
    await desk.answer();
    await desk.answer();
    expect(desk.taken).toEqual([offer("1"), offer("1"), offer("1"), ways("a")]);
    expect(desk.clock.pending).toBe(0);
  },
);

test("waking sends at once what waits for better times", async () => {
  const desk = new Desk();
  desk.post.send(offer("1"));
  await desk.answer(refusal("participant_offline"));
  desk.post.send(ways("a"));
  expect(desk.taken).toHaveLength(1);
  desk.post.wake();
  expect(desk.taken).toEqual([offer("1"), offer("1")]);
  expect(desk.clock.pending).toBe(0);
});

test("what nobody will ever take is given back, with all that waits behind it", async () => {
  const desk = new Desk();
  desk.post.send(offer("1"));
  desk.post.send(ways("a"));
  const no = refusal("participant_unknown");
  await desk.answer(no);
  expect(desk.returned).toEqual([no]);
  desk.clock.advance(60_000);
  expect(desk.taken).toHaveLength(1);
});

test("nothing is sent after clearing, and the answer to what was on its way concerns nobody", async () => {
  const desk = new Desk();
  desk.post.send(offer("1"));
  desk.post.send(offer("2"));
  desk.post.clear();
  desk.post.send(offer("3"));
  await desk.answer(refusal("participant_unknown"));
  expect(desk.returned).toEqual([]);
  expect(desk.taken).toEqual([offer("1"), offer("3")]);
  await desk.answer(refusal("participant_offline"));
  desk.post.clear();
  expect(desk.clock.pending).toBe(0);
});
