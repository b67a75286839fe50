import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { eventually } from "../support/eventually.js";
import { GUEST, hangUp, HOST, join, MODERATOR } from "../support/meeting.js";
import { seesPeople, tileOf } from "./meeting-page-world.js";
import { allSeeAndHear, connectionsOf, openDevicesOf, playersOf } from "./support/call-senses.js";
import {
  micButton,
  openNewerLink,
  PATIENT,
  startCalls,
  type CallRoom,
  type CallWorld,
} from "./support/calls.js";

/** Long enough for a call to begin. */
const LIFE_SECONDS = 8;

let world: CallWorld;
beforeAll(async () => {
  world = await startCalls("Redis, two nodes");
});
afterEach(async () => expect(await world.parting()).toEqual([]));
afterAll(() => world.close());

interface Call {
  readonly room: CallRoom;
  readonly host: Page;
  /** May let people in. Their token expires soon. */
  readonly guest: Page;
  /** What came over the guest's line. */
  readonly frames: readonly string[];
}

/** A call that has begun, in a room with this policy. */
async function callUnder(tokenExpiry: "stay" | "restrict" | "leave"): Promise<Call> {
  const { first, second } = world.gateway;
  const frames: string[] = [];
  const room = await world.room({ tokenExpiry });
  const host = await room.come({ name: "Hanna", permissions: MODERATOR, at: first });
  await seesPeople(host, ["Hanna"]);
  const guest = await room.come({
    ...{ name: "Gustav", permissions: HOST, at: second, lifeSeconds: LIFE_SECONDS },
    prepare: (page) =>
      page.on("websocket", (line) =>
        line.on("framereceived", ({ payload }) => frames.push(payload.toString())),
      ),
  });
  await eventually(async () => {
    for (const page of [host, guest]) expect(await connectionsOf(page)).toEqual(["connected"]);
  }, PATIENT);
  return { room, host, guest, frames };
}

describe("A token that expires in the middle of a call", () => {
  test("changes nothing under `stay`: commands are taken, picture and sound go on", async () => {
    const { host, guest, frames } = await callUnder("stay");
    await eventually(
      () => expect(frames).toContainEqual(expect.stringMatching(/"type":"token-refresh","mark":"expired"/)),
      PATIENT,
    );
    const mic = micButton(guest);
    for (const mark of ["off", "on"]) {
      await mic.click();
      await eventually(
        async () => expect(await tileOf(host, "Gustav").getAttribute("data-mic")).toBe(mark),
        PATIENT,
      );
    }
    await allSeeAndHear({ Hanna: host, Gustav: guest });
    expect(await guest.getByTestId("banner-restricted").count()).toBe(0);
    expect(await guest.getByTestId("toast").count()).toBe(0);
  });

  test("restricts under `restrict`: the page says so and what is refused, picture and sound go on, and a newer link lifts it", async () => {
    const { room, host, guest } = await callUnder("restrict");
    const { first, second } = world.gateway;
    const banner = guest.getByTestId("banner-restricted");
    await banner.getByText("Your token has expired.").waitFor();
    const hand = guest.getByRole("button", { name: "Raise hand" });
    expect(await hand.getAttribute("aria-disabled")).toBe("true");
    expect(await hand.getAttribute("title")).toBe("Your token has expired");

    const { peer } = await join(first, room.roomId, "Karl", GUEST);
    const admitKarl = guest.getByRole("button", { name: "Admit Karl" });
    await admitKarl.click();
    await guest.getByTestId("toast").getByText("Not let in: your token has expired.").waitFor();
    await allSeeAndHear({ Hanna: host, Gustav: guest });
    expect(await host.getByTestId("knock").count()).toBe(1);

    await openNewerLink(guest, room.linkFor({ permissions: HOST, at: second }));
    await guest.getByTestId("toast").getByText("The newer token was taken.").waitFor();
    await banner.waitFor({ state: "detached" });
    expect(await hand.getAttribute("aria-disabled")).toBe("false");
    await admitKarl.click();
    for (const page of [host, guest]) await seesPeople(page, ["Gustav", "Hanna", "Karl"]);
    hangUp([peer]);
  });

  test("ends the stay under `leave`, on both sides, and the page says why and what helps", async () => {
    const { host, guest } = await callUnder("leave");
    const over = guest.getByTestId("over");
    await over.getByRole("heading", { name: "Your token has expired" }).waitFor();
    await over.getByText("In this room a stay ends with its token.").waitFor();
    await over.getByText("ask whoever sent you the link for a new one").waitFor();
    expect(await over.getAttribute("data-code")).toBe("token_expired");
    expect(await playersOf(guest)).toBe(0);
    await seesPeople(host, ["Hanna"]);
    await eventually(async () => {
      expect([await connectionsOf(host), await connectionsOf(guest)]).toEqual([["closed"], ["closed"]]);
      expect(await openDevicesOf(guest)).toEqual([]);
    }, PATIENT);
  });
});
