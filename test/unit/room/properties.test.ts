/**
 * Ten thousand random histories, and what holds after every command of them. A failing run prints its seed; set
 * ADMITONE_SEED to it to see the same run again.
 */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { ParticipantView } from "../../../src/protocol/events.js";
import type { Command, Decision } from "../../../src/room/commands.js";
import { decide } from "../../../src/room/decide.js";
import { decodeEvent, encodeEvent, type RoomEvent } from "../../../src/room/events.js";
import { evolve } from "../../../src/room/evolve.js";
import { nextDeadline } from "../../../src/room/rules/time.js";
import { NO_ROOM, decodeState, encodeState, type RoomState } from "../../../src/room/state.js";
import { officeOf } from "./histories-tokens.js";
import { Script, history, settingsOf } from "./histories.js";
import { Ledger } from "./ledger.js";
import { LineLedger } from "./ledger-lines.js";
import { runs } from "../../support/runs.js";

const RUNS = runs({ usual: 3_000, long: 10_000 });
const named = Number(process.env["ADMITONE_SEED"] ?? NaN);
const seed = Number.isSafeInteger(named) ? named : Math.floor(Math.random() * 2 ** 31);

const events = new Map<string, number>();
const refusals = new Map<string, number>();
const causes = new Map<string, number>();

test("every rule of entry, rights, seats and numbers holds in random histories", () => {
  fc.assert(
    fc.property(history, ({ seed: shape, steps }) => {
      const created = {
        type: "create",
        roomId: "room",
        customRoomId: null,
        settings: settingsOf(shape),
        backOffice: officeOf(shape),
        permanent: officeOf(shape).conference === null,
      } as const;
      const opening: Command = { id: "create", by: { kind: "api" }, action: created, freshId: "session-0" };
      const script = new Script();
      const ledger = new Ledger();
      const lines = new LineLedger();
      const log: RoomEvent[] = [];
      let state = take(NO_ROOM, opening, script.now, log);
      ledger.check(opening.by, opening.action, log);
      // A replica that starts from a snapshot somewhere on the way decides and becomes the same as the one that evolved.
      const snapshotAt = shape % 4 === 0 ? shape % steps.length : -1;
      let replica: RoomState | null = null;
      for (const [index, step] of steps.entries()) {
        if (index === snapshotAt) replica = decodeState(encodeState(state));
        const asked = script.next(state, step);
        const command: Command = { ...asked, freshId: `session-${index + 1}` };
        const due = nextDeadline(state) <= script.now;
        const decision = decide(state, command, script.now);
        if (replica !== null) replica = sameAs(decision, decide(replica, command, script.now));
        if (!decision.ok) {
          count(refusals, decision.refusal.reason);
          continue;
        }
        if (asked.action.type === "tick")
          holds(decision.events.length > 0 === due, "a deadline is not exact");
        checkNumbers(state, decision);
        ledger.check(asked.by, asked.action, decision.events);
        lines.check(command, decision.events, ledger.people);
        script.accepted(asked);
        log.push(...decision.events);
        state = decision.state;
        checkRoom(state, ledger);
        checkRepeat(state, command, decision, script.now);
      }
      const text = encodeState(state);
      expect(encodeState(decodeState(text))).toBe(text);
      const replayed = log.map((event) => decodeEvent(encodeEvent(event))).reduce(evolve, NO_ROOM);
      expect(encodeState(replayed)).toBe(text);
      if (replica !== null) expect(encodeState(replica)).toBe(text);
    }),
    { numRuns: RUNS, seed },
  );
  process.stdout.write(
    `properties: ${RUNS} histories, seed ${seed}\n${summary(events)}\n${summary(causes)}\n${summary(refusals)}\n`,
  );
  // The histories must reach what the rules are about, or they prove nothing.
  for (const reason of [
    ...[
      "banned",
      "removed",
      "room_locked",
      "room_full",
      "cooling_down",
      "host_absent",
      "participant_id_taken",
    ],
    ...["room_disabled", "room_deactivated", "participant_not_allowed", "knock_unknown"],
    ...["already_decided", "in_lobby", "media_locked", "resume_invalid", "participant_mismatch"],
    ...["token_used", "scope_missing", "conference_token_missing", "conference_token_invalid"],
    ...["token_revoked", "key_deactivated", "key_unknown", "unavailable"],
  ])
    expect(refusals.get(reason) ?? 0).toBeGreaterThan(0);
  expect(events.size).toBeGreaterThanOrEqual(27);
  for (const type of [
    ...["room-settings-changed", "room-status-changed", "participant-renamed"],
    ...["participant-invited", "invitation-revoked"],
  ])
    expect(events.get(type)).toBeDefined();
  for (const cause of ["last-left", "ended", "auto-closed", "room-closed"])
    expect(causes.get(cause)).toBeDefined();
}, 120_000);

function take(state: RoomState, command: Command, now: number, log: RoomEvent[]): RoomState {
  const decision = decide(state, command, now);
  if (!decision.ok) throw new Error(decision.refusal.reason);
  log.push(...decision.events);
  return decision.state;
}

/** Both decided the same; answers the state of the second. */
function sameAs(one: Decision, other: Decision): RoomState | null {
  if (!one.ok || !other.ok) {
    expect(other).toEqual(one);
    return null;
  }
  expect(JSON.stringify(other.events)).toBe(JSON.stringify(one.events));
  expect(other.seq).toBe(one.seq);
  return other.state;
}

function checkNumbers(before: RoomState, decision: Extract<Decision, { ok: true }>): void {
  for (const event of decision.events) {
    count(events, event.type);
    if (event.type === "session-ended") count(causes, event.body.cause);
  }
  holds(decision.state.seq === before.seq + decision.events.length, "numbers have a gap");
  if (!decision.repeated) holds(decision.seq === decision.state.seq, "the answer has another number");
  if (decision.events.length === 0) holds(decision.state === before, "the room changed without an event");
}

function checkRoom(state: RoomState, { people }: Ledger): void {
  const { participants, knocks, session, room } = state;
  const isEmpty = participants.size === 0 && knocks.size === 0;
  holds(room?.status === "enabled" || isEmpty, "somebody is in a closed room");
  holds((session === null) === (participants.size === 0), "a session and an empty room, or the reverse");
  const connections = new Set<string>();
  let lines = 0;
  for (const [id, one] of [...participants.entries(), ...knocks.entries()]) {
    holds(people.get(id)?.where === (participants.has(id) ? "room" : "lobby"), `${id} is not accounted for`);
    holds(!(participants.has(id) && knocks.has(id)), `${id} is in the room and in the lobby`);
    if ("restricted" in one) checkList(one.view);
    const { line } = one.person;
    holds(one.view.online === line.up, `${id} is shown online by mistake`);
    if (!line.up) continue;
    lines += 1;
    connections.add(line.connection);
  }
  holds(connections.size === lines, "two people share a connection");
  holds(people.size === participants.size + knocks.size, "somebody is missing");
}

/** K2, K3: rights follow from permissions, and nobody sends without them. */
function checkList({
  participantId: id,
  permissions,
  conferencePermissions: list,
  micOn,
  webcamOn,
}: ParticipantView) {
  if (list === null) return;
  const has = (...all: readonly (typeof list)[number][]): boolean => all.every((one) => list.includes(one));
  holds(permissions.includes("allow_join") === has("INVITE"), `${id} may answer knocks by mistake`);
  holds(
    permissions.includes("allow_mod") === has("KICK", "UPDATE_PERMISSIONS"),
    `${id} may moderate by mistake`,
  );
  holds(!micOn || has("SEND_AUDIO"), `${id} is heard without SEND_AUDIO`);
  holds(!webcamOn || has("SEND_VIDEO"), `${id} is seen without SEND_VIDEO`);
}

/** The same command at once again: no further effect, whoever sent it. */
function checkRepeat(
  state: RoomState,
  command: Command,
  first: Extract<Decision, { ok: true }>,
  now: number,
): void {
  if (first.events.length === 0) return;
  const again = decide(state, command, now);
  const { by, action } = command;
  if (by.kind === "newcomer") {
    holds(again.ok, "the same join or resume is refused");
    // Who knocks by putting out a claimant who was alone there has ended the session, and with it what made them knock.
    const sessionOver = first.events.some(({ type }) => type === "session-ended");
    if (again.ok && !sessionOver)
      holds(again.state.participants.size === state.participants.size, "a join took two seats");
    return;
  }
  const gone = by.kind === "participant" && !state.commands.has(by.participantId);
  if (!again.ok) {
    holds(gone && again.refusal.reason === "not_joined", `a repeat is refused: ${again.refusal.reason}`);
    return;
  }
  holds(again.events.length === 0, `${action.type} had its effect twice`);
  if (by.kind !== "gateway") holds(again.repeated && again.seq === first.seq, "a repeat has another number");
}

function holds(fact: boolean, otherwise: string): void {
  if (!fact) throw new Error(otherwise);
}

function count(tally: Map<string, number>, name: string): void {
  tally.set(name, (tally.get(name) ?? 0) + 1);
}

function summary(tally: ReadonlyMap<string, number>): string {
  return [...tally].map(([name, number]) => `${name} ${number}`).join(", ");
}
