/**
 * The part of the account that is about lines and ids of commands: which client holds a place, over which line, by which secret, and
 * what was sent from it. By the words of R4, R5, R8 and C4; kept from commands and events alone.
 */
import type { Command } from "../../../src/room/commands.js";
import type { RoomEvent } from "../../../src/room/events.js";
import { must } from "./ledger-office.js";

/** Somebody's place, as the account has it. */
interface Held {
  /** Who came in: by the join, over all resumes with its secrets. */
  readonly client: string;
  readonly attempt: number;
  readonly secret: string;
  /** Whether a command on this line has had an effect. */
  readonly spoken: boolean;
}

/** How many ids a room remembers of each sender (C4). */
const REMEMBERED = 32;

/** Causes by which a knock ends though its owner is still here. */
const STAYS: ReadonlySet<string> = new Set(["entered", "MOVED_TO_LOBBY"]);

export class LineLedger {
  private readonly held = new Map<string, Held>();
  private readonly clients = new Map<string, string>();
  /** By participant: ids that had an effect, oldest first, joins and resumes among them. */
  private readonly said = new Map<string, string[]>();

  /** Takes one accepted command with its events; `people` are those in the room or the lobby after it. */
  check(command: Command, events: readonly RoomEvent[], people: ReadonlyMap<string, unknown>): void {
    for (const event of events) this.gone(event);
    this.entered(command, events);
    this.heard(command, events);
    for (const id of [...this.held.keys()]) if (!people.has(id)) this.forget(id);
  }

  private gone(event: RoomEvent): void {
    if (event.type !== "participant-left" && event.type !== "entry-withdrawn") return;
    const why = event.type === "participant-left" ? event.body.reason.message : event.body.cause;
    if (!STAYS.has(why)) this.forget(event.body.participantId);
  }

  private entered({ id: command, action }: Command, events: readonly RoomEvent[]): void {
    if (action.type !== "join" && action.type !== "resume") return;
    if (events.length === 0) return;
    const { participantId: id, line } = action;
    const before = this.held.get(id);
    const isJoin = action.type === "join";
    const client = isJoin ? `${id} by ${command}` : (this.clients.get(action.secretHash) ?? "nobody");
    if (before?.client === client)
      must(line.attempt >= before.attempt, `${id} lost the place to an older line of the same client`);
    if (!isJoin && action.secretHash !== before?.secret)
      must(before?.spoken === false, `${id} is back with a secret that was void`);
    const secret = isJoin ? action.secretHash : action.nextSecretHash;
    this.clients.set(secret, client);
    this.held.set(id, { client, attempt: line.attempt, secret, spoken: false });
    this.remember(id, command);
  }

  /** A command of somebody who holds a place; sent again within what is remembered, it has no second effect. */
  private heard({ id: command, by }: Command, events: readonly RoomEvent[]): void {
    if (by.kind !== "participant") return;
    const { participantId: id } = by;
    if (events.length === 0) return;
    must(this.said.get(id)?.includes(command) !== true, `${id} was heard twice with one command`);
    this.remember(id, command);
    const held = this.held.get(id);
    if (held !== undefined) this.held.set(id, { ...held, spoken: true });
  }

  private remember(id: string, command: string): void {
    const others = (this.said.get(id) ?? []).filter((one) => one !== command);
    this.said.set(id, [...others, command].slice(-REMEMBERED));
  }

  private forget(id: string): void {
    this.held.delete(id);
    this.said.delete(id);
  }
}
