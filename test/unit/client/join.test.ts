import { describe, expect, test } from "@jest/globals";
import { MeetingError } from "../../../src/client/meeting-error.js";
import { entered, failure, HELLO, lobby, person, refused, snapshot, Stage } from "./support.js";

describe("join", () => {
  test("shows the token once the gateway has said hello, and resolves with the room at hand", async () => {
    const stage = new Stage({
      credentials: { token: "token-1", roomId: "demo", name: "Ann", metaData: { hat: "red" }, micOn: true },
    });
    const joining = stage.client.join();
    expect(stage.client.state).toBe("joining");
    expect(stage.socket).toMatchObject({ url: "ws://one", protocols: ["admitone.v1"], sent: [] });
    stage.socket.say(HELLO);
    expect(stage.socket.sent).toEqual([
      {
        type: "join",
        id: "id-0000000000001",
        token: "token-1",
        roomId: "demo",
        name: "Ann",
        metaData: { hat: "red" },
        micOn: true,
        attempt: 1,
      },
    ]);
    stage.socket.say(entered("id-0000000000001", "secret-1"), snapshot(10));
    expect(await joining).toEqual({ state: "joined", participantId: "ann", roomId: "demo" });
    expect(stage.names()).toEqual(["snapshot", "joined"]);
    const { view } = stage.client;
    expect([...view.participants.keys()]).toEqual(["ann"]);
    expect(view).toMatchObject({
      epoch: "e1",
      seq: 10,
      self: person("ann", { permissions: ["allow_join", "allow_mod"] }),
    });
    expect(view.facts).toMatchObject({ roomId: "demo", locked: false });
  });

  test("a second call shares the first one's outcome; one that has joined is refused", async () => {
    const stage = new Stage();
    expect(stage.client.join()).toBe(stage.client.join());
    await stage.joined();
    expect(await failure(stage.client.join())).toMatchObject({ reason: "already_joined" });
  });

  test("whoever speaks another protocol never sees the token", async () => {
    const stage = new Stage();
    const joining = stage.client.join();
    stage.socket.say({ ...HELLO, protocol: "admitone.v9" });
    expect(await failure(joining)).toMatchObject({ reason: "wrong_protocol", code: 3047, retryable: false });
    expect(stage.socket).toMatchObject({ sent: [], end: { code: 1000 } });
    expect(stage.client.state).toBe("idle");
  });

  test("a refusal rejects with everything that the gateway said, and is not a leaving", async () => {
    const stage = new Stage();
    const joining = stage.client.join();
    stage.socket.say(HELLO);
    const error = {
      code: 4003,
      name: "INVALID_MEETING_ID",
      reason: "room_unknown",
      message: "There is no such room",
    };
    stage.socket.say(refused(stage.socket.last["id"], { ...error, field: "roomId", details: { x: 1 } }));
    const failed = await failure(joining);
    expect(failed).toBeInstanceOf(MeetingError);
    expect(failed).toMatchObject({ ...error, field: "roomId", details: { x: 1 }, retryable: false });
    expect(stage.diary).toEqual([]);
    expect(stage.client.state).toBe("idle");
    expect(stage.clock.pending).toBe(0);
  });

  test.each([
    [4022, "room_mismatch", { code: 4022, name: "CONNECTION_CLOSED", reason: "room_mismatch" }],
    [4427, "join_deadline", { code: 4427, name: "CONNECTION_CLOSED", reason: "join_deadline" }],
    [1008, "", { code: 1008, name: "CONNECTION_CLOSED", reason: "connection_closed" }],
  ])("a close with %i %j alone says no as well", async (code, text, error) => {
    const stage = new Stage();
    const joining = stage.client.join();
    stage.socket.say(HELLO);
    stage.socket.hangUp(code, text);
    expect(await failure(joining)).toMatchObject(error);
    expect(stage.sockets).toHaveLength(1);
  });

  test("a no to a frame that the gateway could not read explains the close after it", async () => {
    const stage = new Stage();
    const joining = stage.client.join();
    stage.socket.say(HELLO, refused(null, { code: 3072, reason: "payload_too_large" }));
    stage.socket.hangUp(4400, "payload_too_large");
    expect(await failure(joining)).toMatchObject({ code: 3072, reason: "payload_too_large" });
  });

  test("addresses are tried in turn; after the last attempt join rejects, and says what the line said", async () => {
    const stage = new Stage({ joinAttempts: 3 });
    const joining = stage.client.join();
    stage.socket.hangUp(1006, "connect ECONNREFUSED");
    stage.clock.advance(250);
    stage.socket.hangUp(1006, "connect ECONNREFUSED");
    stage.clock.advance(500);
    stage.socket.hangUp(1006, "Unexpected server response: 503");
    expect(await failure(joining)).toMatchObject({
      code: 3047,
      reason: "unreachable",
      retryable: true,
      details: { url: "ws://one", problem: "Unexpected server response: 503" },
    });
    expect(stage.sockets.map(({ url }) => url)).toEqual(["ws://one", "ws://two", "ws://one"]);
    expect(stage.client.state).toBe("idle");
    expect(stage.diary).toEqual([]);
  });

  test("an address that is none counts as a line that failed", async () => {
    const openSocket = (): never => {
      throw new SyntaxError("Invalid URL");
    };
    const stage = new Stage({ joinAttempts: 2, openSocket });
    const joining = stage.client.join();
    stage.clock.advance(250);
    expect(await failure(joining)).toMatchObject({
      reason: "unreachable",
      details: { problem: "Invalid URL" },
    });
  });

  test("a gateway whose store is away is asked again with the same join, and its no is what join rejects with", async () => {
    const stage = new Stage({ joinAttempts: 2 });
    const joining = stage.client.join();
    const no = { code: 4503, name: "UNAVAILABLE", reason: "unavailable", retryable: true };
    stage.socket.say(HELLO);
    const { id } = stage.socket.last;
    stage.socket.say(refused(id, no));
    expect(stage.comeBack()).toMatchObject({ type: "join", id });
    stage.socket.say(refused(id, no));
    expect(await failure(joining)).toMatchObject({ reason: "unavailable", retryable: true });
  });

  test("until it is answered, a join keeps its id: on the next line, and when it is asked for anew", async () => {
    const stage = new Stage({ joinAttempts: 2 });
    const joining = stage.client.join();
    stage.socket.say(HELLO);
    const { id } = stage.socket.last;
    stage.socket.hangUp();
    expect(stage.comeBack()).toMatchObject({ type: "join", id });
    stage.socket.hangUp();
    expect(await failure(joining)).toMatchObject({ reason: "unreachable" });
    const again = stage.client.join();
    stage.socket.say(HELLO);
    expect(stage.socket.last).toMatchObject({ type: "join", id });
    stage.socket.say(entered(id, "secret-1"), snapshot(3));
    expect(await again).toMatchObject({ state: "joined" });
  });

  test("a new stay is a new join", async () => {
    const stage = await new Stage().joined();
    stage.socket.say({ type: "meeting-left", reason: { code: 1006, message: "ROOM_CLOSE" }, note: null });
    stage.socket.hangUp(4413, "session_ended");
    void stage.client.join();
    stage.socket.say(HELLO);
    expect(stage.socket.last).toMatchObject({ type: "join", token: "token-1" });
    expect(stage.socket.last["id"]).not.toBe("id-0000000000001");
  });

  test("when the answer came but the snapshot did not, the way back is a resume, and join still resolves", async () => {
    const stage = new Stage();
    const joining = stage.client.join();
    stage.socket.say(HELLO, entered("id-0000000000001", "secret-1"));
    stage.socket.hangUp();
    const resume = stage.comeBack();
    expect(resume).toEqual({ type: "resume", id: resume["id"], secret: "secret-1", attempt: 2 });
    stage.socket.say(
      entered(resume["id"], "secret-2", { recovered: false }),
      snapshot(4, { cause: "resumed" }),
    );
    expect(await joining).toMatchObject({ state: "joined" });
    expect(stage.names()).toEqual(["snapshot", "joined"]);
  });

  test("a line on which nobody answers is given up", () => {
    const stage = new Stage();
    void stage.client.join();
    stage.clock.advance(14_999);
    expect(stage.sockets).toHaveLength(1);
    stage.clock.advance(1 + 250);
    expect(stage.sockets).toHaveLength(2);
    expect(stage.sockets[0]?.end).toBe("terminated");
  });

  test("at least one address is needed", () => {
    expect(() => new Stage({ urls: [] })).toThrow(RangeError);
  });
});

describe("the lobby", () => {
  test("join resolves with waiting; an admission brings the room", async () => {
    const stage = await new Stage().knocked();
    expect(stage.client.state).toBe("waiting");
    expect(stage.told("waiting")).toEqual([
      {
        participantId: "ann",
        roomId: "demo",
        cause: "knocked",
        since: 0,
        expiresAt: 600_000,
        hostPresent: false,
      },
    ]);
    stage.socket.say(lobby("hosts", true));
    expect(stage.told("waiting")).toHaveLength(2);
    stage.socket.say(snapshot(12, { cause: "admitted" }));
    expect(stage.names().slice(2)).toEqual(["snapshot", "admitted", "joined"]);
    expect(stage.client.view.seq).toBe(12);
  });

  test("admitted in the moment of the answer: join resolves with joined", async () => {
    const stage = new Stage();
    const joining = stage.client.join();
    stage.socket.say(HELLO, entered("id-0000000000001", "secret-1", { state: "waiting" }), snapshot(12));
    expect(await joining).toMatchObject({ state: "joined" });
    expect(stage.names()).toEqual(["snapshot", "joined"]);
  });

  test("a denial is told with who and why, and then the end of the wait", async () => {
    const stage = await new Stage().knocked();
    const by = { kind: "participant", participantId: "hal", name: "Hal" };
    const answer = {
      participantId: "ann",
      decision: "denied",
      by,
      note: "Not today",
      banned: false,
      mayKnockAt: 30_000,
    };
    stage.socket.say({ type: "entry-responded", ...answer });
    stage.socket.hangUp(4404, "entry_denied");
    expect(stage.diary.slice(1)).toEqual([
      ["denied", { by, note: "Not today", banned: false, mayKnockAt: 30_000 }],
      [
        "left",
        {
          ...{ code: 4404, why: "entry_denied", reason: null, note: "Not today" },
          text: "A host did not let you in.",
        },
      ],
    ]);
    expect(stage.client.state).toBe("left");
  });

  test("a knock that nobody answered ends with its reason", async () => {
    const stage = await new Stage().knocked();
    stage.socket.hangUp(4405, "knock_timed_out");
    const text = "Nobody answered your knock in time.";
    expect(stage.told("left")).toEqual([
      { code: 4405, why: "knock_timed_out", reason: null, note: null, text },
    ]);
  });

  test("admitted while the line was lost", async () => {
    const stage = await new Stage().knocked();
    stage.socket.hangUp();
    const resume = stage.comeBack();
    expect(resume).toMatchObject({ type: "resume", secret: "secret-1" });
    expect(resume).not.toHaveProperty("seq");
    stage.socket.say(
      entered(resume["id"], "secret-2", { recovered: false }),
      snapshot(20, { cause: "resumed" }),
    );
    expect(stage.names().slice(1)).toEqual(["reconnecting", "snapshot", "recovered", "admitted", "joined"]);
  });

  test("sent back by a moderator, and let in again", async () => {
    const stage = await new Stage().joined();
    stage.socket.say(lobby("returned", true));
    expect(stage.client.state).toBe("waiting");
    expect(stage.client.view.participants.size).toBe(0);
    stage.socket.say(snapshot(30, { cause: "admitted" }));
    expect(stage.names().slice(2)).toEqual(["waiting", "snapshot", "admitted", "joined"]);
  });
});
