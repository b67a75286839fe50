/** The entries of the access table: the same on every node, changed by compare-and-write, never lost while a node lives. */
import { LogFault } from "../log/port.js";
import type { Change, Records } from "../log/records.js";
import { KEPT_STEPS, namesSince } from "./steps.js";
import {
  decodeEntry,
  decodeHead,
  encode,
  HEAD,
  isEntry,
  stepName,
  TABLE,
  type Body,
  type Entry,
  type Head,
  type Known,
} from "./stored.js";

/** For how long it is remembered that an entry was taken away, milliseconds. */
export const GONE_MS = 7 * 86_400_000;

/** Entries changed by one write: other calls must not wait for a long script. */
const CHUNK = 500;
/** How often a change is decided anew because another node was first. */
const ATTEMPTS = 50;
/** Between two clean-ups of one node, milliseconds. */
const TIDY_EVERY_MS = 60_000;
/** For how long entries that are over stay in the store, milliseconds: the clocks of nodes differ. */
const GRACE_MS = 60_000;

/** Where problems are told. Never given secrets, sealed or not. */
export interface AccessLog {
  debug(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** What became of an entry. */
export interface Changed {
  readonly before: Entry | null;
  readonly after: Entry | null;
}

/** What to write, by name, and what to answer once this node knows it. Nothing to write: the answer is a read. */
export interface Decision<T> {
  readonly puts: ReadonlyMap<string, Body>;
  readonly answer: () => T;
}

/** What a ledger is kept with. */
export interface LedgerHost {
  readonly records: Pick<Records, "fields" | "write">;
  /** Epoch milliseconds, by the store's clock where that is known. */
  readonly now: () => number;
  readonly randomBytes: (count: number) => Buffer;
  readonly log: AccessLog;
  /** When an entry is over; null: never. */
  readonly endOf: (entry: Entry) => number | null;
  /** Called after every look and every change that brought something. Must not throw. */
  readonly tell: (changes: readonly Changed[]) => void;
}

/**
 * The entries as this node knows them, and the way to change them. What it does with the store it does one after the other.
 *
 * **Looking** is one small read as long as nothing changed. Else the steps from the revision that this node has seen to the head
 * say what did, if the step to that revision still carries the mark that this node knows. If it does not, the store has lost data
 * or this node was away for long; then everything is read.
 *
 * **Lost data.** Of each entry that is here and there the later one counts (`Entry.at`), and what this node alone has, or has in a
 * later form, it puts back. Nothing is put back by mistake: an entry that was taken away leaves a `gone` in its place for
 * `GONE_MS`, and a node that has not seen the store for longer takes it as it is. So an acknowledged change lives as long as the
 * store keeps it or one node that saw it lives. If the same entry was changed on both sides of the loss, the later change stays
 * whole and the other is forgotten.
 */
export class Ledger {
  private readonly entries = new Map<string, Known>();
  /** Names whose text in the store is not one of ours. */
  private readonly unreadable = new Set<string>();
  /** Names that are to be put back. */
  private readonly owed = new Set<string>();
  /** What was there before, by name, for all that changed and was not told yet. */
  private readonly untold = new Map<string, Entry | null>();
  private head: (Head & { readonly text: string }) | null = null;
  private seenAt: number;
  private tidiedAt: number;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly host: LedgerHost) {
    this.seenAt = this.tidiedAt = host.now();
  }

  /** Resolves once all is known here that was stored when it was called. Rejects with a `LogFault`. */
  look(): Promise<void> {
    return this.inTurn(async () => {
      await this.catchUp();
      await this.tidy();
    });
  }

  /**
   * Changes entries: `decide` is called with all that is stored known here, and again if another node was first. It must have no
   * effects of its own. Rejects with a `LogFault`, after which the change may have been stored, and with what `decide` throws.
   */
  change<T>(decide: () => Decision<T>): Promise<T> {
    return this.inTurn(async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        await this.catchUp();
        const { puts, answer } = decide();
        if (puts.size === 0 || (await this.put(puts))) return answer();
      }
      throw new LogFault("other nodes change the access table all the time");
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** Ends when the head was read and found where this node stands, so that what is known is the state at one revision. */
  private async catchUp(): Promise<void> {
    try {
      for (let round = 0; round < ATTEMPTS; round += 1) {
        const text = (await this.read([HEAD])).get(HEAD);
        if (text !== this.head?.text) {
          if (text === undefined || !(await this.follow(text))) await this.readAll();
        } else if (this.owed.size > 0) await this.putBack();
        else break;
      }
      this.seenAt = this.host.now();
    } finally {
      this.tell();
    }
  }

  /** Reads what changed on the way to this head; answers whether it continues what is known here. */
  private async follow(text: string): Promise<boolean> {
    if (this.head === null) return false;
    const head = decodeHead(text);
    const names = await namesSince(this.head, head, (fields) => this.read(fields));
    if (names === null) return false;
    const found = await this.read([...names]);
    // They may be newer than this head. Then there is a next head, and they are read again with it.
    for (const name of names) this.hear(name, found.get(name));
    this.head = { ...head, text };
    return true;
  }

  private async readAll(): Promise<void> {
    const { now, log, records } = this.host;
    const texts = await records.fields(TABLE);
    const headText = texts.get(HEAD);
    const head = headText === undefined ? null : { ...decodeHead(headText), text: headText };
    const isStranger = head !== null && now() - this.seenAt > GONE_MS;
    if (isStranger) this.owed.clear();
    else for (const name of this.entries.keys()) this.owed.add(name);
    for (const name of this.entries.keys()) if (!texts.has(name)) this.hear(name, undefined);
    for (const [name, text] of texts) if (isEntry(name)) this.hear(name, text);
    this.head = head;
    if (this.owed.size > 0)
      log.warn(
        { entries: this.owed.size },
        "the store has lost changes to apps or revocations; putting them back",
      );
  }

  private async putBack(): Promise<void> {
    const names = [...this.owed].slice(0, CHUNK);
    const knowns = new Map<string, Known>();
    for (const name of names) {
      const known = this.entries.get(name);
      if (known !== undefined) knowns.set(name, known);
    }
    if (await this.store(knowns)) for (const name of names) this.owed.delete(name);
  }

  private async put(bodies: ReadonlyMap<string, Body>): Promise<boolean> {
    const at = Math.max(this.host.now(), (this.head?.at ?? 0) + 1);
    const knowns = new Map<string, Known>();
    for (const [name, body] of bodies) {
      // Written by a newer version, or by somebody else: it must not be undone by somebody who cannot read it.
      if (this.unreadable.has(name)) throw new Error(`the entry ${name} of the access table cannot be read`);
      const entry = { ...body, at };
      knowns.set(name, { entry, text: encode(entry) });
    }
    const written = await this.store(knowns);
    this.tell();
    return written;
  }

  /** Stores entries as they are, if nobody has moved the head; then they are known here, too. */
  private async store(knowns: ReadonlyMap<string, Known>): Promise<boolean> {
    const { records, randomBytes } = this.host;
    const revision = (this.head?.revision ?? 0) + 1;
    const mark = randomBytes(12).toString("base64url");
    const latest = Array.from(knowns.values(), ({ entry }) => entry.at);
    const head = { revision, mark, at: Math.max(this.head?.at ?? 0, ...latest) };
    const text = encode(head);
    const changes: Change[] = Array.from(knowns, ([field, known]) => ({
      put: TABLE,
      field,
      text: known.text,
    }));
    const written = await records.write(
      [
        ...changes,
        { put: TABLE, field: stepName(revision), text: encode({ mark, names: [...knowns.keys()] }) },
        { drop: TABLE, field: stepName(revision - KEPT_STEPS) },
        { put: TABLE, field: HEAD, text },
      ],
      [{ map: TABLE, field: HEAD, is: this.head?.text ?? null }],
    );
    if (!written) return false;
    for (const [name, known] of knowns) this.set(name, known);
    this.head = { ...head, text };
    return true;
  }

  /** Takes over what the store has under a name, unless what is owed under it is later. */
  private hear(name: string, text: string | undefined): void {
    const mine = this.entries.get(name);
    const isOwed = mine !== undefined && this.owed.has(name);
    if (text === undefined) {
      if (isOwed && !this.isOver(mine.entry)) return;
      this.owed.delete(name);
      this.set(name, null);
      return;
    }
    const entry = mine?.text === text ? mine.entry : decodeEntry(name, text);
    if (entry === null) {
      // What was known stays: to forget an app because of it would put everybody out.
      this.owed.delete(name);
      this.unreadable.add(name);
      this.host.log.error({ entry: name }, "an entry of the access table cannot be read");
      return;
    }
    this.unreadable.delete(name);
    if (isOwed && mine.entry.at > entry.at) return;
    this.owed.delete(name);
    this.set(name, { text, entry });
  }

  private set(name: string, known: Known | null): void {
    const before = this.entries.get(name);
    if (before?.text === known?.text) return;
    if (!this.untold.has(name)) this.untold.set(name, before?.entry ?? null);
    if (known === null) this.entries.delete(name);
    else this.entries.set(name, known);
  }

  private tell(): void {
    if (this.untold.size === 0) return;
    const changes = Array.from(this.untold, ([name, before]) => ({
      before,
      after: this.entries.get(name)?.entry ?? null,
    }));
    this.untold.clear();
    this.host.tell(changes);
  }

  /** Forgets what is over, here and in the store. No step tells of it: every node knows by itself. */
  private async tidy(): Promise<void> {
    const { now, records } = this.host;
    if (now() - this.tidiedAt < TIDY_EVERY_MS) return;
    this.tidiedAt = now();
    const over = Array.from(this.entries)
      .filter(([, { entry }]) => this.isOver(entry, GRACE_MS))
      .map(([name]) => name);
    for (let from = 0; from < over.length && this.head !== null; from += CHUNK) {
      const names = over.slice(from, from + CHUNK);
      // Whoever writes one of them anew moves the head.
      const conditions = [{ map: TABLE, field: HEAD, is: this.head.text }];
      const drops = names.map((field) => ({ drop: TABLE, field }));
      if (!(await records.write(drops, conditions))) return;
      for (const name of names) this.set(name, null);
      this.tell();
    }
  }

  private isOver(entry: Entry, graceMs = 0): boolean {
    const end = this.host.endOf(entry);
    return end !== null && end + graceMs <= this.host.now();
  }

  private read(fields: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.host.records.fields(TABLE, fields);
  }
}
