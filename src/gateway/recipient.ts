/** What the gateway needs of a connection. Transports implement it (`reference/style.md` section 1). */

/** One text frame: as text, or as its UTF-8 bytes where the same frame goes to many. */
export type Frame = string | Buffer;

/** The far end of a connection. */
export interface Recipient {
  /** Unique among all connections of all nodes, ever. */
  readonly connection: string;
  /** Whether the far end may still hear. */
  readonly isOpen: boolean;
  /** Sends one text frame. Never throws; a dead line swallows it. */
  send(frame: Frame): void;
  /** Sends a frame that is as large as the room is: it does not count as a line that does not drain. */
  sendLarge(frame: Buffer): void;
  /** Sends what `run` sends in one go. */
  together(run: () => void): void;
  /** Ends the connection after what was sent; no more is sent. */
  close(code: number, reason: string): void;
}
