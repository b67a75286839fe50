/** Which of its pages the page shows. */
import type { Outcome } from "./outcome.js";

/** The wait in the lobby. Times are epoch milliseconds by the gateway's clock. */
export interface Wait {
  readonly since: number;
  readonly expiresAt: number;
  /** Somebody is in the room who could answer. */
  readonly hostPresent: boolean;
  /** Was in the room, and was sent back. */
  readonly returned: boolean;
  /** The line is lost; the place is kept, and the page tries to come back. */
  readonly reconnecting: boolean;
}

/** Where the visitor stands. */
export type Stage =
  /** Reading the link, asking the gateway. */
  | { readonly name: "opening" }
  /** The address names no room. */
  | { readonly name: "no-room" }
  /** No token. `trial`: this gateway hands out tokens for trying things. */
  | {
      readonly name: "no-token";
      readonly trial: boolean;
      readonly busy: boolean;
      readonly problem: string | null;
    }
  /** Before the door, with camera and microphone. */
  | { readonly name: "check"; readonly knocks: boolean | null; readonly fixedName: string | null }
  /** At the door. `back`: to a seat that was kept over a reload. */
  | { readonly name: "joining"; readonly back: boolean }
  | { readonly name: "lobby"; readonly wait: Wait }
  | { readonly name: "room" }
  | { readonly name: "over"; readonly outcome: Outcome };
