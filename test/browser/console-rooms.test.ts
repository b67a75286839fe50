/** The console's pages on what goes on: rooms, sessions, revocations, nodes. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { startRedis, type RedisServer } from "../support/redis-server.js";
import {
  busyRoom,
  expectAccessible,
  goTo,
  section,
  signedIn,
  startConsoleNode,
  startConsoleWorld,
  type BusyRoom,
  type ConsoleWorld,
} from "./console-world.js";

let world: ConsoleWorld;
const rooms: BusyRoom[] = [];
beforeAll(async () => {
  world = await startConsoleWorld();
});
afterEach(() => {
  for (const room of rooms.splice(0)) room.leave();
});
afterAll(() => world.close());

async function busy(customRoomId?: string): Promise<BusyRoom> {
  const room = await busyRoom(world, customRoomId === undefined ? {} : { customRoomId });
  rooms.push(room);
  return room;
}

describe("a live room", () => {
  test("is listed, and somebody who knocked is admitted from its page; the events come by themselves", async () => {
    const { guest } = await busy("weekly-review");
    const { page, context, complaints } = await signedIn(world);
    const row = section(page, "Live now").getByRole("row", { name: /weekly-review/ });
    await row.getByText("1 waiting").waitFor();
    await expectAccessible(page);
    await row.getByRole("link", { name: "weekly-review" }).click();
    await section(page, "Lobby (1)").getByText("Gert Guest").waitFor();
    await expectAccessible(page);
    await page.evaluate("window.stays = true");
    await page.getByRole("button", { name: "Admit Gert Guest" }).click();
    await guest.find((frame) => frame["type"] === "snapshot", "a snapshot");
    await section(page, "Events").getByText("Gert Guest was admitted by console").waitFor();
    await section(page, "Participants (2)").getByText("Gert Guest").waitFor();
    await page.getByText("Nobody waits.").waitFor();
    expect(await page.evaluate("window.stays")).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("hears a denial with its reason, a mute, a lock, a removal with a ban, and the end", async () => {
    const { roomId, host, guest } = await busy();
    const { page, context } = await signedIn(world, `/rooms/${roomId}`);
    await page.getByRole("button", { name: "Deny Gert Guest" }).click();
    await page.getByRole("dialog").getByLabel("Reason").fill("not today");
    await expectAccessible(page);
    await page.getByRole("dialog").getByRole("button", { name: "Deny", exact: true }).click();
    await section(page, "Events").getByText("Gert Guest was denied by console: “not today”").waitFor();
    await guest.find((frame) => JSON.stringify(frame).includes("not today"), "the reason");

    await host.ask({ type: "set-media", id: "mic-of-the-host", kind: "mic", on: true });
    await page.getByRole("button", { name: "Mute Hanna Host" }).click();
    await section(page, "Events")
      .getByText("The microphone of Hanna Host was turned off by console")
      .waitFor();

    await page.getByRole("button", { name: "Lock the room" }).click();
    await page.getByRole("button", { name: "Open the room" }).waitFor();
    await page.getByRole("button", { name: "Moderate Hanna Host" }).click();
    const dialog = page.getByRole("dialog", { name: "Moderate Hanna Host" });
    await dialog.getByLabel("Answers knocks").click();
    await section(page, "Events").getByText("Hanna Host now has allow_mod, by console").waitFor();
    await expectAccessible(page);
    await dialog.getByLabel("Ban").check();
    await dialog.getByRole("button", { name: "Remove and ban" }).click();
    await host.ended();
    await section(page, "Banned (1)").getByRole("button", { name: "Lift the ban of hanna" }).click();
    await section(page, "Events").getByText("console lifted the ban of Hanna Host").waitFor();
    await context.close();
  });

  test("shows its record of admissions, and keeps its changed settings", async () => {
    const { roomId } = await busy();
    const { page, context } = await signedIn(world, `/rooms/${roomId}/admissions`);
    const record = section(page, "Admission record");
    await record.getByRole("cell", { name: "knocked" }).waitFor();
    await record.getByRole("cell", { name: "joined" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("link", { name: "Settings", exact: true }).click();
    await page.getByLabel("Most participants").fill("7");
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByText("The settings are saved.").waitFor();
    await expectAccessible(page);
    await page.getByRole("link", { name: "Now", exact: true }).click();
    await page.getByText("1 of 7 used").waitFor();
    await context.close();
  });

  test("keeps what is known while the line is lost, says so, and recovers", async () => {
    const { roomId } = await busy();
    const { page, context } = await signedIn(world, `/rooms/${roomId}`);
    await section(page, "Lobby (1)").getByText("Gert Guest").waitFor();
    await context.setOffline(true);
    await page.getByText("Connection lost, trying again.").waitFor();
    expect(await section(page, "Lobby (1)").getByText("Gert Guest").count()).toBe(1);
    await context.setOffline(false);
    await page.getByText("Connection lost, trying again.").waitFor({ state: "hidden" });
    await context.close();
  });

  test("keeps the focus and what is typed while it is brought up to date", async () => {
    const { roomId, host } = await busy();
    const { page, context } = await signedIn(world, `/rooms/${roomId}`);
    await page.getByRole("button", { name: "Deny Gert Guest" }).click();
    await page.getByRole("dialog").getByLabel("Reason").pressSequentially("we are ");
    host.socket.terminate();
    await page.getByText("line lost, seat kept").waitFor();
    await page.keyboard.type("full");
    expect(await page.getByRole("dialog").getByLabel("Reason").inputValue()).toBe("we are full");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await context.close();
  });
});

test("a session shows who was in and draws it, and sessions are found by their participants", async () => {
  const { roomId } = await busy();
  const { page, context, complaints } = await signedIn(world, "/sessions");
  await page.getByLabel("Participant id").fill("nobody-of-this-name");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("No session fits.").waitFor();
  await page.getByLabel("Participant id").fill("hanna");
  await page.getByLabel("Room", { exact: true }).fill(roomId);
  await page.getByRole("button", { name: "Apply" }).click();
  const row = section(page, "Sessions").getByRole("row", { name: new RegExp(roomId) });
  await expectAccessible(page);
  await row.getByRole("link").first().click();
  await page.getByRole("img", { name: /^Attendance of 1 participant over/ }).waitFor();
  await section(page, "Attendance")
    .getByRole("cell", { name: /Hanna Host/ })
    .waitFor();
  await expectAccessible(page);
  expect(complaints).toEqual([]);
  await context.close();
});

test("revocations are made, put people out, and are lifted", async () => {
  const { host } = await busy();
  const { page, context, complaints } = await signedIn(world, "/revocations");
  await page.getByText("Nothing is revoked.").waitFor();
  await page.getByLabel("What").selectOption("participant");
  await page.getByLabel("Participant id").fill("hanna");
  await page.getByLabel("Note").fill("left the company");
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await host.ended();
  await section(page, "In force")
    .getByRole("row", { name: /left the company/ })
    .waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: /^Lift revocation/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Lift", exact: true }).click();
  await page.getByText("Nothing is revoked.").waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

describe("nodes and health", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  test("an embedded gateway says plainly that nothing survives, and draws what it counted", async () => {
    await busy();
    const { page, context, complaints } = await signedIn(world);
    await goTo(page, "Nodes and health");
    await page.getByText(/Nothing survives it/).waitFor();
    await page.getByRole("img", { name: /^Open sockets: [2-9]/ }).waitFor();
    await page.getByRole("img", { name: /^Joins: [1-9]\d* taken/ }).waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("of two nodes on Redis both are shown, whichever of them serves the page", async () => {
    const first = await startConsoleNode({ REDIS_URL: redis.url });
    const second = await startConsoleNode({ REDIS_URL: redis.url });
    const { page, context } = await signedIn({ node: second, browser: world.browser }, "/nodes");
    await page.getByText(/They survive the end of a node/).waitFor();
    await section(page, "Nodes (2)").waitFor();
    expect(await section(page, "Nodes (2)").getByText("up", { exact: true }).count()).toBe(2);
    await expectAccessible(page);
    await first.close();
    await section(page, "Nodes (1)").waitFor();
    await context.close();
    await second.close();
  });
});
