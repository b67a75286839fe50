/** What is around every page: the app that is looked at, the way to the other pages, and the way out. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Link, Note, When } from "./parts/basics.js";
import { Button } from "./parts/buttons.js";
import { useConsole } from "./state/console.js";
import { addressOf, type Route } from "./state/router.js";

const MENU: readonly (readonly [string, Route, readonly Route["page"][]])[] = [
  ["Rooms", { page: "rooms" }, ["rooms", "room"]],
  ["Sessions", { page: "sessions" }, ["sessions", "session"]],
  ["Test tokens", { page: "mint", roomId: null }, ["mint"]],
  ["Inspect a token", { page: "inspect" }, ["inspect"]],
  ["Revocations", { page: "revocations" }, ["revocations"]],
  ["Webhooks", { page: "webhooks" }, ["webhooks", "webhook"]],
  ["Apps and keys", { page: "apps" }, ["apps", "app"]],
  ["Nodes and health", { page: "nodes" }, ["nodes"]],
];

/** How long before its end the session's end is announced, milliseconds. */
const WARN_MS = 10 * 60_000;

/** The frame of a page. */
export function Shell(props: {
  /** When the session ends, epoch milliseconds. */
  readonly expiresAt: number;
  readonly onSignOut: () => void;
  readonly children: ComponentChildren;
}) {
  const { expiresAt, onSignOut, children } = props;
  const { route, surroundings } = useConsole();
  const [isOpen, setIsOpen] = useState(false);
  const address = addressOf(route, null);
  const first = useRef(address);
  useEffect(() => {
    setIsOpen(false);
    // Whoever follows a link is told where they are; whoever has just come is not moved.
    if (first.current !== address) document.querySelector("h1")?.focus();
    first.current = "";
  }, [address]);
  const endsSoon = expiresAt - surroundings.now() < WARN_MS;
  return (
    <div class="shell">
      <a class="skip" href="#page">
        Skip to the page
      </a>
      <header class="topbar">
        <p class="brand">
          Admit One <span class="muted">console</span>
        </p>
        <AppChoice />
        <div class="topbar-end">
          <Button compact onPress={onSignOut}>
            Sign out
          </Button>
          <button
            type="button"
            class="button compact menu-button"
            aria-expanded={isOpen}
            aria-controls="menu"
            onClick={() => setIsOpen(!isOpen)}
          >
            Menu
          </button>
        </div>
      </header>
      <nav id="menu" class={`menu ${isOpen ? "open" : ""}`} aria-label="Console">
        <ul>
          {MENU.map(([name, to, pages]) => (
            <li key={name}>
              <Link to={to} current={pages.includes(route.page)}>
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div class="content">
        {endsSoon && (
          <Note tone="warn">
            Your session ends at <When at={expiresAt} />. Sign out and in again to go on.
          </Note>
        )}
        {children}
      </div>
    </div>
  );
}

/** Chooses the app once for all pages. */
function AppChoice() {
  const { apps, app, chooseApp } = useConsole();
  const id = useId();
  return (
    <div class="app-choice">
      <label for={id}>App</label>
      <select
        id={id}
        value={app}
        disabled={apps === null || apps.length === 0}
        onChange={(event) => chooseApp(event.currentTarget.value)}
      >
        {(apps ?? []).map(({ id: one, name }) => (
          <option key={one} value={one} selected={one === app}>
            {name === one ? one : `${name} (${one})`}
          </option>
        ))}
        {(apps ?? []).length === 0 && <option value="">{apps === null ? "Loading…" : "No app yet"}</option>}
      </select>
    </div>
  );
}
