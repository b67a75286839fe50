/** What a step costs, and what happens where a record is not what it should be. */
import { describe, expect, test } from "@jest/globals";
import { createArchive } from "../../../src/archive/create-archive.js";
import type { Change, Records } from "../../../src/log/records.js";
import { FollowedRoom, emptyRecords } from "./support.js";

const PAGE = { page: 1, perPage: 20 };

/** Records that count the round trips of their reader: reads that are asked for at the same time are one. */
function counted(records: Records) {
  const seen = { trips: 0, fields: [] as (number | "all")[] };
  let under = false;
  const trip = async <T>(read: () => Promise<T>): Promise<T> => {
    if (!under) seen.trips += 1;
    under = true;
    // All that is asked for in this turn goes out together; the answers come in a later one.
    await new Promise((resolve) => setImmediate(resolve));
    under = false;
    return read();
  };
  const counting: Records = {
    ...records,
    fields: (map, names) => {
      seen.fields.push(names?.length ?? "all");
      return trip(() => records.fields(map, names));
    },
    range: (index, query) => trip(() => records.range(index, query)),
    count: (index, bounds) => trip(() => records.count(index, bounds)),
  };
  return { counting, seen };
}

/** A room of a hundred, all followed, and an archive whose reads are counted. */
async function hundred() {
  const records = emptyRecords();
  const { counting, seen } = counted(records);
  const one = new FollowedRoom(records, createArchive({ records, retentionMs: 0 }));
  one.send({ kind: "api" }, { type: "update-settings", settings: { maxParticipants: 200 }, backOffice: {} });
  for (let count = 0; count < 100; count += 1) one.join(`guest-${count}`);
  await one.follow();
  return { one, seen, records, archive: createArchive({ records: counting, retentionMs: 0 }) };
}

const writtenFields = (changes: readonly Change[]): string[] =>
  changes.flatMap((change) => ("put" in change ? [change.field] : []));

describe("effort", () => {
  test("H7: a step reads in two round trips only those whom it mentions, and writes only them", async () => {
    const { one, seen, archive } = await hundred();
    one.setMedia("guest-3", "mic", true);
    one.leave("guest-7");
    const { changes } = await archive.collect(one.step());
    expect(seen).toEqual({ trips: 2, fields: [1, 2] });
    expect(writtenFields(changes)).toEqual(["guest-3", "guest-7"]);
    expect(changes).toHaveLength(2);
  });

  test("H7: a step in which nobody comes, goes or turns anything on or off reads one field and writes nothing", async () => {
    const { one, seen, archive } = await hundred();
    one.loseLine("guest-3");
    one.resume("guest-3");
    one.api({ type: "lock-room", locked: true });
    const { changes, told } = await archive.collect(one.step());
    expect(told).toHaveLength(3);
    expect(seen).toEqual({ trips: 1, fields: [1] });
    expect(changes).toEqual([]);
  });

  test("H7: the end for all reads everybody once, and writes the session alone", async () => {
    const { one, seen, archive } = await hundred();
    const id = one.sessionId;
    one.api({ type: "end" });
    const { changes, told } = await archive.collect(one.step());
    expect(told[0]?.ejected).toHaveLength(100);
    expect(seen).toEqual({ trips: 2, fields: [1, "all"] });
    expect(writtenFields(changes)).toEqual([id]);
  });

  test("H8: after a gap in which nothing happened, nobody's attendance is written", async () => {
    const { one, seen, archive } = await hundred();
    const { changes } = await archive.collect({ ...one.step(), gap: true });
    expect(seen).toEqual({ trips: 2, fields: [1, 1, "all"] });
    expect(writtenFields(changes)).toEqual([]);
  });

  test("H11: a page of all sessions takes a range, a count and one read of the sessions on it", async () => {
    const { one, seen, archive } = await hundred();
    for (const filter of [{}, { roomId: "room" }]) {
      seen.trips = 0;
      seen.fields = [];
      expect((await archive.sessions("app", filter, PAGE)).data.map(({ id }) => id)).toEqual([one.sessionId]);
      expect(seen).toEqual({ trips: 2, fields: [1] });
    }
  });
});

describe("damage", () => {
  test.each(["", "{}", "null", '{"id":1}', "not json"])("a session's text may not be %j", async (text) => {
    const { one, records, archive } = await hundred();
    const id = one.sessionId;
    await records.write([
      { put: "archive:session-texts:app", field: id, text },
      { put: "archive:going-on:app", field: "room", text },
    ]);
    one.leave("guest-1");
    await expect(archive.session("app", id)).rejects.toThrow("damaged");
    await expect(archive.sessions("app", {}, PAGE)).rejects.toThrow("damaged");
    await expect(archive.collect(one.step())).rejects.toThrow("damaged");
  });

  test("an attendance that is not one is not guessed at", async () => {
    const { one, records, archive } = await hundred();
    const id = one.sessionId;
    const map = `archive:attendance:app:${id}`;
    expect((await records.fields(map)).size).toBe(100);
    await records.write([{ put: map, field: "guest-1", text: '{"order":1,"name":"x"}' }]);
    one.leave("guest-1");
    await expect(archive.attendance("app", id)).rejects.toThrow("damaged");
    await expect(archive.collect(one.step())).rejects.toThrow("damaged");
  });
});
