/** The console as an operator uses it: signing in, apps and keys, tokens. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { ADMIN_TOKEN } from "../support/admin.js";
import { visit } from "../support/browser.js";
import { eventually } from "../support/eventually.js";
import { createRoom } from "../support/meeting.js";
import { startTestNode, token } from "../support/node.js";
import {
  expectAccessible,
  goTo,
  pageUrl,
  section,
  signedIn,
  signInOn,
  startConsoleWorld,
  WEB_ROOT,
  type ConsoleWorld,
} from "./console-world.js";

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsoleWorld();
});
afterAll(() => world.close());

/** A 401 is an answer, and the browser's own note of it no complaint of the page. */
function ownComplaints(complaints: readonly string[]): readonly string[] {
  return complaints.filter((text) => !text.includes("the server responded with a status of 4"));
}

describe("signing in", () => {
  test("takes the admin token, stays through a reload, and ends with signing out", async () => {
    const { page, context, complaints } = await signedIn(world);
    await page.getByRole("heading", { level: 1, name: "Rooms" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
    await expectAccessible(page);
    await page.reload();
    await page.getByLabel("Admin token").waitFor();
    expect(await context.cookies()).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("with a wrong token says so beside the input, and lets one try again", async () => {
    const { page, context } = await visit(world.browser);
    await page.goto(pageUrl(world));
    await signInOn(page, "not-the-admin-token-0123456789-abcdef");
    await page.getByText("The admin token is not right.").waitFor();
    await page.getByText("admin_token_invalid").waitFor();
    expect(await page.getByLabel("Admin token").getAttribute("aria-invalid")).toBe("true");
    await expectAccessible(page);
    await signInOn(page);
    await context.close();
  });

  test("by the link of a development gateway takes the token off the address at once and keeps it nowhere", async () => {
    const { page, context, complaints } = await visit(world.browser);
    await page.goto(`${pageUrl(world, "/apps")}#token=${ADMIN_TOKEN}`);
    await page.getByRole("heading", { level: 1, name: "Apps and keys" }).waitFor();
    expect(page.url()).toBe(pageUrl(world, "/apps"));
    const kept: unknown = await page.evaluate(
      "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])",
    );
    expect(String(kept)).not.toContain(ADMIN_TOKEN);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("is needed again when the session is over, and leads back to the same page", async () => {
    const { page, context } = await signedIn(world, "/webhooks");
    await page.getByText("This app has no webhook yet.").waitFor();
    await context.clearCookies();
    await page.getByText("Your session has ended.").waitFor();
    await signInOn(page);
    await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
    await context.close();
  });

  test("is impossible where the gateway has no admin token, and the page says what to set", async () => {
    const node = await startTestNode({}, { webRoot: WEB_ROOT });
    const { page, context } = await visit(world.browser);
    await page.goto(pageUrl({ node }));
    await signInOn(page, "anything-that-somebody-may-try-0123456789");
    await page.getByText("ADMITONE_ADMIN_TOKEN", { exact: true }).waitFor();
    await page.getByText("admin_disabled").waitFor();
    await context.close();
    await node.close();
  });
});

describe("apps and keys", () => {
  test("an app is made, its secret is shown once, its key rotated and switched off, and it is deleted", async () => {
    const { page, context, complaints } = await signedIn(world, "/apps");
    await page.getByLabel("Id").fill("school");
    await page.getByRole("button", { name: "Create app" }).click();
    const shown = page.getByRole("dialog", { name: "The new secret" });
    const first = await shown.locator(".secret-text").innerText();
    expect(first.length).toBeGreaterThanOrEqual(32);
    await expectAccessible(page);
    await shown.getByRole("button", { name: "I have copied it" }).click();
    await page.getByRole("link", { name: "school", exact: true }).click();

    await page.getByRole("button", { name: "Rotate…" }).click();
    await page.getByRole("dialog").getByLabel("Overlap").selectOption("3600");
    await page.getByRole("dialog").getByRole("button", { name: "Rotate", exact: true }).click();
    const second = await page
      .getByRole("dialog", { name: "The new secret" })
      .locator(".secret-text")
      .innerText();
    expect(second).not.toBe(first);
    await page.getByRole("button", { name: "I have copied it" }).click();
    await page.getByText("retiring", { exact: true }).waitFor();
    expect(await page.content()).not.toContain(second);

    await page.getByRole("button", { name: "Deactivate…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
    await page.getByRole("button", { name: "Activate", exact: true }).click();
    await page.getByRole("button", { name: "Deactivate…" }).waitFor();

    await page.getByLabel("Longest life of a token, seconds").fill("0");
    await expectAccessible(page);
    await page.getByLabel("Longest life of a token, seconds").fill("86400");
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByText("The settings are saved.").waitFor();

    await page.getByRole("button", { name: "Delete the app…" }).click();
    const act = page.getByRole("dialog").getByRole("button", { name: "Delete the app" });
    expect(await act.isDisabled()).toBe(true);
    await page.getByRole("dialog").getByLabel("Type “school” to confirm").fill("school");
    await act.click();
    await page.getByText("The app school is deleted.").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("an id that is taken is refused beside its input", async () => {
    const { page, context, complaints } = await signedIn(world, "/apps");
    await page.getByLabel("Id").fill("default");
    await page.getByRole("button", { name: "Create app" }).click();
    await page.getByText("app_exists").waitFor();
    expect(await page.getByLabel("Id").getAttribute("aria-invalid")).toBe("true");
    expect(ownComplaints(complaints)).toEqual([]);
    await context.close();
  });

  test("an app of the settings says that it is changed there", async () => {
    const { page, context } = await signedIn(world, "/apps/default");
    await page.getByText("This app comes from the settings of the gateway.").waitFor();
    expect(await page.getByRole("button", { name: "Rotate…" }).count()).toBe(0);
    await expectAccessible(page);
    await context.close();
  });

  test("the app is chosen once, for all pages and in their addresses", async () => {
    const { page, context } = await signedIn(world, "/apps");
    await page.getByLabel("Id").fill("another");
    await page.getByRole("button", { name: "Create app" }).click();
    // Its id is before that of the app which is looked at: neither that one nor the secret goes away by it.
    const choice = page.getByLabel("App", { exact: true });
    await choice.locator("option", { hasText: "another" }).waitFor({ state: "attached" });
    expect(await choice.inputValue()).toBe("default");
    await page.getByRole("button", { name: "I have copied it" }).click();
    await choice.selectOption("another");
    await goTo(page, "Test tokens");
    await page.getByText("the app another").waitFor();
    expect(page.url()).toBe(`${pageUrl(world, "/mint")}?app=another`);
    await page.reload();
    await eventually(async () => expect(await choice.inputValue()).toBe("another"));
    await context.close();
  });
});

async function inspect(page: Page, text: string): Promise<void> {
  await page.getByLabel("Token", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Inspect", exact: true }).click();
  await section(page, "Signature").waitFor();
}

describe("tokens", () => {
  test("a test token is made, opens the meeting page of its room by its fragment, and passes inspection", async () => {
    const roomId = await createRoom(world.node);
    const { page, context, complaints } = await signedIn(world, `/rooms/${roomId}?app=default`);
    await page.getByRole("link", { name: "Make a test token" }).click();
    expect(await page.getByLabel("Room", { exact: true }).inputValue()).toBe(roomId);
    await page.getByRole("button", { name: "Make token" }).click();
    const made = await page.locator("[data-test=token]").innerText();
    const link = await page.getByRole("link", { name: "Open meeting page" }).getAttribute("href");
    expect(link).toBe(`/m/${roomId}#token=${made}`);
    await section(page, "The token").getByRole("button", { name: "Inspect" }).click();
    const meeting = page.locator("[data-door=meeting]");
    await meeting.getByText("opens", { exact: true }).waitFor();
    await section(page, "Signature").getByText("Verified").waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("for one use need a room, and the page says so beside the input", async () => {
    const { page, context } = await signedIn(world, "/mint");
    await page.getByLabel("For one use").check();
    await page.getByRole("button", { name: "Make token" }).click();
    await page.getByText("invalid_parameter").waitFor();
    expect(await page.getByLabel("Room", { exact: true }).getAttribute("aria-invalid")).toBe("true");
    await context.close();
  });

  test("that have expired are told with how long ago, and with the code of the door", async () => {
    const { page, context } = await signedIn(world, "/inspect");
    await inspect(page, `Bearer ${token({ permissions: ["allow_join"], ttlSeconds: -180 })}`);
    const meeting = page.locator("[data-door=meeting]");
    await meeting.getByText("refuses", { exact: true }).waitFor();
    await meeting.getByText("token_expired", { exact: true }).waitFor();
    await section(page, "Claims")
      .getByText(/expired 3 minutes ago/)
      .waitFor();
    await expectAccessible(page);
    const kept: unknown = await page.evaluate(
      "JSON.stringify([location.href, history.state, { ...localStorage }, { ...sessionStorage }])",
    );
    expect(String(kept)).not.toMatch(/eyJ/);
    await page.getByRole("button", { name: "Clear" }).click();
    expect(await page.getByLabel("Token", { exact: true }).inputValue()).toBe("");
    await page.getByText("No token inspected yet.").waitFor();
    await context.close();
  });

  test("signed with another secret prove nothing, and the page says so", async () => {
    const { page, context } = await signedIn(world, "/inspect");
    const secret = "another-secret-than-that-of-the-tests-0123";
    await inspect(page, token({ permissions: ["allow_join"], secret }));
    await section(page, "Signature").getByText("Not verified").waitFor();
    await page.locator("[data-door=rest]").getByText("signature_invalid", { exact: true }).waitFor();
    await context.close();
  });

  test("for a room are told what this very room says", async () => {
    const roomId = await createRoom(world.node);
    const { page, context } = await signedIn(world, "/inspect");
    await page.getByLabel("Room that would be joined").fill(roomId);
    await inspect(page, token({ permissions: ["ask_join"] }));
    await page.locator("[data-door=meeting]").getByText("waits for a host", { exact: true }).waitFor();
    await context.close();
  });
});
