/** The room: people in the middle, panels beside them, controls below, what is urgent above them. */
import { useEffect, useState } from "preact/hooks";
import { useStore } from "../../shared/use-store.js";
import type { RoomStore } from "../store/room-store.js";
import { Asks } from "./asks.js";
import { Banners } from "./banners.js";
import { Chat } from "./chat.js";
import { Controls } from "./controls.js";
import { Knocks } from "./knocks.js";
import { LeaveDialog } from "./leave-dialog.js";
import { People } from "./people.js";
import { OwnShare } from "./own-share.js";
import { RoomHead } from "./room-head.js";
import { SettingsDialog } from "./settings-dialog.js";
import { useShortcuts } from "./shortcuts.js";
import { Sounds } from "./sounds.js";
import { Stage } from "./stage.js";

interface RoomProps {
  readonly room: RoomStore;
  readonly roomId: string;
  /** Epoch milliseconds by the gateway's clock. */
  readonly now: () => number;
}

/** Draws the store of a room. */
export function Room({ room, roomId, now }: RoomProps) {
  const view = useStore(room);
  const [dialog, setDialog] = useState<"leave" | "settings" | null>(null);
  const { actions } = room;
  const knocks = view.knocks.length;
  useEffect(() => {
    document.title = `${knocks > 0 ? `(${knocks}) ` : ""}In the meeting · ${roomId} · Admit One`;
  }, [knocks, roomId]);
  useShortcuts({
    mic: () => void actions.setMic(view.self?.mic !== "on"),
    webcam: () => void actions.setWebcam(view.self?.webcam !== "on"),
  });
  const leave = (): void => {
    // Whoever may end it for all is asked which of the two is meant.
    if (view.self?.moderator === true && !view.restricted) setDialog("leave");
    else void actions.leave();
  };
  return (
    <div class="room" data-testid="room">
      <RoomHead view={view} roomId={roomId} now={now} onSettings={() => setDialog("settings")} />
      <main class="room-main" aria-label="Meeting">
        <Stage tiles={view.tiles} share={view.share} />
        <div class="over-stage">
          <Banners room={room} banners={view.banners} now={now} />
          {view.sharing ? <OwnShare onStop={() => void actions.share(false)} /> : null}
          <Knocks knocks={view.knocks} actions={actions} now={now} />
          <Asks asks={view.asks} actions={actions} />
        </div>
      </main>
      {view.panel === "chat" ? (
        <Chat view={view} actions={actions} onClose={() => room.togglePanel(null)} />
      ) : null}
      {view.panel === "people" ? (
        <People view={view} actions={actions} onClose={() => room.togglePanel(null)} />
      ) : null}
      <Controls view={view} actions={actions} onPanel={(panel) => room.togglePanel(panel)} onLeave={leave} />
      <Sounds room={room} blocked={view.soundBlocked} />
      {dialog === "leave" ? <LeaveDialog actions={actions} onClose={() => setDialog(null)} /> : null}
      {dialog === "settings" ? <SettingsDialog desk={room.media} onClose={() => setDialog(null)} /> : null}
    </div>
  );
}
