import { afterAll, afterEach, beforeAll, describe } from "@jest/globals";
import { randomUUID } from "node:crypto";
import type {
  AppendOutcome,
  AppendRequest,
  Head,
  Publication,
  RoomKey,
  RoomListener,
  RoomLog,
  Store,
} from "../../src/log/port.js";

/** A kind of store under test. */
export interface StoreKind {
  readonly name: string;
  /** Called before and after all tests. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** A store; those with the same space share what they keep, as nodes do. */
  connect(space: string): Promise<Store>;
}

/** What one test has of its own. */
export interface StoreFixture {
  /** A store in the space of this test; ended after it. */
  connect(): Promise<Store>;
}

/** Runs a part of the contract on a kind of store, each test in a space of its own. */
export function describeStore(kind: StoreKind, part: string, tests: (fixture: StoreFixture) => void): void {
  describe(`${kind.name}: ${part}`, () => {
    let space = randomUUID();
    const opened: Store[] = [];
    beforeAll(() => kind.start());
    afterAll(() => kind.stop());
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((store) => store.close()));
      space = randomUUID();
    });
    tests({
      async connect() {
        const store = await kind.connect(space);
        opened.push(store);
        return store;
      },
    });
  });
}

/** The room of most tests. */
export const ROOM: RoomKey = { app: "app1", room: "room1" };

/** A unique id for a commit. */
export function commitId(): string {
  return randomUUID();
}

/** Opens `ROOM` anew with some events, and answers the head. */
export async function openRoom(log: RoomLog, events: readonly string[] = [], room = ROOM): Promise<Head> {
  const open = { epoch: "epoch1", base: 0, snapshot: null, ttlMs: null };
  return storedHead(await log.append(room, { expect: null, commit: commitId(), events, open }));
}

/** Appends to `ROOM` what must be stored, and answers the new head. */
export async function mustAppend(
  log: RoomLog,
  expect: Head,
  events: readonly string[],
  more: Partial<AppendRequest> = {},
): Promise<Head> {
  return storedHead(await log.append(ROOM, { expect, commit: commitId(), events, ...more }));
}

/** The head of an append that was stored; throws for any other outcome. */
export function storedHead(outcome: AppendOutcome): Head {
  if (outcome.kind !== "stored") throw new Error(`not stored: ${JSON.stringify(outcome)}`);
  return outcome.head;
}

/** `count` events that tell themselves apart. */
export function numbered(count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, index) => `event ${from + index}`);
}

/** A listener that keeps what it hears. */
export interface Recorder extends RoomListener {
  readonly publications: Publication[];
  readonly relayed: string[];
}

/** Makes a `Recorder`. */
export function createRecorder(): Recorder {
  const publications: Publication[] = [];
  const relayed: string[] = [];
  return {
    publications,
    relayed,
    publication: (publication) => void publications.push(publication),
    relay: (text) => void relayed.push(text),
  };
}
