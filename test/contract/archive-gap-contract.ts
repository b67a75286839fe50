import { describe, expect, test } from "@jest/globals";
import type { Archive } from "../../src/archive/archive.js";
import { FollowedRoom } from "../unit/archive/support.js";
import { emptyArchive, type EmptyRecords } from "./archive-fixture.js";

/** Rule H8: what is made of a room whose events are lost. */
export function gapContract(empty: EmptyRecords): void {
  /** A room with ann and bob in it, both followed. */
  const before = async () => {
    const { archive, records, room } = await emptyArchive(empty);
    const one = room({ customRoomId: "my-room" });
    const ann = one.join("ann", { micOn: true });
    const bob = one.join("bob");
    await one.follow();
    const id = one.sessionId;
    const timelogs = async (session = id): Promise<Record<string, unknown>> =>
      Object.fromEntries(
        (await archive.attendance("app", session)).map(({ participantId, timelog }) => [
          participantId,
          timelog,
        ]),
      );
    return { archive, records, one, ann, bob, id, timelogs };
  };
  const open = (start: number) => ({ start, end: null });

  describe("after a loss of events", () => {
    test("H8: a room that was never followed is listed, with its session and everybody in it", async () => {
      const { archive, room } = await emptyArchive(empty);
      const one = room({ customRoomId: "my-room" });
      const ann = one.join("ann", { micOn: true });
      const bob = one.join("bob");
      expect(await one.loseEvents()).toEqual([]);
      const id = one.sessionId;
      expect(await archive.rooms("app", { page: 1, perPage: 20 })).toEqual({ total: 1, data: ["room"] });
      expect(await archive.sessions("app", { status: "ongoing" }, { page: 1, perPage: 20 })).toEqual({
        total: 1,
        data: [{ id, app: "app", roomId: "room", customRoomId: "my-room", start: ann, end: null }],
      });
      const none = { mic: [], webcam: [] };
      expect(await archive.attendance("app", id)).toEqual([
        {
          participantId: "ann",
          name: "name of ann",
          timelog: [open(ann)],
          mic: [open(ann)],
          webcam: [],
        },
        { participantId: "bob", name: "name of bob", timelog: [open(bob)], ...none },
      ]);
    });

    test("H8: those who are still in keep their stay, newcomers get one, and those who are gone have none open", async () => {
      const { one, ann, bob, timelogs } = await before();
      one.leave("bob");
      const eve = one.join("eve");
      await one.loseEvents();
      expect(await timelogs()).toEqual({
        ann: [open(ann)],
        bob: [{ start: bob, end: eve }],
        eve: [open(eve)],
      });
    });

    test("H8: who left and came back has two stays, and the first ended at the latest with the second's start", async () => {
      const { one, bob, timelogs } = await before();
      one.leave("bob");
      const again = one.join("bob");
      await one.loseEvents();
      expect((await timelogs())["bob"]).toEqual([{ start: bob, end: again }, open(again)]);
    });

    test("H8: microphones are as they are in the room", async () => {
      const { archive, one, ann, id } = await before();
      one.setMedia("ann", "mic", false);
      one.setMedia("bob", "webcam", true);
      const eve = one.join("eve");
      await one.loseEvents();
      const [first, second] = await archive.attendance("app", id);
      expect(first?.mic).toEqual([{ start: ann, end: eve }]);
      expect(second?.webcam).toEqual([open(eve)]);
    });

    test("H8: a session whose end is lost ended at the latest with the start of the one that goes on", async () => {
      const { archive, one, ann, bob, id, timelogs } = await before();
      one.api({ type: "end" });
      const next = one.join("bob");
      await one.loseEvents();
      expect(await archive.session("app", id)).toMatchObject({ start: ann, end: next });
      expect(await timelogs()).toEqual({
        ann: [{ start: ann, end: next }],
        bob: [{ start: bob, end: next }],
      });
      expect(await timelogs(one.sessionId)).toEqual({ bob: [open(next)] });
      const ongoing = await archive.sessions("app", { status: "ongoing" }, { page: 1, perPage: 20 });
      expect(ongoing.data.map((session) => session.id)).toEqual([one.sessionId]);
    });

    test("H8: without a session in the room, the lost one ended at the newest time that is known of it", async () => {
      const { archive, one, bob, id } = await before();
      one.api({ type: "end" });
      await one.loseEvents();
      expect(await archive.session("app", id)).toMatchObject({ end: bob });
      expect((await archive.sessions("app", { status: "ongoing" }, { page: 1, perPage: 20 })).total).toBe(0);
    });

    test("H8: what happens afterwards is followed as ever", async () => {
      const { archive, one, ann, id, timelogs } = await before();
      one.join("eve");
      await one.loseEvents();
      one.join("mia");
      const end = one.leave("ann");
      const told = await one.follow();
      expect(told.at(-1)?.participant).toEqual({ participantId: "ann", name: "name of ann" });
      expect((await timelogs())["ann"]).toEqual([{ start: ann, end }]);
      const order = (await archive.attendance("app", id)).map(({ participantId }) => participantId);
      expect(order).toEqual(["ann", "bob", "eve", "mia"]);
    });

    test("H8: where nothing had happened, nothing of the session changes", async () => {
      const { archive, one, id } = await before();
      const then = [await archive.session("app", id), await archive.attendance("app", id)];
      await one.loseEvents();
      expect([await archive.session("app", id), await archive.attendance("app", id)]).toEqual(then);
    });

    test("H8: a room that is made anew does not go on with the session of the one that was lost", async () => {
      const { archive, records, bob, id } = await before();
      const anew = new FollowedRoom(records, archive, { life: "second" });
      anew.now += 1_000;
      anew.join("mia");
      const told = await anew.follow();
      expect(told[0]?.session).toBeNull();
      expect(await archive.session("app", id)).toMatchObject({ end: bob });
      expect((await archive.sessions("app", { roomId: "room" }, { page: 1, perPage: 20 })).total).toBe(2);
    });

    test("H8: a joining that is told again with its first time is no second stay", async () => {
      const { archive, one, ann, id } = await before();
      const again = one.log.filter(
        ({ event }) => event.type === "session-started" || isJoiningOf(event, "ann"),
      );
      await one.take({ ...one.step(), events: again });
      expect((await archive.attendance("app", id))[0]?.timelog).toEqual([open(ann)]);
    });

    test("H8: a session that is told again after its end goes on, with the stays that it had", async () => {
      const { archive, one, ann, bob, id, timelogs } = await before();
      const left = one.leave("ann");
      const back = one.join("ann");
      one.api({ type: "end" });
      const step = one.step();
      const start = one.log.filter(({ event }) => event.type === "session-started");
      const joining = step.events.filter(({ event }) => isJoiningOf(event, "ann"));
      await one.take({ ...step, events: [...step.events, ...start, ...joining] });
      expect(await archive.session("app", id)).toMatchObject({ start: ann, end: null });
      expect(await timelogs()).toEqual({ ann: [{ start: ann, end: left }, open(back)], bob: [open(bob)] });
      expect(await counts(archive)).toEqual([1, 0]);
    });

    test("H8: a session that ended in what is lost goes on, where the room says so", async () => {
      const { archive, one, ann, bob, id, timelogs } = await before();
      const { state } = one;
      one.api({ type: "end" });
      await one.follow();
      one.state = state;
      await one.loseEvents();
      expect(await archive.session("app", id)).toMatchObject({ start: ann, end: null });
      expect(await timelogs()).toEqual({ ann: [open(ann)], bob: [open(bob)] });
      expect(await counts(archive)).toEqual([1, 0]);
    });

    test("H8: a session without an end is over when the next one starts", async () => {
      const { archive, one, id } = await before();
      one.api({ type: "end" });
      const next = one.join("eve");
      const step = one.step();
      await one.take({ ...step, events: step.events.filter(({ event }) => event.type !== "session-ended") });
      expect(await archive.session("app", id)).toMatchObject({ end: next });
      expect(await counts(archive)).toEqual([1, 1]);
    });
  });
}

async function counts(archive: Archive): Promise<number[]> {
  const page = { page: 1, perPage: 20 };
  const pages = (["ongoing", "ended"] as const).map((status) => archive.sessions("app", { status }, page));
  return (await Promise.all(pages)).map(({ total }) => total);
}

function isJoiningOf(event: FollowedRoom["log"][number]["event"], participantId: string): boolean {
  return event.type === "participant-joined" && event.body.participant.participantId === participantId;
}
