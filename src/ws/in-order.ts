/** Keeps the messages of one connection in their order, where some of them take time to be looked at. */

/** Lets steps through one after the other. */
export class InOrder {
  private held: (() => Promise<void> | undefined)[] = [];
  private busy = false;

  /** Runs a step now, or behind what is under way; one that answers a promise, which must not reject, holds up those behind it. */
  pass(step: () => Promise<void> | undefined): void {
    if (this.busy) {
      this.held.push(step);
      return;
    }
    const underWay = step();
    if (underWay === undefined) return;
    this.busy = true;
    void underWay.then(() => this.goOn());
  }

  /** Runs at once what was held up, without waiting for what is under way any more. */
  letGo(): void {
    const { held } = this;
    this.held = [];
    for (const step of held) void step();
  }

  private goOn(): void {
    this.busy = false;
    while (!this.busy) {
      const step = this.held.shift();
      if (step === undefined) return;
      this.pass(step);
    }
  }
}
