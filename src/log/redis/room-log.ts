import { MAX_MISSED_EVENTS, planAppend, yieldFor, type AppendPlan } from "../plan.js";
import type {
  AppendOutcome,
  AppendRequest,
  LoadedRoom,
  ReadOutcome,
  RoomKey,
  RoomListener,
  RoomLog,
  Snapshot,
} from "../port.js";
import type { Channels } from "./channels.js";
import type { Keys } from "./keys.js";
import type { Link } from "./link.js";
import { publicationHeader, relayMessage } from "./publications.js";
import { commitsOf, headOf, numberOf, taggedOf, textOf, UnknownReply } from "./replies.js";
import { runScript, scripts, type Script } from "./scripts.js";

/** Rooms in Redis: arguments of the scripts, and what their replies mean. */
export class RedisLog implements RoomLog {
  constructor(
    private readonly link: Link,
    private readonly channels: Channels,
    private readonly keys: Keys,
    /** Registers a listener for regained connections; returns its undo. */
    readonly onReconnect: (listener: () => void) => () => void,
  ) {}

  /** Reads a room in one atomic step; null: there is none. Rejects with an `UnknownReply` if the server lost a part of it. */
  async load(room: RoomKey): Promise<LoadedRoom | null> {
    const { tag, rest } = taggedOf(await this.#run(scripts.load, room, []), ["missing", "tail", "snapshot"]);
    if (tag === "missing") return null;
    const head = headOf(rest);
    const tail = commitsOf(rest[3]);
    const snapshot: Snapshot | null =
      tag === "tail"
        ? null
        : { epoch: head.epoch, seq: numberOf(rest[4]), token: textOf(rest[5]), body: textOf(rest[6]) };
    const start = snapshot?.seq ?? 0;
    const length = tail.reduce((sum, { events }) => sum + events.length, 0);
    if (start + length !== head.seq || (tail[0]?.first ?? start + 1) !== start + 1) {
      throw new UnknownReply("a room whose log does not lead from its snapshot to its head");
    }
    return { head, snapshot, tail };
  }

  /** Compare-and-append, see the port. */
  async append(room: RoomKey, request: AppendRequest): Promise<AppendOutcome> {
    const plan = planAppend(request);
    const args = appendArguments(request, plan, this.keys.room(room).channel);
    const reply = await this.#run(scripts.append, room, args);
    const { tag, rest } = taggedOf(reply, ["stored", "conflict", "diverged", "missing"]);
    switch (tag) {
      case "missing":
        return { kind: "missing" };
      case "diverged":
        return { kind: "diverged", head: headOf(rest) };
      case "conflict":
        return { kind: "conflict", head: headOf(rest), missed: commitsOf(rest[3]) };
      case "stored": {
        const roundTrip = textOf(rest[3]);
        return {
          kind: "stored",
          head: headOf(rest),
          yieldMs: yieldFor(roundTrip === "" ? null : Number(roundTrip)),
        };
      }
    }
  }

  /** Whole commits from the one that holds event `after + 1` on. */
  async read(room: RoomKey, epoch: string, after: number, limit: number): Promise<ReadOutcome> {
    const { head, log } = this.keys.room(room);
    const args = [epoch, String(after), String(Math.max(1, limit))];
    const { tag, rest } = taggedOf(await runScript(this.link, scripts.read, [head, log], args), [
      "read",
      "gone",
    ]);
    return tag === "gone"
      ? { kind: "gone" }
      : { kind: "read", commits: commitsOf(rest[3]), head: headOf(rest) };
  }

  /** Keeps a snapshot that belongs to this history and is newer, and drops what is more than `keep` before it. */
  async storeSnapshot(room: RoomKey, { epoch, seq, token, body }: Snapshot, keep: number): Promise<boolean> {
    const args = [epoch, String(seq), token, body, String(keep)];
    const { tag } = taggedOf(await this.#run(scripts.snapshot, room, args), ["kept", "refused"]);
    return tag === "kept";
  }

  /** Listens to a room until the function returned is called. */
  subscribe(room: RoomKey, listener: RoomListener): Promise<() => Promise<void>> {
    return this.channels.subscribe(this.keys.room(room).channel, listener);
  }

  /** Sends text to every listener of a room, on all nodes. */
  async relay(room: RoomKey, text: string): Promise<void> {
    const { channel } = this.keys.room(room);
    await this.link.run((client) => client.sendCommand(["SPUBLISH", channel, relayMessage(text)]));
  }

  /** Sets how long the room lives from now; null: for ever. */
  async touch(room: RoomKey, ttlMs: number | null): Promise<void> {
    taggedOf(await this.#run(scripts.touch, room, [lifeText(ttlMs)]), ["touched"]);
  }

  #run(script: Script, room: RoomKey, args: readonly string[]): Promise<unknown> {
    const { head, log, snapshot } = this.keys.room(room);
    return runScript(this.link, script, [head, log, snapshot], args);
  }
}

/** The arguments of append.lua, in the order of its header. */
function appendArguments(
  request: AppendRequest,
  plan: AppendPlan | null,
  channel: string,
): readonly string[] {
  const { expect, commit, roundTripMs } = request;
  const snapshot = plan?.opening?.snapshot ?? null;
  return [
    expect?.epoch ?? "",
    String(expect?.seq ?? 0),
    expect?.token ?? "",
    commit,
    modeOf(plan),
    roundTripMs === undefined ? "" : String(roundTripMs),
    String(MAX_MISSED_EVENTS),
    plan?.head.epoch ?? "",
    String(plan?.head.seq ?? 0),
    String(plan?.commit.first ?? 0),
    plan?.commit.prev ?? "",
    lifeText(plan?.opening?.ttlMs ?? null),
    snapshot?.body ?? "",
    channel,
    plan === null ? "" : publicationHeader(plan.commit),
    ...(plan?.commit.events ?? []),
  ];
}

function modeOf(plan: AppendPlan | null): "compare" | "append" | "open" | "open-at" {
  if (plan === null) return "compare";
  if (plan.opening === null) return "append";
  return plan.opening.snapshot === null ? "open" : "open-at";
}

/** Redis counts whole milliseconds. */
function lifeText(ttlMs: number | null): string {
  return ttlMs === null ? "" : String(Math.ceil(ttlMs));
}
