import { describe, expect, test } from "@jest/globals";
import { decodeMessage, encodeMessage } from "../../../src/client/media/messages.js";
import { FakeMeeting } from "./fake-meeting.js";
import { rest, Stage } from "./support.js";

describe("two people in the room", () => {
  test("are connected by one offer and one answer, and each knows what every track of the other is", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    expect(ann.media.connections).toEqual(new Map([["bob", "connected"]]));
    expect(bob.media.connections).toEqual(new Map([["ann", "connected"]]));
    expect(stage.network.peers).toHaveLength(2);
    const sorts = stage.room.letters.map(
      ({ payload: { media } }) => /"(offer|answer)"/.exec(JSON.stringify(media))?.[1],
    );
    expect(sorts.filter((one) => one !== undefined)).toEqual(["offer", "answer"]);
    stage.room.switch("ann", "webcam", true);
    await rest();
    expect(bob.browser.peer.transceivers[1]?.receiver.track).toBe(
      bob.media.streams.get("ann")?.webcam?.getTracks()[0],
    );
    expect(ann.browser.peer.sending).toEqual([null, "cam-1", null, null]);
  });

  test.each([
    ["candidates first", (one: string) => one.includes('"candidates"')],
    ["descriptions first", (one: string) => one.includes('"description"')],
  ])("take all candidates, in whatever order they come (%s)", async (_order, isFirst) => {
    const stage = new Stage();
    stage.room.isHeld = true;
    const [ann, bob] = [stage.enter("ann"), stage.enter("bob")];
    await rest();
    for (let round = 0; round < 6; round += 1) {
      const rank = (payload: object): number => (isFirst(JSON.stringify(payload)) ? 0 : 1);
      stage.room.release((letters) => letters.sort((one, other) => rank(one.payload) - rank(other.payload)));
      stage.room.isHeld = true;
      await rest();
    }
    expect(ann.media.connections.get("bob")).toBe("connected");
    expect(ann.browser.peer.candidates).toEqual([`way-${bob.browser.peer.id}-1`]);
    expect(bob.browser.peer.candidates).toEqual([`way-${ann.browser.peer.id}-0`]);
    expect(ann.told.filter((one) => one.startsWith("error"))).toEqual([]);
  });

  test("settle it when their offers cross: the polite one gives way, and both stay connected", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    stage.room.isHeld = true;
    ann.browser.peer.become("failed");
    bob.browser.peer.become("failed");
    await rest();
    expect(stage.room.held.filter(({ payload }) => JSON.stringify(payload).includes("offer"))).toHaveLength(
      2,
    );
    stage.room.release();
    await rest();
    expect([ann.browser.peer.rollbacks, bob.browser.peer.rollbacks]).toEqual([1, 0]);
    expect(ann.media.connections.get("bob")).toBe("connected");
    expect(bob.media.connections.get("ann")).toBe("connected");
    expect(stage.network.peers).toHaveLength(2);
  });

  test("keep signals in order, also where one has to be sent again", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    stage.room.letters.splice(0);
    stage.room.line("bob", false);
    void ann.media.shareScreen();
    await rest();
    ann.media.stopSharing();
    await rest();
    expect(stage.room.letters).toEqual([]);
    stage.room.line("bob", true);
    await rest();
    const sharing = stage.room.letters
      .filter(({ from }) => from === "ann")
      .map(({ payload }) => JSON.stringify(payload).includes('"sharing":true'));
    expect(sharing.at(-1)).toBe(false);
    expect(bob.media.presenterId).toBeNull();
  });
});

describe("a signal that comes twice, or late", () => {
  test("changes nothing: what was said since counts", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    const early = [...stage.room.letters];
    await bob.media.shareScreen();
    await rest();
    const count = stage.room.letters.length;
    for (const letter of early) stage.room.handOver(letter);
    await rest();
    expect(ann.media.presenterId).toBe("bob");
    expect(ann.told).not.toContain("presenter nobody");
    expect(stage.network.peers).toHaveLength(2);
    const answers = stage.room.letters.slice(count).map(({ payload }) => JSON.stringify(payload));
    expect(answers.filter((one) => one.includes("sdp"))).toEqual([]);
    expect([...ann.told, ...bob.told].filter((one) => one.startsWith("error"))).toEqual([]);
  });

  test("an answer to an offer that was taken back is passed over", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    const letter = stage.room.letters.find(({ payload }) => JSON.stringify(payload).includes('"answer"'));
    const message = letter === undefined ? null : decodeMessage(letter.payload);
    if (message === null) throw new Error("there was no answer");
    bob.meeting.tellSignal({ from: "ann", payload: encodeMessage({ ...message, nth: 1_000 }) });
    await rest();
    expect(bob.told.filter((one) => one.startsWith("error"))).toEqual([]);
    expect(bob.media.connections.get("ann")).toBe("connected");
    expect(ann.browser.peers).toHaveLength(1);
  });
});

describe("somebody whose page was loaded again", () => {
  test("is connected anew, and what comes late from before is passed over", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    stage.room.letters.splice(0);
    bob.media.close();
    const meeting = new FakeMeeting(stage.room, "bob");
    stage.room.meetings.push(meeting);
    meeting.state = "joined";
    const again = stage.attend(meeting);
    await rest();
    expect(ann.told.filter((one) => one.startsWith("bob "))).toEqual([
      "bob connecting",
      "bob connected",
      "bob lost",
      "bob connected",
    ]);
    expect(again.media.connections.get("ann")).toBe("connected");
    expect(stage.network.open).toEqual([ann.browser.peer, again.browser.peer]);
    const before = [...ann.browser.peers];
    for (const letter of stage.room.letters.slice(0)) stage.room.handOver(letter);
    await rest();
    expect(ann.browser.peers).toEqual(before);
    expect(ann.media.connections.get("bob")).toBe("connected");
  });

  test("shares no screen any more", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    await bob.media.shareScreen();
    await rest();
    expect(ann.media.presenterId).toBe("bob");
    bob.media.close();
    const meeting = new FakeMeeting(stage.room, "bob");
    stage.room.meetings.push(meeting);
    meeting.state = "joined";
    stage.attend(meeting);
    await rest();
    expect(ann.media.presenterId).toBeNull();
    expect(ann.media.streams.get("bob")?.share).toBeNull();
  });
});
