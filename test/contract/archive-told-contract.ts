import { describe, expect, test } from "@jest/globals";
import { emptyArchive, type EmptyRecords } from "./archive-fixture.js";

/** Rules H6 and H7: what is told of a step, and that asking changes nothing. */
export function toldContract(empty: EmptyRecords): void {
  describe("what is told of a step", () => {
    test("H6: every event comes with its session, and who joined or left with their name", async () => {
      const { room } = await emptyArchive(empty);
      const one = room();
      one.join("host");
      const start = one.now;
      const session = { id: one.sessionId, start };
      one.join("ann", { name: "Ann" });
      await one.follow();
      one.leave("ann");
      one.leave("host");
      one.api({ type: "unban", participantId: "nobody" });
      one.api({ type: "ban", participantId: "nobody", note: null });
      const told = await one.follow();
      expect(told.map(({ event, ...rest }) => ({ type: event.type, ...rest, seq: undefined }))).toEqual([
        {
          type: "participant-left",
          session,
          participant: { participantId: "ann", name: "Ann" },
          ejected: [],
        },
        {
          type: "participant-left",
          session,
          participant: { participantId: "host", name: "name of host" },
          ejected: [],
        },
        { type: "session-ended", session, participant: null, ejected: [] },
        { type: "participant-banned", session: null, participant: null, ejected: [] },
      ]);
    });

    test("H6: the room's creation is outside of any session, the session's start inside of it", async () => {
      const { room } = await emptyArchive(empty);
      const one = room();
      const start = one.join("ann");
      const session = { id: one.sessionId, start };
      const told = await one.follow();
      expect(told.map(({ seq, event, session: within }) => [seq, event.type, within])).toEqual([
        [1, "room-created", null],
        [2, "session-started", session],
        [3, "participant-joined", session],
      ]);
      expect(told[2]?.participant).toEqual({ participantId: "ann", name: "name of ann" });
    });

    test.each([1, Infinity])(
      "H6: the end for all tells whom it puts out, as they joined first (%d event a step)",
      async (most) => {
        const { room } = await emptyArchive(empty);
        const one = room();
        for (const id of ["zoe", "ann", "mia"]) one.join(id);
        one.leave("zoe");
        one.join("zoe", { name: "Zoe" });
        one.leave("mia");
        one.loseLine("ann");
        one.api({ type: "end" });
        const told = await one.follow(most);
        expect(told.at(-1)?.ejected).toEqual([
          { participantId: "zoe", name: "Zoe" },
          { participantId: "ann", name: "name of ann" },
        ]);
      },
    );

    test("H7: asked twice for the same step, it answers the same, and nothing is kept until it is written", async () => {
      const { archive, records, room } = await emptyArchive(empty);
      const one = room();
      one.join("ann");
      const step = one.step();
      const first = await archive.collect(step);
      expect(await archive.rooms("app", { page: 1, perPage: 20 })).toEqual({ total: 0, data: [] });
      expect(await archive.collect(step)).toEqual(first);
      await records.write(first.changes);
      expect(await archive.attendance("app", one.sessionId)).toHaveLength(1);
    });
  });
}
