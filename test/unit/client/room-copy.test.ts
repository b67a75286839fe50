/** The client's copy of somebody: what events change, and what they leave. */
import { expect, test } from "@jest/globals";
import { RoomCopy } from "../../../src/client/room-copy.js";
import { person } from "./support.js";

function copyWith(...ids: readonly string[]): RoomCopy {
  const copy = new RoomCopy();
  for (const id of ids) copy.participants.set(id, person(id, { metaData: { team: 1 } }));
  return copy;
}

test("a new name and what is shown beside it replace the old ones, of that participant alone", () => {
  const copy = copyWith("ann", "bob");
  const event = { type: "participant-renamed", seq: 1, at: 0, participantId: "ann" } as const;
  copy.apply({ ...event, name: "Anna", metaData: { team: 2 } });
  expect(copy.participants.get("ann")).toEqual(person("ann", { name: "Anna", metaData: { team: 2 } }));
  expect(copy.participants.get("bob")).toEqual(person("bob", { metaData: { team: 1 } }));
  copy.apply({ ...event, participantId: "gone", name: "Nobody", metaData: null });
  expect([...copy.participants.keys()]).toEqual(["ann", "bob"]);
  expect(copy.seq).toBe(1);
});

test("in a conference permissions change together with the rights that follow from them", () => {
  const copy = copyWith("ann");
  copy.apply({
    ...{ type: "permissions-changed", seq: 1, at: 0, participantId: "ann" },
    ...{ permissions: ["allow_join"], conferencePermissions: ["INVITE", "JOIN"], by: { kind: "rule" } },
  });
  expect(copy.participants.get("ann")).toMatchObject({
    permissions: ["allow_join"],
    conferencePermissions: ["INVITE", "JOIN"],
  });
});

test("invitations change nobody who is in, but count", () => {
  const copy = copyWith("ann");
  const about = { at: 0, participantId: "ann", by: { kind: "rule" } } as const;
  copy.apply({ ...about, type: "participant-invited", seq: 4, permissions: ["KICK"] });
  copy.apply({ ...about, type: "invitation-revoked", seq: 5 });
  expect(copy.participants.get("ann")).toEqual(person("ann", { metaData: { team: 1 } }));
  expect(copy.seq).toBe(5);
});
