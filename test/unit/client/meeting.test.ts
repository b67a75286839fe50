/** The meeting in a page's hands: what it shows, and what its listeners are told. */
import { describe, expect, test } from "@jest/globals";
import type { EntryRequest, Participant } from "../../../src/client/index.js";
import { batch, knockOf, MeetingStage } from "./meeting-stage.js";
import { accepted, entered, failure, lobby, person, refused, snapshot, turn } from "./support.js";

const by = { kind: "participant", participantId: "bob", name: "Bob" } as const;
const ann = person("ann", { permissions: ["allow_join", "allow_mod"] });

describe("coming in", () => {
  test("the join carries what the page gave, and the meeting shows the room", async () => {
    const stage = new MeetingStage({
      ...{ roomId: "demo", participantId: "ann", metaData: { hat: "red" } },
      ...{ micEnabled: true, webcamEnabled: false, conferenceToken: "pass" },
    });
    const { meeting } = stage;
    expect(meeting).toMatchObject({ state: "idle", roomId: null, participantId: null, room: null });
    const sent = await stage.asks();
    expect(sent).toEqual({
      ...{ type: "join", id: "id-0000000000001", token: "token-1", conferenceToken: "pass", roomId: "demo" },
      ...{ participantId: "ann", name: "Ann", metaData: { hat: "red" }, micOn: true, webcamOn: false },
      attempt: 1,
    });
    stage.socket.say(
      entered(sent["id"], "secret-1"),
      snapshot(10, { room: { participants: [ann, person("bob", { micOn: true })], bans: ["troll"] } }),
    );
    expect(stage.names()).toEqual([
      ...["meeting-state-changed", "changed", "meeting-state-changed", "meeting-joined", "changed"],
    ]);
    expect(meeting).toMatchObject({ state: "joined", roomId: "demo", participantId: "ann", waiting: null });
    expect(meeting.localParticipant).toMatchObject({
      id: "ann",
      local: true,
      isHost: true,
      isModerator: true,
    });
    expect([...meeting.participants.keys()]).toEqual(["bob"]);
    expect(meeting.participants.get("bob")).toMatchObject({ displayName: "Bob", local: false, micOn: true });
    expect([...meeting.bans]).toEqual(["troll"]);
    expect(meeting.room).toMatchObject({ locked: false, maxParticipants: 50 });
  });

  test("whoever waits sees the lobby, and hears both the yes and the room", async () => {
    const stage = await new MeetingStage().knocked();
    const wait = { participantId: "ann", since: 0, expiresAt: 600_000, hostPresent: false };
    expect(stage.meeting.waiting).toEqual(wait);
    expect(stage.told("meeting-waiting")).toEqual([[{ ...wait, roomId: "demo", cause: "knocked" }]]);
    stage.socket.say(lobby("hosts", true));
    expect(stage.meeting.waiting).toMatchObject({ hostPresent: true });
    stage.forget().socket.say(snapshot(10, { cause: "admitted" }));
    expect(stage.names()).toEqual(["meeting-state-changed", "entry-responded", "meeting-joined", "changed"]);
    expect(stage.told("entry-responded")[0]?.slice(0, 2)).toEqual(["ann", "allowed"]);
    expect(stage.meeting.waiting).toBeNull();
  });

  test("whoever is denied hears why, and reads a sentence", async () => {
    const stage = await new MeetingStage().knocked();
    const answer = { decision: "denied", by, note: "Not today", banned: false, mayKnockAt: 7 };
    stage.forget().socket.say({ type: "entry-responded", participantId: "ann", ...answer });
    stage.socket.hangUp(4404, "entry_denied");
    const { decision, ...more } = answer;
    expect(stage.told("entry-responded")).toEqual([["ann", decision, more]]);
    expect(stage.told("meeting-left")).toEqual([
      [
        {
          code: 4404,
          why: "entry_denied",
          reason: null,
          note: "Not today",
          text: "A host did not let you in.",
        },
      ],
    ]);
    expect(stage.meeting).toMatchObject({ state: "left", waiting: null, room: null });
  });

  test("sent back to the lobby, one sees nobody any more; admitted again, one joins again", async () => {
    const stage = await new MeetingStage().joined({ participants: [ann, person("bob")] });
    stage.forget().socket.say(lobby("returned"));
    expect(stage.meeting).toMatchObject({ state: "waiting", localParticipant: null, room: null });
    expect(stage.meeting.participants.size).toBe(0);
    expect(stage.names()).toEqual(["meeting-state-changed", "meeting-waiting", "changed"]);
    stage.forget().socket.say(snapshot(14, { cause: "admitted" }));
    expect(stage.names()).toContain("meeting-joined");
  });

  test("a join that is refused rejects, and tells no leaving", async () => {
    const stage = new MeetingStage();
    const joining = stage.meeting.join();
    stage.socket.say({ type: "hello", protocol: "admitone.v1", version: "1", heartbeatMs: 1 });
    stage.socket.say(refused(stage.socket.last["id"], { code: 4003, reason: "room_unknown" }));
    expect(await failure(joining)).toMatchObject({ code: 4003, reason: "room_unknown" });
    expect(stage.names()).not.toContain("meeting-left");
    expect(stage.meeting.state).toBe("idle");
  });
});

describe("the people", () => {
  test("one object stands for somebody's whole stay, and leaves with the last that was known", async () => {
    const stage = await new MeetingStage().joined();
    stage.forget().socket.say(batch(11, { type: "participant-joined", participant: person("bob") }));
    const bob = stage.meeting.participants.get("bob");
    expect(stage.told("participant-joined")).toEqual([[bob]]);
    stage.forget().socket.say(
      batch(
        12,
        { type: "stream-enabled", participantId: "bob", kind: "mic", by },
        { type: "participant-renamed", participantId: "bob", name: "Robert", metaData: { n: 1 } },
        { type: "media-lock-changed", participantId: "bob", kind: "webcam", locked: true, by },
        {
          type: "permissions-changed",
          participantId: "bob",
          permissions: ["allow_mod"],
          conferencePermissions: null,
          by,
        },
        { type: "participant-disconnected", participantId: "bob", until: 9 },
      ),
    );
    expect(stage.meeting.participants.get("bob")).toBe(bob);
    expect(bob).toMatchObject({ micOn: true, displayName: "Robert", metaData: { n: 1 }, webcamLocked: true });
    expect(bob).toMatchObject({ isModerator: true, isHost: false, online: false });
    expect(stage.names()).toEqual([
      ...["stream-enabled", "participant-changed", "participant-changed", "participant-changed"],
      ...["participant-changed", "participant-changed", "changed"],
    ]);
    const reason = { code: 1101, message: "MANUAL_LEAVE_CALLED" };
    stage.forget().socket.say(batch(17, { type: "participant-left", participantId: "bob", reason, by }));
    expect(stage.told("participant-left")).toEqual([[bob, reason, by]]);
    expect(bob).toMatchObject({ displayName: "Robert", micOn: true });
    expect(stage.meeting.participants.size).toBe(0);
  });

  test("oneself is the local participant, of whom only changes are told", async () => {
    const stage = await new MeetingStage().joined();
    const { localParticipant: self } = stage.meeting;
    stage
      .forget()
      .socket.say(
        batch(
          11,
          { type: "participant-joined", participant: ann },
          { type: "stream-enabled", participantId: "ann", kind: "webcam", by },
        ),
      );
    expect(self).toMatchObject({ webcamOn: true });
    expect(stage.meeting.localParticipant).toBe(self);
    expect(stage.names()).not.toContain("participant-joined");
    const reason = { code: 1002, message: "REMOVE_PEER" };
    stage.socket.say(batch(13, { type: "participant-left", participantId: "ann", reason, by }));
    expect(stage.names()).not.toContain("participant-left");
    expect(stage.meeting.localParticipant).toBeNull();
  });

  test("what changes in the room beside the people is told with the room", async () => {
    const stage = await new MeetingStage().joined();
    stage
      .forget()
      .socket.say(
        batch(
          11,
          { type: "room-lock-changed", locked: true, by },
          { type: "media-lock-changed", participantId: null, kind: "mic", locked: true, by },
          { type: "room-status-changed", status: "enabled", by },
        ),
      );
    expect(stage.names()).toEqual(["room-changed", "room-changed", "changed"]);
    expect(stage.meeting.room).toMatchObject({ locked: true, mediaLocks: { mic: true, webcam: false } });
  });

  test("over for all: nobody is there any more, and the end says it for everybody", async () => {
    const stage = await new MeetingStage().joined({ participants: [ann, person("bob")] });
    stage.forget().socket.say(batch(11, { type: "session-ended", sessionId: "s1", cause: "ended", by }));
    stage.socket.say({ type: "meeting-left", reason: { code: 1006, message: "ROOM_CLOSE" }, note: null });
    stage.socket.hangUp(4413, "session_ended");
    expect(stage.names()).not.toContain("participant-left");
    expect(stage.told("meeting-left")).toMatchObject([[{ text: "The meeting was ended for everybody." }]]);
    expect(stage.meeting.participants.size).toBe(0);
  });
});

describe("those who knock", () => {
  test("whoever comes as a host hears of each who waits already, once, after having joined", async () => {
    const stage = await new MeetingStage().joined({ lobby: [knockOf("kim"), knockOf("lee")] });
    expect(stage.names().slice(-4)).toEqual([
      "meeting-joined",
      "entry-requested",
      "entry-requested",
      "changed",
    ]);
    expect([...stage.meeting.entryRequests.keys()]).toEqual(["kim", "lee"]);
    stage.laidAnew({ lobby: [knockOf("kim"), knockOf("lee", { online: false })] });
    expect(stage.told("entry-requested")).toHaveLength(2);
    expect(stage.meeting.entryRequests.get("lee")?.online).toBe(false);
    stage.laidAnew({ lobby: [knockOf("kim", { since: 6 })] }, { seq: 50 });
    expect(stage.told("entry-requested").slice(2)).toMatchObject([[{ participantId: "kim", since: 6 }]]);
    expect(stage.told("entry-withdrawn")).toEqual([
      ["kim", "unknown"],
      ["lee", "unknown"],
    ]);
  });

  test("whoever becomes a host in the room hears of the backlog; whoever is none any more drops it", async () => {
    const plain = person("ann");
    const stage = await new MeetingStage().joined({ participants: [plain], lobby: undefined });
    stage.forget().socket.say(
      batch(11, {
        type: "permissions-changed",
        participantId: "ann",
        permissions: ["allow_join"],
        conferencePermissions: null,
        by,
      }),
      snapshot(11, {
        cause: "permissions",
        room: { participants: [{ ...plain, permissions: ["allow_join"] }], lobby: [knockOf("kim")] },
      }),
    );
    expect(stage.told("entry-requested")).toMatchObject([[{ participantId: "kim" }]]);
    stage
      .forget()
      .socket.say(snapshot(12, { cause: "permissions", room: { participants: [plain], lobby: undefined } }));
    expect(stage.told("entry-withdrawn")).toEqual([["kim", "hidden"]]);
    expect(stage.meeting.entryRequests.size).toBe(0);
  });

  test("a request answers for its own knock, and is gone when somebody has answered", async () => {
    const stage = await new MeetingStage().joined();
    let request: EntryRequest | undefined;
    stage.meeting.on("entry-requested", (one) => (request = one));
    stage.forget().socket.say(batch(11, { type: "entry-requested", knock: knockOf("kim", { name: "Kim" }) }));
    expect(request).toMatchObject({ participantId: "kim", name: "Kim", since: 5 });
    void request?.allow();
    expect(stage.socket.last).toMatchObject({ type: "admit", participantId: "kim", since: 5 });
    stage.socket.say(accepted(stage.socket.last["id"]));
    void request?.deny({ note: "No", ban: true });
    expect(stage.socket.last).toMatchObject({
      type: "deny",
      participantId: "kim",
      since: 5,
      note: "No",
      ban: true,
    });
    stage.socket.say(accepted(stage.socket.last["id"]));
    void stage.meeting.respondEntry("kim", "allowed");
    expect(stage.socket.last).toMatchObject({ type: "admit", participantId: "kim", since: 5 });
    const more = { by, note: null, banned: false, mayKnockAt: null };
    stage.socket.say(
      batch(12, { type: "entry-responded", participantId: "kim", decision: "allowed", ...more }),
    );
    expect(stage.told("entry-responded")).toEqual([["kim", "allowed", more]]);
    expect(stage.meeting.entryRequests.size).toBe(0);
    stage.socket.say(
      batch(
        13,
        { type: "entry-requested", knock: knockOf("lee") },
        { type: "entry-withdrawn", participantId: "lee", cause: "withdrawn" },
      ),
    );
    expect(stage.told("entry-withdrawn")).toEqual([["lee", "withdrawn"]]);
  });
});

describe("requests for one's microphone and webcam", () => {
  const asked = { type: "mic-requested", participantId: "bob", targetId: "ann" };

  test("are told with the means to answer, stay listed until then, and are answered once", async () => {
    const stage = await new MeetingStage().joined();
    stage.forget().socket.say(batch(11, asked));
    const request = stage.meeting.mediaRequests.get("mic");
    expect(stage.told("mic-requested")).toEqual([[request]]);
    expect(request?.participantId).toBe("bob");
    const answer = request?.accept();
    const { id } = stage.socket.last;
    expect(stage.socket.last).toEqual({ type: "answer-media", id, kind: "mic", accept: true });
    expect(await failure(request?.reject() ?? Promise.resolve())).toMatchObject({
      reason: "request_unknown",
    });
    stage.socket.say(
      accepted(id),
      batch(12, { type: "mic-responded", participantId: "ann", askerId: "bob", accepted: true }),
    );
    await answer;
    expect(stage.meeting.mediaRequests.size).toBe(0);
    // It was not oneself who asked.
    expect(stage.told("mic-responded")).toEqual([]);
  });

  test("that were open before a resume are there after it, and not told again", async () => {
    const stage = await new MeetingStage().joined();
    stage.forget().socket.say(batch(11, asked));
    const request = stage.meeting.mediaRequests.get("mic");
    stage.laidAnew({}, { self: { restricted: false, asked: { mic: { by: "bob" }, webcam: { by: null } } } });
    expect(stage.meeting.mediaRequests.get("mic")).toBe(request);
    expect(stage.told("mic-requested")).toHaveLength(1);
    expect(stage.told("webcam-requested")).toMatchObject([[{ participantId: null }]]);
    stage.socket.say(batch(41, { type: "stream-enabled", participantId: "ann", kind: "webcam", by }));
    expect([...stage.meeting.mediaRequests.keys()]).toEqual(["mic"]);
  });

  test("of one's own are answered to oneself", async () => {
    const stage = await new MeetingStage().joined();
    stage
      .forget()
      .socket.say(
        batch(11, { type: "webcam-responded", participantId: "bob", askerId: "ann", accepted: false }),
      );
    expect(stage.told("webcam-responded")).toEqual([[{ participantId: "bob", accepted: false }]]);
  });
});

describe("over a lost line", () => {
  test("what was missed is told once and in order; what was laid anew is told as differences", async () => {
    const stage = await new MeetingStage().joined({
      participants: [ann, person("bob", { micOn: true }), person("cat"), person("dan", { joinedAt: 1 })],
    });
    const { participants } = stage.meeting;
    const [bob, cat, dan] = ["bob", "cat", "dan"].map((id) => participants.get(id));
    stage.forget().laidAnew({
      locked: true,
      participants: [person("eve"), person("bob"), person("dan", { joinedAt: 2 }), ann],
    });
    expect(stage.names()).toEqual([
      ...["meeting-state-changed", "reconnecting", "changed", "meeting-state-changed", "recovered"],
      ...["participant-left", "participant-left", "participant-joined", "stream-disabled"],
      ...["participant-changed", "participant-joined", "room-changed", "changed"],
    ]);
    expect(stage.told("recovered")).toEqual([[false]]);
    const unknown = [{ code: 1007, message: "UNKNOWN" }, { kind: "rule" }];
    expect(stage.told("participant-left")).toEqual([
      [cat, ...unknown],
      [dan, ...unknown],
    ]);
    expect([...participants.keys()]).toEqual(["eve", "bob", "dan"]);
    expect(participants.get("bob")).toBe(bob);
    expect(participants.get("dan")).not.toBe(dan);

    stage.forget().socket.hangUp();
    const { id } = stage.comeBack();
    stage.socket.say(
      entered(id, "secret-3", { recovered: true }),
      batch(41, { type: "participant-joined", participant: person("fay") }),
      batch(41, { type: "participant-joined", participant: person("fay") }),
    );
    expect(stage.told("recovered")).toEqual([[true]]);
    expect(stage.told("participant-joined")).toHaveLength(1);
    expect(stage.names()).not.toContain("meeting-joined");
  });

  test("a command has one answer, whatever became of the line meanwhile", async () => {
    const stage = await new MeetingStage().joined();
    const locking = stage.meeting.lockRoom(true);
    const sent = stage.socket.last;
    stage.socket.hangUp();
    const { id } = stage.comeBack();
    stage.socket.say(entered(id, "secret-2", { recovered: true }));
    expect(stage.socket.last).toEqual(sent);
    stage.socket.say(accepted(sent["id"], { repeated: true }));
    await expect(locking).resolves.toBeUndefined();
  });
});

describe("what is told", () => {
  test("changed comes once for each frame in which something that is shown changed", async () => {
    const stage = await new MeetingStage().joined();
    stage
      .forget()
      .socket.say(
        { type: "signal", from: "bob", id: "s1", payload: {} },
        batch(11, { type: "participant-invited", participantId: "zoe", permissions: ["JOIN"], by }),
        { type: "weather" },
      );
    expect(stage.names()).toEqual(["signal"]);
    stage
      .forget()
      .socket.say(
        batch(12, { type: "participant-banned", participantId: "troll", by, note: null }),
        batch(
          13,
          { type: "participant-joined", participant: person("bob") },
          { type: "participant-joined", participant: person("cat") },
        ),
      );
    expect(stage.names()).toEqual(["changed", "participant-joined", "participant-joined", "changed"]);
  });

  test("once hears once, and a listener that throws is told about", async () => {
    const stage = await new MeetingStage().joined();
    const heard: Participant[] = [];
    stage.meeting.once("participant-joined", (one) => heard.push(one));
    stage.meeting.on("participant-joined", () => {
      throw new Error("thrown");
    });
    stage
      .forget()
      .socket.say(
        batch(
          11,
          { type: "participant-joined", participant: person("bob") },
          { type: "participant-joined", participant: person("cat") },
        ),
      );
    await turn();
    expect(heard.map(({ id }) => id)).toEqual(["bob"]);
    expect(stage.told("listener-error")).toEqual([
      [{ event: "participant-joined", error: new Error("thrown") }],
      [{ event: "participant-joined", error: new Error("thrown") }],
    ]);
  });

  test("a listener sees the meeting as it is told, also when only the state is", async () => {
    const stage = new MeetingStage();
    const seen: unknown[] = [];
    const { meeting } = stage;
    meeting.on("meeting-state-changed", ({ state }) =>
      seen.push([state, meeting.localParticipant?.id ?? null, meeting.participants.size]),
    );
    await stage.joined({ participants: [ann, person("bob")] });
    stage.socket.hangUp(4402, "removed");
    expect(seen).toEqual([
      ["joining", null, 0],
      ["joined", "ann", 1],
      ["left", null, 0],
    ]);
  });
});
