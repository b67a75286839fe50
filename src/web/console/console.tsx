/** The console as a whole: signed in or not, which page, which app. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { listApps, type App } from "./api/apps.js";
import { createApi } from "./api/client.js";
import { faultOf, type Fault } from "./api/fault.js";
import { readSession, signOut } from "./api/session.js";
import { Page, FaultNote, Link, Loading } from "./parts/basics.js";
import { Button } from "./parts/buttons.js";
import { Pages } from "./pages/pages.js";
import { SignIn, type SignedOut } from "./pages/sign-in.js";
import { Shell } from "./shell.js";
import { ConsoleProvider, type Console } from "./state/console.js";
import { startPolling, type Poller } from "./state/poll.js";
import { addressOf, readAddress, type Route } from "./state/router.js";
import type { Surroundings } from "./state/surroundings.js";

/** Under which name a browser remembers the app that was looked at. */
const APP_KEY = "admitone.console.app";
/** Whether this browser has a session, as far as it remembers: without one there is nothing to ask the gateway for. */
const SESSION_KEY = "admitone.console.session";
/** How often the list of apps is looked at, milliseconds. */
const APPS_EVERY_MS = 15_000;

type Standing =
  | { readonly kind: "asking"; readonly fault: Fault | null }
  | { readonly kind: "out"; readonly why: SignedOut }
  | { readonly kind: "in"; readonly expiresAt: number };

/** @param offered an admin token that the address brought; null: none */
export function ConsoleApp(props: { readonly surroundings: Surroundings; readonly offered: string | null }) {
  const { surroundings, offered } = props;
  const mayBeIn = offered === null && surroundings.recall(SESSION_KEY) === "yes";
  const [standing, setStanding] = useState<Standing>(
    mayBeIn ? { kind: "asking", fault: null } : { kind: "out", why: "new" },
  );
  const goOut = (why: SignedOut): void => {
    surroundings.remember(SESSION_KEY, "no");
    setStanding({ kind: "out", why });
  };
  const api = useMemo(() => createApi(surroundings, { onSignedOut: () => goOut("expired") }), [surroundings]);
  const ask = async (): Promise<void> => {
    setStanding({ kind: "asking", fault: null });
    try {
      const { expiresAt } = await api.call(readSession());
      surroundings.remember(SESSION_KEY, "yes");
      setStanding({ kind: "in", expiresAt });
    } catch (error) {
      const fault = faultOf(error);
      if (fault.kind === "refused") goOut(fault.code === "admin_disabled" ? "disabled" : "expired");
      else setStanding({ kind: "asking", fault });
    }
  };
  useEffect(() => {
    if (mayBeIn) void ask();
  }, []);
  useEffect(() => {
    if (standing.kind !== "in") return undefined;
    // Longer waits than a timer can hold do not happen: a session lasts some hours.
    const left = standing.expiresAt - surroundings.now();
    // A clock that is far ahead ends no session: the gateway's does.
    if (left <= 0) return undefined;
    return surroundings.after(left, () => goOut("expired"));
  }, [standing]);

  switch (standing.kind) {
    case "asking":
      return (
        <main class="sign-in" id="page">
          <h1 class="visually-hidden">Admit One console</h1>
          {standing.fault === null ? (
            <Loading what="the console" />
          ) : (
            <div class="card stack">
              <FaultNote fault={standing.fault} />
              <Button onPress={() => void ask()}>Try again</Button>
            </div>
          )}
        </main>
      );
    case "out":
      return (
        <SignIn
          api={api}
          why={standing.why}
          offered={standing.why === "new" ? offered : null}
          onSignedIn={() => void ask()}
        />
      );
    case "in": {
      const leave = (): void => {
        // Where the gateway cannot be reached the cookie stays, so that one is not told to be out.
        void api.call(signOut()).then(
          () => goOut("left"),
          (error: unknown) => setStanding({ kind: "asking", fault: faultOf(error) }),
        );
      };
      return (
        <SignedIn surroundings={surroundings} api={api} expiresAt={standing.expiresAt} onSignOut={leave} />
      );
    }
  }
}

function SignedIn(props: {
  readonly surroundings: Surroundings;
  readonly api: Console["api"];
  readonly expiresAt: number;
  readonly onSignOut: () => void;
}) {
  const { surroundings, api, expiresAt, onSignOut } = props;
  const [address, setAddress] = useState(() => readAddress(surroundings.address()));
  const [apps, setApps] = useState<readonly App[] | null>(null);
  const [said, setSaid] = useState("");
  const poller = useRef<Poller | null>(null);
  useEffect(
    () => surroundings.onAddress(() => setAddress(readAddress(surroundings.address()))),
    [surroundings],
  );
  useEffect(() => {
    const started = startPolling({
      load: (signal) => api.call(listApps(), signal),
      everyMs: APPS_EVERY_MS,
      surroundings,
      tell: ({ data }) => setApps(data),
    });
    poller.current = started;
    return started.end;
  }, [api, surroundings]);
  useEffect(() => (said === "" ? undefined : surroundings.after(6_000, () => setSaid(""))), [said]);

  const app = chosen(apps, address.app ?? surroundings.recall(APP_KEY));
  useEffect(() => {
    // Whatever is made later, the choice stays: of two apps the first one by id is another one tomorrow.
    if (app !== "" && surroundings.recall(APP_KEY) === null) surroundings.remember(APP_KEY, app);
  }, [app]);
  const show = (route: Route, shownApp: string, how: "push" | "replace"): void => {
    const named = shownApp === "" ? null : shownApp;
    surroundings.setAddress(addressOf(route, named), how);
    setAddress({ route, app: named });
  };
  const value: Console = {
    api,
    surroundings,
    app,
    apps,
    route: address.route,
    refreshApps: () => poller.current?.again(),
    linkTo: (route) => addressOf(route, app === "" ? null : app),
    go: (route) => show(route, app, "push"),
    chooseApp: (id) => {
      surroundings.remember(APP_KEY, id);
      // A room, a session or a webhook belongs to one app: with another one its list is what can be shown.
      show(listOf(address.route), id, "push");
    },
    say: setSaid,
  };
  return (
    <ConsoleProvider value={value}>
      <Shell expiresAt={expiresAt} onSignOut={onSignOut}>
        {apps === null ? (
          <Page title="Console">
            <Loading what="the apps" />
          </Page>
        ) : address.route.page === "unknown" ? (
          <Page title="Not found">
            <p>
              The console has no such page. Go to the <Link to={{ page: "rooms" }}>rooms</Link>.
            </p>
          </Page>
        ) : (
          <Pages route={address.route} />
        )}
      </Shell>
      <div class="toasts" role="status">
        {said !== "" && (
          <div class="toast good">
            <p>{said}</p>
          </div>
        )}
      </div>
    </ConsoleProvider>
  );
}

/** The app that is meant, if it is there; else the first one. */
function chosen(apps: readonly App[] | null, wanted: string | null): string {
  const found = apps?.find(({ id }) => id === wanted) ?? apps?.[0];
  return found?.id ?? "";
}

function listOf(route: Route): Route {
  switch (route.page) {
    case "room":
      return { page: "rooms" };
    case "session":
      return { page: "sessions" };
    case "webhook":
      return { page: "webhooks" };
    case "mint":
      return { page: "mint", roomId: null };
    default:
      return route;
  }
}
