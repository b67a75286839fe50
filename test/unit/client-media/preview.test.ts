import { describe, expect, test } from "@jest/globals";
import { domFailure } from "./fake-devices.js";
import { FakeBrowser, rest, Stage } from "./support.js";

const browserOf = (): FakeBrowser => new FakeBrowser(new Stage(), "ann");

describe("a preview", () => {
  test("opens both with one question, and shows how loud one is", async () => {
    const browser = browserOf();
    const preview = browser.preview();
    await preview.ready;
    expect(browser.devices.asked).toHaveLength(1);
    expect(browser.devices.open).toEqual(["mic-1", "cam-1"]);
    expect([preview.local.mic, preview.local.webcam]).not.toContain(null);
    const [meter] = browser.meters;
    if (meter !== undefined) meter.value = 0.4;
    expect(preview.level).toBe(0.4);
    preview.close();
    expect(browser.devices.open).toEqual([]);
    expect(meter?.isRunning).toBe(false);
  });

  test("goes on with the microphone where there is no camera, and tells what is missing", async () => {
    const browser = browserOf();
    browser.devices.plug(browser.devices.plugged.filter(({ kind }) => kind !== "videoinput"));
    const preview = browser.preview();
    const told: string[] = [];
    preview.on("error", ({ reason, subject }) => told.push(`${reason} ${subject ?? ""}`));
    await preview.ready;
    expect(browser.devices.open).toEqual(["mic-1"]);
    expect(told).toEqual(["no_device webcam"]);
  });

  test("without any permission is empty, and says so for both", async () => {
    const browser = browserOf();
    browser.devices.refusal = () => domFailure("NotAllowedError");
    const preview = browser.preview();
    const told: string[] = [];
    preview.on("error", ({ reason, subject }) => told.push(`${reason} ${subject ?? ""}`));
    await preview.ready;
    expect(told).toEqual(["permission_denied mic", "permission_denied webcam"]);
    expect(preview.local).toEqual({ mic: null, webcam: null });
  });

  test("opens only what is wanted, and lets go of what is not wanted any more", async () => {
    const browser = browserOf();
    const preview = browser.preview({ webcam: false });
    await preview.ready;
    expect(browser.devices.open).toEqual(["mic-1"]);
    await preview.setWebcam(true);
    await preview.setMic(false);
    expect(browser.devices.open).toEqual(["cam-1"]);
    expect(preview.level).toBe(0);
  });

  test("closed while the browser still asks the person opens nothing", async () => {
    const browser = browserOf();
    browser.devices.isPrompt = false;
    const preview = browser.preview();
    await rest();
    await preview.setMic(false);
    browser.devices.answer();
    await preview.ready;
    expect(browser.devices.open).toEqual(["cam-1"]);
    preview.close();
    expect(browser.devices.open).toEqual([]);
    await expect(preview.setWebcam(true)).resolves.toBeUndefined();
    expect(browser.devices.open).toEqual([]);
  });

  test("uses the devices that were chosen earlier, and the default ones where they are gone", async () => {
    const browser = browserOf();
    const preview = browser.preview({ selected: { mic: "mic-2", webcam: "cam-9" } });
    await preview.ready;
    expect(browser.devices.open).toEqual(["mic-2", "cam-1"]);
    await preview.useDevice("webcam", "cam-2");
    await preview.useDevice("speaker", "speaker-1");
    expect(browser.devices.open).toEqual(["mic-2", "cam-2"]);
    expect(preview.selected).toEqual({ mic: "mic-2", webcam: "cam-2", speaker: "speaker-1" });
  });
});

describe("a preview that is handed to the meeting", () => {
  test("becomes its media without a second question: what was on is turned on", async () => {
    const stage = new Stage();
    stage.enter("bob");
    const ann = stage.enter("ann", {}, (browser) => browser.preview({ selected: { mic: "mic-2" } }));
    await rest();
    expect(ann.browser.devices.asked).toHaveLength(1);
    expect(ann.meeting.asked).toEqual(["mic on", "webcam on"]);
    expect(ann.browser.peer.sending).toEqual(["mic-2", "cam-1", null, null]);
    expect(ann.media.selected.mic).toBe("mic-2");
  });

  test("stays a preview in the lobby, and what is switched there counts", async () => {
    const stage = new Stage();
    const meeting = stage.room.enter("ann");
    meeting.leave("waiting");
    const browser = new FakeBrowser(stage, "ann");
    const preview = browser.preview();
    const ann = stage.attend(meeting, () => preview);
    await rest();
    expect(ann.media.local.mic).toBeNull();
    await preview.setMic(false);
    await ann.media.useDevice("webcam", "cam-2");
    expect(ann.media.selected.webcam).toBe("cam-2");
    // The join had said that both are on.
    meeting.enter({ micOn: true, webcamOn: true });
    await rest();
    expect(meeting.asked).toEqual(["mic off"]);
    expect(browser.devices.open).toEqual(["cam-2"]);
    expect(ann.media.local.mic).toBeNull();
    expect(ann.media.local.webcam?.getTracks()[0]?.label).toBe("cam-2");
  });

  test("stays a preview where one was out again before the person had answered the browser", async () => {
    const stage = new Stage();
    const meeting = stage.room.enter("ann");
    const browser = new FakeBrowser(stage, "ann");
    browser.devices.isPrompt = false;
    const preview = browser.preview();
    stage.attend(meeting, () => preview);
    await rest();
    meeting.leave("waiting");
    browser.devices.answer();
    await rest();
    expect(browser.devices.open).toEqual(["mic-1", "cam-1"]);
    expect(preview.local.webcam).not.toBeNull();
    meeting.enter();
    await rest();
    expect(preview.local.webcam).toBeNull();
    expect(meeting.asked).toEqual(["mic on", "webcam on"]);
  });

  test("is closed where the room has it locked, and that is told", async () => {
    const stage = new Stage();
    stage.room.mediaLocks = { mic: true, webcam: true };
    const ann = stage.enter("ann", {}, (browser) => browser.preview());
    await rest();
    expect(ann.browser.devices.open).toEqual([]);
    expect(ann.told.filter((one) => one.startsWith("error"))).toEqual([
      "error locked mic",
      "error locked webcam",
    ]);
  });

  test("is closed with the media where one never came in", async () => {
    const stage = new Stage();
    const meeting = stage.room.enter("ann");
    meeting.leave("waiting");
    const ann = stage.attend(meeting, (browser) => browser.preview());
    await rest();
    expect(ann.browser.devices.open).toHaveLength(2);
    ann.media.close();
    expect(ann.browser.devices.open).toEqual([]);
  });
});
