import { describe, expect, test } from "@jest/globals";
import { decodeMessage } from "../../../src/client/media/messages.js";
import { rest, Stage, type Person } from "./support.js";

describe("what comes from the others", () => {
  test("is handed out only while the room says that it is on, and silenced where it is not", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    const track = ann.browser.peer.transceivers[0]?.receiver.track;
    expect(track?.enabled).toBe(false);
    await bob.media.setMic(true);
    await rest();
    const stream = ann.media.streams.get("bob")?.mic;
    expect(stream?.getTracks()).toEqual([track]);
    expect(track?.enabled).toBe(true);
    stage.room.switch("bob", "mic", false);
    // Bob's page may be dishonest and go on sending.
    expect(ann.media.streams.get("bob")?.mic).toBeNull();
    expect(track?.enabled).toBe(false);
    stage.room.switch("bob", "mic", true);
    expect(ann.media.streams.get("bob")?.mic).toBe(stream);
  });

  test("is the same object until the track is another one", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    await bob.media.setWebcam(true);
    await rest();
    const [set, stream] = [ann.media.streams.get("bob"), ann.media.streams.get("bob")?.webcam];
    stage.room.line("bob", false);
    stage.room.line("bob", true);
    await bob.media.useDevice("webcam", "cam-2");
    await rest();
    expect(ann.media.streams.get("bob")).toBe(set);
    expect(ann.media.streams.get("bob")?.webcam).toBe(stream);
    expect(ann.told.filter((one) => one === "bob webcam on")).toHaveLength(1);
  });

  test("is told once as a change, however much is different", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    let changes = 0;
    ann.media.on("changed", () => (changes += 1));
    const undo = ann.media.on("stream", () => {
      throw new Error("a listener's own fault");
    });
    await Promise.all([bob.media.setMic(true), bob.media.setWebcam(true)]);
    stage.room.switch("bob", "mic", false);
    stage.room.switch("bob", "webcam", false);
    await rest();
    expect(ann.told).toContain("fault Error: a listener's own fault");
    expect(changes).toBeGreaterThan(0);
    undo();
    changes = 0;
    bob.meeting.leave();
    await rest();
    expect(changes).toBeLessThanOrEqual(1);
  });
});

describe("signals", () => {
  test.each([
    ["of a page's own", { chat: "hello" }],
    ["without a type", { media: { mine: "x", yours: null } }],
    ["with an unknown type", { media: { mine: "x", yours: null, nth: 1, type: "dance" } }],
    ["without a name", { media: { yours: null, nth: 1, type: "hello" } }],
    [
      "with a description of no kind",
      { media: { mine: "x", yours: null, nth: 1, type: "description", description: {} } },
    ],
    [
      "with candidates that are no list",
      { media: { mine: "x", yours: null, nth: 1, type: "candidates", candidates: 1 } },
    ],
    ["without a place", { media: { mine: "x", yours: null, type: "hello" } }],
    ["with nothing where media should be", { media: null }],
  ])("%s are passed over", async (_what, payload) => {
    expect(decodeMessage(payload)).toBeNull();
    const stage = new Stage();
    const { ann } = await stage.pair();
    stage.room.letters.splice(0);
    ann.meeting.tellSignal({ from: "bob", payload });
    ann.meeting.tellSignal({
      from: "nobody",
      payload: { media: { mine: "x", yours: null, nth: 1, type: "hello" } },
    });
    await rest();
    expect(stage.room.letters).toEqual([]);
    expect(ann.told.filter((one) => one.startsWith("error"))).toEqual([]);
  });

  test("with candidates and kinds that make no sense lose these, and nothing else", () => {
    const envelope = { mine: "a", yours: "b", nth: 3, sharing: true };
    const kinds = { 0: "mic", 1: "kitchen", 2: "share" };
    const description = { type: "offer", sdp: "v=0" };
    const bad = [null, 1, { candidate: 2 }, { candidate: "c", sdpMid: 5, sdpMLineIndex: "x" }];
    expect(
      decodeMessage({ media: { ...envelope, type: "description", description, kinds, more: 1 } }),
    ).toEqual({
      ...envelope,
      ...{ type: "description", description, kinds: { 0: "mic", 2: "share" } },
    });
    expect(decodeMessage({ media: { ...envelope, type: "candidates", candidates: bad } })).toEqual({
      ...envelope,
      type: "candidates",
      candidates: [{ candidate: "c", sdpMid: null, sdpMLineIndex: null, usernameFragment: null }],
    });
  });
});

describe("who speaks", () => {
  const speak = async (stage: Stage, { browser }: Person, level: number, looks: number): Promise<void> => {
    for (let look = 0; look < looks; look += 1) {
      const [transceiver] = browser.peer.transceivers;
      if (transceiver !== undefined)
        transceiver.loudness = { audioLevel: level, timestamp: stage.clock.now + 1 };
      await stage.advance(200);
    }
  };

  test("is whoever is audible for a while; a cough is not, and a pause does not end it", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    await bob.media.setMic(true);
    await rest();
    await speak(stage, ann, 0.3, 1);
    expect(ann.media.speakerId).toBeNull();
    expect(ann.media.level("bob")).toBeCloseTo(0.3);
    await speak(stage, ann, 0.3, 3);
    expect(ann.media.speakerId).toBe("bob");
    await speak(stage, ann, 0, 8);
    expect(ann.media.speakerId).toBe("bob");
    await speak(stage, ann, 0, 20);
    expect(ann.told.filter((one) => one.startsWith("speaker"))).toEqual(["speaker bob", "speaker nobody"]);
  });

  test("can be oneself; another has to be clearly louder to take over", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    await Promise.all([ann.media.setMic(true), bob.media.setMic(true)]);
    await stage.advance(200);
    const meter = ann.browser.meters.at(-1);
    if (meter !== undefined) meter.value = 0.2;
    await speak(stage, ann, 0, 4);
    expect(ann.media.speakerId).toBe("ann");
    await speak(stage, ann, 0.25, 10);
    expect(ann.media.speakerId).toBe("ann");
    await speak(stage, ann, 0.5, 4);
    expect(ann.media.speakerId).toBe("bob");
  });

  test("is not who the room says is off, however loud, nor who has gone silent with an old level", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    await speak(stage, ann, 0.9, 10);
    expect(ann.media.speakerId).toBeNull();
    await bob.media.setMic(true);
    await speak(stage, ann, 0.9, 4);
    expect(ann.media.speakerId).toBe("bob");
    // The browser goes on to name the level of the last packet.
    await stage.advance(200 * 20);
    expect(ann.media.speakerId).toBeNull();
    await speak(stage, ann, 0.9, 4);
    stage.room.switch("bob", "mic", false);
    await stage.advance(200);
    expect(ann.media.speakerId).toBeNull();
  });
});

describe("statistics", () => {
  test("say what flows between two, by what each track is", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    const track = (index: number): string | undefined =>
      ann.browser.peer.transceivers[index]?.receiver.track.id;
    ann.browser.peer.stats = [
      { type: "transport", selectedCandidatePairId: "pair" },
      { type: "candidate-pair", id: "other", bytesSent: 1 },
      { type: "candidate-pair", id: "pair", bytesSent: 10, bytesReceived: 20, currentRoundTripTime: 0.25 },
      {
        type: "inbound-rtp",
        trackIdentifier: track(0),
        totalAudioEnergy: 1.5,
        audioLevel: 0.1,
        bytesReceived: 5,
      },
      { type: "inbound-rtp", trackIdentifier: track(1), framesDecoded: 7, frameWidth: 640, frameHeight: 360 },
      { type: "inbound-rtp", trackIdentifier: track(2), framesDecoded: 3, bytesReceived: "many" },
      null,
    ];
    expect(await ann.media.stats("bob")).toEqual({
      ...{ connection: "connected", roundTripMs: 250, bytesSent: 10, bytesReceived: 20 },
      mic: { audioEnergy: 1.5, audioLevel: 0.1, bytesReceived: 5 },
      webcam: { framesDecoded: 7, width: 640, height: 360, bytesReceived: 0 },
      share: { framesDecoded: 3, width: 0, height: 0, bytesReceived: 0 },
    });
    expect(await ann.media.stats("nobody")).toBeNull();
  });

  test("are there for browsers that mark the pair itself, and empty where there are none", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    ann.browser.peer.stats = [{ type: "candidate-pair", id: "p", selected: true, bytesSent: 4 }];
    expect(await ann.media.stats("bob")).toMatchObject({ bytesSent: 4, roundTripMs: null });
    ann.browser.peer.stats = [];
    expect(await ann.media.stats("bob")).toMatchObject({ bytesSent: 0, mic: { audioEnergy: 0 } });
  });
});
