/** A token that is renewed in time, and what a meeting does with it. */
import { describe, expect, test } from "@jest/globals";
import { initializeToken, type MeetingError, type RefreshToken } from "../../../src/client/index.js";
import { batch, MeetingStage } from "./meeting-stage.js";
import { accepted, entered, HandClock, lobby, refused, snapshot, turn } from "./support.js";

/** A token that says this of itself; nobody in the client looks at its signature. */
const jwt = (claims: object): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "HS256" })}.${part(claims)}.c2ln`;
};
/** One that expires so many seconds after the clock's beginning. */
const until = (seconds: number, name = "ä"): string => jwt({ exp: seconds, name });

interface Desk {
  readonly clock: HandClock;
  readonly asked: { readonly at: number; readonly isExpired: boolean }[];
  readonly refresh: RefreshToken;
  answer: () => ReturnType<RefreshToken>;
}

function desk(): Desk {
  const clock = new HandClock();
  const made: Desk = {
    clock,
    asked: [],
    refresh: (isExpired) => {
      made.asked.push({ at: clock.now, isExpired });
      return made.answer();
    },
    answer: () => null,
  };
  return made;
}

const surroundings = ({ clock }: Desk) => ({ now: () => clock.now, startTimer: clock.startTimer });

describe("initializeToken", () => {
  test("asks at one half, at three quarters and at the end of what is left when the token comes", async () => {
    const one = desk();
    one.clock.advance(20_000);
    const token = initializeToken(until(100), one.refresh, surroundings(one));
    const errors: MeetingError[] = [];
    token.onError((error) => errors.push(error));
    expect(token).toMatchObject({ value: until(100), expiresAt: 100_000, isExpired: false });
    for (let index = 0; index < 8; index += 1) {
      one.clock.step();
      await turn();
    }
    expect(one.asked).toEqual([
      { at: 60_000, isExpired: false },
      { at: 80_000, isExpired: false },
      { at: 100_000, isExpired: true },
    ]);
    expect(errors.map(({ reason }) => reason)).toEqual(Array(3).fill("token_not_renewed"));
    expect(token.isExpired).toBe(true);
    expect(one.clock.pending).toBe(0);
  });

  test("a newer token begins anew, and is told", async () => {
    const one = desk();
    const token = initializeToken(until(100), one.refresh, surroundings(one));
    const heard: string[] = [];
    const undo = token.onChange((value) => heard.push(value));
    one.answer = () => Promise.resolve(until(300));
    one.clock.advance(50_000);
    await turn();
    expect(heard).toEqual([until(300)]);
    expect(token).toMatchObject({ value: until(300), expiresAt: 300_000 });
    undo();
    one.clock.advance(124_999);
    expect(one.asked).toHaveLength(1);
    one.answer = () => until(500);
    one.clock.advance(1);
    await turn();
    expect(one.asked).toEqual([
      { at: 50_000, isExpired: false },
      { at: 175_000, isExpired: false },
    ]);
    expect(heard).toHaveLength(1);
    token.stop();
    expect(one.clock.pending).toBe(0);
  });

  test.each<[string, () => ReturnType<RefreshToken>, string]>([
    ["nothing", () => null, "The callback brought no token"],
    ["an empty text", () => "", "The callback brought no token"],
    [
      "an error",
      () => {
        throw new Error("thrown");
      },
      "thrown",
    ],
    ["a rejection", () => Promise.reject(new Error("rejected")), "rejected"],
    ["an expired token", () => until(1), "The callback brought an expired token"],
  ])(
    "a callback that brings %s is an error, and asked again at the next mark",
    async (_name, answer, problem) => {
      const one = desk();
      const token = initializeToken(until(100), one.refresh, surroundings(one));
      const errors: unknown[] = [];
      token.onError(({ details }) => errors.push(details));
      one.answer = answer;
      one.clock.advance(50_000);
      await turn();
      expect(errors).toEqual([{ problem }]);
      expect(token.value).toBe(until(100));
      one.clock.advance(25_000);
      await turn();
      expect(one.asked).toHaveLength(2);
    },
  );

  test("asks one at a time; a mark that falls due meanwhile counts if nothing comes", async () => {
    const one = desk();
    const token = initializeToken(until(100), one.refresh, surroundings(one));
    let answer: (value: string | null) => void = () => undefined;
    one.answer = () => new Promise((resolve) => (answer = resolve));
    one.clock.advance(50_000);
    const same = token.renew();
    expect(token.renew()).toBe(same);
    one.clock.advance(50_000);
    expect(one.asked).toHaveLength(1);
    answer(null);
    await turn();
    expect(one.asked).toEqual([
      { at: 50_000, isExpired: false },
      { at: 100_000, isExpired: true },
    ]);
    answer(until(900));
    await turn();
    expect(token).toMatchObject({ value: until(900), isExpired: false });
  });

  test("a life beyond the longest timer of the platform is waited for in pieces", async () => {
    const one = desk();
    const longest = 2 ** 31 - 1;
    const longs: number[] = [];
    const startTimer: HandClock["startTimer"] = (run, milliseconds) => {
      longs.push(milliseconds);
      return one.clock.startTimer(run, milliseconds);
    };
    const seconds = Math.ceil((longest * 5) / 1_000);
    const token = initializeToken(until(seconds), one.refresh, { now: () => one.clock.now, startTimer });
    one.clock.advance(longest * 2);
    expect(one.asked).toEqual([]);
    one.clock.advance(seconds * 500 - longest * 2);
    expect(one.asked).toEqual([{ at: seconds * 500, isExpired: false }]);
    expect(Math.max(...longs)).toBe(longest);
    token.stop();
    expect(one.clock.pending).toBe(0);
    await turn();
  });

  test("one that came too late is asked for at once, once; one that is stopped, never more", async () => {
    const one = desk();
    one.clock.advance(5_000);
    const token = initializeToken(until(2), one.refresh, surroundings(one));
    one.clock.advance(0);
    await turn();
    expect(one.asked).toEqual([{ at: 5_000, isExpired: true }]);
    one.clock.advance(600_000);
    expect(one.asked).toHaveLength(1);
    token.stop();
    await token.renew();
    expect(one.asked).toHaveLength(1);
  });

  test.each([
    ["no exp", jwt({}), 1],
    ["no form", "not a token", 1],
    ["no callback", until(100), 0],
  ])("a token with %s makes no timers", (_name, text, callbacks) => {
    const one = desk();
    initializeToken(text, callbacks === 1 ? one.refresh : null, surroundings(one));
    expect(one.clock.pending).toBe(0);
  });
});

describe("a meeting and its token", () => {
  test("a plain text is never renewed, and makes no timers", async () => {
    const stage = await new MeetingStage({ token: until(100) }).joined();
    const pending = stage.clock.pending;
    const mark = {
      type: "token-refresh",
      mark: "half",
      expiresAt: 100_000,
      isExpired: false,
      policy: "stay",
    };
    stage.socket.say(mark);
    expect(stage.socket.sent).toHaveLength(1);
    expect(stage.clock.pending).toBe(pending);
  });

  test("what the callback brings goes over the line, and into later joins", async () => {
    const one = desk();
    const token = initializeToken(until(100), one.refresh, surroundings(one));
    const stage = await new MeetingStage({ token }, one.clock).joined();
    one.answer = () => until(300);
    await token.renew();
    const { id } = stage.socket.last;
    expect(stage.socket.last).toEqual({ type: "refresh-token", id, token: until(300) });
    stage.socket.say(
      accepted(id),
      batch(11, { type: "token-refreshed", participantId: "ann", expiresAt: 300_000 }),
    );
    expect(stage.told("token-refreshed")).toEqual([[{ expiresAt: 300_000 }]]);
    stage.socket.hangUp(4413, "session_ended");
    expect(await stage.asks()).toMatchObject({ type: "join", token: until(300) });
  });

  test("the gateway's own mark asks as well, unless a newer token is on its way already", async () => {
    const one = desk();
    const token = initializeToken(until(100), one.refresh, surroundings(one));
    const stage = await new MeetingStage({ token }, one.clock).joined();
    const mark = {
      type: "token-refresh",
      mark: "half",
      expiresAt: 100_000,
      isExpired: false,
      policy: "stay",
    };
    let answer: (value: string) => void = () => undefined;
    one.answer = () => new Promise((resolve) => (answer = resolve));
    stage.socket.say(mark, mark);
    expect(one.asked).toHaveLength(1);
    answer(until(300));
    await turn();
    const shown = (): number => stage.socket.sent.filter(({ type }) => type === "refresh-token").length;
    expect(shown()).toBe(1);
    stage.socket.say(mark);
    await turn();
    expect({ asked: one.asked.length, shown: shown() }).toEqual({ asked: 1, shown: 1 });
  });

  test("a callback that fails is an error of the meeting, and the stay goes on", async () => {
    const one = desk();
    const token = initializeToken(until(100), one.refresh, surroundings(one));
    const stage = await new MeetingStage({ token }, one.clock).joined();
    await token.renew();
    expect(stage.told("error")).toMatchObject([[{ reason: "token_not_renewed" }]]);
    expect(stage.meeting.state).toBe("joined");
  });

  test("a newer token that the gateway refuses is an error, and is not shown again by itself", async () => {
    const one = desk();
    const token = initializeToken(until(100), one.refresh, surroundings(one));
    const stage = await new MeetingStage({ token }, one.clock).joined();
    one.answer = () => until(300);
    await token.renew();
    stage.socket.say(refused(stage.socket.last["id"], { code: 4023, reason: "participant_mismatch" }));
    await turn();
    expect(stage.told("error")).toMatchObject([[{ reason: "participant_mismatch" }]]);
    const { length } = stage.socket.sent;
    stage.socket.say({
      type: "token-refresh",
      mark: "half",
      expiresAt: 100_000,
      isExpired: false,
      policy: "stay",
    });
    await turn();
    expect(stage.socket.sent).toHaveLength(length);
  });

  test("one that has run out is renewed before it is shown", async () => {
    const one = desk();
    const token = initializeToken(until(100), one.refresh, surroundings(one));
    one.clock.advance(200_000);
    one.answer = () => until(400);
    const stage = new MeetingStage({ token }, one.clock);
    void stage.meeting.join().catch(() => undefined);
    await turn();
    stage.socket.say({ type: "hello", protocol: "admitone.v1", version: "1", heartbeatMs: 15_000 });
    expect(stage.socket.last).toMatchObject({ type: "join", token: until(400) });
  });

  test("one that comes while the join is under way is shown behind it", async () => {
    const one = desk();
    const token = initializeToken(until(100), one.refresh, surroundings(one));
    const stage = new MeetingStage({ token }, one.clock);
    const { id } = await stage.asks();
    one.answer = () => until(300);
    await token.renew();
    expect(stage.socket.sent).toHaveLength(1);
    stage.socket.say(entered(id, "secret-1"), snapshot(10));
    expect(stage.socket.last).toMatchObject({ type: "refresh-token", token: until(300) });
  });

  test("in the lobby the answer tells of the newer token", async () => {
    const stage = await new MeetingStage().knocked();
    const refreshing = stage.meeting.refreshToken(until(300));
    const { id } = stage.socket.last;
    stage.socket.say(accepted(id, { token: { expiresAt: 300_000, policy: "stay", refreshAt: {} } }));
    await refreshing;
    expect(stage.told("token-refreshed")).toEqual([[{ expiresAt: 300_000 }]]);
  });
});

describe("a token whose life passes", () => {
  test("is told at each mark of the gateway's, with what happens at its end", async () => {
    const stage = await new MeetingStage().joined();
    const mark = { type: "token-refresh", expiresAt: 100_000, isExpired: false, policy: "leave" };
    stage.socket.say({ ...mark, mark: "half" }, { ...mark, mark: "last-minute" });
    const told = { expiresAt: 100_000, policy: "leave" };
    expect(stage.told("token-expiring")).toEqual([[told], [told]]);
    expect(stage.told("token-expired")).toEqual([]);
  });
});

describe("a token that has run out", () => {
  const expired = { type: "token-refresh", mark: "expired", expiresAt: 100_000, isExpired: true };

  test("is told once, with what it means, however often the gateway says it", async () => {
    const stage = await new MeetingStage().joined();
    stage.socket.say(batch(11, { type: "token-expired", participantId: "ann" }));
    expect(stage.meeting.restricted).toBe(true);
    stage.socket.say({ ...expired, policy: "restrict" });
    expect(stage.told("token-expired")).toEqual([[{ policy: "restrict" }]]);
    stage.socket.say(batch(12, { type: "token-refreshed", participantId: "ann", expiresAt: null }));
    expect(stage.meeting.restricted).toBe(false);
    stage.socket.say({ ...expired, policy: "stay" });
    expect(stage.told("token-expired").slice(1)).toEqual([[{ policy: "stay" }]]);
  });

  test("while the line was away: the room that is laid anew says so", async () => {
    const stage = await new MeetingStage().joined();
    stage.laidAnew({}, { self: { restricted: true, asked: { mic: null, webcam: null } } });
    expect(stage.meeting.restricted).toBe(true);
    expect(stage.told("token-expired")).toEqual([[{ policy: "restrict" }]]);
  });

  test("a page that was loaded anew shows its newer one, of which the gateway knows nothing", async () => {
    const kept = JSON.stringify({ secret: "old", id: null, roomId: "demo", participantId: "ann" });
    const keep = { load: () => kept, save: () => undefined };
    const stage = new MeetingStage({ token: until(900), keep });
    const { id } = await stage.asks();
    const self = { restricted: false, asked: { mic: null, webcam: null } };
    stage.socket.say(entered(id, "secret-2"), { ...snapshot(10, { cause: "resumed" }), self });
    expect(stage.socket.sent).toHaveLength(1);
    stage.socket.say({ ...expired, policy: "restrict" });
    expect(stage.socket.last).toMatchObject({ type: "refresh-token", token: until(900) });
  });

  test("in the lobby it is told as well", async () => {
    const stage = await new MeetingStage().knocked();
    stage.socket.say({ ...expired, policy: "leave" }, lobby("hosts", true));
    expect(stage.told("token-expired")).toEqual([[{ policy: "leave" }]]);
  });
});
