/** A page that is loaded anew comes back to its place, without knocking or joining twice. */
import { describe, expect, test } from "@jest/globals";
import type { KeepStore } from "../../../src/client/index.js";
import { MeetingStage } from "./meeting-stage.js";
import { again, entered, HELLO, lobby, refused, snapshot, turn } from "./support.js";

class Drawer implements KeepStore {
  text: string | null = null;
  load(): string | null {
    return this.text;
  }
  save(text: string | null): void {
    this.text = text;
  }
}

const jwt = (claims: object): string => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;

/** A drawer with the way back to a seat. */
async function left(): Promise<Drawer> {
  const keep = new Drawer();
  await new MeetingStage({ keep }).joined();
  return keep;
}

describe("what is kept", () => {
  test("opens the seat for a page that is loaded anew, which then joins as if for the first time", async () => {
    const keep = await left();
    const stage = new MeetingStage({ keep });
    const sent = await stage.asks();
    expect(sent).toEqual({ type: "resume", id: sent["id"], secret: "secret-1", attempt: 2 });
    stage.socket.say(
      entered(sent["id"], "secret-2", { recovered: false }),
      snapshot(10, { cause: "resumed" }),
    );
    expect(stage.names()).toContain("meeting-joined");
    expect(stage.names()).not.toContain("recovered");
    expect(stage.meeting.state).toBe("joined");
    const third = await new MeetingStage({ keep }).asks();
    expect(third).toMatchObject({ type: "resume", secret: "secret-2" });
  });

  test("opens the place in the lobby, without another knock", async () => {
    const keep = new Drawer();
    await new MeetingStage({ keep }).knocked();
    const stage = new MeetingStage({ keep });
    const { id } = await stage.asks();
    stage.socket.say(entered(id, "secret-2", { state: "waiting" }), lobby("resumed"));
    expect(stage.meeting.state).toBe("waiting");
  });

  test.each(["resume_window_over", "resume_invalid", "session_ended", "room_unknown"])(
    "when it is refused, %s, a join follows by itself",
    async (reason) => {
      const keep = await left();
      const stage = new MeetingStage({ keep });
      const joining = stage.meeting.join();
      stage.socket.say(HELLO);
      stage.socket.say(refused(stage.socket.last["id"], { code: 4412, reason }));
      expect(stage.sockets).toHaveLength(2);
      stage.socket.say(HELLO);
      const { id } = stage.socket.last;
      expect(stage.socket.last).toMatchObject({ type: "join", token: "token-1" });
      stage.socket.say(entered(id, "secret-9"), snapshot(10));
      expect(await joining).toMatchObject({ state: "joined" });
      expect(stage.names()).not.toContain("meeting-left");
      expect(keep.text).toContain("secret-9");
    },
  );

  test("a store that is away for a moment is no refusal: the same resume is asked again, and counted", async () => {
    const stage = new MeetingStage({ keep: await left() });
    const first = await stage.asks();
    stage.socket.say(refused(first["id"], { code: 4503, reason: "unavailable", retryable: true }));
    expect(stage.comeBack()).toEqual(again(first));
  });

  test("is the very same resume where the page was loaded anew before it was answered", async () => {
    const keep = await left();
    const first = await new MeetingStage({ keep, makeId: () => "id-of-the-second-page" }).asks();
    expect(await new MeetingStage({ keep }).asks()).toEqual(again(first));
  });

  test("is the very same join where the page was loaded anew before that was answered", async () => {
    const keep = new Drawer();
    const first = await new MeetingStage({ keep, makeId: () => "id-of-the-first-page" }).asks();
    expect(await new MeetingStage({ keep }).asks()).toEqual(again(first));
  });

  test.each([
    ["leaving", (stage: MeetingStage) => void stage.meeting.leave()],
    ["a removal", (stage: MeetingStage) => stage.socket.hangUp(4402, "removed")],
  ])("is forgotten at a final end: %s", async (_name, end) => {
    const keep = new Drawer();
    const stage = await new MeetingStage({ keep }).joined();
    expect(keep.text).toContain("secret-1");
    end(stage);
    stage.socket.hangUp(1000, "left");
    await turn();
    expect(keep.text).toBeNull();
  });

  test("is not forgotten by a page whose place another has taken", async () => {
    const keep = new Drawer();
    const older = await new MeetingStage({ keep }).joined();
    const newer = new MeetingStage({ keep });
    const { id } = await newer.asks();
    newer.socket.say(entered(id, "secret-2"), snapshot(10, { cause: "resumed" }));
    older.socket.hangUp(4005, "participant_id_taken");
    expect(older.meeting.state).toBe("left");
    expect(keep.text).toContain("secret-2");
  });

  test("stays where the gateway could not be reached", async () => {
    const keep = await left();
    const stage = new MeetingStage({ keep, joinAttempts: 1 });
    void stage.meeting.join().catch(() => undefined);
    stage.socket.hangUp();
    expect(stage.meeting.state).toBe("idle");
    expect(keep.text).toContain("secret-1");
  });

  test.each([
    ["another room", { roomId: "other" }, "join"],
    ["a token for another room", { token: jwt({ roomId: "other" }) }, "join"],
    ["a token for somebody else", { token: jwt({ participantId: "zoe" }) }, "join"],
    ["the same room and person", { token: jwt({ roomId: "demo", participantId: "ann" }) }, "resume"],
  ])("is for the room and the person that it was kept for: %s", async (_name, options, type) => {
    expect(await new MeetingStage({ keep: await left(), ...options }).asks()).toMatchObject({ type });
  });

  test.each(["", "{", "null", '{"secret":1}', "[]"])("%j is as good as nothing", async (text) => {
    const keep = new Drawer();
    keep.text = text;
    expect(await new MeetingStage({ keep }).asks()).toMatchObject({ type: "join" });
  });

  test("a store that throws costs the way back, not the meeting", async () => {
    const keep = {
      load: (): string | null => null,
      save: (): void => {
        throw new Error("full");
      },
    };
    const stage = await new MeetingStage({ keep }).joined();
    expect(stage.meeting.state).toBe("joined");
    expect(stage.told("error")[0]).toMatchObject([{ reason: "not_kept", details: { problem: "full" } }]);
  });
});
