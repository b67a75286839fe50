/** One's own picture, microphone level and switches: before the door, and while one waits. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icons.js";
import { useStore } from "../../shared/use-store.js";
import { initialsOf } from "../model/people.js";
import type { DeviceDesk } from "../store/ports.js";
import { Picture } from "./picture.js";
import { keyFor, useShortcuts } from "./shortcuts.js";

interface OwnMediaProps {
  readonly desk: DeviceDesk;
  readonly name: string;
}

/** The picture with both switches on it. */
export function OwnMedia({ desk, name }: OwnMediaProps) {
  const { micOn, webcamOn, video, problem } = useStore(desk);
  useShortcuts({
    mic: () => void desk.setMic(!desk.view.micOn),
    webcam: () => void desk.setWebcam(!desk.view.webcamOn),
  });
  return (
    <div class="stack tight">
      <div class="own-picture">
        {video === null ? (
          <div class="no-picture">
            {name.trim() === "" ? null : <span class="avatar">{initialsOf(name)}</span>}
            <span>Your camera is off</span>
          </div>
        ) : (
          <Picture stream={video} mirrored label="Your camera" />
        )}
        <div class="own-switches">
          <Switch kind="mic" on={micOn} onSwitch={(on) => void desk.setMic(on)} />
          <Switch kind="webcam" on={webcamOn} onSwitch={(on) => void desk.setWebcam(on)} />
        </div>
      </div>
      <LevelMeter desk={desk} on={micOn} />
      {problem === null ? null : (
        <p class="note warn" role="alert" data-testid="device-problem">
          {problem} You can come in without.
        </p>
      )}
    </div>
  );
}

interface SwitchProps {
  readonly kind: "mic" | "webcam";
  readonly on: boolean;
  readonly onSwitch: (on: boolean) => void;
}

function Switch({ kind, on, onSwitch }: SwitchProps) {
  const label = kind === "mic" ? "Microphone" : "Camera";
  const icons = kind === "mic" ? (["mic", "micOff"] as const) : (["camera", "cameraOff"] as const);
  return (
    <button
      type="button"
      class={on ? "round-switch" : "round-switch off"}
      aria-label={label}
      aria-pressed={on}
      title={`Turn ${label.toLowerCase()} ${on ? "off" : "on"} (${keyFor(kind)})`}
      onClick={() => onSwitch(!on)}
    >
      <Icon name={on ? icons[0] : icons[1]} />
    </button>
  );
}

const LOOK_MS = 80;
/** Above this a microphone hears more than its own noise. */
const HEARD = 0.04;

/** A bar that moves with the voice. It is for the eyes; the sentence beside it is for everybody. */
function LevelMeter({ desk, on }: { readonly desk: DeviceDesk; readonly on: boolean }) {
  const bar = useRef<HTMLDivElement>(null);
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    if (!on) {
      setHeard(false);
      return undefined;
    }
    const timer = setInterval(() => {
      const level = Math.min(1, desk.level());
      if (bar.current !== null) bar.current.style.transform = `scaleX(${Math.sqrt(level).toFixed(3)})`;
      if (level > HEARD) setHeard(true);
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [desk, on]);
  const hearing = heard ? "Your microphone hears you." : "Say something: the bar moves when you are heard.";
  return (
    <div class="level">
      <div class="level-track" aria-hidden="true">
        <div class="level-bar" ref={bar} hidden={!on} />
      </div>
      <p class="small muted">{on ? hearing : "Your microphone is off."}</p>
    </div>
  );
}
