import { describe, expect, test } from "@jest/globals";
import { visit } from "../support/browser.js";
import { eventually } from "../support/eventually.js";
import { GUEST, HOST, MODERATOR } from "../support/meeting.js";
import {
  expectAccessible,
  pageRoom,
  passCheck,
  seesPeople,
  startTrialNode,
  tileOf,
  usePageWorld,
} from "./meeting-page-world.js";

const { world, met } = usePageWorld();

describe("The link", () => {
  test("loses its token from the address bar, and a reload still knows it", async () => {
    const room = await pageRoom(world());
    const { page } = met(await room.open({ name: "Hanna", permissions: HOST }));
    expect(page.url()).toBe(`http://127.0.0.1:${world().node.port}/m/${room.roomId}`);
    await page.reload();
    await page.getByTestId("check").waitFor();
  });

  test("says what is missing where it has no token", async () => {
    const room = await pageRoom(world());
    const { page } = met(await room.open({ name: "Hanna", permissions: HOST }));
    const other = await page.context().newPage();
    await other.goto(`http://127.0.0.1:${world().node.port}/m/${room.roomId}`);
    await other.getByRole("heading", { name: "This link has no token" }).waitFor();
    await expectAccessible(other);
  });

  test("with a token that is not good gives the precise reason, in words and as a code", async () => {
    const room = await pageRoom(world());
    const { page } = met(await room.join({ name: "Late", permissions: HOST, ttlSeconds: -600 }));
    await page.getByRole("heading", { name: "This link has expired" }).waitFor();
    expect(await page.getByTestId("over").textContent()).toContain("token_expired");
    await expectAccessible(page);
  });
});

describe("A gateway on one's own machine", () => {
  test("hands out a token to whoever opens a room without one", async () => {
    const trial = await startTrialNode();
    try {
      const { page } = met(await visit(world().browser));
      await page.goto(trial.page);
      await expectAccessible(page);
      await page.getByLabel("Your name").fill("Hanna");
      await page.getByRole("radio", { name: "Moderator" }).check();
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByTestId("check").waitFor();
      expect(await page.getByLabel("Your name").inputValue()).toBe("Hanna");
      await page.getByRole("button", { name: "Join" }).click();
      await seesPeople(page, ["Hanna"]);
    } finally {
      await trial.close();
    }
  });
});

describe("Before the door", () => {
  test("one sees oneself, hears of one's microphone, and chooses devices", async () => {
    const room = await pageRoom(world());
    const { page } = met(await room.open({ name: "Gustav", permissions: GUEST }));
    await page.getByLabel("Your camera").waitFor();
    await page.getByText("Your microphone hears you.").waitFor();
    await eventually(async () =>
      expect(await page.getByRole("combobox", { name: "Camera" }).locator("option").count()).toBeGreaterThan(
        0,
      ),
    );
    await expectAccessible(page);
    await page.keyboard.press("Control+e");
    await page.getByText("Your camera is off").waitFor();
    const camera = page.getByRole("button", { name: "Camera" });
    expect(await camera.getAttribute("aria-pressed")).toBe("false");
  });

  test("one comes in without devices, and reads why they are off", async () => {
    const room = await pageRoom(world());
    const { page } = met(await room.open({ name: "Hanna", permissions: HOST, withoutDevices: true }));
    await page.getByTestId("device-problem").waitFor();
    await expectAccessible(page);
    await passCheck(page, "Hanna");
    await seesPeople(page, ["Hanna"]);
    expect(await tileOf(page, "Hanna").getAttribute("data-mic")).toBe("off");
  });
});

describe("A guest who knocks", () => {
  test("waits, is told that a host is there, and is let in", async () => {
    const room = await pageRoom(world());
    const guest = met(await room.join({ name: "Gustav", permissions: GUEST })).page;
    await guest.getByText("No host is here yet.").waitFor();
    await expectAccessible(guest);
    const host = met(await room.join({ name: "Hanna", permissions: HOST })).page;
    await guest.getByText("A host was asked and will answer.").waitFor();
    await host.getByRole("region", { name: "Waiting to come in" }).waitFor();
    await eventually(async () => expect(await host.title()).toMatch(/^\(1\) /));
    await expectAccessible(host);
    await host.getByRole("button", { name: "Admit Gustav" }).click();
    await seesPeople(guest, ["Gustav", "Hanna"]);
    await seesPeople(host, ["Gustav", "Hanna"]);
    await eventually(async () => expect(await host.title()).not.toMatch(/^\(/));
    await expectAccessible(guest);
  });

  test("is turned away with the host's reason, and may ask again later", async () => {
    const room = await pageRoom(world());
    const host = met(await room.join({ name: "Hanna", permissions: HOST })).page;
    const guest = met(await room.join({ name: "Gustav", permissions: GUEST })).page;
    await host.getByRole("button", { name: "Deny Gustav" }).click();
    await expectAccessible(host);
    await host.getByLabel("Reason (optional)").fill("Please come at three");
    await host.getByRole("button", { name: "Deny", exact: true }).click();
    const over = guest.getByTestId("over");
    await over.getByText("Please come at three").waitFor();
    expect(await over.textContent()).toContain("Decided by Hanna");
    expect(await over.getByRole("button", { name: /^Ask again in 0:[0-3]\d$/ }).isDisabled()).toBe(true);
    await expectAccessible(guest);
  });

  test("can stop waiting, and ask again at once", async () => {
    const room = await pageRoom(world());
    const host = met(await room.join({ name: "Hanna", permissions: HOST })).page;
    const guest = met(await room.join({ name: "Gustav", permissions: GUEST })).page;
    await host.getByTestId("knock").waitFor();
    await guest.getByRole("button", { name: "Stop waiting" }).click();
    await guest.getByRole("heading", { name: "You stopped waiting" }).waitFor();
    await host.getByTestId("knock").waitFor({ state: "detached" });
    await guest.getByRole("button", { name: "Ask again" }).click();
    await passCheck(guest, "Gustav");
    await host.getByTestId("knock").waitFor();
  });

  test("does not take the focus of a host who writes", async () => {
    const room = await pageRoom(world());
    const host = met(await room.join({ name: "Hanna", permissions: HOST })).page;
    await host.getByRole("button", { name: "Chat" }).click();
    await host.getByLabel("Message to everybody").fill("Half a sen");
    met(await room.join({ name: "Gustav", permissions: GUEST }));
    await host.getByTestId("knock").waitFor();
    await host.keyboard.type("tence");
    expect(await host.getByLabel("Message to everybody").inputValue()).toBe("Half a sentence");
    await eventually(async () =>
      expect(await host.getByTestId("polite").textContent()).toContain("Gustav asks to come in"),
    );
  });
});

describe("A reload", () => {
  test("takes the seat again without a knock", async () => {
    const room = await pageRoom(world());
    const host = met(await room.join({ name: "Hanna", permissions: HOST })).page;
    const guest = met(await room.join({ name: "Gustav", permissions: GUEST })).page;
    await host.getByRole("button", { name: "Admit Gustav" }).click();
    await seesPeople(guest, ["Gustav", "Hanna"]);
    await guest.reload();
    await seesPeople(guest, ["Gustav", "Hanna"]);
    expect(await host.getByTestId("knock").count()).toBe(0);
  });

  test("keeps the place in the lobby", async () => {
    const room = await pageRoom(world());
    const host = met(await room.join({ name: "Hanna", permissions: HOST })).page;
    const guest = met(await room.join({ name: "Gustav", permissions: GUEST })).page;
    await host.getByTestId("knock").waitFor();
    await guest.reload();
    await guest.getByTestId("lobby").waitFor();
    expect(await host.getByTestId("knock").count()).toBe(1);
    await host.getByRole("button", { name: "Admit Gustav" }).click();
    await seesPeople(guest, ["Gustav", "Hanna"]);
  });
});

describe("Two who share a link that names a person", () => {
  test("take the place from each other, and the first is told so", async () => {
    const room = await pageRoom(world());
    const link = { permissions: MODERATOR, participantId: "hanna", name: "Hanna" } as const;
    const first = met(await room.join(link)).page;
    await seesPeople(first, ["Hanna"]);
    const second = met(await room.join(link)).page;
    await first.getByRole("heading", { name: "You are in this meeting elsewhere" }).waitFor();
    await seesPeople(second, ["Hanna"]);
  });
});
