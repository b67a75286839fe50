/** The meeting page begins: the link is read, the world is put together, the page is drawn. */
import { render } from "preact";
import { initMeeting } from "../../client/index.js";
import { joinMedia, openPreview } from "../../client/media/index.js";
import { roomOf, readLink, takeToken } from "./entry/link.js";
import { App } from "./parts/app.js";
import { makeChime } from "./store/chime.js";
import { SdkMedia } from "./store/media-desk.js";
import { PageStore } from "./store/page-store.js";
import type { PageWorld } from "./store/ports.js";
import { SdkPreview } from "./store/preview-desk.js";
import "../shared/theme.css";
import "./style/meeting.css";

/** Null where the browser refuses to keep anything for this page, as in some embedded pages. */
function openStorage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

function begin(root: HTMLElement): void {
  const storage = openStorage();
  const { location, history } = window;
  const link = readLink({ location, history, storage });
  const world: PageWorld = {
    now: Date.now,
    startTimer: (run, milliseconds) => {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
    storage,
    ask: (path, init) => fetch(path, init),
    openMeeting: ({ token, roomId, name, mic, webcam, keep }) =>
      initMeeting({ token, roomId, name, micEnabled: mic, webcamEnabled: webcam, keep }),
    openPreview: ({ mic, webcam }) => new SdkPreview(openPreview({ mic, webcam })),
    joinMedia: (meeting, desk) => {
      const preview = desk instanceof SdkPreview ? desk.handOver() : undefined;
      return new SdkMedia(joinMedia(meeting, { preview }), () => meeting.participantId);
    },
    chime: makeChime(() => new AudioContext()),
  };
  const page = new PageStore(world, link);
  // A newer link opened in this tab changes the fragment only: the page goes on, and takes its token.
  window.addEventListener("hashchange", () => {
    if (roomOf(location.pathname) === null) return;
    const token = takeToken({ location, history });
    if (token !== null) void page.newerToken(token);
  });
  render(<App page={page} />, root);
  void page.start();
}

const root = document.getElementById("app");
if (root !== null) begin(root);
