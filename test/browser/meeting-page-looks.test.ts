import { describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import type { Look } from "../support/browser.js";
import { GUEST, MODERATOR } from "../support/meeting.js";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  pageRoom,
  passCheck,
  seesPeople,
  usePageWorld,
} from "./meeting-page-world.js";

const { world, met } = usePageWorld();

const LOOKS: readonly (readonly [string, Look])[] = [
  ["on a phone, in daylight", { width: 360, height: 640 }],
  ["on a phone, at night", { width: 360, height: 640, dark: true }],
  ["on a large screen, at night", { width: 1920, height: 1080, dark: true }],
];

const fine = async (page: Page): Promise<void> => {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
};

describe.each(LOOKS)("The page %s", (_where, look) => {
  test("can be read and used by everybody, from the device check to the end", async () => {
    const room = await pageRoom(world());
    const { page: host } = met(await room.open({ ...look, name: "Hanna", permissions: MODERATOR }));
    await fine(host);
    await passCheck(host, "Hanna");
    await seesPeople(host, ["Hanna"]);
    const { page: guest } = met(await room.join({ ...look, name: "Gustav", permissions: GUEST }));
    await guest.getByText("A host was asked and will answer.").waitFor();
    await fine(guest);
    await host.getByTestId("knock").waitFor();
    await fine(host);
    await host.getByRole("button", { name: "Admit Gustav" }).click();
    await seesPeople(guest, ["Gustav", "Hanna"]);
    await guest.getByRole("button", { name: "Chat" }).click();
    await guest.getByLabel("Message to everybody").fill("Hello");
    await guest.keyboard.press("Enter");
    await guest.getByTestId("chat-line").waitFor();
    await fine(guest);
    await guest.keyboard.press("Escape");
    await guest.getByLabel("Message to everybody").waitFor({ state: "detached" });
    const chat = guest.getByRole("button", { name: "Chat", exact: true });
    expect(await chat.evaluate((element) => element === document.activeElement)).toBe(true);
    await host.getByRole("button", { name: "People", exact: true }).click();
    await host.getByTestId("person").nth(1).waitFor();
    await fine(host);
    await host.getByRole("button", { name: "More about Gustav" }).click();
    await fine(host);
    await host.getByRole("button", { name: "Remove…" }).click();
    await fine(host);
    await host.getByRole("button", { name: "Remove", exact: true }).click();
    await guest.getByTestId("over").waitFor();
    await fine(guest);
  });
});
