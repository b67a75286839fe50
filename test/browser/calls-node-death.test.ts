import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { GUEST, MODERATOR } from "../support/meeting.js";
import { eventually } from "../support/eventually.js";
import { seesPeople, tileOf } from "./meeting-page-world.js";
import { startBalancer, type Balancer } from "./support/balancer.js";
import { allSeeAndHear, connectionsOf, hears, openDevicesOf, sees } from "./support/call-senses.js";
import { admit, manage, PATIENT, startCalls, type CallWorld } from "./support/calls.js";

/** Between two attempts a client waits no longer than this. */
const LONGEST_PAUSE_MS = 30_000;

let world: CallWorld;
let balancer: Balancer;
beforeAll(async () => {
  // On a slow machine what is looked at while no line leads anywhere may take longer than a seat is kept by default.
  world = await startCalls("Redis, two nodes", { ADMITONE_RESUME_WINDOW_SECONDS: "120" });
  balancer = await startBalancer([world.gateway.first, world.gateway.second]);
});
afterAll(async () => {
  await balancer.close();
  await world.close();
});

describe("When a node dies in the middle of a call", () => {
  test("its people are back over the other node without a knock, and picture and sound never stop", async () => {
    const { first } = world.gateway;
    const room = await world.room();
    const host = await room.come({ name: "Hanna", permissions: MODERATOR, at: balancer });
    await seesPeople(host, ["Hanna"]);
    const guest = await room.come({ name: "Gustav", permissions: GUEST, at: balancer });
    await admit(host, "Gustav");
    await allSeeAndHear({ Hanna: host, Gustav: guest });

    balancer.hold();
    await first.kill();
    for (const page of [host, guest])
      await page.getByTestId("banner-reconnecting").getByText("Your seat is kept.").waitFor();
    // No line leads anywhere, and what they see and hear needs none.
    await allSeeAndHear({ Hanna: host, Gustav: guest });
    for (const page of [host, guest]) expect(await page.getByTestId("banner-reconnecting").count()).toBe(1);
    balancer.release();
    for (const page of [host, guest]) {
      await page.getByTestId("banner-reconnecting").waitFor({ state: "detached", timeout: LONGEST_PAUSE_MS });
      await seesPeople(page, ["Gustav", "Hanna"]);
      for (const name of ["Gustav", "Hanna"])
        await eventually(
          async () => expect(await tileOf(page, name).getAttribute("data-online")).toBe("true"),
          PATIENT,
        );
    }
    expect(await host.getByTestId("knock").count()).toBe(0);
    await allSeeAndHear({ Hanna: host, Gustav: guest });
    // The very same connections all the time.
    for (const page of [host, guest]) expect(await connectionsOf(page)).toEqual(["connected"]);

    // The room is whole again: it takes orders, and people.
    const dialog = await manage(host, "Gustav");
    await dialog.getByRole("button", { name: "Mute" }).click();
    await eventually(async () => expect(await openDevicesOf(guest)).toEqual(["video"]), PATIENT);
    await host.keyboard.press("Escape");
    const late = await room.come({ name: "Lena", permissions: GUEST, at: balancer });
    await admit(host, "Lena");
    await sees(late, "Gustav");
    await hears(late);
    // The only thing that a browser complains of is the line that was cut.
    for (const complaint of await world.parting()) expect(complaint).toMatch(/WebSocket connection to/);
  });
});
