import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { GUEST, MODERATOR } from "../support/meeting.js";
import { seesPeople } from "./meeting-page-world.js";
import { allSeeAndHear, connectionsOf, openDevicesOf } from "./support/call-senses.js";
import { admit, CALL_TOPOLOGIES, startCalls, type CallWorld } from "./support/calls.js";

describe.each(CALL_TOPOLOGIES)("A call through the meeting page (%s)", (topology) => {
  let world: CallWorld;
  beforeAll(async () => {
    world = await startCalls(topology);
  });
  afterEach(async () => expect(await world.parting()).toEqual([]));
  afterAll(() => world.close());

  test("begins when a host lets the guest in: both see each other move and hear each other, and nothing flows before", async () => {
    const room = await world.room();
    const { first, second } = world.gateway;
    const host = await room.come({ name: "Hanna", permissions: MODERATOR, at: first });
    await seesPeople(host, ["Hanna"]);
    const guest = await room.come({ name: "Gustav", permissions: GUEST, at: second });
    await guest.getByTestId("lobby").waitFor();
    await host.getByTestId("knock").getByText("Gustav").waitFor();
    expect([await connectionsOf(host), await connectionsOf(guest)]).toEqual([[], []]);
    await admit(host, "Gustav");
    await allSeeAndHear({ Hanna: host, Gustav: guest });
    for (const page of [host, guest]) {
      expect(await connectionsOf(page)).toEqual(["connected"]);
      expect(await openDevicesOf(page)).toEqual(["audio", "video"]);
    }
  });

  test("goes on after a reload, with picture and sound, and without another knock", async () => {
    const room = await world.room();
    const { host, guest } = await room.together();
    await allSeeAndHear({ Hanna: host, Gustav: guest });
    await guest.reload();
    await allSeeAndHear({ Hanna: host, Gustav: guest });
    for (const page of [host, guest]) await seesPeople(page, ["Gustav", "Hanna"]);
    expect(await host.getByTestId("knock").count()).toBe(0);
    // The connection to the page that is gone is let go, and there is one to the new page.
    expect(await connectionsOf(host)).toEqual(["closed", "connected"]);
  });

  // The mesh is the same on every topology; where signals pass between nodes there is more that can go wrong.
  if (topology === "embedded") return;
  test("has room for a third, and everybody sees and hears everybody", async () => {
    const room = await world.room();
    const { host, guest } = await room.together();
    const third = await room.come({ name: "Lena", permissions: GUEST, at: world.gateway.second });
    await admit(host, "Lena");
    await allSeeAndHear({ Hanna: host, Gustav: guest, Lena: third });
    for (const page of [host, guest, third])
      expect(await connectionsOf(page)).toEqual(["connected", "connected"]);
  });
});
