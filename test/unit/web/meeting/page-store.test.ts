import { describe, expect, test } from "@jest/globals";
import { MeetingError } from "../../../../src/client/index.js";
import { PageStore } from "../../../../src/web/meeting/store/page-store.js";
import type { MeetingChoices, PageWorld } from "../../../../src/web/meeting/store/ports.js";
import { FakeDesk, FakeMeeting, fakeStorage, HandClock, tokenWith } from "./fakes.js";

const KNOCKER = tokenWith({ permissions: ["ask_join"] });
const WAIT = { participantId: "me", since: 1_000, expiresAt: 9_000, hostPresent: true };

/** A page with this link, and everything around it. */
function pageWith(token: string | null = KNOCKER, kept = new Map<string, string>()) {
  const clock = new HandClock();
  const meetings: FakeMeeting[] = [];
  const opened: MeetingChoices[] = [];
  const previews: FakeDesk[] = [];
  const media: { readonly desk: FakeDesk; readonly withPreview: boolean }[] = [];
  let refusal: Error | null = null;
  const world: PageWorld = {
    now: clock.now,
    startTimer: clock.startTimer,
    storage: fakeStorage(kept),
    ask: (_path, init) =>
      Promise.resolve(
        Response.json(init?.method === "POST" ? { token: "minted" } : { development: true }, { status: 200 }),
      ),
    openMeeting: (choices) => {
      const meeting = new FakeMeeting();
      meeting.failure = refusal;
      opened.push(choices);
      meetings.push(meeting);
      return meeting;
    },
    openPreview: ({ mic, webcam }) => {
      const desk = new FakeDesk({ micOn: mic, webcamOn: webcam });
      previews.push(desk);
      return desk;
    },
    joinMedia: (_meeting, preview) => {
      const desk = new FakeDesk(preview?.view ?? {});
      media.push({ desk, withPreview: preview !== null });
      return desk;
    },
    chime: () => undefined,
  };
  const page = new PageStore(world, { roomId: "room-1", token });
  const last = (): FakeMeeting => {
    const meeting = meetings[meetings.length - 1];
    if (meeting === undefined) throw new Error("no meeting was opened");
    return meeting;
  };
  const refuse = (error: Error | null): void => {
    refusal = error;
  };
  return { page, clock, kept, opened, previews, media, last, refuse };
}

const comeIn = (meeting: FakeMeeting): void =>
  meeting.tell("meeting-joined", { state: "joined", participantId: "me", roomId: "room-1" });
const wait = (meeting: FakeMeeting, cause: string): void => {
  meeting.waiting = WAIT;
  meeting.tell("meeting-waiting", { ...WAIT, roomId: "room-1", cause });
};
const ending = (why: string) => ({ code: 4_000, why, reason: null, note: null, text: "" });

describe("The page", () => {
  test("begins with the device check, and says whether its token knocks", async () => {
    const { page } = pageWith();
    await page.start();
    expect(page.view).toEqual({ name: "check", knocks: true, fixedName: null });
  });

  test("goes straight back to a seat that was kept over a reload, without opening a preview", async () => {
    const { page, previews, media, last } = pageWith(KNOCKER, new Map([["admitone:seat:room-1", "secret"]]));
    await page.start();
    expect(page.view).toEqual({ name: "joining", back: true });
    comeIn(last());
    expect([page.view.name, previews.length, media[0]?.withPreview]).toEqual(["room", 0, false]);
  });

  test("gets a token on a trial gateway, and keeps the name that was given there", async () => {
    const { page, kept } = pageWith(null);
    await page.start();
    expect(page.view).toMatchObject({ name: "no-token", trial: true });
    await page.beginTrial("Hanna", "host");
    expect([page.view.name, page.wishes.name, kept.get("admitone:token:room-1")]).toEqual([
      "check",
      "Hanna",
      "minted",
    ]);
  });

  test("joins with the name and the devices of the check, and hands the preview over", async () => {
    const { page, opened, media, previews, last } = pageWith();
    await page.start();
    await previews[0]?.setWebcam(false);
    await page.ask("Gustav");
    expect(opened[0]).toMatchObject({
      name: "Gustav",
      mic: true,
      webcam: false,
      roomId: "room-1",
      token: KNOCKER,
    });
    comeIn(last());
    expect([media[0]?.withPreview, previews[0]?.closed, page.preview]).toEqual([true, 0, null]);
  });

  test("waits in the lobby, and shows when the line is lost there", async () => {
    const { page, last } = pageWith();
    await page.start();
    await page.ask("Gustav");
    wait(last(), "knocked");
    expect(page.view).toMatchObject({
      name: "lobby",
      wait: { hostPresent: true, returned: false, reconnecting: false },
    });
    last().state = "reconnecting";
    last().tell("meeting-state-changed", { state: "reconnecting", before: "waiting" });
    expect(page.view).toMatchObject({ wait: { reconnecting: true } });
  });

  test("tells a denial by the host's words, and lets the devices go", async () => {
    const { page, previews, last } = pageWith();
    await page.start();
    await page.ask("Gustav");
    wait(last(), "knocked");
    const by = { kind: "participant", participantId: "host", name: "Hanna" } as const;
    last().tell("entry-responded", "me", "denied", { by, note: "Later", banned: false, mayKnockAt: 5_000 });
    last().tell("meeting-left", ending("entry_denied"));
    expect(page.view).toMatchObject({ name: "over", outcome: { by: "Hanna", words: "Later" } });
    expect([previews[0]?.closed, last().ears]).toEqual([1, 0]);
  });

  test("takes somebody else's denial for nothing of its own", async () => {
    const { page, last } = pageWith();
    await page.start();
    await page.ask("Hanna");
    comeIn(last());
    last().tell("entry-responded", "other", "denied", {
      by: { kind: "rule" },
      note: null,
      banned: false,
      mayKnockAt: null,
    });
    last().tell("meeting-left", ending("left"));
    expect(page.view).toMatchObject({ outcome: { title: "You left the meeting" } });
  });

  test("closes media when one is sent back to the lobby, and opens it again with the admission", async () => {
    const { page, media, last } = pageWith();
    await page.start();
    await page.ask("Gustav");
    comeIn(last());
    wait(last(), "returned");
    expect([page.view, media[0]?.desk.closed, page.room]).toMatchObject([
      { wait: { returned: true } },
      1,
      null,
    ]);
    comeIn(last());
    expect([page.view.name, media.length]).toEqual(["room", 2]);
  });

  test("shows the reason of a refused join, and a second try is a new meeting", async () => {
    const { page, opened, refuse } = pageWith();
    refuse(
      new MeetingError({ code: 4009, name: "FULL", reason: "room_full", message: "full", retryable: false }),
    );
    await page.start();
    await page.ask("Gustav");
    expect(page.view).toMatchObject({ name: "over", outcome: { code: "room_full" } });
    refuse(null);
    page.check();
    await page.ask("Gustav");
    expect([page.view.name, opened.length]).toEqual(["joining", 2]);
  });

  test("does not follow a join that was given up", async () => {
    const { page, last } = pageWith();
    await page.start();
    await page.ask("Gustav");
    page.giveUp();
    comeIn(last());
    expect([page.view.name, last().calls]).toEqual(["check", ["join", "leave"]]);
  });

  test("shows a newer link's token to the running meeting, and says if it is not taken", async () => {
    const { page, last, kept } = pageWith();
    await page.start();
    await page.ask("Gustav");
    comeIn(last());
    await page.newerToken("newer");
    expect(last().calls).toContain("refreshToken newer");
    expect(kept.get("admitone:token:room-1")).toBe("newer");
    expect(page.notices.view.toasts.map(({ tone }) => tone)).toEqual(["good"]);
    last().failure = new Error("no");
    await page.newerToken("other");
    expect(page.notices.view.toasts.map(({ tone }) => tone)).toEqual(["good", "bad"]);
  });

  test("ends with all listeners and timers gone, and the devices let go", async () => {
    const { page, media, clock, last } = pageWith();
    await page.start();
    await page.ask("Gustav");
    comeIn(last());
    page.notices.tell("Something");
    page.close();
    expect([last().ears, clock.waiting, media[0]?.desk.closed]).toEqual([0, 0, 1]);
  });
});
