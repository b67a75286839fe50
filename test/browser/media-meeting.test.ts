import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { LIMITS } from "../../src/protocol/limits.js";
import { eventually } from "../support/eventually.js";
import {
  allSeeAndHear,
  flow,
  PATIENT,
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

/** The states of every connection that somebody's page ever made. */
const peersOf = ({ page }: Person): Promise<string[]> =>
  page.evaluate(() => mediaPage.peers.map(({ connectionState }) => connectionState));
/** Whether each device that somebody's page ever opened is open. */
const devicesOf = ({ page }: Person): Promise<string[]> =>
  page.evaluate(() => mediaPage.tracks.map(({ kind, readyState }) => `${kind} ${readyState}`));

async function pair(topology: "embedded" | "Redis, two nodes" = "embedded"): Promise<[Person, Person]> {
  world = await stage.world(topology);
  const [host, guest] = await world.together("guest");
  if (host === undefined || guest === undefined) throw new Error("nobody came");
  return [host, guest];
}

describe.each(["embedded", "Redis, two nodes"] as const)("host and guest (%s)", (topology) => {
  test("see and hear each other once the guest was let in, and nothing is sent before", async () => {
    world = await stage.world(topology);
    const [host, guest] = [await world.person("host"), await world.person("guest")];
    // Nobody is there who could answer: the guest waits, with camera and microphone in a preview.
    expect(await guest.come({ preview: true })).toBe("waiting");
    await eventually(
      async () => expect(await guest.page.evaluate(() => mediaPage.previewLevel)).toBeGreaterThan(0),
      PATIENT,
    );
    expect(await peersOf(guest)).toEqual([]);
    expect(await host.come()).toBe("joined");
    await allSeeAndHear([host, guest]);
    // One question for both devices, and none after it.
    expect(await devicesOf(guest)).toEqual(["audio live", "video live"]);
    expect([await peersOf(host), await peersOf(guest)]).toEqual([["connected"], ["connected"]]);
    const { roundTripMs, bytesSent } = await flow(host, guest);
    expect(roundTripMs).not.toBeNull();
    expect(bytesSent).toBeGreaterThan(0);
    for (const { page, complaints } of [host, guest]) {
      expect(await page.evaluate(() => mediaPage.longestSignal)).toBeLessThan(LIMITS.signalLength / 2);
      expect(
        await page.evaluate(() => mediaPage.notes.filter(([what]) => what === "error" || what === "fault")),
      ).toEqual([]);
      expect(complaints).toEqual([]);
    }
  });

  test("a page that is loaded again has its media back, without another knock", async () => {
    const [host, guest] = await pair(topology);
    await allSeeAndHear([host, guest]);
    await guest.page.reload();
    expect(await guest.come()).toBe("joined");
    await allSeeAndHear([host, guest]);
    expect(await peersOf(host)).toEqual(["closed", "connected"]);
  });
});

test("three people are a mesh: everybody sees and hears everybody", async () => {
  world = await stage.world("Redis, two nodes");
  const people = await world.together("guest", "third");
  await allSeeAndHear(people);
  for (const person of people) expect(await peersOf(person)).toEqual(["connected", "connected"]);
  await eventually(async () => {
    const heard = await Promise.all(people.map(({ page }) => page.evaluate(() => mediaPage.media.speakerId)));
    for (const speaker of heard) expect(people.map(({ id }) => id)).toContain(speaker);
  }, PATIENT);
});

test("a moderator turns the guest's microphone off: the device is let go, nothing is heard, and a lock keeps it so", async () => {
  const [host, guest] = await pair();
  await seesAndHears(host, guest);
  await host.page.evaluate(() => mediaPage.meeting.participants.get("guest")?.disableMic());
  await eventually(
    async () => expect(await devicesOf(guest)).toEqual(["audio ended", "video live"]),
    PATIENT,
  );
  // Everything that was on its way has arrived when a good deal more pictures have.
  const more = async (frames: number): Promise<number> => {
    const { webcam } = await flow(host, guest);
    await eventually(
      async () =>
        expect((await flow(host, guest)).webcam.framesDecoded).toBeGreaterThan(webcam.framesDecoded + frames),
      PATIENT,
    );
    return (await flow(host, guest)).mic.audioEnergy;
  };
  const energy = await more(20);
  const { bytesReceived } = (await flow(host, guest)).mic;
  expect(await more(30)).toBe(energy);
  expect((await flow(host, guest)).mic.bytesReceived).toBe(bytesReceived);
  expect(await host.page.evaluate(() => mediaPage.media.streams.get("guest")?.mic)).toBeNull();

  await host.page.evaluate(() => mediaPage.meeting.participants.get("guest")?.lockMedia("mic", true));
  await eventually(
    async () =>
      expect(await guest.page.evaluate(() => mediaPage.meeting.localParticipant?.micLocked)).toBe(true),
    PATIENT,
  );
  expect(await guest.page.evaluate(() => mediaPage.failure(mediaPage.media.setMic(true)))).toBe("locked");
  expect(await devicesOf(guest)).toEqual(["audio ended", "video live"]);

  // Asked by the moderator, and accepted by the guest: heard again.
  await host.page.evaluate(() => mediaPage.meeting.participants.get("guest")?.enableMic());
  await seesAndHears(host, guest);
});

test("whoever is removed is cut off on both sides, and their devices are let go", async () => {
  const [host, guest] = await pair();
  await allSeeAndHear([host, guest]);
  await host.page.evaluate(() => mediaPage.meeting.participants.get("guest")?.remove());
  await eventually(async () => {
    expect([await peersOf(host), await peersOf(guest)]).toEqual([["closed"], ["closed"]]);
    expect(await devicesOf(guest)).toEqual(["audio ended", "video ended"]);
  }, PATIENT);
  expect(await host.page.evaluate(() => [...mediaPage.media.streams.keys()])).toEqual([]);
  expect(await devicesOf(host)).toEqual(["audio live", "video live"]);
});

test("a line that drops does not interrupt what is seen and heard", async () => {
  const [host, guest] = await pair("Redis, two nodes");
  await allSeeAndHear([host, guest]);
  await guest.page.evaluate(() => mediaPage.meeting.drop());
  expect(await guest.page.evaluate(() => mediaPage.meeting.state)).toBe("reconnecting");
  await allSeeAndHear([host, guest]);
  await guest.page.waitForFunction(() => mediaPage.meeting.state === "joined");
  await host.page.evaluate(() => mediaPage.meeting.drop());
  await host.page.waitForFunction(() => mediaPage.meeting.state === "joined");
  await allSeeAndHear([host, guest]);
  // The very same connection all the time.
  expect([await peersOf(host), await peersOf(guest)]).toEqual([["connected"], ["connected"]]);
  for (const { page } of [host, guest]) {
    const notes = await page.evaluate(() => mediaPage.notes.filter(([what]) => what === "connection"));
    expect(notes.map((note) => note[2])).toEqual(["connecting", "connected"]);
  }
});

test("a connection that broke is mended on both sides", async () => {
  const [host, guest] = await pair();
  await allSeeAndHear([host, guest]);
  // As if the other's browser had gone without a word.
  await guest.page.evaluate(() => mediaPage.peers[0]?.close());
  await guest.page.evaluate(() => mediaPage.meeting.drop());
  await guest.page.waitForFunction(() => mediaPage.meeting.state === "joined");
  await allSeeAndHear([host, guest]);
});

test("the gateway's STUN and TURN servers are used, with credentials that it made for each", async () => {
  const urls = ["stun:127.0.0.1:9", "turn:127.0.0.1:9?transport=udp"];
  world = await stage.world("Redis, two nodes", {
    ADMITONE_ICE_URLS: urls.join(","),
    ADMITONE_TURN_SECRET: "a-turn-secret-of-the-tests-0123456789",
  });
  const people = await world.together("guest");
  await allSeeAndHear(people);
  const credentials = new Set<string | undefined>();
  for (const { page } of people) {
    const [configuration] = await page.evaluate(() =>
      mediaPage.peers.map((peer) => peer.getConfiguration().iceServers ?? []),
    );
    expect(configuration?.flatMap((server) => server.urls).sort()).toEqual(urls);
    const turn = configuration?.find((server) => server.urls.includes("turn:127.0.0.1:9?transport=udp"));
    expect(turn?.username).toMatch(/^\d+:/);
    credentials.add(turn?.credential);
  }
  expect(credentials.size).toBe(2);
});
