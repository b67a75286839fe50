/** The whole page: whichever stage the visitor is at. */
import { useEffect } from "preact/hooks";
import { Toasts } from "../../shared/toasts.js";
import { useStore } from "../../shared/use-store.js";
import type { Stage } from "../model/page-view.js";
import type { PageStore } from "../store/page-store.js";
import { Check } from "./check.js";
import { Lobby } from "./lobby.js";
import { NoToken } from "./no-token.js";
import { Over } from "./over.js";
import { Page, PageTitle } from "./page.js";
import { Room } from "./room.js";

/** Draws the store of a page. */
export function App({ page }: { readonly page: PageStore }) {
  const stage = useStore(page);
  useEffect(() => {
    // The room writes its own, with those who wait.
    if (stage.name !== "room") document.title = titleOf(stage, page.roomId);
  }, [stage, page.roomId]);
  if (stage.name === "room" && page.room !== null) {
    return (
      <>
        <Room room={page.room} now={page.now} roomId={page.roomId} />
        <Toasts board={page.notices} />
      </>
    );
  }
  return (
    <>
      <Page roomId={page.roomId}>
        <StagePage page={page} stage={stage} />
      </Page>
      <Toasts board={page.notices} />
    </>
  );
}

function StagePage({ page, stage }: { readonly page: PageStore; readonly stage: Stage }) {
  switch (stage.name) {
    case "opening":
    case "room":
      return <Message title="Opening the meeting" text="Looking at the link…" />;
    case "joining":
      return stage.back ? (
        <Message title="Back to the meeting" text="Taking your seat again…" onCancel={() => page.giveUp()} />
      ) : (
        <Message title="At the door" text="Asking the gateway…" onCancel={() => page.giveUp()} />
      );
    case "no-room":
      return (
        <Message
          title="No room"
          text="The address of this page names no room. Links to meetings look like /m/room#token=…"
        />
      );
    case "no-token":
      return (
        <NoToken stage={stage} name={page.wishes.name} onBegin={(...who) => void page.beginTrial(...who)} />
      );
    case "check":
      return <Check page={page} stage={stage} />;
    case "lobby":
      return <Lobby page={page} wait={stage.wait} />;
    case "over":
      return <Over outcome={stage.outcome} now={page.now} onAgain={() => page.check()} />;
  }
}

interface MessageProps {
  readonly title: string;
  readonly text: string;
  readonly onCancel?: () => void;
}

function Message({ title, text, onCancel }: MessageProps) {
  return (
    <div class="card narrow stack" role="status">
      <PageTitle>{title}</PageTitle>
      <p class="muted">{text}</p>
      {onCancel === undefined ? null : (
        <div class="row">
          <button type="button" class="button" onClick={onCancel}>
            Cancel
          </button>
        </div>
      )}
    </div>
  );
}

/** What stands on the tab. */
function titleOf(stage: Stage, roomId: string): string {
  const words: Readonly<Record<Stage["name"], string>> = {
    opening: "Opening",
    "no-room": "No room",
    "no-token": "No token",
    check: "Join",
    joining: "Joining",
    lobby: "Waiting",
    room: "In the meeting",
    over: "Meeting",
  };
  const what = stage.name === "over" ? stage.outcome.title : words[stage.name];
  return roomId === "" ? `${what} · Admit One` : `${what} · ${roomId} · Admit One`;
}
