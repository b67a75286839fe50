/** What the console takes from the browser. Passed in, so that tests decide what time it is and who answers. */

/** A way to end something; calling it twice does no harm. */
export type End = () => void;

/** The browser, as far as the console uses it. */
export interface Surroundings {
  /** As `window.fetch`, to this origin. */
  fetch(path: string, init: RequestInit): Promise<Response>;
  /** Epoch milliseconds. */
  now(): number;
  /** Runs once, in `ms` milliseconds. */
  after(ms: number, run: () => void): End;
  /** False while the tab is hidden. */
  isVisible(): boolean;
  /** Runs whenever the tab is hidden or shown. */
  onVisibility(run: () => void): End;
  /** A fresh id that nobody guesses. */
  freshId(): string;
  /** Puts a text into the clipboard; false where the browser does not let a page do this. */
  copy(text: string): Promise<boolean>;
  /** Offers a text as a file. */
  save(name: string, text: string): void;
  /** The path and query that the address bar shows. */
  address(): string;
  /** Changes the address bar; `replace` leaves no step to go back to. */
  setAddress(url: string, how: "push" | "replace"): void;
  /** Runs when the person goes back or forward. */
  onAddress(run: () => void): End;
  /** What this browser was told to remember; null: nothing. */
  recall(key: string): string | null;
  /** Remembers a choice in this browser. Never a secret. */
  remember(key: string, value: string): void;
}

/** The surroundings that a real window gives. */
export function windowSurroundings(window: Window & typeof globalThis): Surroundings {
  const { document, history, location } = window;
  return {
    fetch: (path, init) => window.fetch(path, init),
    now: () => Date.now(),
    after: (ms, run) => {
      const timer = window.setTimeout(run, ms);
      return () => window.clearTimeout(timer);
    },
    isVisible: () => document.visibilityState === "visible",
    onVisibility: (run) => listening(document, "visibilitychange", run),
    freshId: () => hex(window.crypto.getRandomValues(new Uint8Array(12))),
    copy: async (text) => {
      // Only there where the page came by TLS or from loopback.
      if (!("clipboard" in window.navigator)) return false;
      try {
        await window.navigator.clipboard.writeText(text);
        return true;
      } catch {
        return false;
      }
    },
    save: (name, text) => {
      const url = URL.createObjectURL(new Blob([text]));
      const link = document.createElement("a");
      link.href = url;
      link.download = name;
      link.click();
      URL.revokeObjectURL(url);
    },
    address: () => location.pathname + location.search,
    setAddress: (url, how) => {
      if (how === "push") history.pushState(null, "", url);
      else history.replaceState(null, "", url);
    },
    onAddress: (run) => listening(window, "popstate", run),
    recall: (key) => {
      try {
        return window.localStorage.getItem(key);
      } catch {
        // Storage may be forbidden; the choice is then made anew each time.
        return null;
      }
    },
    remember: (key, value) => {
      try {
        window.localStorage.setItem(key, value);
      } catch {
        // As above.
      }
    },
  };
}

/** The parts of a window that hold its address. */
export interface AddressBar {
  readonly location: Pick<Location, "hash" | "pathname" | "search">;
  readonly history: Pick<History, "replaceState">;
}

/**
 * The admin token of a link that the gateway printed (`/console#token=…`), taken out of the address bar at once, so that it stays
 * in no history and on no screenshot. Null: the address holds none.
 */
export function takeFragmentToken(bar: AddressBar): string | null {
  const { hash, pathname, search } = bar.location;
  const token = new URLSearchParams(hash.slice(1)).get("token");
  if (token === null || token === "") return null;
  bar.history.replaceState(null, "", pathname + search);
  return token;
}

function listening(target: EventTarget, name: string, run: () => void): End {
  target.addEventListener(name, run);
  return () => target.removeEventListener(name, run);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
