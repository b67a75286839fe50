import { test } from "@jest/globals";
import { busyRoom, signedIn, startConsoleWorld, expectAccessible, pageUrl } from "./console-world.js";
test("look", async () => {
  const world = await startConsoleWorld();
  try {
    const busy = await busyRoom(world, { customRoomId: "weekly-review" });
    const v = await signedIn(world, "", { width: 1280, height: 900 });
    const pages = ["rooms", `rooms/${busy.roomId}`, `rooms/${busy.roomId}/settings`, `rooms/${busy.roomId}/admissions`, "sessions", "mint", "inspect", "revocations", "webhooks", "apps", "apps/default", "nodes"];
    for (const [i, p] of pages.entries()) {
      await v.page.goto(pageUrl(world, "/" + p));
      await v.page.waitForTimeout(1200);
      await v.page.screenshot({ path: `/tmp/shots/${i}.png`, fullPage: true });
      try { await expectAccessible(v.page); } catch (e) { console.log(p, String(e).slice(0, 1500)); }
    }
    console.log(JSON.stringify(v.complaints));
    busy.leave();
  } finally { await world.close(); }
});
