/** Messages on topics: each once, whatever happens to the line. */
import { describe, expect, test } from "@jest/globals";
import type { TopicMessage } from "../../../src/client/index.js";
import { batch, MeetingStage } from "./meeting-stage.js";
import { accepted, lobby, snapshot } from "./support.js";

const message = (id: string, extra: Partial<TopicMessage> = {}): TopicMessage => ({
  ...{ id, topic: "CHAT", message: `text of ${id}`, payload: null, senderId: "bob", senderName: "Bob" },
  ...{ timestamp: 1, persist: true, sendOnly: null },
  ...extra,
});
const published = (...args: Parameters<typeof message>): object => ({
  type: "message-published",
  message: message(...args),
});

function listen(stage: MeetingStage, oldMessageLimit?: number): string[] {
  const heard: string[] = [];
  stage.meeting.pubSub.subscribe("CHAT", ({ id }) => heard.push(id), { oldMessageLimit });
  return heard;
}

describe("topics", () => {
  test("who publishes says what VideoSDK's clients say", async () => {
    const stage = await new MeetingStage().joined();
    const options = { persist: true, sendOnly: ["bob"] };
    const publishing = stage.meeting.pubSub.publish("CHAT", "hi", options, { page: 4 });
    const { id } = stage.socket.last;
    expect(stage.socket.last).toEqual({
      ...{ type: "publish", id, topic: "CHAT", message: "hi", payload: { page: 4 } },
      ...{ persist: true, sendOnly: ["bob"] },
    });
    stage.socket.say(accepted(id));
    await publishing;
  });

  test("the kept ones come first, as many as are wanted, then the new ones of that topic", async () => {
    const early = new MeetingStage();
    const early2 = listen(early, 2);
    await early.joined({
      messages: [message("m1"), message("x", { topic: "X" }), message("m2"), message("m3")],
    });
    expect(early2).toEqual(["m2", "m3"]);
    expect(early.told("message")).toEqual([]);
    expect(early.meeting.messages.map(({ id }) => id)).toEqual(["m1", "x", "m2", "m3"]);
    const all = listen(early);
    const none = listen(early, 0);
    early.socket.say(batch(11, published("m4", { persist: false }), published("y", { topic: "Y" })));
    expect({ early2, all, none }).toEqual({
      early2: ["m2", "m3", "m4"],
      all: ["m1", "m2", "m3", "m4"],
      none: ["m4"],
    });
    expect(early.told("message")).toMatchObject([[{ id: "m4" }], [{ id: "y" }]]);
  });

  test("what came while the line was away is told once, and what was known is not told again", async () => {
    const stage = await new MeetingStage().joined({ messages: [message("m1")] });
    const heard = listen(stage);
    stage.socket.say(batch(11, published("m2")));
    stage.laidAnew({ messages: [message("m1"), message("m2"), message("m3")] });
    expect(heard).toEqual(["m1", "m2", "m3"]);
    expect(stage.told("message")).toMatchObject([[{ id: "m2" }], [{ id: "m3" }]]);
    stage.laidAnew({ messages: [message("m1"), message("m2"), message("m3")] }, { seq: 60 });
    expect(heard).toHaveLength(3);
  });

  test("who comes back from the lobby hears what came meanwhile, once", async () => {
    const stage = await new MeetingStage().joined({ messages: [message("m1")] });
    const heard = listen(stage);
    stage.socket.say(lobby("returned"));
    const messages = [message("m1"), message("m2")];
    stage.socket.say(snapshot(20, { cause: "admitted", room: { messages } }));
    expect(heard).toEqual(["m1", "m2"]);
  });

  test("who has had enough hears nothing more, and a listener that throws harms nobody", async () => {
    const stage = await new MeetingStage().joined();
    const undo = stage.meeting.pubSub.subscribe("CHAT", () => {
      throw new Error("thrown");
    });
    const heard = listen(stage);
    stage.socket.say(batch(11, published("m1")));
    undo();
    stage.socket.say(batch(12, published("m2")));
    expect(heard).toEqual(["m1", "m2"]);
    expect(stage.told("listener-error")).toHaveLength(1);
  });

  test("a topic may have any name", async () => {
    const stage = await new MeetingStage().joined();
    const heard: string[] = [];
    stage.meeting.pubSub.subscribe("__proto__", ({ id }) => heard.push(id));
    stage.socket.say(batch(11, published("m1", { topic: "__proto__" })));
    expect(heard).toEqual(["m1"]);
  });
});
