import { describe, expect, test } from "@jest/globals";
import { joinMedia } from "../../../src/client/media/index.js";
import { domFailure } from "./fake-devices.js";
import { FakeRoom } from "./fake-meeting.js";
import { FakeBrowser, rest, Stage } from "./support.js";

describe("devices", () => {
  test("are listed by kind, and those without a name by number", async () => {
    const { media } = new Stage().enter("ann");
    expect(await media.devices()).toEqual({
      cameras: [
        { deviceId: "cam-1", label: "First camera" },
        { deviceId: "cam-2", label: "Second camera" },
      ],
      microphones: [
        { deviceId: "mic-1", label: "First microphone" },
        { deviceId: "mic-2", label: "Microphone 2" },
      ],
      speakers: [{ deviceId: "speaker-1", label: "Headphones" }],
    });
  });

  test("are changed in the middle of a meeting without a new negotiation", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    await ann.media.setWebcam(true);
    const [letters, stream] = [stage.room.letters.length, ann.media.local.webcam];
    await ann.media.useDevice("webcam", "cam-2");
    expect(ann.browser.peer.sending[1]).toBe("cam-2");
    expect(ann.browser.devices.open).toEqual(["cam-2"]);
    expect(stage.room.letters).toHaveLength(letters);
    expect(ann.media.local.webcam).not.toBe(stream);
    expect(ann.meeting.asked).toEqual(["webcam on"]);
  });

  test("that cannot be had leave the old one on", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    await ann.media.setWebcam(true);
    await expect(ann.media.useDevice("webcam", "cam-9")).rejects.toMatchObject({ reason: "no_device" });
    expect(ann.browser.devices.open).toEqual(["cam-1"]);
    expect(ann.media.selected.webcam).toBeNull();
  });

  test("of a phone, which opens one camera at a time, are changed all the same", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    const { devices } = ann.browser;
    await ann.media.setWebcam(true);
    devices.refusal = () => (devices.open.length > 0 ? domFailure("NotReadableError") : null);
    await ann.media.useDevice("webcam", "cam-2");
    expect(ann.browser.peer.sending[1]).toBe("cam-2");
    await expect(ann.media.useDevice("webcam", "cam-9")).rejects.toMatchObject({ reason: "no_device" });
    expect(ann.browser.peer.sending[1]).toBe("cam-2");
  });

  test("of a phone that gives back neither camera are off for the room, and the caller hears why", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    await ann.media.setWebcam(true);
    ann.browser.devices.refusal = () => domFailure("NotReadableError");
    await expect(ann.media.useDevice("webcam", "cam-2")).rejects.toMatchObject({ reason: "device_busy" });
    await rest();
    expect(ann.told).toContain("error device_lost webcam");
    expect(ann.browser.devices.open).toEqual([]);
    expect(ann.browser.peer.sending[1]).toBeNull();
    expect(stage.room.seats.get("ann")?.webcamOn).toBe(false);
  });

  test("turned off while they are being changed stay off", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    await ann.media.setWebcam(true);
    ann.browser.devices.isPrompt = false;
    const changing = ann.media.useDevice("webcam", "cam-2");
    await rest();
    await ann.media.setWebcam(false);
    ann.browser.devices.answer();
    await expect(changing).rejects.toMatchObject({ reason: "cancelled" });
    expect(ann.browser.devices.open).toEqual([]);
  });

  test("chosen while they are off are used when they are turned on", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    await ann.media.useDevice("mic", "mic-2");
    await ann.media.setMic(true);
    expect(ann.browser.devices.open).toEqual(["mic-2"]);
  });

  test("that are pulled out are replaced by the default one, and that is told", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    await ann.media.useDevice("mic", "mic-2");
    await ann.media.setMic(true);
    ann.browser.devices.plugged = ann.browser.devices.plugged.filter(({ deviceId }) => deviceId !== "mic-2");
    ann.browser.devices.tracks[0]?.pullOut();
    await rest();
    expect(ann.told).toContain("error device_lost mic");
    expect(ann.browser.peer.sending[0]).toBe("mic-1");
    expect(ann.media.selected.mic).toBeNull();
    expect(stage.room.seats.get("ann")?.micOn).toBe(true);
  });

  test("that are pulled out, with no other there, are off for the room", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    await ann.media.setMic(true);
    ann.browser.devices.plugged = [];
    ann.browser.devices.tracks[0]?.pullOut();
    await rest();
    expect(ann.told).toContain("error device_lost mic");
    expect(stage.room.seats.get("ann")?.micOn).toBe(false);
    expect(ann.media.local.mic).toBeNull();
  });

  test("a speaker that is pulled out is chosen no more", async () => {
    const { media, browser, told } = new Stage().enter("ann");
    let changes = 0;
    media.on("devices-changed", () => (changes += 1));
    await media.useDevice("speaker", "speaker-1");
    expect(media.selected.speaker).toBe("speaker-1");
    browser.devices.plug(browser.devices.plugged.filter(({ kind }) => kind !== "audiooutput"));
    await rest();
    expect(media.selected.speaker).toBeNull();
    expect(told).toEqual(["error device_lost speaker"]);
    expect(changes).toBe(2);
  });

  test("where the browser gives none at all: everything says so, and the meeting goes on", async () => {
    const room = new FakeRoom();
    const world = { ...new FakeBrowser(new Stage(), "ann").world, devices: null };
    const media = joinMedia(room.enter("ann"), world);
    await expect(media.setMic(true)).rejects.toMatchObject({ reason: "unsupported" });
    await expect(media.shareScreen()).rejects.toMatchObject({ reason: "unsupported", subject: "share" });
    expect(await media.devices()).toEqual({ cameras: [], microphones: [], speakers: [] });
    media.close();
  });
});

describe("a shared screen", () => {
  test("is shown to everybody with its sound, and whoever shares presents", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    await ann.media.shareScreen();
    await rest();
    expect(ann.browser.peer.sending).toEqual([null, null, "screen", "screen-sound"]);
    expect(bob.media.streams.get("ann")?.share?.getTracks()).toHaveLength(2);
    expect([ann.media.presenterId, bob.media.presenterId]).toEqual(["ann", "ann"]);
    ann.media.stopSharing();
    await rest();
    expect(ann.browser.devices.open).toEqual([]);
    expect(bob.media.streams.get("ann")?.share).toBeNull();
    expect(bob.told.slice(-2)).toEqual(["ann share off", "presenter nobody"]);
  });

  test("that is ended by the browser's own button is ended for everybody", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    await ann.media.shareScreen();
    await rest();
    ann.browser.devices.tracks.find(({ label }) => label === "screen")?.pullOut();
    await rest();
    expect(ann.media.local.share).toBeNull();
    expect(ann.browser.devices.open).toEqual([]);
    expect(bob.media.presenterId).toBeNull();
  });

  test("is seen by who comes later, and the latest one presents", async () => {
    const stage = new Stage();
    const { ann, bob } = await stage.pair();
    await ann.media.shareScreen();
    await rest();
    const cid = stage.enter("cid");
    await rest();
    expect(cid.media.presenterId).toBe("ann");
    await bob.media.shareScreen();
    await rest();
    expect([ann, bob, cid].map(({ media }) => media.presenterId)).toEqual(["bob", "bob", "bob"]);
    bob.media.stopSharing();
    await rest();
    expect([ann, bob, cid].map(({ media }) => media.presenterId)).toEqual(["ann", "ann", "ann"]);
  });

  test("that the person did not choose is told to the caller only", async () => {
    const { media, browser, told } = new Stage().enter("ann");
    browser.devices.refusal = () => domFailure("NotAllowedError");
    await expect(media.shareScreen()).rejects.toMatchObject({
      reason: "permission_denied",
      subject: "share",
    });
    expect(told).toEqual([]);
  });

  test("chosen after one was put out is not shown", async () => {
    const stage = new Stage();
    const { ann } = await stage.pair();
    ann.browser.devices.isPrompt = false;
    const sharing = ann.media.shareScreen();
    await rest();
    ann.meeting.leave();
    ann.browser.devices.answer();
    await expect(sharing).rejects.toMatchObject({ reason: "cancelled" });
    expect(ann.browser.devices.open).toEqual([]);
  });
});
