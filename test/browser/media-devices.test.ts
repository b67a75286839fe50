import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { eventually } from "../support/eventually.js";
import {
  flow,
  PATIENT,
  pictureOf,
  seesAndHears,
  startStage,
  type MediaWorld,
  type Person,
  type Stage,
} from "./support/media-world.js";

let stage: Stage;
let world: MediaWorld;
beforeAll(async () => {
  stage = await startStage();
});
afterEach(() => world.close());
afterAll(() => stage.close());

async function pair(): Promise<[Person, Person]> {
  world = await stage.world("embedded");
  const [host, guest] = await world.together("guest");
  if (host === undefined || guest === undefined) throw new Error("nobody came");
  return [host, guest];
}

test("a shared screen is seen by the other, who knows whose it is, and ends when it is stopped", async () => {
  const [host, guest] = await pair();
  await seesAndHears(guest, host);
  await host.page.evaluate(() => mediaPage.media.shareScreen());
  await guest.page.waitForFunction(() => mediaPage.media.presenterId === "host");
  await eventually(async () => {
    expect((await flow(guest, host)).share.framesDecoded).toBeGreaterThan(3);
    expect(await pictureOf(guest, host, "share")).not.toBe(await pictureOf(guest, host, "webcam"));
  }, PATIENT);
  // The way that a browser's own button takes.
  await host.page.evaluate(() => {
    for (const track of mediaPage.media.local.share?.getTracks() ?? [])
      track.dispatchEvent(new Event("ended"));
  });
  await guest.page.waitForFunction(() => mediaPage.media.presenterId === null);
  expect(await guest.page.evaluate(() => mediaPage.media.streams.get("host")?.share)).toBeNull();
  expect(await host.page.evaluate(() => mediaPage.media.local.share)).toBeNull();
  await seesAndHears(guest, host);
});

describe("devices", () => {
  test("have names, and are changed in the middle of a meeting over the same connection", async () => {
    const [host, guest] = await pair();
    await seesAndHears(guest, host);
    const { cameras, microphones } = await host.page.evaluate(() => mediaPage.media.devices());
    for (const { label, deviceId } of [...cameras, ...microphones]) {
      expect(label).not.toBe("");
      expect(deviceId).not.toBe("");
    }
    const used = await host.page.evaluate(
      () => mediaPage.media.local.mic?.getTracks()[0]?.getSettings().deviceId,
    );
    const other = microphones.find(({ deviceId }) => deviceId !== used && deviceId !== "default");
    await host.page.evaluate((id) => mediaPage.media.useDevice("mic", id ?? null), other?.deviceId);
    const now = await host.page.evaluate(
      () => mediaPage.media.local.mic?.getTracks()[0]?.getSettings().deviceId,
    );
    expect(now).toBe(other?.deviceId);
    expect(now).not.toBe(used);
    await seesAndHears(guest, host);
    expect(await guest.page.evaluate(() => mediaPage.peers.length)).toBe(1);
  });

  test("that are not allowed are told by reason, and one is in the meeting all the same", async () => {
    world = await stage.world("embedded");
    const host = await world.person("host");
    await host.page.context().clearPermissions();
    await host.page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    });
    expect(await host.come({ preview: true })).toBe("joined");
    expect(await host.page.evaluate(() => mediaPage.failure(mediaPage.media.setMic(true)))).toBe(
      "permission_denied",
    );
    // The join had said that both are on; the room knows better now.
    await host.page.waitForFunction(() => {
      const self = mediaPage.meeting.localParticipant;
      return self !== null && !self.micOn && !self.webcamOn;
    });
  });
});
