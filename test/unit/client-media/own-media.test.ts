import { describe, expect, test } from "@jest/globals";
import { domFailure } from "./fake-devices.js";
import { refusal } from "./fake-meeting.js";
import { rest, Stage } from "./support.js";

describe("one's own microphone", () => {
  test("is captured, the room is told, and only then it is sent", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    ann.meeting.isSilent = true;
    const done = ann.media.setMic(true);
    await rest();
    expect(ann.browser.devices.open).toEqual(["mic-1"]);
    expect(ann.browser.peer.sending[0]).toBeNull();
    expect(ann.media.local.mic).toBeNull();
    ann.meeting.answer();
    await done;
    expect(ann.browser.peer.sending).toEqual(["mic-1", null, null, null]);
    expect(ann.told).toContain("ann mic on");
    expect(bob.media.streams.get("ann")?.mic).not.toBeNull();
  });

  test("is let go at once when it is turned off, also without a line", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    await ann.media.setMic(true);
    stage.room.line("ann", false);
    ann.meeting.isSilent = true;
    const done = ann.media.setMic(false);
    expect(ann.browser.devices.open).toEqual([]);
    expect(ann.browser.peer.sending[0]).toBeNull();
    await rest();
    stage.room.line("ann", true);
    ann.meeting.answer();
    await done;
    expect(stage.room.seats.get("ann")?.micOn).toBe(false);
  });

  test("can be turned off and on and off in one breath; the last word counts", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    await ann.media.setMic(true);
    await Promise.all([ann.media.setMic(false), ann.media.setMic(true)]);
    expect(ann.browser.devices.open).toEqual(["mic-1"]);
    expect(ann.browser.peer.sending[0]).toBe("mic-1");
    await Promise.all([ann.media.setMic(false), ann.media.setMic(true), ann.media.setMic(false)]);
    expect(ann.browser.devices.open).toEqual([]);
    expect(stage.room.seats.get("ann")?.micOn).toBe(false);
  });

  test("stays closed when it is turned off while the browser still asks the person", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    ann.browser.devices.isPrompt = false;
    const on = ann.media.setMic(true);
    await rest();
    const off = ann.media.setMic(false);
    ann.browser.devices.answer();
    await Promise.all([on, off]);
    expect(ann.browser.devices.tracks).toHaveLength(1);
    expect(ann.browser.devices.open).toEqual([]);
    expect(ann.meeting.asked).toEqual([]);
  });

  test("is closed again where the room does not take it, and the caller hears why", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    ann.meeting.refuse = (_kind, on) => (on ? refusal("media_locked") : null);
    await expect(ann.media.setMic(true)).rejects.toMatchObject({
      name: "MediaError",
      ...{ reason: "locked", message: "A moderator has locked the microphone." },
    });
    expect(ann.browser.devices.open).toEqual([]);
    ann.meeting.refuse = () => refusal("token_expired");
    await expect(ann.media.setMic(true)).rejects.toMatchObject({ reason: "refused", subject: "mic" });
    expect(ann.browser.devices.open).toEqual([]);
    expect(ann.told.filter((one) => one.startsWith("error"))).toEqual([]);
  });

  test.each([
    ["NotAllowedError", "permission_denied"],
    ["NotFoundError", "no_device"],
    ["OverconstrainedError", "no_device"],
    ["NotReadableError", "device_busy"],
    ["TypeError", "unsupported"],
    ["toString", "unsupported"],
  ])(
    "that cannot be opened (%s) is refused as %s, in a sentence, and the room is not told",
    async (name, reason) => {
      const stage = new Stage();
      const { ann } = await stage.pair();
      ann.browser.devices.refusal = () => domFailure(name);
      const failure: unknown = await ann.media.setMic(true).catch((error: unknown) => error);
      expect(failure).toMatchObject({ reason, subject: "mic" });
      expect(String(failure)).toMatch(/microphone.*\.$/);
      expect(ann.meeting.asked).toEqual([]);
    },
  );
});

describe("a moderator's word", () => {
  test("off: the track is ended and sent to nobody before the event is over", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    await Promise.all([ann.media.setMic(true), ann.media.setWebcam(true)]);
    stage.room.switch("ann", "mic", false);
    // No turn of the event loop between.
    expect(ann.browser.devices.open).toEqual(["cam-1"]);
    expect(ann.browser.peer.sending.slice(0, 2)).toEqual([null, "cam-1"]);
    expect(bob.media.streams.get("ann")?.mic).toBeNull();
    await rest();
    expect(ann.meeting.asked).toEqual(["mic on", "webcam on"]);
  });

  test("lock: what is being turned on at that moment is closed, and the caller hears that it is locked", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    ann.browser.devices.isPrompt = false;
    const on = ann.media.setMic(true);
    await rest();
    stage.room.lock("ann", "mic");
    ann.browser.devices.answer();
    await expect(on).rejects.toMatchObject({ reason: "locked" });
    expect(ann.browser.devices.open).toEqual([]);
    await expect(ann.media.setMic(true)).rejects.toMatchObject({ reason: "locked" });
    expect(ann.meeting.asked).toEqual([]);
  });

  test("lock for everybody: binds all but moderators", async () => {
    const stage = new Stage();
    stage.room.mediaLocks = { mic: true, webcam: false };
    const [ann, bob] = [stage.enter("ann"), stage.enter("bob", { isModerator: true })];
    await expect(ann.media.setMic(true)).rejects.toMatchObject({ reason: "locked" });
    await ann.media.setWebcam(true);
    await bob.media.setMic(true);
    expect(ann.browser.devices.open).toEqual(["cam-1"]);
    expect(bob.browser.devices.open).toEqual(["mic-1"]);
  });

  test("lock of what is on: leaves it on, as the room does", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    await ann.media.setMic(true);
    stage.room.lock("ann", "mic");
    await rest();
    expect(ann.browser.peer.sending[0]).toBe("mic-1");
  });

  test("a request that was accepted opens the device, even under a lock", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    stage.room.lock("ann", "mic");
    stage.room.switch("ann", "mic", true);
    await rest();
    expect(ann.browser.peer.sending[0]).toBe("mic-1");
    expect(ann.meeting.asked).toEqual([]);
  });

  test("a request that was accepted without a device is taken back, and that is told", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    ann.browser.devices.refusal = () => domFailure("NotFoundError");
    stage.room.switch("ann", "webcam", true);
    await rest();
    expect(ann.told).toContain("error no_device webcam");
    expect(stage.room.seats.get("ann")?.webcamOn).toBe(false);
  });
});

describe("what was missed while the line was lost", () => {
  test("is made good: off in the room is off here", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    await ann.media.setMic(true);
    stage.room.line("ann", false);
    const seat = stage.room.seats.get("ann");
    if (seat !== undefined) seat.micOn = false;
    stage.room.line("ann", true);
    expect(ann.browser.devices.open).toEqual([]);
  });

  test("never opens a device: the room is told instead that it is off", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    stage.room.line("ann", false);
    const seat = stage.room.seats.get("ann");
    if (seat !== undefined) seat.micOn = true;
    stage.room.line("ann", true);
    await rest();
    expect(ann.browser.devices.asked).toEqual([]);
    expect(seat?.micOn).toBe(false);
  });
});

test("turned off while the token had run out: the room hears of it as soon as it listens again", async () => {
  const stage = new Stage();
  const { ann } = await stage.pair();
  await ann.media.setMic(true);
  ann.meeting.refuse = () => refusal("token_expired");
  await expect(ann.media.setMic(false)).rejects.toMatchObject({ reason: "refused" });
  expect(ann.browser.devices.open).toEqual([]);
  expect(stage.room.seats.get("ann")?.micOn).toBe(true);
  ann.meeting.refuse = () => null;
  ann.meeting.tell("token-refreshed");
  await rest();
  expect(stage.room.seats.get("ann")?.micOn).toBe(false);
});

test("who joins with the microphone on has it opened once in the room", async () => {
  const stage = new Stage();
  stage.enter("bob");
  const ann = stage.enter("ann", { micOn: true });
  await rest();
  expect(ann.browser.devices.asked).toEqual([{ audio: true }]);
  expect(ann.browser.peer.sending).toEqual(["mic-1", null, null, null]);
});
