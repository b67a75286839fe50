/** Keys for microphone and camera, as other meeting pages have them. */
import { useEffect, useRef } from "preact/hooks";

const KEYS = { mic: "d", webcam: "e" } as const;

/** What the keys do. */
export type Shortcuts = Readonly<Record<keyof typeof KEYS, () => void>>;

/** How a key is written for whoever sits before this machine. */
export function keyFor(kind: keyof typeof KEYS): string {
  const letter = KEYS[kind].toUpperCase();
  return /Mac|iPhone|iPad/.test(navigator.userAgent) ? `⌘${letter}` : `Ctrl+${letter}`;
}

/** Listens to Ctrl (or Cmd) with D and E for as long as the component is drawn. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.altKey || event.shiftKey || event.repeat || event.ctrlKey === event.metaKey) return;
      const key = event.key.toLowerCase();
      if (key !== KEYS.mic && key !== KEYS.webcam) return;
      // Without this the browser sets a bookmark, or goes to its search.
      event.preventDefault();
      latest.current[key === KEYS.mic ? "mic" : "webcam"]();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
