import { describe, expect, test } from "@jest/globals";
import type { TopicMessage } from "../../../../src/protocol/events.js";
import { addLine, type ChatLine } from "../../../../src/web/meeting/model/chat.js";
import { NO_MEDIA, type MediaNow } from "../../../../src/web/meeting/model/media-now.js";
import {
  describePerson,
  inListOrder,
  initialsOf,
  personView,
  withHand,
  type Person,
} from "../../../../src/web/meeting/model/people.js";
import { roomView, type MeetingNow, type PageState } from "../../../../src/web/meeting/model/room-view.js";
import { clockSpan, spanWords } from "../../../../src/web/meeting/model/time.js";
import { stream } from "./fakes.js";

const person = (id: string, more: Partial<Person> = {}): Person => ({
  id,
  displayName: id,
  metaData: null,
  local: false,
  micOn: false,
  webcamOn: false,
  micLocked: false,
  webcamLocked: false,
  online: true,
  joinedAt: 0,
  isHost: false,
  isModerator: false,
  ...more,
});

const OPEN = { mic: false, webcam: false };
const PAGE: PageState = {
  panel: null,
  lines: [],
  unread: 0,
  loss: null,
  expiringAt: null,
  soundBlocked: false,
};

function meetingOf(people: readonly Person[], more: Partial<MeetingNow> = {}): MeetingNow {
  const others = people.filter(({ local }) => !local);
  return {
    roomId: "room-1",
    room: null,
    bans: new Set(),
    restricted: false,
    localParticipant: people.find(({ local }) => local) ?? null,
    participants: new Map(others.map((one) => [one.id, one])),
    entryRequests: new Map(),
    mediaRequests: new Map(),
    ...more,
  };
}

describe("Somebody in the room", () => {
  test("is locked by their own lock or by everybody's; a moderator only by their own, and what is on is on", () => {
    const all = { mic: true, webcam: false };
    expect(personView(person("a"), all).mic).toBe("locked");
    expect(personView(person("a"), all).webcam).toBe("off");
    expect(personView(person("a", { isModerator: true }), all).mic).toBe("off");
    expect(personView(person("a", { isModerator: true, micLocked: true }), OPEN).mic).toBe("locked");
    expect(personView(person("a", { micOn: true, micLocked: true }), OPEN).mic).toBe("on");
  });

  test("has their hand up since the time in the room's state, and odd values are no hand", () => {
    expect(personView(person("a", { metaData: { handRaisedAt: 5 } }), OPEN).handSince).toBe(5);
    for (const value of ["5", null, {}, Infinity])
      expect(personView(person("a", { metaData: { handRaisedAt: value } }), OPEN).handSince).toBeNull();
  });

  test("keeps whatever else others show of them when the hand goes up and down", () => {
    expect(withHand({ team: "sales" }, 5)).toEqual({ team: "sales", handRaisedAt: 5 });
    expect(withHand({ team: "sales", handRaisedAt: 5 }, null)).toEqual({ team: "sales" });
    expect(withHand(withHand(null, 5), null)).toBeNull();
  });

  test("is described in one breath, with everything that the marks say", () => {
    const view = personView(
      person("Gustav", { isHost: true, micOn: true, online: false, metaData: { handRaisedAt: 1 } }),
      OPEN,
    );
    expect(describePerson(view)).toBe(
      "Gustav, host, microphone on, camera off, hand raised, connection lost",
    );
  });

  test.each([
    ["Gustav Lind", "GL"],
    ["tom", "T"],
    ["Ines Ferreira de Almeida", "IA"],
    ["👩‍💻 Ada", "👩‍💻A"],
    ["  ", "?"],
  ])("called %j has the initials %s", (name, initials) => expect(initialsOf(name)).toBe(initials));

  test("stands first in the list with a raised hand, whoever raised it first before the others", () => {
    const people = [
      person("a"),
      person("me", { local: true }),
      person("b", { metaData: { handRaisedAt: 9 } }),
      person("c", { metaData: { handRaisedAt: 3 } }),
    ].map((one) => personView(one, OPEN));
    expect(inListOrder(people).map(({ id }) => id)).toEqual(["c", "b", "me", "a"]);
  });
});

describe("The room", () => {
  const camera = stream();
  const media = (more: Partial<MediaNow>): MediaNow => ({ ...NO_MEDIA, ...more });

  test("shows oneself first, and nobody twice", () => {
    const me = person("me", { local: true });
    const meeting = meetingOf([me, person("a")], {
      participants: new Map([
        ["me", me],
        ["a", person("a")],
      ]),
    });
    expect(roomView(meeting, NO_MEDIA, PAGE).tiles.map(({ id }) => id)).toEqual(["me", "a"]);
  });

  test("shows no picture of somebody whose camera the room says is off, whatever still flows", () => {
    const streams = new Map([["a", { mic: null, webcam: camera, share: null }]]);
    const view = (webcamOn: boolean) =>
      roomView(meetingOf([person("a", { webcamOn })]), media({ streams }), PAGE);
    expect(view(false).tiles[0]?.video).toBeNull();
    expect(view(true).tiles[0]?.video).toBe(camera);
  });

  test("shows nobody as speaking whose microphone is off", () => {
    const view = (micOn: boolean) =>
      roomView(meetingOf([person("a", { micOn })]), media({ speakerId: "a" }), PAGE);
    expect([view(false).tiles[0]?.speaking, view(true).tiles[0]?.speaking]).toEqual([false, true]);
  });

  test("tells of trouble with media only where something should flow", () => {
    const connections = new Map([["a", "lost" as const]]);
    const trouble = (more: Partial<Person>) =>
      roomView(meetingOf([person("a", more)]), media({ connections }), PAGE).tiles[0]?.trouble;
    expect([trouble({}), trouble({ micOn: true }), trouble({ micOn: true, online: false })]).toEqual([
      null,
      "lost",
      null,
    ]);
  });

  test("shows the presenter's screen before others", () => {
    const streams = new Map([
      ["a", { mic: null, webcam: null, share: stream() }],
      ["b", { mic: null, webcam: null, share: camera }],
    ]);
    const meeting = meetingOf([person("a"), person("b")]);
    expect(roomView(meeting, media({ streams, presenterId: "b" }), PAGE).share).toMatchObject({ id: "b" });
    expect(roomView(meeting, media({ streams }), PAGE).share).toMatchObject({ id: "a" });
    expect(roomView(meeting, NO_MEDIA, PAGE).share).toBeNull();
  });

  test("never shows one's own screen, but says that it is shown", () => {
    const meeting = meetingOf([person("me", { local: true }), person("a")]);
    const local = { mic: null, webcam: null, share: camera };
    const view = roomView(meeting, media({ local, presenterId: "me" }), PAGE);
    expect([view.share, view.sharing]).toEqual([null, true]);
  });

  test("names whoever asks for one's microphone, a back end too", () => {
    const asks = (participantId: string | null) =>
      roomView(
        meetingOf([person("me", { local: true }), person("a", { displayName: "Hanna" })], {
          mediaRequests: new Map([["mic", { participantId }]]),
        }),
        NO_MEDIA,
        PAGE,
      ).asks;
    expect(asks("a")).toEqual([{ kind: "mic", by: "Hanna" }]);
    expect(asks(null)[0]?.by).toBe("Whoever runs this room");
    expect(asks("gone")[0]?.by).toBe("A moderator");
  });

  test("warns of a token that expires, and once it is restricted only says that", () => {
    const kinds = (restricted: boolean) =>
      roomView(meetingOf([], { restricted }), NO_MEDIA, { ...PAGE, expiringAt: 5 }).banners.map(
        ({ kind }) => kind,
      );
    expect([kinds(false), kinds(true)]).toEqual([["expiring"], ["restricted"]]);
  });
});

describe("The chat", () => {
  const message = (id: string, more: Partial<TopicMessage> = {}): TopicMessage => ({
    id,
    topic: "CHAT",
    message: `text ${id}`,
    payload: null,
    senderId: "a",
    senderName: "Hanna",
    timestamp: 0,
    persist: true,
    sendOnly: null,
    ...more,
  });
  const linesOf = (...messages: readonly TopicMessage[]): readonly ChatLine[] =>
    messages.reduce<readonly ChatLine[]>((lines, one) => addLine(lines, one, "me"), []);

  test("has every message once", () => {
    expect(linesOf(message("1"), message("2"), message("1")).map(({ id }) => id)).toEqual(["1", "2"]);
  });

  test("says the name again where another writes, or the same one later", () => {
    const lines = linesOf(
      message("1"),
      message("2", { timestamp: 1_000 }),
      message("3", { timestamp: 2_000, senderId: "me", senderName: "Me" }),
      message("4", { timestamp: 3_000 }),
      message("5", { timestamp: 500_000 }),
    );
    expect(lines.map(({ goesOn }) => goesOn)).toEqual([false, true, false, false, false]);
    expect(lines.map(({ own }) => own)).toEqual([false, false, true, false, false]);
  });

  test("shows a back end's message as an announcement, unless it gave a name", () => {
    const from = (senderName: string) => linesOf(message("1", { senderId: null, senderName }))[0]?.from;
    expect([from(""), from("Reception")]).toEqual(["Announcement", "Reception"]);
  });
});

describe("Spans of time", () => {
  test.each([
    [-5, "0:00"],
    [5_400, "0:05"],
    [760_000, "12:40"],
    [3_727_000, "1:02:07"],
  ])("of %i ms read %s on a clock", (span, text) => expect(clockSpan(span)).toBe(text));

  test.each([
    [1_000, "1 second"],
    [61_000, "61 seconds"],
    [720_000, "12 minutes"],
    [7_200_000, "2 hours"],
  ])("of %i ms read %s in words", (span, text) => expect(spanWords(span)).toBe(text));
});
