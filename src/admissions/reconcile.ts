/** What becomes of the record where events are lost for good: there is only the room as it is now (`docs/rules.md` Q7). */
import type { Followed } from "../gateway/following.js";
import type { Person } from "../room/events.js";
import type { RoomState } from "../room/state.js";
import { NOTHING, gone, inOrder, type Derived } from "./derive.js";
import { tokenShown, type AdmissionEntry } from "./entry.js";
import { listOf, type Facts, type Known, type Present } from "./known.js";

/**
 * The entries after which the record agrees with the room, and one that says that it is not whole. `before` has everybody. Where a
 * time is lost, the newest takes its place that is known of the record and the room.
 */
export function reconcile(
  before: Known,
  { epoch, upTo, state }: Pick<Followed, "epoch" | "upTo" | "state">,
): Derived {
  const there = presentIn(state, before.people, upTo);
  const newest = [...there.values()].reduce((time, { since }) => Math.max(time, since), before.facts.newest);
  const facts = factsOf(before.facts, { epoch, state, newest });
  const entries: AdmissionEntry[] = [];
  const say = (said: Pick<AdmissionEntry, "at" | "what"> & Partial<AdmissionEntry>): void => {
    entries.push({ ...NOTHING, epoch, seq: upTo, ...NOBODY, ...said });
  };
  for (const [participantId, one] of inOrder(before.people)) {
    const now = there.get(participantId);
    if (now !== undefined && isSameStay(one, now)) continue;
    const { name, token } = one;
    const { sessionId } = before.facts;
    say({ ...gone(one), at: now?.since ?? newest, sessionId, participantId, name, token });
  }
  say({ what: "events-lost", at: newest, sessionId: facts.sessionId });
  for (const [participantId, one] of there) {
    const known = before.people.get(participantId);
    if (known !== undefined && isSameStay(known, one)) continue;
    const { name, token, since: at } = one;
    const whose = { at, sessionId: facts.sessionId, participantId, name, token };
    if (one.where === "room") say({ what: "joined", rule: "lost", ...whose });
    else say({ what: "knocked", ...whose });
  }
  return { entries, after: { facts, people: there } };
}

const NOBODY = { sessionId: null, participantId: null, name: "", token: null } as const;

function isSameStay(one: Present, other: Present): boolean {
  return (one.where === "room") === (other.where === "room") && one.since === other.since;
}

function presentIn(
  { participants, knocks }: RoomState,
  before: Known["people"],
  upTo: number,
): ReadonlyMap<string, Present> {
  const all = [
    ...Array.from(participants.values(), ({ view, person }) => present("room", view, view.joinedAt, person)),
    ...Array.from(knocks.values(), ({ view, person }) => present("lobby", view, view.since, person)),
  ];
  return new Map(
    all.map(([id, one], index) => {
      const known = before.get(id);
      // The others came by events that are lost, after all that were followed.
      const order = known !== undefined && isSameStay(known, one) ? known.order : upTo - all.length + index;
      return [id, { ...one, order }];
    }),
  );
}

function present(
  where: "room" | "lobby",
  { participantId, name }: { readonly participantId: string; readonly name: string },
  since: number,
  person: Person,
): [string, Present] {
  return [participantId, { where, since, order: 0, name, token: tokenShown(person) }];
}

function factsOf(
  before: Facts,
  { epoch, state, newest }: { readonly epoch: string; readonly state: RoomState; readonly newest: number },
): Facts {
  const shut = Array.from(state.invitations.entries(), ([id, { permissions }]) =>
    permissions.includes("JOIN") ? [] : [id],
  ).flat();
  return {
    newest,
    epoch,
    reopened: before.reopened || (before.epoch !== null && before.epoch !== epoch),
    sessionId: state.session?.id ?? null,
    lobbyForAll: state.room?.settings.lobbyForAll ?? null,
    changed: listOf(state.rights.keys()),
    shut: listOf(shut),
  };
}
