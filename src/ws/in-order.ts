/** Keeps the messages of one connection in their order, where some of them take time to be looked at. */

type Step = () => Promise<void> | undefined;

/** Lets steps through one after the other. */
export class InOrder {
  private held: Step[] = [];
  private busy = false;

  /** Runs a step now, or behind what is under way. */
  pass(step: () => void): void {
    this.take(() => {
      step();
      return undefined;
    });
  }

  /** The same for a step that takes time, and must not reject: those behind it wait for its end. */
  hold(step: () => Promise<void>): void {
    this.take(step);
  }

  /** Runs at once what was held up, without waiting for what is under way any more. */
  letGo(): void {
    const { held } = this;
    this.held = [];
    for (const step of held) void step();
  }

  private take(step: Step): void {
    if (this.busy) {
      this.held.push(step);
      return;
    }
    const underWay = step();
    if (underWay === undefined) return;
    this.busy = true;
    void underWay.then(() => this.goOn());
  }

  private goOn(): void {
    this.busy = false;
    while (!this.busy) {
      const step = this.held.shift();
      if (step === undefined) return;
      this.take(step);
    }
  }
}
