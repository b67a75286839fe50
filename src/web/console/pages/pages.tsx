/** Which component draws which page. */
import { Fragment, type ComponentChildren } from "preact";
import { Empty, Link, Page } from "../parts/basics.js";
import { useConsole } from "../state/console.js";
import type { Route } from "../state/router.js";
import { AppPage } from "./apps/app.js";
import { AppsPage } from "./apps/apps.js";
import { NodesPage } from "./nodes.js";
import { RevocationsPage } from "./revocations/revocations.js";
import { RoomPage } from "./rooms/room.js";
import { RoomsPage } from "./rooms/rooms.js";
import { SessionPage } from "./sessions/session.js";
import { SessionsPage } from "./sessions/sessions.js";
import { InspectPage } from "./tokens/inspect.js";
import { MintPage } from "./tokens/mint.js";
import { WebhookPage } from "./webhooks/webhook.js";
import { WebhooksPage } from "./webhooks/webhooks.js";

/** The page of a route. */
export function Pages({ route }: { readonly route: Exclude<Route, { readonly page: "unknown" }> }) {
  switch (route.page) {
    case "apps":
      return <AppsPage />;
    case "app":
      return <AppPage key={route.id} id={route.id} />;
    case "nodes":
      return <NodesPage />;
    case "inspect":
      return <InspectPage />;
    case "rooms":
      return needsApp("Rooms", <RoomsPage />);
    case "room":
      return needsApp("Room", <RoomPage key={route.roomId} roomId={route.roomId} part={route.part} />);
    case "sessions":
      return needsApp("Sessions", <SessionsPage />);
    case "session":
      return needsApp("Session", <SessionPage key={route.sessionId} sessionId={route.sessionId} />);
    case "webhooks":
      return needsApp("Webhooks", <WebhooksPage />);
    case "webhook":
      return needsApp("Webhook", <WebhookPage key={route.id} id={route.id} />);
    case "revocations":
      return needsApp("Revocations", <RevocationsPage />);
    case "mint":
      return needsApp("Test tokens", <MintPage key={route.roomId} roomId={route.roomId ?? ""} />);
  }
}

function needsApp(title: string, page: ComponentChildren) {
  return <NeedsApp title={title}>{page}</NeedsApp>;
}

/** What belongs to an app is shown as soon as there is one. */
function NeedsApp({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const { app } = useConsole();
  // What was typed or found for one app is not taken over to another one.
  if (app !== "") return <Fragment key={app}>{children}</Fragment>;
  return (
    <Page title={title}>
      <div class="card">
        <Empty title="There is no app yet.">
          Rooms, tokens and webhooks belong to an app. <Link to={{ page: "apps" }}>Create the first one</Link>
          .
        </Empty>
      </div>
    </Page>
  );
}
