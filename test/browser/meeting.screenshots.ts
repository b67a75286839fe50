/** Draws the meeting page in every state, narrow and wide, light and dark, into `docs/images`. */
import { afterAll, afterEach, beforeAll, describe, test } from "@jest/globals";
import type { Page, WebSocketRoute } from "playwright-core";
import { visit, type Visitor } from "../support/browser.js";
import { enter, GUEST, HOST, MODERATOR } from "../support/meeting.js";
import {
  expectNoSidewaysScroll,
  pageRoom,
  passCheck,
  seesPeople,
  startTrialNode,
  startWorld,
  type Comer,
  type PageRoom,
  type PageWorld,
} from "./meeting-page-world.js";

const IMAGES = new URL("../../docs/images/", import.meta.url).pathname;
const SIZES = [
  { width: 360, height: 720 },
  { width: 1920, height: 1080 },
] as const;

let world: PageWorld;
const visitors: Visitor[] = [];
const met = ({ page, ...visitor }: Visitor): Page => {
  visitors.push({ page, ...visitor });
  return page;
};

beforeAll(async () => {
  world = await startWorld();
});

afterEach(async () => {
  await Promise.all(visitors.splice(0).map(({ context }) => context.close()));
});

afterAll(() => world.close());

/** Draws one state in all sizes and colours. */
async function shoot(page: Page, state: string): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      // Two frames later the sizes of the tiles have settled.
      await page.evaluate(
        () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
      );
      await expectNoSidewaysScroll(page);
      await page.screenshot({ path: `${IMAGES}meeting-${state}-${size.width}-${theme}.png` });
    }
  }
}

const HANNA: Comer = { name: "Hanna Berg", permissions: MODERATOR };
const GUSTAV: Comer = { name: "Gustav Lind", permissions: GUEST };
const NAMES = [
  "Lena Fischer",
  "Karl Maier",
  "Amina Yusuf",
  "Tom",
  "Sofia Rossi",
  "Jonas Weber",
  "Mei Chen",
  "Ravi Patel",
];

/** Others, who are there without a browser. */
async function fill(room: PageRoom, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const name = NAMES[index % NAMES.length] ?? "";
    await enter(world.node, room.roomId, `other-${index}`, HOST, {
      name,
      ...(index === 3 ? { metaData: { handRaisedAt: Date.now() } } : {}),
    });
  }
}

async function hosted(): Promise<{ room: PageRoom; host: Page }> {
  const room = await pageRoom(world);
  const host = met(await room.join(HANNA));
  await seesPeople(host, [HANNA.name]);
  return { room, host };
}

async function both(): Promise<{ room: PageRoom; host: Page; guest: Page }> {
  const { room, host } = await hosted();
  const guest = met(await room.join(GUSTAV));
  await host.getByRole("button", { name: `Admit ${GUSTAV.name}` }).click();
  await seesPeople(guest, [GUSTAV.name, HANNA.name]);
  await host.getByTestId("tile").nth(1).locator("video").waitFor();
  return { room, host, guest };
}

describe("Before the door", () => {
  test("no token", async () => {
    const page = met(await visit(world.browser));
    await page.goto(`http://127.0.0.1:${world.node.port}/m/some-room`);
    await page.getByRole("heading", { name: "This link has no token" }).waitFor();
    await shoot(page, "no-token");
  });

  test("a trial on one's own machine", async () => {
    const trial = await startTrialNode();
    const page = met(await visit(world.browser));
    await page.goto(trial.page);
    await page.getByTestId("trial").waitFor();
    await shoot(page, "trial");
    await trial.close();
  });

  test("device check, with devices and without", async () => {
    const room = await pageRoom(world);
    const page = met(await room.open(GUSTAV));
    await page.getByLabel("Your name").fill(GUSTAV.name);
    await page.getByText("Your microphone hears you.").waitFor();
    await shoot(page, "check");
    const other = met(await room.open({ ...GUSTAV, withoutDevices: true }));
    await other.getByTestId("device-problem").waitFor();
    await shoot(other, "check-without-devices");
  });
});

describe("The lobby, and no", () => {
  test("waiting, without and with a host, and denied", async () => {
    const room = await pageRoom(world);
    const guest = met(await room.join(GUSTAV));
    await guest.getByText("No host is here yet.").waitFor();
    await shoot(guest, "lobby-no-host");
    const host = met(await room.join(HANNA));
    await guest.getByText("A host was asked").waitFor();
    await shoot(guest, "lobby");
    await host.getByRole("button", { name: `Deny ${GUSTAV.name}` }).click();
    await host.getByLabel("Reason (optional)").fill("We are still in the closed part. Please come at three.");
    await shoot(host, "deny-dialog");
    await host.getByRole("button", { name: "Deny", exact: true }).click();
    await guest.getByTestId("over").waitFor();
    await shoot(guest, "denied");
  });

  test("a link that has expired", async () => {
    const room = await pageRoom(world);
    const page = met(await room.join({ ...GUSTAV, ttlSeconds: -600 }));
    await page.getByTestId("over").waitFor();
    await shoot(page, "refused");
  });
});

describe("The room", () => {
  test("two, chat, people, what a moderator can do, a request, a removal", async () => {
    const { host, guest } = await both();
    await shoot(host, "room-two");
    await guest.getByRole("button", { name: "Chat" }).click();
    for (const text of ["Good morning! The agenda is at https://example.org/agenda", "Shall we begin?"]) {
      await guest.getByLabel("Message to everybody").fill(text);
      await guest.keyboard.press("Enter");
    }
    await host.getByRole("button", { name: "Chat (2 unread)" }).click();
    await host.getByLabel("Message to everybody").fill("Yes, in a minute.");
    await host.keyboard.press("Enter");
    await host.getByText("Yes, in a minute.").first().waitFor();
    await shoot(host, "room-chat");
    await host.getByRole("button", { name: "People", exact: true }).click();
    await shoot(host, "room-people");
    await host.getByRole("button", { name: `Mute ${GUSTAV.name}` }).click();
    await host.getByRole("button", { name: `More about ${GUSTAV.name}` }).click();
    const dialog = host.getByRole("dialog");
    await dialog.getByRole("button", { name: "Ask to unmute" }).click();
    await shoot(host, "person-dialog");
    await guest.getByRole("button", { name: "Close chat" }).click();
    await guest.getByTestId("ask-mic").waitFor();
    await shoot(guest, "room-ask");
    await dialog.getByRole("button", { name: "Remove…" }).click();
    await host.getByLabel("Reason (optional)").fill("Thank you, that was all for today.");
    await host.getByRole("button", { name: "Remove", exact: true }).click();
    await guest.getByTestId("over").waitFor();
    await shoot(guest, "removed");
  });

  test("alone, with those who knock, six, twenty, and leaving", async () => {
    const { room, host } = await hosted();
    await shoot(host, "room-alone");
    for (const name of ["Gustav Lind", "Ines Ferreira de Almeida"])
      met(await room.join({ name, permissions: GUEST }));
    await host.getByText("2 people waiting").waitFor();
    await shoot(host, "room-knocks");
    await host.getByRole("button", { name: "Hide" }).click();
    await fill(room, 5);
    await host.getByTestId("tile").nth(5).waitFor();
    await shoot(host, "room-six");
    for (let index = 5; index < 19; index += 1) {
      await enter(world.node, room.roomId, `more-${index}`, HOST, {
        name: NAMES[index % NAMES.length] ?? "",
      });
    }
    await host.getByTestId("tile").nth(19).waitFor();
    await shoot(host, "room-twenty");
    await host.getByRole("button", { name: "Leave" }).click();
    await shoot(host, "leave-dialog");
    await host.getByRole("dialog").getByRole("button", { name: "End for all" }).click();
    await host.getByTestId("over").waitFor();
    await shoot(host, "ended");
  });

  test("a shared screen", async () => {
    const { host, guest } = await both();
    await guest.getByRole("button", { name: "Share screen" }).click();
    await host.getByTestId("share").waitFor();
    await shoot(host, "room-share");
    await shoot(guest, "room-own-share");
  });

  test("a lost line", async () => {
    const room = await pageRoom(world);
    const page = met(await visit(world.browser));
    const lines: WebSocketRoute[] = [];
    const end = { code: 4501, reason: "slow_consumer" };
    await page.routeWebSocket(/\/v2\/meeting$/, (line) => {
      if (lines.push(line) > 1) void line.close(end);
      else line.connectToServer();
    });
    await page.goto(room.linkFor({ permissions: HOST }));
    await passCheck(page, HANNA.name);
    await seesPeople(page, [HANNA.name]);
    await fill(room, 2);
    await page.getByTestId("tile").nth(2).waitFor();
    await lines[0]?.close(end);
    await page
      .getByTestId("banner-reconnecting")
      .getByText(/Attempt [4-9]/)
      .waitFor();
    await shoot(page, "room-reconnecting");
  });

  test("a token that has expired", async () => {
    const room = await pageRoom(world, { tokenExpiry: "restrict" });
    const page = met(await room.join({ ...HANNA, ttlSeconds: 6 }));
    await page.getByTestId("banner-expiring").waitFor();
    await shoot(page, "room-expiring");
    await page.getByTestId("banner-restricted").waitFor();
    await shoot(page, "room-restricted");
  });
});
