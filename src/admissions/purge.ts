/** Forgets what the record need not keep any more (`docs/rules.md` Q9). */
import type { Change, Records } from "../log/records.js";
import { FACTS, allOf, fromAll, knownOf, roomsOf, textsOf, timesOf } from "./names.js";

/** Entries that one write forgets: the store does nothing else while it writes. */
const ENTRIES = 500;
/** Rooms looked up at a time. */
const ROOMS = 100;

/**
 * Forgets the entries of an app that are older than `before` (epoch milliseconds), in many small writes; answers how many. Safe
 * to do on several nodes at once, and to do again where it was broken off.
 */
export async function purge(records: Records, app: string, before: number): Promise<number> {
  let total = 0;
  for (;;) {
    const due = await records.range(allOf(app), { max: before - 1, limit: ENTRIES });
    const changes = due.flatMap(({ member }): Change[] => {
      const { roomId, key } = fromAll(member);
      return [
        { drop: textsOf(app, roomId), field: key },
        { unrank: timesOf(app, roomId), member: key },
        { unrank: allOf(app), member },
      ];
    });
    if (changes.length > 0) await records.write(changes);
    total += due.length;
    if (due.length < ENTRIES) break;
  }
  await forgetRooms(records, app, before);
  return total;
}

/** What is known of rooms in which nothing has happened for so long; those with somebody in them stay. */
async function forgetRooms(records: Records, app: string, before: number): Promise<void> {
  let kept = 0;
  for (;;) {
    const due = await records.range(roomsOf(app), { max: before - 1, offset: kept, limit: ROOMS });
    for (const { member: room, score } of due) {
      const map = knownOf(app, room);
      const isEmpty = [...(await records.fields(map)).keys()].every((field) => field === FACTS);
      const changes: Change[] = [{ clear: map }, { unrank: roomsOf(app), member: room }];
      // Something may have happened there meanwhile.
      const unchanged = [{ index: roomsOf(app), member: room, is: score }];
      if (!isEmpty || !(await records.write(changes, unchanged))) kept += 1;
    }
    if (due.length < ROOMS) return;
  }
}
