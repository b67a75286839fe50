/** What a conference's log says to those who are in no room: which words, on which channel, for whom. */
import { expect, test } from "@jest/globals";
import {
  announcementsOf,
  channelFor,
  decodeAnnouncement,
  encodeAnnouncement,
  type NamesOf,
} from "../../../src/gateway/announcements.js";
import type { Followed } from "../../../src/gateway/following.js";
import { roomIdSchema } from "../../../src/protocol/commands.js";
import { DEFAULT_PERMISSIONS } from "../../../src/room/conference.js";
import { eventOf, HOST, yes } from "../room/support.js";
import { ConferenceRoom, OPEN } from "./conference-room.js";

const OF = { conferenceId: "room", conferenceAlias: "standup" } as const;
const ALIAS = channelFor("app", { type: "Conference.Created", conferenceAlias: "standup" }, null);
const person = (participantId: string) => ({ participantId, name: `name of ${participantId}` });

/** What a step says, as the words on each channel, in order. */
function said(followed: Followed, names: readonly NamesOf[] = []) {
  return announcementsOf(followed, names).map(({ channel, announcement }) => ({
    channel,
    only: announcement.only,
    news: announcement.list.map(({ news }) => news),
  }));
}

/** The words on the alias's channel alone. */
const aliasSaid = (followed: Followed, names: readonly NamesOf[] = []) =>
  said(followed, names).filter(({ channel }) => channel.room === ALIAS?.room);

test("a conference is created, people join and leave, the last one ends it; each step counts who is in once", () => {
  const room = new ConferenceRoom("standup");
  expect(said(room.step())).toEqual([
    { channel: ALIAS, only: null, news: [{ type: "Conference.Created", ...OF }] },
  ]);
  room.join("ann");
  room.join("bob");
  expect(aliasSaid(room.step())).toEqual([
    {
      channel: ALIAS,
      only: null,
      news: [
        { type: "Participant.Joined", ...OF, ...person("ann") },
        { type: "Participant.Joined", ...OF, ...person("bob") },
        { type: "Conference.ActiveParticipants", ...OF, participantCount: 2 },
      ],
    },
  ]);
  yes(room.as("ann", { type: "leave" }));
  yes(room.as("bob", { type: "leave" }));
  const step = room.step();
  const left = step.events.filter(({ event }) => event.type === "participant-left");
  const names = left.map(({ seq }, index) => ({
    seq,
    participant: person(index === 0 ? "ann" : "bob"),
    ejected: [],
  }));
  expect(aliasSaid(step, names)[0]?.news).toEqual([
    { type: "Participant.Left", ...OF, ...person("ann") },
    { type: "Participant.Left", ...OF, ...person("bob") },
    { type: "Conference.ActiveParticipants", ...OF, participantCount: 0 },
    { type: "Conference.Ended", ...OF },
  ]);
});

test("who is put out by the end for all has left before it", () => {
  const room = new ConferenceRoom("standup", { ...OPEN, emptyTtlMs: 60_000 });
  room.join("ann");
  room.step();
  const decision = room.api({ type: "end" });
  const step = room.step();
  const at = step.events.findIndex(({ event }) => event === eventOf(decision, "session-ended"));
  const names = [{ seq: step.events[at]?.seq ?? 0, participant: null, ejected: [person("ann")] }];
  expect(aliasSaid(step, names)[0]?.news).toEqual([
    { type: "Participant.Left", ...OF, ...person("ann") },
    { type: "Conference.ActiveParticipants", ...OF, participantCount: 0 },
    { type: "Conference.Ended", ...OF },
  ]);
});

test("a back end ends it: that they left is told before, though the log has it behind", () => {
  const room = new ConferenceRoom("standup", { ...OPEN, emptyTtlMs: 60_000 });
  room.join("ann");
  room.step();
  yes(room.api({ type: "set-status", status: "deactivated" }));
  const step = room.step();
  expect(step.events.map(({ event }) => event.type)).toEqual(["room-status-changed", "session-ended"]);
  const names = [{ seq: step.upTo, participant: null, ejected: [person("ann")] }];
  expect(aliasSaid(step, names)[0]?.news.map(({ type }) => type)).toEqual([
    "Participant.Left",
    "Conference.ActiveParticipants",
    "Conference.Ended",
  ]);
});

test("a conference that is merely closed for a while has not ended", () => {
  const room = new ConferenceRoom("standup", { ...OPEN, emptyTtlMs: 60_000 });
  room.step();
  yes(room.api({ type: "set-status", status: "disabled" }));
  expect(said(room.step())).toEqual([]);
});

test("a conference that may go on empty does not end with the last to leave, but when its time is over", () => {
  const room = new ConferenceRoom("standup", { ...OPEN, emptyTtlMs: 60_000 });
  room.join("ann");
  yes(room.as("ann", { type: "leave" }));
  const types = (): string[] => aliasSaid(room.step()).flatMap(({ news }) => news.map(({ type }) => type));
  expect(types()).not.toContain("Conference.Ended");
  yes(room.wait(60_000));
  expect(types()).toEqual(["Conference.Ended"]);
});

test("news have the time of what they tell", () => {
  const room = new ConferenceRoom("standup");
  room.now += 5_000;
  room.join("ann");
  const times = announcementsOf(room.step(), []).flatMap(({ announcement }) => announcement.list);
  expect(times.map(({ at }) => at)).toEqual([room.now - 5_000, room.now, room.now]);
});

test("invitations are for the invited alone, each on a channel of their own, and only where they are to be told", () => {
  const room = new ConferenceRoom("standup", { ...OPEN, isProtected: true });
  room.step();
  room.invite(["ann", "bob"]);
  room.invite(["cy"], { notify: false });
  const news = [{ type: "Invitation", ...OF, permissions: ["JOIN"] }];
  expect(said(room.step())).toEqual(
    ["ann", "bob"].map((id) => ({
      channel: channelFor("app", { type: "Invitation" }, id),
      only: null,
      news,
    })),
  );
});

test("of a protected conference only its owner hears, and who is invited to it then", () => {
  const room = new ConferenceRoom("standup", { ...OPEN, isProtected: true, ownerId: "owner" });
  expect(aliasSaid(room.step())).toMatchObject([{ only: ["owner"] }]);
  room.invite(["ann", "bob"], { notify: false, permissions: DEFAULT_PERMISSIONS });
  yes(room.api({ type: "kick", participantIds: ["bob"] }));
  const pass = { id: "pass-ann", roomId: "room", participantId: "ann" };
  yes(room.join("ann", { grant: { kind: "client", scopes: [] }, more: { pass } }));
  expect(aliasSaid(room.step())).toMatchObject([{ only: ["owner", "ann"] }]);
});

test("a conference without an alias invites, and is followed by nobody", () => {
  const room = new ConferenceRoom(null);
  room.invite(["ann"]);
  room.join("bob", HOST);
  expect(said(room.step())).toEqual([
    {
      channel: channelFor("app", { type: "Invitation" }, "ann"),
      only: null,
      news: [{ type: "Invitation", conferenceId: "room", conferenceAlias: null, permissions: ["JOIN"] }],
    },
  ]);
});

test("of a plain room, and where events are lost, nothing is said", () => {
  const plain = new ConferenceRoom("standup", null);
  plain.join("ann");
  expect(said(plain.step())).toEqual([]);
  const room = new ConferenceRoom("standup");
  room.join("ann");
  expect(said(room.step({ events: [], gap: true }))).toEqual([]);
});

test("no room can be called as a channel is, and no two things share one", () => {
  const list = [
    channelFor("app", { type: "Invitation" }, "x"),
    channelFor("app", { type: "Conference.Ended", conferenceAlias: "x" }, null),
    channelFor("app", { type: "Conference.Ended", conferenceAlias: "person x" }, null),
    channelFor("other", { type: "Invitation" }, "x"),
  ];
  for (const channel of list) expect(roomIdSchema.safeParse(channel?.room).success).toBe(false);
  expect(new Set(list.map((channel) => JSON.stringify(channel))).size).toBe(list.length);
  expect(channelFor("app", { type: "Invitation" }, null)).toBeNull();
});

test("a channel's text is read back as it was, and anything else is nothing", () => {
  const room = new ConferenceRoom("standup", { ...OPEN, isProtected: true, ownerId: "owner" });
  for (const { announcement } of announcementsOf(room.step(), []))
    expect(decodeAnnouncement(encodeAnnouncement(announcement))).toMatchObject(announcement);
  const others = ["", "{", "null", '{"t":"signal"}', '{"t":"notifications","only":null,"list":[{}]}'];
  for (const text of others) expect(decodeAnnouncement(text)).toBeNull();
});
