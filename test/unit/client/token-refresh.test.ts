import { expect, test } from "@jest/globals";
import { accepted, HELLO, Stage } from "./support.js";

const MARK = { mark: "last-minute", expiresAt: 600_000, isExpired: false, policy: "leave" } as const;

test.each(["joined", "knocked"] as const)("who has %s hears that a newer token is wanted", async (way) => {
  const stage = await new Stage()[way]();
  const heard: unknown[] = [];
  stage.client.on("token-refresh", (mark) => heard.push(mark));
  stage.socket.say({ type: "token-refresh", ...MARK, something: "newer" });
  expect(heard).toEqual([MARK]);
});

test("the answer to a refresh brings what is known of the newer token", async () => {
  const stage = await new Stage().joined();
  const token = { expiresAt: 1, policy: "stay", refreshAt: { half: 0, threeQuarters: 0, lastMinute: null } };
  const answer = stage.client.command({ type: "refresh-token", token: "newer" });
  stage.socket.say(accepted(stage.socket.last["id"], { token }));
  expect((await answer).facts).toEqual({ token });
});

test("a conference token that takes the place of the one before is told, and shown at the next join", async () => {
  const credentials = { token: "token-1", conferenceToken: "pass-1" };
  const stage = await new Stage({ credentials }).joined();
  expect(stage.socket.sent[0]).toMatchObject({ type: "join", ...credentials });
  const heard: unknown[] = [];
  stage.client.on("conference-token", (news) => heard.push(news));
  stage.socket.say({ type: "conference-token", roomId: "demo", token: "pass-2" });
  expect(heard).toEqual([{ roomId: "demo", token: "pass-2" }]);
  stage.socket.hangUp(4413, "session_ended");
  expect(stage.client.state).toBe("left");
  void stage.client.join().catch(() => undefined);
  stage.socket.say(HELLO);
  expect(stage.socket.last).toMatchObject({ type: "join", token: "token-1", conferenceToken: "pass-2" });
});

test("a mark that is not well formed ends the line, as any frame that cannot be trusted", async () => {
  const stage = await new Stage().joined();
  stage.socket.say({ type: "token-refresh", mark: "half" });
  expect(stage.client.state).toBe("reconnecting");
});
