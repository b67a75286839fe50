/** A token that is used again and again until it nears its end, then made anew: one request for many callers at once. */

/** A token, and when it ends. */
export interface Issued {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Before this much of its life is left a token is replaced, milliseconds: it must not end on the way. */
export const MARGIN_MS = 60_000;

/** Keeps one token. */
export class KeptToken {
  private kept: Issued | null = null;
  private making: Promise<Issued> | null = null;

  /** @param make rejects where none can be had; whoever waits for it is told, and the next caller asks anew */
  constructor(
    private readonly make: () => Promise<Issued>,
    private readonly now: () => number,
  ) {}

  /** A token that is good for some time. */
  async get(): Promise<string> {
    const { kept } = this;
    if (kept !== null && this.now() < kept.expiresAt - MARGIN_MS) return kept.token;
    this.making ??= this.begin();
    return (await this.making).token;
  }

  /** The gateway did not take it: the next caller gets another one. One that was replaced already is not the newer one's fault. */
  forget(token: string): void {
    if (this.kept?.token === token) this.kept = null;
  }

  private begin(): Promise<Issued> {
    return this.make()
      .then((issued) => (this.kept = issued))
      .finally(() => (this.making = null));
  }
}
