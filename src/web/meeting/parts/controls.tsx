/** The buttons below the room. */
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../../shared/icons.js";
import type { MediaMark } from "../model/people.js";
import type { PageState, RoomView } from "../model/room-view.js";
import { count } from "../model/time.js";
import type { RoomActions } from "../store/room-actions.js";
import { keyFor } from "./shortcuts.js";

interface ControlsProps {
  readonly view: RoomView;
  readonly actions: RoomActions;
  readonly onPanel: (panel: PageState["panel"]) => void;
  readonly onLeave: () => void;
}

/** Draws them. What is refused at the moment is dimmed and says why in its title. */
export function Controls({ view, actions, onPanel, onLeave }: ControlsProps) {
  const { self, sharing, restricted } = view;
  const hands = view.tiles.filter(({ handSince }) => handSince !== null).length;
  const handUp = self !== null && self.handSince !== null;
  // Phones have none of it, and a page that is not encrypted has no devices at all.
  const canShare = "mediaDevices" in navigator && "getDisplayMedia" in navigator.mediaDevices;
  const why = restricted ? "Your token has expired" : null;
  return (
    <nav class="controls" aria-label="Meeting controls">
      <Control
        icon={self?.mic === "on" ? "mic" : "micOff"}
        label="Mic"
        pressed={self?.mic === "on"}
        off={self?.mic !== "on"}
        title={mediaTitle("microphone", self?.mic, keyFor("mic"))}
        blocked={blockedBy(self?.mic, why, "A moderator has locked your microphone")}
        onPress={() => void actions.setMic(self?.mic !== "on")}
      />
      <Control
        icon={self?.webcam === "on" ? "camera" : "cameraOff"}
        label="Camera"
        pressed={self?.webcam === "on"}
        off={self?.webcam !== "on"}
        title={mediaTitle("camera", self?.webcam, keyFor("webcam"))}
        blocked={blockedBy(self?.webcam, why, "A moderator has locked your camera")}
        onPress={() => void actions.setWebcam(self?.webcam !== "on")}
      />
      {canShare ? (
        <Control
          icon="screen"
          label="Share"
          after="screen"
          pressed={sharing}
          title={sharing ? "Stop sharing your screen" : "Show a screen, a window or a tab"}
          blocked={why}
          onPress={() => void actions.share(!sharing)}
        />
      ) : null}
      <Control
        icon="hand"
        label="Hand"
        before="Raise"
        pressed={handUp}
        title={handUp ? "Lower your hand" : "Raise your hand"}
        blocked={why}
        onPress={() => void actions.hand(!handUp)}
      />
      <Control
        icon="chat"
        label="Chat"
        after={view.unread > 0 ? `(${view.unread} unread)` : ""}
        expanded={view.panel === "chat"}
        title="Messages to everybody"
        onPress={() => onPanel("chat")}
      >
        <Count number={view.unread} />
      </Control>
      <Control
        icon="people"
        label="People"
        after={hands > 0 ? `(${count(hands, "hand")} raised)` : ""}
        expanded={view.panel === "people"}
        title="Who is here"
        onPress={() => onPanel("people")}
      >
        <Count number={hands} />
      </Control>
      <button type="button" class="control leave" title="Leave the meeting" onClick={onLeave}>
        <Icon name="leave" />
        <span class="control-label">Leave</span>
      </button>
    </nav>
  );
}

interface ControlProps {
  readonly icon: IconName;
  /** What stands under the drawing. With the words before and after it, which are heard and not seen, it is the button's name. */
  readonly label: string;
  readonly before?: string;
  readonly after?: string;
  readonly title: string;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly off?: boolean;
  /** Why it cannot be used now. */
  readonly blocked?: string | null;
  readonly onPress: () => void;
  readonly children?: ComponentChildren;
}

function Control({ icon, label, before = "", after = "", title, pressed, expanded, ...rest }: ControlProps) {
  const { off = false, blocked = null, onPress, children } = rest;
  return (
    <button
      type="button"
      class={off ? "control off" : "control"}
      aria-pressed={pressed}
      aria-expanded={expanded}
      // It stays reachable, so that its title can say why it does nothing.
      aria-disabled={blocked !== null}
      title={blocked ?? title}
      onClick={() => {
        if (blocked === null) onPress();
      }}
    >
      <Icon name={icon} />
      <span class="control-label">
        {before === "" ? null : <span class="visually-hidden">{before}</span>}
        {label}
        {after === "" ? null : <span class="visually-hidden">{after}</span>}
      </span>
      {children}
    </button>
  );
}

function Count({ number }: { readonly number: number }) {
  if (number === 0) return null;
  return (
    <span class="badge accent control-count" aria-hidden="true">
      {number > 99 ? "99+" : number}
    </span>
  );
}

/** Off never needs the room's consent. */
function blockedBy(mark: MediaMark | undefined, why: string | null, locked: string): string | null {
  if (mark === "on") return null;
  return why ?? (mark === "locked" ? locked : null);
}

function mediaTitle(what: string, mark: MediaMark | undefined, key: string): string {
  return `Turn ${what} ${mark === "on" ? "off" : "on"} (${key})`;
}
