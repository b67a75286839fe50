/** A gateway in which enough goes on to be worth a picture. */
import type { Page } from "playwright-core";
import { visit } from "../support/browser.js";
import { createRoom, GUEST, hangUp, HOST, join } from "../support/meeting.js";
import type { Peer } from "../support/peer.js";
import { startReceiver } from "../support/receiver.js";
import { startRedis } from "../support/redis-server.js";
import {
  busyRoom,
  pageUrl,
  section,
  signInOn,
  startConsoleNode,
  startConsoleWorld,
  type ConsoleWorld,
} from "./console-world.js";

/** Long enough that what happened first is still in the nodes' figures when the last picture is made. */
const STEP_MS = 2_000;

/** A gateway in which enough goes on to be worth a picture. */
export interface ConsoleScene {
  readonly world: ConsoleWorld;
  readonly roomId: string;
  readonly sessionPath: string;
  readonly webhookPath: string;
  close(): Promise<void>;
}

/** Starts two nodes on a Redis, a receiver of webhooks that is soon at a loss, and people who come, knock and lose their lines. */
export async function startConsoleScene(): Promise<ConsoleScene> {
  const redis = await startRedis();
  const receiver = await startReceiver();
  const peers: Peer[] = [];
  const world = await startConsoleWorld({ REDIS_URL: redis.url }, STEP_MS);
  const second = await startConsoleNode({ REDIS_URL: redis.url }, STEP_MS);
  const { page, context } = await visit(world.browser);
  await page.goto(pageUrl(world, "/webhooks"));
  await signInOn(page);
  await page.getByLabel("Address").fill(receiver.url);
  await page.getByLabel("Events").fill("entry-requested, participant-joined");
  await page.getByLabel("Description").fill("The front desk");
  await page.getByRole("button", { name: "Add endpoint" }).click();
  await page.getByRole("button", { name: "Send a test message" }).click();
  await page.getByText("The test message was delivered").waitFor();
  const webhookPath = new URL(page.url()).pathname.replace("/console", "");
  const room = await busyRoom(world, { customRoomId: "weekly-review", maxParticipants: 12 });
  const { roomId } = room;
  const other = await createRoom(world.node, { customRoomId: "open-house", lobbyForAll: true });
  await page
    .getByRole("row", { name: /entry-requested/ })
    .getByText("delivered")
    .waitFor();
  receiver.answer = () => ({ status: 500 });
  const people = [
    [second, roomId, "paula", HOST, "Paula Park"],
    [second, roomId, "omar", HOST, "Omar Oak"],
    [world.node, roomId, "iris", GUEST, "Iris Iron"],
    [second, other, "lena", GUEST, "Lena Lane"],
  ] as const;
  for (const [node, where, id, permissions, name] of people)
    peers.push((await join(node, where, id, permissions, { name })).peer);
  await peers[0]?.ask({ type: "set-media", id: "mic-of-paula", kind: "mic", on: true });
  const nora = await join(second, roomId, "nora", GUEST, { name: "Nora North" });
  await room.host.ask({ type: "admit", id: "admit-nora", participantId: "nora" });
  await nora.peer.cut();
  peers.push((await nora.peer.resumeOn(world.node)).peer);

  const sessionPath = await fill(page, world, roomId);
  await context.close();
  const close = async (): Promise<void> => {
    hangUp(peers);
    room.leave();
    await world.close();
    await second.close();
    await receiver.close();
    await redis.stop();
  };
  return { world, roomId, sessionPath, webhookPath, close };
}

/** Makes by hand what the pages are to show; answers the path of the room's session. */
async function fill(page: Page, world: ConsoleWorld, roomId: string): Promise<string> {
  await page.goto(pageUrl(world, `/rooms/${roomId}`));
  await page.getByRole("link", { name: "attendance" }).click();
  await section(page, "Attendance").waitFor();
  const sessionPath = new URL(page.url()).pathname.replace("/console", "");
  await page.goto(pageUrl(world, "/apps"));
  await page.getByLabel("Id").fill("school");
  await page.getByLabel("Name").fill("Evening school");
  await page.getByRole("button", { name: "Create app" }).click();
  await page.getByRole("button", { name: "I have copied it" }).click();
  await page.goto(pageUrl(world, "/revocations"));
  await page.getByLabel("What").selectOption("participant");
  await page.getByLabel("Participant id").fill("former-guest");
  await page.getByLabel("Note").fill("left the company");
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await section(page, "In force").getByText("left the company").waitFor();
  return sessionPath;
}
