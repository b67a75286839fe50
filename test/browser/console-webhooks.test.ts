/** Webhooks in the console. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { eventually } from "../support/eventually.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import {
  busyRoom,
  expectAccessible,
  section,
  signedIn,
  startConsoleWorld,
  type ConsoleWorld,
} from "./console-world.js";

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsoleWorld();
});
afterAll(() => world.close());

describe("webhooks", () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());

  test("are added and tested; what failed is shown with its answer, and sent again", async () => {
    const { page, context, complaints } = await signedIn(world, "/webhooks");
    await page.getByLabel("Address").fill(receiver.url);
    await page.getByRole("button", { name: "Add endpoint" }).click();
    await page.getByText("Nothing was sent yet.").waitFor();
    await page.getByRole("button", { name: "Send a test message" }).click();
    await page.getByText("The test message was delivered: HTTP 200").waitFor();
    await eventually(() => expect(receiver.got).toHaveLength(1));

    // Gone for good: the endpoint is switched off, and all that waits for it fails.
    receiver.answer = () => ({ status: 410 });
    const room = await busyRoom(world);
    const deliveries = section(page, "Deliveries");
    const failed = deliveries.getByRole("row", { name: new RegExp(`room-created.*${room.roomId}`) });
    await failed.getByText("failed", { exact: true }).waitFor();
    await failed.getByText("HTTP 410").waitFor();
    await expectAccessible(page);
    receiver.answer = () => ({ status: 204 });
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByRole("button", { name: "Turn off" }).waitFor();
    await failed.getByRole("button", { name: /^Replay/ }).click();
    await failed.getByText("HTTP 204").waitFor();
    await failed.getByText("delivered", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Replay all failed" }).click();
    await deliveries.getByLabel("Show").selectOption("failed");
    await page.getByText("No message is failed.").waitFor();

    await page.getByRole("button", { name: "Remove…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByText("The webhook is removed.").waitFor();
    room.leave();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("have secrets behind dots until somebody wants to see them", async () => {
    const { page, context } = await signedIn(world, "/webhooks");
    const secrets = section(page, "Signing secrets");
    await secrets.getByText("•".repeat(24)).waitFor();
    expect(await page.content()).not.toContain("whsec_");
    await secrets.getByRole("button", { name: /^Reveal/ }).click();
    await secrets.getByText(/^whsec_/).waitFor();
    await context.close();
  });

  test("to addresses that are not public are refused beside the input", async () => {
    const { page, context } = await signedIn(world, "/webhooks");
    await page.getByLabel("Address").fill("http://10.0.0.1/hook");
    await page.getByRole("button", { name: "Add endpoint" }).click();
    await page.locator(".field-fault").waitFor();
    expect(await page.getByLabel("Address").getAttribute("aria-invalid")).toBe("true");
    await context.close();
  });
});
