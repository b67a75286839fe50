/** What somebody in a call sees and hears, measured at the elements that the page plays it with. */
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "@jest/globals";
import type { Locator, Page } from "playwright-core";
import { eventually } from "../../support/eventually.js";
import { tileOf } from "../meeting-page-world.js";
import { PATIENT } from "./calls.js";
import type { Received } from "./call-watch.js";

/** Above this it is sound; the fake microphone is far above. */
const AUDIBLE = 0.01;
/** So many pictures take longer than the fake microphone is silent between two beeps. */
const A_WHILE_FRAMES = 25;

/** What a video element shows: how many frames it has decoded, and the picture in numbers. */
interface Sight {
  readonly frames: number;
  readonly picture: string;
}

/** Waits until this page shows a picture of somebody that moves: frames are decoded, and the pixels change. */
export async function sees(page: Page, name: string): Promise<void> {
  const video = tileOf(page, name).locator("video");
  await video.waitFor();
  let before = await eventually(() => sightOf(video), PATIENT);
  await eventually(async () => {
    const now = await sightOf(video);
    // Another stream in the same element is counted from its own beginning.
    if (now.frames < before.frames) before = now;
    expect(now.frames).toBeGreaterThan(before.frames + 10);
    expect(now.picture).not.toBe(before.picture);
  }, PATIENT);
}

/** Waits until this page plays the sound of so many others, each of them loud enough to be heard. */
export async function hears(page: Page, others = 1): Promise<void> {
  await eventually(async () => {
    const played = await page.evaluate(() => callWatch.played());
    expect(played).toHaveLength(others);
    for (const loudness of played) expect(loudness).toBeGreaterThan(AUDIBLE);
  }, PATIENT);
}

/** Each of these people, by name, sees and hears all the others. */
export async function allSeeAndHear(people: Readonly<Record<string, Page>>): Promise<void> {
  const names = Object.keys(people);
  for (const [name, page] of Object.entries(people)) {
    for (const other of names) if (other !== name) await sees(page, other);
    await hears(page, names.length - 1);
  }
}

/**
 * Waits until nothing is heard any more of what this page ever played, and then watches for a while, measured by the pictures of
 * somebody, that it stays so and that no sound arrives at all.
 */
export async function staysSilent(page: Page, whose: string): Promise<void> {
  await eventually(async () => expect(await page.evaluate(() => callWatch.loudest())).toBe(0), PATIENT);
  const received = await eventually(async () => {
    // What was on its way arrives.
    const before = await receivedBy(page);
    await moreFrames(page, whose, () => undefined);
    const now = await receivedBy(page);
    expect(now.audioBytes).toBe(before.audioBytes);
    return now;
  }, PATIENT);
  await moreFrames(page, whose, async () => expect(await page.evaluate(() => callWatch.loudest())).toBe(0));
  const now = await receivedBy(page);
  expect(now.audioBytes).toBe(received.audioBytes);
  expect(now.videoBytes).toBeGreaterThan(received.videoBytes);
}

/** What came to this page over its open connections. */
export function receivedBy(page: Page): Promise<Received> {
  return page.evaluate(() => callWatch.received());
}

/** The states of every connection that this page ever made. */
export function connectionsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => callWatch.peers.map(({ connectionState }) => connectionState));
}

/** The devices that this page has open. */
export function openDevicesOf(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    callWatch.tracks
      .filter(({ readyState }) => readyState === "live")
      .map(({ kind }) => kind)
      .sort(),
  );
}

/** Everything that this page would play: elements for pictures and for sound. */
export function playersOf(page: Page): Promise<number> {
  return page.locator("video, audio").count();
}

async function moreFrames(page: Page, whose: string, meanwhile: () => unknown): Promise<void> {
  const video = tileOf(page, whose).locator("video");
  const { frames } = await sightOf(video);
  const until = performance.now() + PATIENT.deadlineMs;
  while ((await sightOf(video)).frames <= frames + A_WHILE_FRAMES) {
    await meanwhile();
    if (performance.now() > until) throw new Error(`the picture of ${whose} stands still`);
    await pause(100);
  }
}

/** Rejects where there is no picture yet. */
async function sightOf(video: Locator): Promise<Sight> {
  const sight = await video.evaluate((element: HTMLVideoElement) => {
    const canvas = new OffscreenCanvas(32, 32);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (context === null || element.videoWidth === 0) return null;
    context.drawImage(element, 0, 0, 32, 32);
    return {
      frames: element.getVideoPlaybackQuality().totalVideoFrames,
      picture: context.getImageData(0, 0, 32, 32).data.join(),
    };
  });
  if (sight === null) throw new Error("no picture");
  return sight;
}
