/** Random histories of a room, followed in random steps, some of them broken off and taken again. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { createArchive } from "../../../src/archive/create-archive.js";
import type { Told } from "../../../src/archive/archive.js";
import type { RoomAction } from "../../../src/room/commands.js";
import { Model } from "./model.js";
import { FollowedRoom, RESUME_WINDOW_MS, emptyRecords, everything, remove, there } from "./support.js";

const IDS = ["ann", "bob", "__proto__", "x:y"] as const;

type Move = readonly [what: number, who: number, whom: number, detail: number];
const move: fc.Arbitrary<Move> = fc.tuple(fc.nat(15), fc.nat(3), fc.nat(3), fc.nat(7));
const moves = fc.array(move, { minLength: 1, maxLength: 80, size: "max" });
/** For each command: how many events the step after it takes, and what becomes of it. */
const cutting = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom("taken", "repeated", "broken off")),
  { minLength: 80, maxLength: 80 },
);

function play(room: FollowedRoom, [what, who, whom, detail]: Move): void {
  const [id, other] = [there(IDS[who]), there(IDS[whom])];
  const on = (detail & 1) === 0;
  const kind = (detail & 2) === 0 ? "mic" : "webcam";
  const rename = { type: "rename", name: `${id} renamed ${room.now}` } as const;
  const moderation: readonly RoomAction[] = [
    remove(other),
    { type: "return-to-lobby", participantId: other },
    { type: "admit", participantId: other },
    { type: "disable-media", participantId: other, kind },
  ];
  if (what < 5) {
    const name = `${id} ${room.now}`;
    room.join(id, { micOn: on, webcamOn: kind === "webcam", name, bound: (detail & 4) === 0 });
  } else if (what < 7) room.leave(id);
  else if (what < 9) room.setMedia(id, kind, on);
  else if (what < 10) room.loseLine(id);
  else if (what < 11) room.resume(id);
  else if (what < 12) room.wait(on ? RESUME_WINDOW_MS : 1_000);
  else if (what < 15) room.as(id, there(moderation[detail & 3]));
  else if (detail === 0) room.api({ type: "end" });
  else room.as(id, rename);
}

/** A room with a record of what should be known of it. */
function world() {
  const records = emptyRecords();
  const archive = createArchive({ records, retentionMs: 0 });
  const room = new FollowedRoom(records, archive);
  const model = new Model();
  const next = (one: Move): void => {
    const before = room.state;
    play(room, one);
    model.moved(before, room.state, room.now);
  };
  return { archive, room, model, next };
}

const flat = ({ sessions }: Awaited<ReturnType<typeof everything>>): unknown =>
  sessions.map(({ session: { id, start, end }, attendance }) => ({ id, start, end, attendance }));

const seenKinds = new Set<string>();

test("H2 to H7: however the events are cut into steps and steps are repeated, the archive is the same, and right", async () => {
  await fc.assert(
    fc.asyncProperty(moves, cutting, async (history, cuts) => {
      const [cut, whole] = [world(), world()];
      const told: Told[] = [];
      for (const [index, one] of history.entries()) {
        cut.next(one);
        whole.next(one);
        const [size, fate] = there(cuts[index]);
        // Of a step that is broken off, or that another node takes too, nothing is written here.
        if (fate !== "taken") await cut.archive.collect(cut.room.step(size + 1));
        if (fate !== "broken off") told.push(...(await cut.room.take(cut.room.step(size))));
      }
      told.push(...(await cut.room.follow(3)));
      const toldAtOnce = await whole.room.follow();
      for (const { event } of cut.room.log)
        seenKinds.add(event.type === "session-ended" ? event.body.cause : event.type);
      expect(told).toEqual(toldAtOnce);
      expect(await everything(cut.archive, "app")).toEqual(await everything(whole.archive, "app"));
      expect(flat(await everything(cut.archive, "app"))).toEqual(cut.model.told());
    }),
    { numRuns: 300 },
  );
  expect([...seenKinds]).toEqual(
    expect.arrayContaining([
      "participant-disconnected",
      "participant-resumed",
      "entry-requested",
      "stream-disabled",
      "participant-renamed",
      "last-left",
      "ended",
    ]),
  );
});

test("H8: wherever events are lost, everybody in the room has exactly one open stay, and nobody else has any", async () => {
  await fc.assert(
    fc.asyncProperty(moves, fc.array(fc.nat(3), { minLength: 80, maxLength: 80 }), async (history, fates) => {
      const { archive, room, next } = world();
      for (const [index, one] of history.entries()) {
        next(one);
        if (fates[index] === 0) await room.follow(4);
        if (fates[index] === 1) await room.loseEvents();
      }
      await room.loseEvents();
      const { rooms, sessions } = await everything(archive, "app");
      expect(rooms).toEqual(["room"]);
      const ongoing = sessions.filter(({ session }) => session.end === null).map(({ session }) => session.id);
      expect(ongoing).toEqual(room.state.session === null ? [] : [room.state.session.id]);
      const open = sessions.flatMap(({ attendance }) =>
        attendance.flatMap(({ participantId, timelog, mic, webcam }) =>
          timelog
            .filter(({ end }) => end === null)
            .map(({ start }) => ({
              participantId,
              joinedAt: start,
              micOn: mic.at(-1)?.end === null,
              webcamOn: webcam.at(-1)?.end === null,
            })),
        ),
      );
      const inside = [...room.state.participants.values()].map(
        ({ view: { participantId, joinedAt, micOn, webcamOn } }) => ({
          participantId,
          joinedAt,
          micOn,
          webcamOn,
        }),
      );
      expect(sorted(open)).toEqual(sorted(inside));
      for (const { attendance } of sessions) {
        for (const { timelog, mic, webcam } of attendance) [timelog, mic, webcam].forEach(expectInOrder);
      }
    }),
    { numRuns: 300 },
  );
});

function sorted<T extends { readonly participantId: string }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => (a.participantId < b.participantId ? -1 : 1));
}

function expectInOrder(spans: readonly { readonly start: number; readonly end: number | null }[]): void {
  let last = 0;
  for (const [index, { start, end }] of spans.entries()) {
    expect(start).toBeGreaterThanOrEqual(last);
    if (index < spans.length - 1) expect(end).not.toBeNull();
    last = end ?? start;
    expect(last).toBeGreaterThanOrEqual(start);
  }
}
