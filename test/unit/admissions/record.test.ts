/** The record in memory, what a step costs, and what happens where a text is not what it should be. */
import { describe, expect, test } from "@jest/globals";
import { createAdmissions } from "../../../src/admissions/admissions.js";
import { cursorFrom } from "../../../src/admissions/reading.js";
import type { Records } from "../../../src/log/records.js";
import { GUEST, publish } from "../room/support.js";
import { recordContract } from "./record-contract.js";
import { emptyRecord, inMemory } from "./support.js";

recordContract(inMemory);

describe("effort", () => {
  /** A room of a hundred, all followed, and a record whose reads are counted. */
  const hundred = async () => {
    const { records, room } = await emptyRecord();
    const one = room({ settings: { maxParticipants: 200 } });
    for (let guest = 0; guest < 100; guest += 1) one.room.join(`guest-${guest}`);
    await one.follow();
    const reads: (number | "all" | "range")[] = [];
    const counting: Records = {
      ...records,
      fields: (map, names) => {
        reads.push(names?.length ?? "all");
        return records.fields(map, names);
      },
      range: (index, query) => {
        reads.push("range");
        return records.range(index, query);
      },
    };
    return { one, reads, admissions: createAdmissions({ records: counting, retentionMs: 0 }) };
  };

  test("Q6: a step reads once, and only those whom it is about", async () => {
    const { one, reads, admissions } = await hundred();
    one.room.now += 1;
    one.room.as("guest-7", { type: "leave" });
    one.room.join("guest-x", GUEST);
    const changes = await admissions.collect(one.step());
    expect(reads).toEqual([3]);
    expect(changes.flatMap((change) => ("put" in change ? [change.field] : []))).toEqual([
      ...["000000000000103:000000:first", "000000000000104:000000:first", "in:guest-x", "facts"],
    ]);
  });

  test("Q6: a step in which nothing happens at the door reads and writes nothing", async () => {
    const { one, reads, admissions } = await hundred();
    one.room.loseLine("guest-3");
    one.room.resume("guest-3");
    one.room.as("guest-4", publish());
    expect(one.step().events).toHaveLength(3);
    expect(await admissions.collect(one.step())).toEqual([]);
    expect(reads).toEqual([]);
  });
});

describe("damage", () => {
  test.each(["", "{}", "null", "not json"])("a text may not be %j", async (text) => {
    const { admissions, records, room } = await emptyRecord();
    const one = room();
    await one.then((it) => it.join("ann"));
    const [key = ""] = (await records.fields("admissions:texts:app:room")).keys();
    await records.write([{ put: "admissions:texts:app:room", field: key, text }]);
    await expect(one.entries()).rejects.toThrow("damaged");
    for (const field of ["facts", "in:ann"]) {
      const map = "admissions:known:app:room";
      const before = (await records.fields(map)).get(field) ?? "";
      await records.write([{ put: map, field, text }]);
      one.room.as("ann", { type: "leave" });
      await expect(admissions.collect(one.step())).rejects.toThrow("damaged");
      await records.write([{ put: map, field, text: before }]);
    }
  });

  test.each(["", "1", "1:2", "1:000000000000001:000000:", "1:000000000000001:000000:a b", "x".repeat(200)])(
    "Q10: %j is no place to go on from",
    (text) => {
      expect(cursorFrom(text)).toBeNull();
    },
  );
});
