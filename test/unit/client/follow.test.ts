/** Following conferences from outside: one line, mended by itself. */
import { describe, expect, test } from "@jest/globals";
import {
  followNotifications,
  initializeToken,
  type FollowEventArguments,
  type Follower,
  type FollowOptions,
} from "../../../src/client/index.js";
import { clientMessageSchema } from "../../../src/protocol/commands.js";
import { accepted, HandClock, HandSocket, HELLO, refused, turn } from "./support.js";

const LIST = [{ type: "Invitation" }, { type: "Participant.Joined", conferenceAlias: "standup" }] as const;
const NEWS = { type: "Conference.Created", conferenceId: "c1", conferenceAlias: "standup" };

class FollowStage {
  readonly clock = new HandClock();
  readonly sockets: HandSocket[] = [];
  readonly diary: unknown[][] = [];
  readonly follower: Follower;
  private ids = 0;

  constructor(options: Partial<FollowOptions> = {}) {
    this.follower = followNotifications({
      url: ["ws://one", "ws://two"],
      token: "cat-1",
      notifications: LIST,
      openSocket: (url, protocols) => {
        const socket = new HandSocket(url, protocols);
        this.sockets.push(socket);
        return socket;
      },
      random: () => 0.5,
      makeId: () => `n-${(this.ids += 1)}`,
      startTimer: this.clock.startTimer,
      ...options,
    });
    const events: readonly (keyof FollowEventArguments)[] = [
      ...(["notification", "following", "reconnecting", "error", "ended", "listener-error"] as const),
    ];
    for (const event of events) this.follower.on(event, (...args) => this.diary.push([event, ...args]));
  }

  get socket(): HandSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("No socket was opened");
    return socket;
  }

  /** On, with the first list. */
  on(): this {
    this.socket.say(HELLO);
    this.socket.say(accepted(this.socket.last["id"]));
    return this;
  }
}

describe("following conferences", () => {
  test("subscribes once the gateway has said hello, and tells what happens", () => {
    const stage = new FollowStage();
    expect(stage.socket).toMatchObject({ url: "ws://one/v2/meeting", protocols: ["admitone.v1"], sent: [] });
    stage.on();
    expect(stage.socket.sent).toEqual([
      { type: "subscribe", id: "n-1", token: "cat-1", notifications: LIST },
    ]);
    expect(clientMessageSchema.safeParse(stage.socket.last).success).toBe(true);
    stage.socket.say({ type: "notification", notification: NEWS, at: 7 }, { type: "weather" });
    expect(stage.diary).toEqual([["following"], ["notification", NEWS, 7]]);
  });

  test("comes back on the next address, with growing random pauses, and subscribes again", () => {
    const stage = new FollowStage().on();
    stage.socket.hangUp(1006);
    expect(stage.diary.at(-1)).toEqual(["reconnecting", { attempt: 1, delayMs: 250, code: 1006 }]);
    stage.clock.advance(250);
    stage.socket.hangUp(1006);
    expect(stage.diary.at(-1)).toEqual(["reconnecting", { attempt: 2, delayMs: 500, code: 1006 }]);
    stage.clock.advance(500);
    stage.on();
    expect(stage.sockets.map(({ url }) => url)).toEqual([
      ...["ws://one/v2/meeting", "ws://two/v2/meeting", "ws://one/v2/meeting"],
    ]);
    expect(stage.socket.last).toMatchObject({ type: "subscribe", notifications: LIST });
    expect(stage.diary.at(-1)).toEqual(["following"]);
  });

  test("another list and a newer token are said on the same line", async () => {
    const token = initializeToken("cat-1", () => "cat-2");
    const stage = new FollowStage({ token }).on();
    stage.follower.follow([]);
    expect(stage.socket.last).toMatchObject({ token: "cat-1", notifications: [] });
    stage.socket.say(accepted(stage.socket.last["id"]));
    await token.renew();
    expect(stage.socket.last).toMatchObject({ type: "subscribe", token: "cat-2", notifications: [] });
    expect(stage.sockets).toHaveLength(1);
  });

  test("a list that is refused is an error; a token that is not good is the end", async () => {
    const stage = new FollowStage().on();
    stage.follower.follow([{ type: "Invitation" }]);
    stage.socket.say(refused(stage.socket.last["id"], { code: 3073, reason: "invalid_parameter" }));
    expect(stage.diary.at(-1)).toMatchObject(["error", { reason: "invalid_parameter" }]);
    stage.socket.hangUp(4002, "token_expired");
    expect(stage.diary.at(-1)).toMatchObject(["ended", { code: 4002, why: "token_expired" }]);
    await turn();
    stage.clock.advance(600_000);
    expect(stage.sockets).toHaveLength(1);
    expect(stage.clock.pending).toBe(0);
  });

  test("a dead line is found out, and a closed one is not mended", () => {
    const stage = new FollowStage().on();
    stage.clock.advance(15_000);
    expect(stage.socket.last).toMatchObject({ type: "ping" });
    stage.clock.advance(10_000);
    expect(stage.diary.at(-1)).toMatchObject(["reconnecting", { code: 4502 }]);
    stage.follower.close();
    stage.clock.advance(600_000);
    expect(stage.sockets).toHaveLength(1);
    expect(stage.clock.pending).toBe(0);
  });

  test("a listener that throws breaks nothing", () => {
    const stage = new FollowStage().on();
    stage.follower.on("notification", () => {
      throw new Error("thrown");
    });
    stage.socket.say({ type: "notification", notification: NEWS, at: 7 });
    expect(stage.diary.at(-1)).toEqual([
      "listener-error",
      { event: "notification", error: new Error("thrown") },
    ]);
  });
});
