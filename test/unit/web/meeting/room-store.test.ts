import { describe, expect, test } from "@jest/globals";
import { MeetingError } from "../../../../src/client/index.js";
import type { TopicMessage } from "../../../../src/protocol/events.js";
import { Notices } from "../../../../src/web/meeting/store/notices.js";
import { RoomStore } from "../../../../src/web/meeting/store/room-store.js";
import { FakeDesk, FakeMeeting, HandClock } from "./fakes.js";

const message = (id: string, senderId = "a"): TopicMessage => ({
  id,
  topic: "CHAT",
  message: `text ${id}`,
  payload: null,
  senderId,
  senderName: "Hanna",
  timestamp: 0,
  persist: true,
  sendOnly: null,
});

/** A stay in which this was written before. */
function stay(kept: readonly TopicMessage[] = []) {
  const clock = new HandClock();
  const meeting = new FakeMeeting();
  meeting.kept = kept;
  const notices = new Notices(clock.startTimer);
  let chimes = 0;
  const room = new RoomStore({
    ...{ meeting, notices, media: new FakeDesk(), now: clock.now },
    world: { startTimer: clock.startTimer, chime: () => (chimes += 1) },
  });
  /** The view as it is drawn: changes of one moment are drawn together. */
  const drawn = async () => {
    await Promise.resolve();
    return room.view;
  };
  return { clock, meeting, notices, room, drawn, chimes: () => chimes };
}

const knock = (participantId: string, name: string) => ({
  ...{ participantId, name, metaData: null, since: 0, expiresAt: 9, returned: false, online: true },
  allow: () => Promise.resolve(),
  deny: () => Promise.resolve(),
});

describe("The chat of a stay", () => {
  test("shows what was written before, without counting it as unread or speaking it", async () => {
    const { drawn, notices } = stay([message("1"), message("2")]);
    const { lines, unread } = await drawn();
    expect([lines.length, unread, notices.view.polite]).toEqual([2, 0, ""]);
  });

  test("counts what others write while it is closed; opening it has it read", async () => {
    const { meeting, room, drawn, notices } = stay();
    meeting.hear(message("1"));
    meeting.hear(message("1"));
    meeting.hear(message("2", "me"));
    expect((await drawn()).unread).toBe(1);
    expect(notices.view.polite).toBe("Hanna wrote: text 1");
    room.togglePanel("chat");
    expect((await drawn()).unread).toBe(0);
    meeting.hear(message("3"));
    expect((await drawn()).unread).toBe(0);
  });
});

describe("A lost line", () => {
  test("is shown since it was lost, with each attempt, until it is back", async () => {
    const { clock, meeting, drawn, notices } = stay();
    const begin = clock.time;
    meeting.tell("reconnecting", { attempt: 1, delayMs: 500, code: 1006, why: "" });
    clock.pass(3_000);
    meeting.tell("reconnecting", { attempt: 2, delayMs: 1_000, code: 1006, why: "" });
    expect((await drawn()).banners).toEqual([
      { kind: "reconnecting", loss: { attempt: 2, since: begin, nextAt: begin + 4_000, why: "" } },
    ]);
    expect(notices.view.assertive).toContain("connection was lost");
    meeting.tell("recovered", true);
    expect((await drawn()).banners).toEqual([]);
    expect(notices.view.toasts[0]).toMatchObject({ tone: "good", text: "You are back. You missed nothing." });
  });
});

describe("A token that expires", () => {
  const kinds = async (drawn: ReturnType<typeof stay>["drawn"]) =>
    (await drawn()).banners.map(({ kind }) => kind);

  test("is warned of two minutes before, however long it lives, and not any more once it is over", async () => {
    const life = 40 * 24 * 3_600_000;
    const { clock, meeting, drawn } = stay();
    meeting.tell("token-expiring", { expiresAt: clock.time + life, policy: "restrict" });
    clock.pass(life - 121_000);
    expect(await kinds(drawn)).toEqual([]);
    clock.pass(2_000);
    expect(await kinds(drawn)).toEqual(["expiring"]);
    clock.pass(120_000);
    expect(await kinds(drawn)).toEqual([]);
  });

  test("is not warned of any more when a newer one is there, and the newer one is again", async () => {
    const { clock, meeting, room, drawn } = stay();
    meeting.tell("token-expiring", { expiresAt: clock.time + 60_000, policy: "leave" });
    expect(await kinds(drawn)).toEqual(["expiring"]);
    meeting.tell("token-refreshed", { expiresAt: clock.time + 600_000 });
    expect(await kinds(drawn)).toEqual([]);
    meeting.tell("token-expiring", { expiresAt: clock.time + 600_000, policy: "leave" });
    clock.pass(481_000);
    expect(await kinds(drawn)).toEqual(["expiring"]);
    room.dismissWarning();
    expect(await kinds(drawn)).toEqual([]);
  });

  test("is not warned of where nothing happens then", async () => {
    const { clock, meeting, drawn } = stay();
    meeting.tell("token-expiring", { expiresAt: clock.time + 30_000, policy: "stay" });
    expect(await kinds(drawn)).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});

describe("News", () => {
  test("of a knock is heard and spoken; the answer of another host says who it was", () => {
    const { meeting, notices, chimes } = stay();
    meeting.tell("entry-requested", knock("g", "Gustav"));
    expect([chimes(), notices.view.polite]).toEqual([1, "Gustav asks to come in."]);
    const more = { note: null, banned: false, mayKnockAt: null };
    meeting.tell("entry-responded", "g", "allowed", {
      by: { kind: "participant", participantId: "other", name: "Hanna" },
      ...more,
    });
    expect(notices.view.toasts.map(({ text }) => text)).toEqual(["Hanna let Gustav in."]);
  });

  test("of one's own answer is none", () => {
    const { meeting, notices } = stay();
    meeting.tell("entry-requested", knock("g", "Gustav"));
    const by = { kind: "participant", participantId: "me", name: "Me" } as const;
    meeting.tell("entry-responded", "g", "denied", { by, note: null, banned: false, mayKnockAt: null });
    expect(notices.view.toasts).toEqual([]);
  });

  test("of a moderator who turns one's microphone off says who; one's own off is no news", () => {
    const { meeting, notices } = stay();
    const by = (participantId: string) => ({ kind: "participant", participantId, name: "Hanna" }) as const;
    meeting.tell("stream-disabled", { participantId: "me", kind: "mic", by: by("me") });
    meeting.tell("stream-disabled", { participantId: "other", kind: "mic", by: by("host") });
    expect(notices.view.toasts).toEqual([]);
    meeting.tell("stream-disabled", { participantId: "me", kind: "mic", by: by("host") });
    expect(notices.view.toasts[0]?.text).toBe("Hanna turned your microphone off.");
  });
});

describe("A button that fails", () => {
  test("says what was tried and why it did not work, and is spoken at once", async () => {
    const { meeting, room, notices } = stay();
    meeting.failure = new MeetingError({
      ...{ code: 4415, name: "NOT_PERMITTED", reason: "not_permitted", message: "no", retryable: false },
    });
    expect(await room.actions.lockRoom(true)).toBe(false);
    expect(notices.view.assertive).toBe("The room was not locked: you do not have the right to do that.");
  });

  test("about somebody who is gone says so, and sends nothing", async () => {
    const { meeting, room, notices } = stay();
    expect(await room.actions.admit("gone")).toBe(false);
    expect(notices.view.toasts[0]?.text).toContain("not waiting any more");
    expect(meeting.calls).toEqual([]);
  });
});

describe("Toasts", () => {
  test("go by themselves, and never pile up", () => {
    const { clock, notices } = stay();
    for (const text of ["one", "two", "three", "four", "four"]) notices.tell(text);
    expect(notices.view.toasts.map(({ text }) => text)).toEqual(["two", "three", "four"]);
    clock.pass(8_000);
    expect(notices.view.toasts).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  test("with the same sentence are spoken again", () => {
    const { notices } = stay();
    notices.say("Gustav asks to come in.");
    const first = notices.view.polite;
    notices.say("Gustav asks to come in.");
    expect(notices.view.polite).not.toBe(first);
    expect(notices.view.polite.trim()).toBe(first);
  });
});

test("A stay that is over leaves no listener and no timer", () => {
  const { clock, meeting, room } = stay();
  meeting.tell("token-expiring", { expiresAt: clock.time + 600_000, policy: "leave" });
  expect(clock.waiting).toBe(1);
  room.close();
  expect([meeting.ears, clock.waiting]).toEqual([0, 0]);
});
