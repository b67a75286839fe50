/** What can become of a line between a client and a gateway, and what its two ends hear of it. */

/** The gateway's end of a line. */
export interface Wire {
  readonly number: number;
  send(frame: object): void;
  /** Closes it in order, or, with 1006, as a node that dies: without a word. */
  close(code: number, reason: string): void;
}

/** What the gateway hears of a line. `gone` is called once, unless the gateway closed it itself. */
export interface WireListeners {
  text(text: string): void;
  gone(): void;
}

/** What becomes of a line by itself. Times are milliseconds after its opening. */
export type Fate =
  | { readonly kind: "good" }
  /** Nobody is there: refused at once, or after a while. */
  | { readonly kind: "refused" }
  /** Packets go nowhere: neither opened nor refused. */
  | { readonly kind: "mute" }
  /** Cut: each end hears of it in its own time. */
  | { readonly kind: "cut"; readonly at: number; readonly clientHears: number; readonly gatewayHears: number }
  /** From then on nothing arrives in the directions named, and nobody is told; the gateway's heartbeat finds out. */
  | {
      readonly kind: "dead";
      readonly at: number;
      readonly deaf: boolean;
      readonly dumb: boolean;
      readonly gatewayHears: number;
    }
  /** The gateway closes it, with a code that says to come back. */
  | { readonly kind: "closed"; readonly at: number; readonly code: number; readonly reason: string };

/** What a client hears of a line. */
export type Delivery =
  | { readonly kind: "frame"; readonly frame: object }
  /** Something that is no frame. */
  | { readonly kind: "garbled" }
  | { readonly kind: "end"; readonly code: number };
