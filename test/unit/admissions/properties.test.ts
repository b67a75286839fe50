/**
 * Random histories of a room, followed in random steps, some of them broken off and taken again. What the record should say is
 * worked out from the states before and after each event, and from what was asked, instead of from what the record remembers.
 */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { createAdmissions } from "../../../src/admissions/admissions.js";
import type { AdmissionEntry } from "../../../src/admissions/entry.js";
import type { Followed } from "../../../src/gateway/following.js";
import type { Action, JoinAction } from "../../../src/room/commands.js";
import { decide } from "../../../src/room/decide.js";
import { NO_BACK_OFFICE, type Person, type RoomEvent } from "../../../src/room/events.js";
import { evolve } from "../../../src/room/evolve.js";
import { NO_ROOM, type RoomState } from "../../../src/room/state.js";
import { Script, history, settingsOf } from "../room/histories.js";
import { there } from "../room/support.js";
import { Following, inMemory } from "./support.js";

type Expected = Omit<AdmissionEntry, "rule" | "epoch">;

/** A history that was played: its log, and for each event the command that it came of. */
interface Played {
  readonly log: readonly RoomEvent[];
  readonly causes: readonly Action[];
  readonly state: RoomState;
}

function play({ seed, steps }: { seed: number; steps: Parameters<Script["next"]>[1][] }): Played {
  const script = new Script();
  const log: RoomEvent[] = [];
  const causes: Action[] = [];
  let state = NO_ROOM;
  const send = (asked: ReturnType<Script["next"]>): void => {
    const decision = decide(state, { ...asked, freshId: `session-${log.length}` }, script.now);
    if (!decision.ok) return;
    script.accepted(asked);
    state = decision.state;
    log.push(...decision.events);
    causes.push(...decision.events.map(() => asked.action));
  };
  const settings = settingsOf(seed);
  const named = { roomId: "room", customRoomId: null, permanent: true };
  const action: Action = { type: "create", ...named, settings, backOffice: NO_BACK_OFFICE };
  send({ id: "create", by: { kind: "api" }, action });
  for (const step of steps) {
    // No two commands at one time: else what is told again could not be told from what happens twice.
    script.now += 1;
    send(script.next(state, step));
  }
  return { log, causes, state };
}

/** What the record should say of an event; `before` and `after` are the room's states. */
function expected(event: RoomEvent, before: RoomState, after: RoomState): Expected[] {
  const base = { at: event.at, seq: after.seq, decidedBy: null, reason: null, note: null };
  const about = (id: string, state: RoomState, person?: Pick<Person, "token" | "tokenExpiresAt">) => {
    const one = there(state.participants.get(id) ?? state.knocks.get(id));
    const { token, tokenExpiresAt: expiresAt } = person ?? one.person;
    const { kind, key, secretId, jti, issuedAt } = token;
    const sessionId = (state.session ?? before.session)?.id ?? null;
    const shown = { kind, key, secretId, jti, issuedAt, expiresAt };
    return { ...base, sessionId, participantId: id, name: one.view.name, token: shown };
  };
  switch (event.type) {
    case "entry-requested": {
      const { participantId, returned } = event.body.knock;
      return [{ ...about(participantId, after), what: "knocked", reason: returned ? "returned" : null }];
    }
    case "entry-responded": {
      const { participantId, decision, by, note, banned } = event.body;
      const what = decision === "allowed" ? "admitted" : "denied";
      const reason = banned ? "banned" : null;
      return [{ ...about(participantId, before), what, decidedBy: by, note, reason }];
    }
    case "entry-withdrawn": {
      const { participantId, cause } = event.body;
      const one = about(participantId, before);
      const self = { kind: "participant", participantId, name: one.name } as const;
      const decidedBy = cause === "withdrawn" ? self : ({ kind: "rule" } as const);
      return [{ ...one, what: "withdrawn", reason: cause, decidedBy }];
    }
    case "participant-joined": {
      const { participantId } = event.body.participant;
      const { decision, by } = before.decisions.get(participantId) ?? {};
      const byHost = event.cmd?.type !== "join" && decision === "allowed" && by !== undefined;
      return [{ ...about(participantId, after), what: "joined", decidedBy: byHost ? by : { kind: "rule" } }];
    }
    case "participant-left": {
      const { participantId, reason, by } = event.body;
      return [{ ...about(participantId, before), what: "left", reason: reason.message, decidedBy: by }];
    }
    case "entry-resumed":
    case "participant-resumed": {
      if (event.hidden.credentials === null) return [];
      const what = event.type === "entry-resumed" ? "reknocked" : "rejoined";
      return [{ ...about(event.body.participantId, after), what }];
    }
    case "token-refreshed":
      return [{ ...about(event.body.participantId, after), what: "refreshed" }];
    case "session-ended": {
      const { cause, by } = event.body;
      if (cause === "last-left") return [];
      const left = cause === "ended" && by.kind === "api" ? "MEETING_END_API" : "ROOM_CLOSE";
      const inRoom = Array.from(before.participants.keys(), (id) => {
        return { ...about(id, before), what: "left", reason: left, decidedBy: by } as const;
      });
      const inLobby = Array.from(before.knocks.keys(), (id) => {
        return { ...about(id, before), what: "withdrawn", reason: "session-ended", decidedBy: by } as const;
      });
      return [...inRoom, ...inLobby];
    }
    default:
      return [];
  }
}

/** Why somebody got in by a join of their own, as the room decided it (`mustAsk` in `room/rules/entry.ts`). */
function wayIn(
  before: RoomState,
  { grant, participantId }: JoinAction,
  event: RoomEvent,
  changed: ReadonlySet<string>,
): string {
  if (event.type !== "participant-joined") return "none";
  const { permissions } = event.body.participant;
  const forAll = before.room?.settings.lobbyForAll === true && !permissions.includes("allow_mod");
  if (grant.participantId !== participantId || (!forAll && !grant.permissions.includes("ask_join")))
    return "token";
  // Where rights were changed, also of somebody who only claimed the id, the events do not tell a token that asks from one that enters.
  const cannotBeTold = !forAll && (changed.has(participantId) || permissions.includes("allow_join"));
  return cannotBeTold ? "token" : "earlier";
}

const seen = new Map<string, number>();

test("Q1, Q3, Q4, Q5: the record of a random history is right, and no secret or digest is in it", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (shape) => {
      const { log, causes, state } = play({ ...shape, steps: [...shape.steps] });
      const records = await inMemory();
      const admissions = createAdmissions({ records, retentionMs: 0 });
      const following = new Following(records, admissions, { log, state });
      await following.follow();
      const found = await following.entries();
      const wanted: Expected[] = [];
      const rules: (string | null)[] = [];
      let before = NO_ROOM;
      const changed = new Set<string>();
      for (const [index, event] of log.entries()) {
        if (event.type === "session-started") changed.clear();
        if (event.type === "permissions-changed") changed.add(event.body.participantId);
        const after = evolve(before, event);
        const entries = expected(event, before, after);
        const cause = there(causes[index]);
        wanted.push(...entries);
        for (const entry of entries) {
          const own = entry.what === "joined" && cause.type === "join";
          rules.push(own ? wayIn(before, cause, event, changed) : null);
        }
        before = after;
      }
      // Those who are put out together come in the order of their coming, which states do not tell.
      expect(sorted(found.map(({ rule: _rule, epoch: _epoch, ...entry }) => entry))).toEqual(sorted(wanted));
      const joins = (list: readonly { what: string }[]) =>
        list.flatMap(({ what }, at) => (what === "joined" ? [at] : []));
      expect(joins(found).map((at) => found[at]?.rule)).toEqual(joins(wanted).map((at) => rules[at]));
      expect(found.map(({ seq }) => seq)).toEqual(wanted.map(({ seq }) => seq));
      expectNothingSecret(await stored(records), log);
      for (const { what, rule, reason } of found)
        for (const word of [what, rule, reason]) if (word !== null) seen.set(word, (seen.get(word) ?? 0) + 1);
    }),
    { numRuns: 400 },
  );
  const reached = [
    "reknocked",
    "denied",
    "rejoined",
    "refreshed",
    "earlier",
    "token",
    "duplicate",
    "returned",
  ];
  expect([...seen.keys()]).toEqual(
    expect.arrayContaining([...reached, "entered", "ROOM_CLOSE", "timed-out"]),
  );
});

const cutting = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom("taken", "repeated", "broken off")),
  { minLength: 300, maxLength: 300 },
);

test("Q6: however the events are cut into steps and steps are repeated, the record is the same", async () => {
  await fc.assert(
    fc.asyncProperty(history, cutting, fc.integer({ min: 1, max: 7 }), async (shape, cuts, limit) => {
      const played = play({ ...shape, steps: [...shape.steps] });
      const records = await inMemory();
      const admissions = createAdmissions({ records, retentionMs: 0 });
      const whole = new Following(records, admissions, played, "app", "whole");
      const cut = new Following(records, admissions, played, "app", "cut");
      await whole.follow();
      for (const [size, fate] of cuts) {
        // Of a step that is broken off, or that another node takes too, nothing is written here.
        if (fate !== "taken") await admissions.collect(cut.step(size + 1));
        if (fate !== "broken off") await cut.take(cut.step(size));
      }
      await cut.follow();
      expect(await cut.entries(limit)).toEqual(await whole.entries());
    }),
    { numRuns: 150 },
  );
});

test("Q7: wherever events are lost, everybody in the room has come in and not left, and everybody else has left", async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.array(fc.nat(3), { minLength: 60, maxLength: 60 }), async (shape, fates) => {
      const { log, state } = play({ ...shape, steps: [...shape.steps] });
      const records = await inMemory();
      const admissions = createAdmissions({ records, retentionMs: 0 });
      const upTo: { log: RoomEvent[]; state: RoomState } = { log: [], state: NO_ROOM };
      const following = new Following(records, admissions, upTo);
      for (const [index, event] of log.entries()) {
        upTo.log.push(event);
        upTo.state = evolve(upTo.state, event);
        if (fates[index % 60] === 0) await following.follow(4);
        if (fates[index % 60] === 1) await following.loseEvents(`epoch-${index}`);
      }
      await following.loseEvents("last");
      const last = new Map<string, AdmissionEntry>();
      for (const entry of await following.entries())
        if (entry.participantId !== null && (isEnd(entry) || isBeginning(entry)))
          last.set(entry.participantId, entry);
      const inside = [...last.values()].filter((entry) => !isEnd(entry));
      const where = inside.map(({ participantId, what, at, token }) => [participantId, what, at, token?.key]);
      const present = [
        ...Array.from(state.participants.values(), ({ view, person }) => [
          ...[view.participantId, "joined", view.joinedAt, person.token.key],
        ]),
        ...Array.from(state.knocks.values(), ({ view, person }) => [
          ...[view.participantId, "knocked", view.since, person.token.key],
        ]),
      ];
      expect(sorted(where)).toEqual(sorted(present));
    }),
    { numRuns: 200 },
  );
});

test("Q7: events that are told again in a new epoch are recorded once", async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.nat(200), fc.nat(200), async (shape, from, count) => {
      const { log, state } = play({ ...shape, steps: [...shape.steps] });
      const records = await inMemory();
      const admissions = createAdmissions({ records, retentionMs: 0 });
      const following = new Following(records, admissions, { log, state });
      await following.follow();
      const before = await following.entries();
      const events = log
        .slice(from % log.length, (from % log.length) + count)
        .filter(({ type }) => type !== "room-created" && type !== "session-ended")
        .map((event, index) => ({ seq: log.length + index + 1, event }));
      const again: Followed = {
        ...following.step(0),
        epoch: "second",
        events,
        upTo: log.length + events.length,
      };
      await following.take(again);
      // The second time the rights of that time are not known any more; what happened is.
      expect(await following.entries()).toEqual(before);
    }),
    { numRuns: 150 },
  );
});

function isBeginning({ what }: AdmissionEntry): boolean {
  return what === "joined" || what === "knocked";
}

function isEnd({ what }: AdmissionEntry): boolean {
  return what === "left" || what === "withdrawn" || what === "denied";
}

/** As texts in an order of their own: the members of each by their names. */
function sorted(list: readonly object[]): string[] {
  const text = (one: object): string =>
    JSON.stringify(one, (_key, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  return list.map(text).sort();
}

async function stored(records: Awaited<ReturnType<typeof inMemory>>): Promise<string> {
  const names = ["texts:app:room", "known:app:room"].map((name) => `admissions:${name}`);
  const maps = await Promise.all(names.map((name) => records.fields(name)));
  return JSON.stringify(maps.map((map) => [...map]));
}

/** Digests of tokens and secrets, connections, and nodes. */
function expectNothingSecret(text: string, log: readonly RoomEvent[]): void {
  expect(text).not.toMatch(/fingerprint|secret-|connection|node-/);
  for (const event of log) {
    if (event.type !== "participant-joined" && event.type !== "entry-requested") continue;
    expect(text).not.toContain(`"${event.hidden.person.token.fingerprint}"`);
  }
}
