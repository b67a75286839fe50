import { describe, expect, test } from "@jest/globals";
import { refusal } from "./fake-meeting.js";
import { rest, Stage } from "./support.js";

const offers = (stage: Stage): number =>
  stage.room.letters.filter(({ payload }) => JSON.stringify(payload).includes('"offer"')).length;

describe("a lost line", () => {
  test("does not touch a connection that carries media, and nothing is negotiated when it is back", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    const before = offers(stage);
    stage.room.line("ann", false);
    await stage.advance(20_000);
    expect(stage.network.open).toHaveLength(2);
    stage.room.line("ann", true);
    await stage.advance(20_000);
    expect(offers(stage)).toBe(before);
    expect([ann.browser.peers.length, bob.browser.peers.length]).toEqual([1, 1]);
  });

  test("leaves a failed connection alone until signals arrive again; then it is restarted", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    stage.room.line("ann", false);
    ann.browser.peer.become("failed");
    bob.browser.peer.become("failed");
    await stage.advance(60_000);
    expect([ann.browser.peer.restarts, bob.browser.peer.restarts]).toEqual([0, 0]);
    expect(ann.media.connections.get("bob")).toBe("lost");
    stage.room.line("ann", true);
    await rest();
    expect(ann.browser.peer.restarts + bob.browser.peer.restarts).toBeGreaterThan(0);
    expect(ann.media.connections.get("bob")).toBe("connected");
    expect(ann.browser.peers).toHaveLength(1);
  });

  test.each(["ann", "bob"])(
    "that swallowed what the gateway had handed over to %s leaves nobody waiting",
    async (to) => {
      const stage = new Stage();
      stage.room.swallow = (letter) => letter.to === to && JSON.stringify(letter.payload).includes('"sdp"');
      const { ann, bob } = await stage.pair();
      expect(ann.media.connections.get("bob")).toBe("connecting");
      stage.room.swallow = () => false;
      stage.room.line(to, false);
      stage.room.line(to, true);
      await rest();
      expect(ann.media.connections.get("bob")).toBe("connected");
      expect(bob.media.connections.get("ann")).toBe("connected");
      expect(stage.network.open).toHaveLength(2);
    },
  );
});

describe("a connection", () => {
  test("that is interrupted for long is restarted on its old terms, with servers that still count", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    stage.room.iceServers = () =>
      Promise.resolve({
        iceServers: [{ urls: ["turn:b"], username: "u", credential: "c" }],
        expiresAt: null,
      });
    await stage.advance(600_000);
    ann.browser.peer.become("disconnected");
    expect(ann.media.connections.get("bob")).toBe("lost");
    await stage.advance(4_000);
    expect(ann.browser.peer.restarts).toBe(1);
    expect(ann.browser.peer.configuration.iceServers).toEqual([
      { urls: ["turn:b"], username: "u", credential: "c" },
    ]);
    stage.network.settle();
    expect(ann.media.connections.get("bob")).toBe("connected");
    expect(bob.browser.peers).toHaveLength(1);
  });

  test("that a restart does not mend is made anew, with growing pauses, until it stands", async () => {
    const stage = new Stage();
    stage.network.isUp = false;
    const { ann } = await stage.pair();
    const made: number[] = [];
    for (let seconds = 0; seconds < 900; seconds += 1) {
      const before = ann.browser.peers.length;
      await stage.advance(1_000);
      if (ann.browser.peers.length > before) made.push(stage.clock.now);
    }
    const pauses = made.slice(1).map((at, index) => at - (made[index] ?? 0));
    expect(pauses).toEqual([...pauses].sort((one, other) => one - other));
    expect(pauses.at(-1)).toBeGreaterThan((pauses[0] ?? 0) * 3);
    expect(stage.network.open.length).toBeLessThanOrEqual(2);
    expect(ann.media.connections.get("bob")).not.toBe("connected");
    stage.network.isUp = true;
    await stage.advance(300_000);
    expect(ann.media.connections.get("bob")).toBe("connected");
    expect(stage.network.open).toHaveLength(2);
  });

  test("is tried without servers where the gateway names none, and that is told", async () => {
    const stage = new Stage();
    stage.room.iceServers = () => Promise.reject(refusal("unavailable", true));
    const { ann } = await stage.pair();
    expect(ann.told).toContain("error no_ice_servers");
    expect(ann.media.connections.get("bob")).toBe("connected");
  });

  test("is made with servers that were asked for once, until they are about to end", async () => {
    const stage = new Stage();
    stage.room.iceServers = () =>
      Promise.resolve({ iceServers: [{ urls: ["stun:a"] }], expiresAt: stage.clock.now + 300_000 });
    const ann = stage.enter("ann");
    stage.enter("bob");
    stage.enter("cid");
    await rest();
    // Each asks for themselves, and no more than once for all the others.
    expect(stage.room.asked).toBe(3);
    expect(ann.browser.peers.map(({ configuration }) => configuration.iceServers)).toEqual([
      [{ urls: ["stun:a"] }],
      [{ urls: ["stun:a"] }],
    ]);
    await stage.advance(239_000);
    stage.enter("dan");
    await rest();
    expect(stage.room.asked).toBe(4);
    await stage.advance(2_000);
    stage.enter("eve");
    await rest();
    // Again for the three whose servers are about to end, and for Eve. Dan's are new.
    expect(stage.room.asked).toBe(4 + 3 + 1);
  });
});

describe("before one is in the room", () => {
  test.each(["idle", "joining", "waiting", "left"] as const)(
    "(%s) there is no connection, no server and no signal",
    async (state) => {
      const stage = new Stage();
      stage.enter("ann");
      const meeting = stage.room.enter("bob");
      meeting.leave();
      meeting.become(state);
      const bob = stage.attend(meeting);
      await rest();
      expect([stage.network.peers.length, stage.room.asked, stage.room.letters.length]).toEqual([0, 0, 0]);
      await expect(bob.media.setMic(true)).rejects.toMatchObject({ reason: "not_joined" });
      await expect(bob.media.shareScreen()).rejects.toMatchObject({ reason: "not_joined" });
      expect(bob.browser.devices.asked).toEqual([]);
      meeting.enter();
      await rest();
      expect(bob.media.connections.get("ann")).toBe("connected");
    },
  );
});

describe("whoever is out of the room", () => {
  test.each(["left", "waiting"] as const)(
    "(%s) is cut off on both sides, and every device is let go",
    async (state) => {
      const stage = new Stage();
      const { ann, bob } = await stage.pair();
      await Promise.all([bob.media.setMic(true), bob.media.setWebcam(true), bob.media.shareScreen()]);
      await rest();
      expect(ann.media.streams.get("bob")?.share).not.toBeNull();
      bob.meeting.leave(state);
      expect(stage.network.open).toEqual([]);
      expect(bob.browser.devices.open).toEqual([]);
      expect(bob.media.local).toEqual({ mic: null, webcam: null, share: null });
      expect([ann.media.streams.size, bob.media.streams.size]).toEqual([0, 0]);
      expect(ann.told.slice(-4)).toEqual([
        "bob mic off",
        "bob webcam off",
        "bob share off",
        "presenter nobody",
      ]);
      bob.meeting.enter();
      await rest();
      expect(ann.media.connections.get("bob")).toBe("connected");
      expect(bob.browser.devices.open).toEqual([]);
    },
  );

  test("by closing the media leaves no timer, no listener and no connection behind", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    await ann.media.setMic(true);
    ann.media.close();
    ann.media.close();
    bob.media.close();
    await rest();
    expect([stage.clock.pending, ann.meeting.hearing, bob.meeting.hearing]).toEqual([0, 0, 0]);
    expect(stage.network.open).toEqual([]);
    expect(ann.browser.devices.open).toEqual([]);
    expect(ann.browser.meters.every(({ isRunning }) => !isRunning)).toBe(true);
    // The room is not told: a page that goes on without media says so itself.
    expect(ann.meeting.asked).toEqual(["mic on"]);
  });
});
