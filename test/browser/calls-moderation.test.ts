import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { eventually } from "../support/eventually.js";
import { seesPeople, tileOf } from "./meeting-page-world.js";
import {
  allSeeAndHear,
  connectionsOf,
  hears,
  openDevicesOf,
  playersOf,
  staysSilent,
} from "./support/call-senses.js";
import { CALL_TOPOLOGIES, manage, micButton, PATIENT, startCalls, type CallWorld } from "./support/calls.js";

describe.each(CALL_TOPOLOGIES)("A moderator of a call (%s)", (topology) => {
  let world: CallWorld;
  beforeAll(async () => {
    world = await startCalls(topology);
  });
  afterEach(async () => expect(await world.parting()).toEqual([]));
  afterAll(() => world.close());

  test("silences a guest, whose microphone is let go; a lock keeps it so until it is released", async () => {
    const room = await world.room();
    const { host, guest } = await room.together();
    await allSeeAndHear({ Hanna: host, Gustav: guest });

    const dialog = await manage(host, "Gustav");
    await dialog.getByRole("button", { name: "Mute" }).click();
    await eventually(async () => expect(await openDevicesOf(guest)).toEqual(["video"]), PATIENT);
    await staysSilent(host, "Gustav");
    expect(await tileOf(host, "Gustav").getAttribute("data-mic")).toBe("off");

    await dialog.getByRole("button", { name: "Lock microphone" }).click();
    const mic = micButton(guest);
    await eventually(async () => {
      expect(await mic.getAttribute("aria-disabled")).toBe("true");
      expect(await mic.getAttribute("title")).toBe("A moderator has locked your microphone");
    }, PATIENT);
    // The button is dimmed, and can be pressed all the same.
    await mic.click({ force: true });
    await guest.keyboard.press("Control+d");
    await guest.getByTestId("toast").getByText("A moderator has locked the microphone.").waitFor();
    expect(await openDevicesOf(guest)).toEqual(["video"]);
    await staysSilent(host, "Gustav");

    await dialog.getByRole("button", { name: "Lock microphone", pressed: true }).click();
    await guest.getByTestId("toast").getByText("You can turn your microphone on again.").waitFor();
    expect(await openDevicesOf(guest)).toEqual(["video"]);
    await mic.click();
    await hears(host);
    expect(await openDevicesOf(guest)).toEqual(["audio", "video"]);
  });

  test("removes a guest: the call ends on both sides, and the guest reads why", async () => {
    const room = await world.room();
    const { host, guest } = await room.together();
    await allSeeAndHear({ Hanna: host, Gustav: guest });

    const dialog = await manage(host, "Gustav");
    await dialog.getByRole("button", { name: "Remove…" }).click();
    await host.getByLabel("Reason (optional)").fill("The hearing is closed");
    await host.getByRole("button", { name: "Remove", exact: true }).click();

    const over = guest.getByTestId("over");
    await over.getByRole("heading", { name: "You were removed" }).waitFor();
    await over.getByText("The hearing is closed").waitFor();
    expect(await over.getAttribute("data-code")).toBe("removed");
    expect(await playersOf(guest)).toBe(0);
    await eventually(async () => {
      expect(await openDevicesOf(guest)).toEqual([]);
      expect([await connectionsOf(host), await connectionsOf(guest)]).toEqual([["closed"], ["closed"]]);
    }, PATIENT);
    await seesPeople(host, ["Hanna"]);
    // What is left to play is one's own picture.
    expect(await playersOf(host)).toBe(1);
    expect(await host.evaluate(() => callWatch.played())).toEqual([]);
    expect(await openDevicesOf(host)).toEqual(["audio", "video"]);
  });
});
