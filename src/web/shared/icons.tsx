/** Line drawings, 24 by 24. They are decoration: what a button does stands in its text or its `aria-label`. */

const PATHS = {
  mic: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21M8.5 21h7",
  micOff:
    "M9 6a3 3 0 0 1 6 0v5c0 .4-.1.7-.2 1M9 9.5V11a3 3 0 0 0 4 2.8M5.5 11a6.5 6.5 0 0 0 9.9 5.5M18.5 11a6.5 6.5 0 0 1-.9 3.3M12 17.5V21M8.5 21h7M4 4l16 16",
  camera:
    "M4.5 6.5h9a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2ZM15.5 11l6-3.5v9l-6-3.5",
  cameraOff:
    "M9 6.5h4.5a2 2 0 0 1 2 2V11l6-3.5v9l-3-1.8M15.5 15.5a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-7a2 2 0 0 1 1.5-1.9M3.5 3.5l17 17",
  screen: "M3.5 4.5h17v11.5h-17ZM9 20h6M12 16v4M12 13V8M9.5 10 12 7.5 14.5 10",
  hand: "M7.5 12.5V6.2a1.5 1.5 0 0 1 3 0V11M10.5 10.5V4.7a1.5 1.5 0 0 1 3 0V11M13.5 11V6.2a1.5 1.5 0 0 1 3 0v7.3M16.5 11a1.5 1.5 0 0 1 3 0v3.5a6.5 6.5 0 0 1-6.5 6.5c-2.5 0-4-1-5.3-3L4.6 13.6a1.5 1.5 0 0 1 2.4-1.8l1.5 1.8",
  chat: "M4 5h16v11H10l-4.5 3.5V16H4Z",
  people:
    "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14a6.5 6.5 0 0 1 3.5 6",
  leave: "M10 4H5v16h5M15 8l4 4-4 4M19 12H9.5",
  more: "M4.3 12a.7.7 0 1 0 1.4 0 .7.7 0 1 0-1.4 0ZM11.3 12a.7.7 0 1 0 1.4 0 .7.7 0 1 0-1.4 0ZM18.3 12a.7.7 0 1 0 1.4 0 .7.7 0 1 0-1.4 0Z",
  lock: "M6 11h12v9.5H6ZM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11",
  unlock: "M6 11h12v9.5H6ZM8.5 11V7.5a3.5 3.5 0 0 1 6.8-1.2",
  close: "M6 6l12 12M18 6 6 18",
  host: "M4 18.5h16M4.5 15.5 3.5 7l5 3.5L12 5l3.5 5.5 5-3.5-1 8.5Z",
  shield: "M12 3.5l7.5 3v5.5c0 4.5-3 7.3-7.5 8.5-4.5-1.2-7.5-4-7.5-8.5V6.5Z",
  send: "M4 12 20 4l-5 16-3.5-6.5ZM11.5 13.5 20 4",
  sound: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5ZM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2",
  door: "M6 21V4.5L14.5 3v18M14.5 5H18v16M3.5 21h17M11.5 12h.01",
  offline: "M3 3l18 18M8.5 15a5 5 0 0 1 7-.1M5 11.5a10 10 0 0 1 4-2.3M19 11.5a10 10 0 0 0-6-2.8M12 19h.01",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5.5M12 7.5h.01",
} as const;

/** Name of a drawing. */
export type IconName = keyof typeof PATHS;

/** Draws one, as large as the text around it. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
