/** What somebody wished for at the door, kept for a reload of the page. */
import { keptAs } from "../entry/link.js";
import type { PageWorld, Wishes } from "./ports.js";

const FIRST: Wishes = { name: "", mic: true, webcam: true };

/** Reads what was kept; what is not there, or not readable, is as at the first time. */
export function loadWishes(storage: PageWorld["storage"], roomId: string): Wishes {
  const text = storage?.getItem(keptAs(roomId, "wishes")) ?? null;
  if (text === null) return FIRST;
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== "object" || kept === null) return FIRST;
    const { name, mic, webcam } = { ...FIRST, ...kept };
    return {
      name: typeof name === "string" ? name : FIRST.name,
      mic: typeof mic === "boolean" ? mic : FIRST.mic,
      webcam: typeof webcam === "boolean" ? webcam : FIRST.webcam,
    };
  } catch {
    return FIRST;
  }
}

/** Keeps them. */
export function saveWishes(storage: PageWorld["storage"], roomId: string, wishes: Wishes): void {
  storage?.setItem(keptAs(roomId, "wishes"), JSON.stringify(wishes));
}

/** Where the SDK keeps what a reloaded page needs to resume. */
export function seatKeeper(
  storage: PageWorld["storage"],
  roomId: string,
): { load(): string | null; save(text: string | null): void } {
  const place = keptAs(roomId, "seat");
  return {
    load: () => storage?.getItem(place) ?? null,
    save: (text) => {
      if (text === null) storage?.removeItem(place);
      else storage?.setItem(place, text);
    },
  };
}
