/** What the gateway needs of a connection. Transports implement it (`reference/style.md` section 1). */

/** The far end of a connection. */
export interface Recipient {
  /** Unique among all connections of all nodes, ever. */
  readonly connection: string;
  /** Sends one text frame. Never throws; a dead line swallows it. */
  send(text: string): void;
  /** Sends a frame that is as large as the room is: it does not count as a line that does not drain. */
  sendLarge(text: string): void;
  /** Ends the connection after what was sent; no more is sent. */
  close(code: number, reason: string): void;
}
