/** Which camera, microphone and speaker. */
import { useId } from "preact/hooks";
import { useStore } from "../../shared/use-store.js";
import type { DeviceDesk, DeviceKind } from "../store/ports.js";

const LABELS: Readonly<Record<DeviceKind, readonly [label: string, none: string]>> = {
  mic: ["Microphone", "No microphone found"],
  webcam: ["Camera", "No camera found"],
  speaker: ["Speaker", "The browser chooses the speaker"],
};

/** A list for each kind. A list without a choice is shown and cannot be used, so that nothing jumps when devices come. */
export function DeviceChoice({ desk }: { readonly desk: DeviceDesk }) {
  const { lists, selected } = useStore(desk);
  const id = useId();
  return (
    <div class="stack tight">
      {(["mic", "webcam", "speaker"] as const).map((kind) => {
        const [label, none] = LABELS[kind];
        const list = lists[kind];
        return (
          <div key={kind} class="field">
            <label for={`${id}-${kind}`}>{label}</label>
            <select
              id={`${id}-${kind}`}
              disabled={list.length === 0}
              value={selected[kind] ?? list[0]?.id ?? ""}
              onChange={(event) => void desk.choose(kind, event.currentTarget.value)}
            >
              {list.length === 0 ? <option value="">{none}</option> : null}
              {list.map((device) => (
                <option key={device.id} value={device.id}>
                  {device.label}
                </option>
              ))}
            </select>
          </div>
        );
      })}
    </div>
  );
}
