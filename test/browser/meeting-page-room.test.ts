import { describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { eventually } from "../support/eventually.js";
import { GUEST, HOST } from "../support/meeting.js";
import {
  expectAccessible,
  meetingOfTwo,
  passCheck,
  seesPeople,
  tileOf,
  usePageWorld,
} from "./meeting-page-world.js";

const { world, met } = usePageWorld();

/** Opens what a moderator can do about somebody. */
async function manage(page: Page, name: string) {
  if (!(await page.getByRole("heading", { name: "People", exact: true }).isVisible())) {
    await page.getByRole("button", { name: "People", exact: true }).click();
  }
  await page.getByRole("button", { name: `More about ${name}` }).click();
  return page.getByRole("dialog", { name });
}

const markOf = (page: Page, name: string, mark: string): Promise<string | null> =>
  tileOf(page, name).getAttribute(`data-${mark}`);

describe("Two in a meeting", () => {
  test("see each other's moving picture", async () => {
    const { host, guest } = await meetingOfTwo(world(), met);
    for (const [page, name] of [
      [host, "Gustav"],
      [guest, "Hanna"],
    ] as const) {
      const video = tileOf(page, name).locator("video");
      await video.waitFor();
      const begin = await video.evaluate((element: HTMLVideoElement) => element.currentTime);
      await eventually(
        async () => {
          const state = await video.evaluate((element: HTMLVideoElement) => ({
            time: element.currentTime,
            width: element.videoWidth,
          }));
          expect(state.width).toBeGreaterThan(0);
          expect(state.time).toBeGreaterThan(begin);
        },
        { deadlineMs: 20_000 },
      );
    }
  });

  test("write to each other; what looks like markup stays text, and what is not read is counted", async () => {
    const { host, guest } = await meetingOfTwo(world(), met);
    await host.getByRole("button", { name: "Chat" }).click();
    await host.getByLabel("Message to everybody").fill("<b>Hello</b> https://example.org");
    await host.keyboard.press("Enter");
    const unread = guest.getByRole("button", { name: "Chat (1 unread)" });
    await unread.click();
    const line = guest.getByTestId("chat-line");
    await line.getByText("<b>Hello</b> https://example.org").waitFor();
    expect(await line.locator("b, a").count()).toBe(0);
    await guest.getByRole("button", { name: "Chat", exact: true }).waitFor();
    await expectAccessible(guest);
    // Whoever comes later, or reloads, reads what was written before.
    await guest.reload();
    await guest.getByRole("button", { name: "Chat" }).click();
    await line.getByText("<b>Hello</b> https://example.org").waitFor();
    await guest.getByRole("button", { name: "Chat", exact: true }).waitFor();
  });

  test("see a raised hand, also those who come later", async () => {
    const { room, host, guest } = await meetingOfTwo(world(), met);
    await guest.getByRole("button", { name: "Raise hand" }).click();
    await host.getByTestId("toast").getByText("Gustav raised a hand.").waitFor();
    const late = met(await room.join({ name: "Lena", permissions: HOST })).page;
    await late.getByRole("button", { name: "People (1 hand raised)" }).click();
    const first = late.getByTestId("person").first();
    await eventually(async () => expect(await first.textContent()).toContain("hand raised"));
    expect(await first.textContent()).toContain("Gustav");
    await guest.getByRole("button", { name: "Raise hand", pressed: true }).click();
    await eventually(async () => expect(await late.getByText("hand raised").count()).toBe(0));
  });
});

describe("A shared screen", () => {
  test("is seen by the others, and can be ended where one is told that everybody sees it", async () => {
    const { host, guest } = await meetingOfTwo(world(), met);
    await guest.getByRole("button", { name: "Share screen" }).click();
    await host.getByLabel("Screen of Gustav").waitFor();
    await expectAccessible(host);
    const own = guest.getByTestId("own-share");
    await expectAccessible(guest);
    await own.getByRole("button", { name: "Stop sharing" }).click();
    await host.getByTestId("share").waitFor({ state: "detached" });
    await own.waitFor({ state: "detached" });
  });
});

describe("A moderator", () => {
  test("mutes somebody, who then cannot be heard and is told who did it", async () => {
    const { host, guest } = await meetingOfTwo(world(), met);
    await eventually(async () => expect(await markOf(host, "Gustav", "mic")).toBe("on"));
    await host.getByRole("button", { name: "People", exact: true }).click();
    await host.getByRole("button", { name: "Mute Gustav" }).click();
    await eventually(async () => expect(await markOf(guest, "Gustav", "mic")).toBe("off"));
    await guest.getByTestId("toast").getByText("Hanna turned your microphone off.").waitFor();
    await expectAccessible(host);
  });

  test("locks a microphone, asks for it, and it goes on only when the person says yes", async () => {
    const { host, guest } = await meetingOfTwo(world(), met);
    const dialog = await manage(host, "Gustav");
    await dialog.getByRole("button", { name: "Mute" }).click();
    await dialog.getByRole("button", { name: "Lock microphone" }).click();
    await expectAccessible(host);
    const mic = guest.getByRole("button", { name: "Mic", exact: true });
    await eventually(async () => expect(await mic.getAttribute("aria-disabled")).toBe("true"));
    await dialog.getByRole("button", { name: "Ask to unmute" }).click();
    const ask = guest.getByTestId("ask-mic");
    await ask.getByText("asks you to turn on your microphone").waitFor();
    await expectAccessible(guest);
    await ask.getByRole("button", { name: "Turn on" }).click();
    await eventually(async () => expect(await markOf(host, "Gustav", "mic")).toBe("on"));
    await host.getByTestId("toast").getByText("Gustav turned on the microphone.").waitFor();
  });

  test("removes somebody with a reason; the same link does not open this session again", async () => {
    const { host, guest } = await meetingOfTwo(world(), met);
    const dialog = await manage(host, "Gustav");
    await dialog.getByRole("button", { name: "Remove…" }).click();
    await host.getByLabel("Reason (optional)").fill("Enough for today");
    await host.getByRole("button", { name: "Remove", exact: true }).click();
    const over = guest.getByTestId("over");
    await over.getByText("Enough for today").waitFor();
    expect(await over.getAttribute("data-code")).toBe("removed");
    expect(await over.getByRole("button").count()).toBe(0);
    await expectAccessible(guest);
    await seesPeople(host, ["Hanna"]);
    await guest.reload();
    await passCheck(guest, "Gustav");
    await eventually(async () => expect(await over.getAttribute("data-code")).toBe("removed"));
  });

  test("sends somebody back to the lobby and lets them in again", async () => {
    const { host, guest } = await meetingOfTwo(world(), met);
    const dialog = await manage(host, "Gustav");
    await dialog.getByRole("button", { name: "Back to the lobby" }).click();
    await guest.getByRole("heading", { name: "You were sent back to the lobby" }).waitFor();
    await expectAccessible(guest);
    await host.getByRole("button", { name: "Admit Gustav" }).click();
    await seesPeople(guest, ["Gustav", "Hanna"]);
  });

  test("makes somebody a host, who then sees those who were waiting already", async () => {
    const { room, host, guest } = await meetingOfTwo(world(), met);
    met(await room.join({ name: "Karl", permissions: GUEST }));
    await host.getByText("1 person waiting").waitFor();
    expect(await guest.getByTestId("knock").count()).toBe(0);
    const dialog = await manage(host, "Gustav");
    await dialog.getByRole("button", { name: "Host" }).click();
    await guest.getByRole("button", { name: "Admit Karl" }).click();
    await seesPeople(guest, ["Gustav", "Hanna", "Karl"]);
  });

  test("locks the room for newcomers, who are told so", async () => {
    const { room, host } = await meetingOfTwo(world(), met);
    await host.getByRole("button", { name: "People", exact: true }).click();
    await host.getByRole("button", { name: "Lock the room" }).click();
    await host.getByText("Locked", { exact: true }).waitFor();
    const late = met(await room.join({ name: "Lena", permissions: HOST })).page;
    await late.getByRole("heading", { name: "The room is locked" }).waitFor();
  });

  test("ends the meeting for everybody", async () => {
    const { host, guest } = await meetingOfTwo(world(), met);
    await host.getByRole("button", { name: "Leave" }).click();
    await host
      .getByRole("dialog", { name: "Leave the meeting?" })
      .getByRole("button", { name: "End for all" })
      .click();
    for (const page of [host, guest]) {
      await page.getByRole("heading", { name: "The meeting is over" }).waitFor();
      await expectAccessible(page);
    }
  });
});
