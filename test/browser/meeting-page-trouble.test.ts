import { describe, expect, test } from "@jest/globals";
import type { Page, WebSocketRoute } from "playwright-core";
import { visit } from "../support/browser.js";
import { eventually } from "../support/eventually.js";
import { HOST } from "../support/meeting.js";
import {
  expectAccessible,
  meetingOfTwo,
  pageRoom,
  passCheck,
  seesPeople,
  tileOf,
  usePageWorld,
} from "./meeting-page-world.js";

const { world, met } = usePageWorld();

const markOf = (page: Page, name: string, mark: string): Promise<string | null> =>
  tileOf(page, name).getAttribute(`data-${mark}`);

describe("A browser that plays no sound before a click", () => {
  test("gets a button for it, also after a reload", async () => {
    const { guest } = await meetingOfTwo(world(), met);
    // As browsers do it where nobody has clicked on the page since it was loaded.
    await guest.addInitScript(() => {
      const play = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "play")
        ?.value as () => Promise<void>;
      let clicked = false;
      addEventListener("click", () => (clicked = true), { capture: true });
      HTMLMediaElement.prototype.play = function () {
        if (this instanceof HTMLVideoElement || clicked) return play.call(this);
        return Promise.reject(new DOMException("no gesture", "NotAllowedError"));
      };
    });
    await guest.reload();
    const button = guest.getByRole("button", { name: "Turn on sound" });
    await button.waitFor();
    await expectAccessible(guest);
    await button.click();
    await button.waitFor({ state: "detached" });
    const audio = guest.locator("audio").first();
    await eventually(async () =>
      expect(await audio.evaluate((element: HTMLAudioElement) => element.paused)).toBe(false),
    );
  });
});

describe("The keyboard", () => {
  test("switches the microphone, keeps the focus inside a dialog, and brings it back with Escape", async () => {
    const { host } = await meetingOfTwo(world(), met);
    await eventually(async () => expect(await markOf(host, "Hanna", "mic")).toBe("on"));
    await host.keyboard.press("Control+d");
    await eventually(async () => expect(await markOf(host, "Hanna", "mic")).toBe("off"));
    const leave = host.getByRole("button", { name: "Leave" });
    await leave.focus();
    await host.keyboard.press("Enter");
    const dialog = host.getByRole("dialog", { name: "Leave the meeting?" });
    await dialog.waitFor();
    for (let step = 0; step < 6; step += 1) {
      await host.keyboard.press("Tab");
      const outside = await host.evaluate(() => {
        const { activeElement } = document;
        return activeElement !== document.body && activeElement?.closest("dialog") === null;
      });
      expect(outside).toBe(false);
    }
    await host.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await leave.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});

describe("A lost line", () => {
  test("is shown with the attempt, and the seat is there again afterwards", async () => {
    const room = await pageRoom(world());
    const visitor = met(await visit(world().browser));
    const { page } = visitor;
    const lines: WebSocketRoute[] = [];
    let broken = false;
    await page.routeWebSocket(/\/v2\/meeting$/, (line) => {
      lines.push(line);
      if (broken) void line.close({ code: 4501, reason: "slow_consumer" });
      else line.connectToServer();
    });
    await page.goto(room.linkFor({ permissions: HOST }));
    await passCheck(page, "Hanna");
    await seesPeople(page, ["Hanna"]);
    broken = true;
    await lines[0]?.close({ code: 4501, reason: "slow_consumer" });
    const banner = page.getByTestId("banner-reconnecting");
    await banner.getByText(/Attempt (?:[2-9]|\d\d)/).waitFor();
    await expectAccessible(page);
    broken = false;
    await banner.waitFor({ state: "detached" });
    await page.getByTestId("toast").getByText("You are back.").waitFor();
    await seesPeople(page, ["Hanna"]);
  });
});

describe("A token that expires in the meeting", () => {
  test("is warned of; then what is refused is said, and a newer link in the same tab lifts it", async () => {
    const room = await pageRoom(world(), { tokenExpiry: "restrict" });
    const { page } = met(await room.join({ name: "Hanna", permissions: HOST, ttlSeconds: 8 }));
    await seesPeople(page, ["Hanna"]);
    await page.getByTestId("banner-expiring").waitFor();
    await expectAccessible(page);
    await page.getByTestId("banner-restricted").waitFor();
    const mic = page.getByRole("button", { name: "Mic", exact: true });
    const hand = page.getByRole("button", { name: "Raise hand" });
    expect(await hand.getAttribute("aria-disabled")).toBe("true");
    // Off is always possible, and really off; only the room cannot be told.
    await mic.click();
    await page.getByTestId("toast").getByText("your token has expired").waitFor();
    await eventually(async () => expect(await mic.getAttribute("aria-disabled")).toBe("true"));
    await expectAccessible(page);
    await page.goto(room.linkFor({ permissions: HOST }));
    await page.getByTestId("toast").getByText("The newer token was taken.").waitFor();
    await page.getByTestId("banner-restricted").waitFor({ state: "detached" });
    expect(await mic.getAttribute("aria-disabled")).toBe("false");
    expect(page.url()).not.toContain("token");
  });

  test("ends the stay where the room says so, and the page says what helps", async () => {
    const room = await pageRoom(world(), { tokenExpiry: "leave" });
    const { page } = met(await room.join({ name: "Hanna", permissions: HOST, ttlSeconds: 6 }));
    await page.getByRole("heading", { name: "Your token has expired" }).waitFor();
    await page.getByText("ask whoever sent you the link for a new one").waitFor();
  });
});
