import { describe, expect, test } from "@jest/globals";
import { KEPT_SPANS } from "../../src/archive/entry.js";
import { RESUME_WINDOW_MS, remove, there } from "../unit/archive/support.js";
import { emptyArchive, type EmptyRecords } from "./archive-fixture.js";

/** Rules H1 to H5: what is kept of rooms, sessions and those who attended. */
export function attendanceContract(empty: EmptyRecords): void {
  describe("what is kept of a session", () => {
    test("H1: a room is listed from its creation on, without anybody in it", async () => {
      const { archive, room } = await emptyArchive(empty);
      await room().follow();
      expect(await archive.rooms("app", { page: 1, perPage: 20 })).toEqual({ total: 1, data: ["room"] });
    });

    test("H1: a room that is forgotten is not listed any more, and its sessions are", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      one.join("ann");
      await one.follow();
      await archive.forgetRoom(one.key);
      expect(await archive.rooms("app", { page: 1, perPage: 20 })).toEqual({ total: 0, data: [] });
      expect((await archive.sessions("app", {}, { page: 1, perPage: 20 })).total).toBe(1);
    });

    test("H2: a session is open from the first joining to the last leaving, with both names of its room", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room({ customRoomId: "my-room" });
      const start = one.join("ann");
      const id = one.sessionId;
      await one.follow();
      const session = { id, app: "app", roomId: "room", customRoomId: "my-room", start };
      expect(await archive.session("app", id)).toEqual({ ...session, end: null });
      const end = one.leave("ann");
      await one.follow();
      expect(await archive.session("app", id)).toEqual({ ...session, end });
    });

    test("H2: when a session is ended for all, everybody's stay ends with it", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      const [ann, bob] = [one.join("ann", { micOn: true }), one.join("bob")];
      const id = one.sessionId;
      await one.follow();
      const end = one.api({ type: "end" });
      await one.follow();
      const none = { mic: [], webcam: [] };
      expect(await archive.attendance("app", id)).toEqual([
        {
          participantId: "ann",
          name: "name of ann",
          timelog: [{ start: ann, end }],
          mic: [{ start: ann, end }],
          webcam: [],
        },
        { participantId: "bob", name: "name of bob", timelog: [{ start: bob, end }], ...none },
      ]);
      expect((await archive.session("app", id))?.end).toBe(end);
    });

    test("H2: sessions of a room are apart: the next one has its own id and only its own participants", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      one.join("ann");
      const first = one.sessionId;
      one.leave("ann");
      one.join("bob");
      const second = one.sessionId;
      await one.follow();
      const idsAt = async (id: string): Promise<string[]> =>
        (await archive.attendance("app", id)).map(({ participantId }) => participantId);
      expect([await idsAt(first), await idsAt(second)]).toEqual([["ann"], ["bob"]]);
    });

    test("H3: each stay is an entry of its own, under the name of the last joining", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      one.join("host");
      const joined = one.join("ann", { name: "Ann" });
      const left = one.leave("ann");
      const again = one.join("ann", { name: "Anna" });
      await one.follow();
      expect((await archive.attendance("app", one.sessionId))[1]).toMatchObject({
        participantId: "ann",
        name: "Anna",
        timelog: [
          { start: joined, end: left },
          { start: again, end: null },
        ],
      });
    });

    test.each([
      ["a removal", remove("ann")],
      ["a return to the lobby", { type: "return-to-lobby", participantId: "ann" } as const],
    ])("H3: %s ends a stay", async (_, action) => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      one.join("host");
      const start = one.join("ann");
      const end = one.as("host", action);
      await one.follow();
      expect((await archive.attendance("app", one.sessionId))[1]?.timelog).toEqual([{ start, end }]);
    });

    test("H3, H6: who is renamed goes by the new name, and leaves by it", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      one.join("ann");
      one.join("bob");
      await one.follow();
      one.as("ann", { type: "rename", name: "Anna" });
      one.as("bob", { type: "rename", name: "Bobby" });
      one.leave("ann");
      const told = await one.follow();
      expect(told.at(-1)?.participant).toEqual({ participantId: "ann", name: "Anna" });
      const attendance = await archive.attendance("app", one.sessionId);
      expect(attendance.map(({ name }) => name)).toEqual(["Anna", "Bobby"]);
    });

    test("H3: a lost line ends no stay; the end of the resume window does", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      one.join("host");
      const start = one.join("ann");
      const timelog = async () => {
        await one.follow();
        return there((await archive.attendance("app", one.sessionId))[1]).timelog;
      };
      one.loseLine("ann");
      expect(await timelog()).toEqual([{ start, end: null }]);
      one.resume("ann");
      expect(await timelog()).toEqual([{ start, end: null }]);
      one.loseLine("ann");
      const end = one.wait(RESUME_WINDOW_MS);
      expect(await timelog()).toEqual([{ start, end }]);
    });

    test("H3: participants come in the order of their first joining", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      for (const id of ["zoe", "ann", "__proto__", "mia", "12"]) one.join(id);
      one.leave("zoe");
      one.join("zoe");
      await one.follow(2);
      const ids = (await archive.attendance("app", one.sessionId)).map(({ participantId }) => participantId);
      expect(ids).toEqual(["zoe", "ann", "__proto__", "mia", "12"]);
    });

    test("H4: microphone and webcam have spans of their own, which end with the stay", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      one.join("host");
      const joined = one.join("ann", { micOn: true });
      const off = one.setMedia("ann", "mic", false);
      const seen = one.setMedia("ann", "webcam", true);
      const on = one.setMedia("ann", "mic", true);
      const muted = one.as("host", { type: "disable-media", participantId: "ann", kind: "mic" });
      const left = one.leave("ann");
      await one.follow();
      expect((await archive.attendance("app", one.sessionId))[1]).toMatchObject({
        mic: [
          { start: joined, end: off },
          { start: on, end: muted },
        ],
        webcam: [{ start: seen, end: left }],
      });
    });

    test("H3: who leaves and is back within the same millisecond has two stays all the same", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      one.join("host");
      const at = one.join("ann");
      one.now = at - 1;
      one.leave("ann");
      one.now = at - 1;
      one.join("ann");
      await one.follow();
      expect((await archive.attendance("app", one.sessionId))[1]?.timelog).toEqual([
        { start: at, end: at },
        { start: at, end: null },
      ]);
    });

    test("H3: nothing ends before it began, where the clock of the node that ended it is behind", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      const at = one.join("ann");
      const id = one.sessionId;
      one.now = at - 100;
      one.leave("ann");
      await one.follow();
      expect((await archive.attendance("app", id))[0]?.timelog).toEqual([{ start: at, end: at }]);
      expect(await archive.session("app", id)).toMatchObject({ start: at, end: at });
    });

    test("H4: news of a microphone turns nothing on for somebody who is gone", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      one.join("host");
      one.join("ann");
      one.setMedia("ann", "mic", true);
      const late = one.log.slice(-1);
      one.leave("ann");
      const end = one.now;
      const step = one.step();
      await one.take({ ...step, events: [...step.events, ...late] });
      expect((await archive.attendance("app", one.sessionId))[1]?.mic).toEqual([{ start: end - 1, end }]);
    });

    test("H5: of each list the last spans are kept", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room();
      one.join("ann");
      const times = Array.from({ length: KEPT_SPANS + 2 }, () => {
        const start = one.setMedia("ann", "mic", true);
        return { start, end: one.setMedia("ann", "mic", false) };
      });
      await one.follow(500);
      const mic = (await archive.attendance("app", one.sessionId))[0]?.mic;
      expect(mic).toEqual(times.slice(2));
    });
  });
}
