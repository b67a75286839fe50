/**
 * Which attempt of the other is the current one. Each side names its attempt; a message counts only if it names both. Somebody who
 * reloaded has a new name, and proves that it is new by repeating ours. So nothing of an older attempt is taken for the new one, even
 * if it comes late.
 */

/** What a message is to this side. */
export type Standing =
  /** Of the current pair of attempts. */
  | "current"
  /** From a newer attempt of the other, which is the current one from now on. */
  | "renewed"
  /** From somebody who does not know our attempt yet: they have to be told. */
  | "stranger"
  /** Of an attempt that is over. */
  | "stale";

/** How many attempts of the other are remembered. They reload less often than messages get lost. */
const REMEMBERED = 64;

/** Names of the two sides' attempts. */
export class Attempts {
  theirs: string | null = null;
  /** Whom the next greeting is for: the attempt that was heard last, so that it hears its own name. */
  greeted: string | null = null;
  private heard: string[] = [];

  constructor(public mine: string) {}

  /** One begins anew oneself; who the other is now has to be proven again. */
  renew(mine: string): void {
    this.mine = mine;
    this.greeted = this.theirs;
    this.theirs = null;
    this.heard = [];
  }

  /** Judges a message, and takes a newer attempt of the other for the current one where that is proven. */
  judge({ mine: theirs, yours }: { readonly mine: string; readonly yours: string | null }): Standing {
    const isKnown = theirs === this.theirs;
    if (!isKnown && !this.heard.includes(theirs)) this.heard = [...this.heard, theirs].slice(-REMEMBERED);
    const isNewer = this.theirs === null || this.heard.indexOf(theirs) > this.heard.indexOf(this.theirs);
    if (!isKnown && !isNewer) return "stale";
    this.greeted = theirs;
    if (yours !== this.mine) return "stranger";
    this.theirs = theirs;
    return isKnown ? "current" : "renewed";
  }
}
