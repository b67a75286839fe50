/** A real Chromium for tests, with fake devices: a camera that shows a moving picture, a microphone that beeps. */
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { findChromium } from "./chromium-binary.js";

const ARGUMENTS = [
  // Ten pictures a second are enough to see that they move, and each is encoded by the processor.
  "--use-fake-device-for-media-stream=fps=10",
  "--use-fake-ui-for-media-stream",
  // Sound may begin without a click: nobody clicks here.
  "--autoplay-policy=no-user-gesture-required",
  // Tests talk to this machine only.
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

/** How long a page may take for anything before a test fails, milliseconds. */
export const PATIENCE_MS = 20_000;

/** Starts a browser; whoever starts it closes it. */
export async function launchBrowser(): Promise<Browser> {
  const { path } = await findChromium({ install: false });
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: path,
    headless: true,
    args: [...ARGUMENTS, ...(isRoot ? ["--no-sandbox"] : [])],
  });
}

/** What somebody in a browser has of their own: storage, permissions, one page. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained of: errors that nobody caught, violations of its content security policy, failed loads. */
  readonly complaints: readonly string[];
}

/** How somebody looks at a page. */
export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** Without camera and microphone: asking for them fails as where somebody refused. */
  readonly withoutDevices?: boolean;
}

/** Opens an empty page for somebody; closing the browser closes it. */
export async function visit(
  browser: Browser,
  { width = 1280, height = 800, dark = false, withoutDevices = false }: Look = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    permissions: withoutDevices ? [] : ["camera", "microphone"],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { page, context, complaints };
}
