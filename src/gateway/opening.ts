/** How a node takes up a room: it listens first and loads then, and what it heard meanwhile comes after (`log.md` rule 12). */
import type { Publication, RoomKey, Store } from "../log/port.js";

/** What the opening needs of its room. */
export interface OpeningHost {
  readonly key: RoomKey;
  readonly node: string;
  readonly store: Store;
  /** Loads the room. Rejects with a fault. */
  readonly load: () => Promise<void>;
  /** It was loaded; what is heard comes from here on. */
  readonly loaded: () => void;
  /** All that was heard meanwhile has been taken. */
  readonly opened: () => void;
  readonly hear: (publication: Publication) => void;
  readonly relayed: (text: string) => void;
}

/** One room's opening on one node. */
export class Opening {
  private opening: Promise<void> | null = null;
  private subscription: Promise<() => Promise<void>> | null = null;
  private early: Publication[] | null = [];

  constructor(private readonly host: OpeningHost) {}

  /** Whether it was begun, and has not failed since. */
  get begun(): boolean {
    return this.opening !== null;
  }

  /** Whether the room is loaded and listened to. */
  get done(): boolean {
    return this.opening !== null && this.early === null;
  }

  /** Opens; repeated calls share one attempt, a failed one is tried anew. Rejects with a fault. */
  open(): Promise<void> {
    this.opening ??= this.run().catch((error: unknown) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }

  /** Resolves when no attempt is under way any more. */
  async settled(): Promise<void> {
    await this.opening?.catch(() => undefined);
  }

  /** Listens no more. */
  async close(): Promise<void> {
    await this.subscription?.then((unsubscribe) => unsubscribe()).catch(() => undefined);
  }

  private async run(): Promise<void> {
    const { key, node, store, load, loaded, opened, relayed } = this.host;
    this.early = [];
    // Kept apart from the load: what was subscribed must not be subscribed again when only the load failed.
    this.subscription ??= store.log
      .subscribe(key, { publication: (publication) => this.hear(publication), relay: relayed })
      .catch((error: unknown) => {
        this.subscription = null;
        throw error;
      });
    await Promise.all([this.subscription, load(), store.nodes.serve(node, key)]);
    loaded();
    const early = this.early;
    this.early = null;
    for (const publication of early) this.host.hear(publication);
    opened();
  }

  private hear(publication: Publication): void {
    if (this.early === null) this.host.hear(publication);
    else this.early.push(publication);
  }
}
