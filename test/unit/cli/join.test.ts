import { describe, expect, test } from "@jest/globals";
import { accepted, entered, HELLO, lobby, person, refused, snapshot, turn } from "../client/support.js";
import { Desk, NOON } from "./support.js";

const ARGV = ["join", "--token", "t", "--room", "demo", "--name", "Ann"];
const knock = (participantId: string, name: string): object => ({
  participantId,
  name,
  metaData: null,
  since: NOON,
  expiresAt: NOON + 600_000,
  returned: false,
  online: true,
});
const batch = (seq: number, ...events: object[]): object => ({
  type: "events",
  epoch: "e1",
  seq,
  count: events.length,
  events: events.map((event, index) => ({ seq: seq + index, at: NOON + 1_000 * index, ...event })),
});
const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join("");

/** In the room, a line at a time. */
async function joined(room: object = {}): Promise<{ desk: Desk; done: Promise<number> }> {
  const desk = new Desk();
  const done = desk.start(ARGV);
  desk.socket.say(HELLO);
  desk.socket.say(entered(desk.socket.last["id"], "secret-1"), snapshot(10, { room }));
  await turn();
  return { desk, done };
}

async function leave({ desk, done }: { desk: Desk; done: Promise<number> }): Promise<number> {
  desk.stop();
  await turn();
  desk.socket.say({
    type: "meeting-left",
    reason: { code: 1101, message: "MANUAL_LEAVE_CALLED" },
    note: null,
  });
  desk.socket.hangUp(1000, "left");
  return done;
}

describe("admitone join", () => {
  test("asks as the options say", async () => {
    const desk = new Desk();
    void desk.start([
      ...ARGV,
      "--participant",
      "ann",
      "--mic",
      "--url",
      "wss://a/v2/meeting",
      "--url",
      "ws://b/v2/meeting",
    ]);
    expect(desk.socket.url).toBe("wss://a/v2/meeting");
    desk.socket.say(HELLO);
    expect(desk.socket.last).toMatchObject({
      type: "join",
      token: "t",
      roomId: "demo",
      participantId: "ann",
      name: "Ann",
      micOn: true,
      webcamOn: false,
    });
    await turn();
  });

  test("a refusal is told with the outward text, the reason and what it means", async () => {
    const desk = new Desk();
    const done = desk.start(ARGV);
    desk.socket.say(HELLO);
    const error = {
      code: 4002,
      name: "INVALID_TOKEN",
      reason: "token_expired",
      message: "Token is invalid or expired",
    };
    desk.socket.say(refused(desk.socket.last["id"], { ...error, field: "exp" }));
    expect(await done).toBe(1);
    expect(desk.out.text).toBe("");
    expect(desk.err.text).toBe(
      lines(
        "Could not join: Token is invalid or expired",
        "  reason  token_expired (4002 INVALID_TOKEN)",
        "  means   The token's time is over. Ask for a new one.",
        "  field   exp",
      ),
    );
  });

  test("when one may knock again is told as a time", async () => {
    const desk = new Desk();
    const done = desk.start(ARGV);
    desk.socket.say(HELLO);
    const error = { code: 4406, name: "COOLING_DOWN", reason: "cooling_down", message: "Later" };
    desk.socket.say(refused(desk.socket.last["id"], { ...error, details: { mayKnockAt: NOON + 30_000 } }));
    expect(await done).toBe(1);
    expect(desk.err.text).toContain("\n  mayKnockAt  12:00:30\n");
  });

  test("the room, a knock, an answer, and leaving", async () => {
    const meeting = await joined({
      lobby: [knock("kim", "Kim Lee")],
      participants: [person("ann", { permissions: ["allow_join"] }), person("bob")],
    });
    const { desk } = meeting;
    expect(desk.read()).toBe(
      lines(
        "12:00:00  you                 are in the room demo as Ann (ann); you hold allow_join",
        "12:00:00  room                here: Bob (bob)",
        "12:00:00  Kim Lee (kim)       knocks. Type: allow kim, or: deny kim [reason]",
      ),
    );
    await desk.type("allow");
    expect(desk.socket.last).toMatchObject({ type: "admit", participantId: "kim" });
    const by = { kind: "participant", participantId: "ann", name: "Ann" };
    desk.socket.say(
      accepted(desk.socket.last["id"]),
      batch(
        11,
        {
          type: "entry-responded",
          participantId: "kim",
          decision: "allowed",
          by,
          note: null,
          banned: false,
          mayKnockAt: null,
        },
        { type: "participant-joined", participant: person("kim", { name: "Kim Lee" }) },
      ),
    );
    await turn();
    expect(desk.read().split("\n").sort()).toEqual(
      [
        "",
        "12:00:00  you                 let Kim Lee (kim) in",
        "12:00:00  you                 ok: allow kim",
        "12:00:01  Kim Lee (kim)       joined",
      ].sort(),
    );
    await desk.type("who");
    expect(desk.read()).toBe(
      lines(
        "  Ann (ann)      mic off, webcam off  allow_join",
        "  Bob (bob)      mic off, webcam off",
        "  Kim Lee (kim)  mic off, webcam off",
      ),
    );
    await desk.type("mute bo");
    desk.socket.say(
      refused(desk.socket.last["id"], { message: "You may not", details: { needs: "allow_mod" } }),
    );
    await turn();
    expect(desk.read()).toBe(
      lines("12:00:00  you                 no: mute bob mic: You may not (not_permitted; needs allow_mod)"),
    );
    expect(await leave(meeting)).toBe(0);
    expect(desk.read()).toBe(lines("12:00:00  you                 left"));
    expect(desk.err.text).toBe("");
  });

  test("the lobby: waiting, a host, let in", async () => {
    const desk = new Desk();
    const done = desk.start(ARGV);
    desk.socket.say(HELLO);
    const wait = (cause: string, hostPresent: boolean): object => ({
      ...lobby(cause, hostPresent),
      expiresAt: NOON + 600_000,
    });
    desk.socket.say(
      entered(desk.socket.last["id"], "secret-1", { state: "waiting" }),
      wait("knocked", false),
    );
    desk.socket.say(wait("hosts", true), snapshot(12, { cause: "admitted" }));
    await turn();
    expect(desk.read()).toBe(
      lines(
        "12:00:00  you                 knock, and wait for a host of the room demo until 12:10:00; no host is there yet",
        "12:00:00  you                 wait; a host has come",
        "12:00:00  you                 are in the room demo as Ann (ann); you hold allow_join and allow_mod",
        "12:00:00  room                nobody else is here",
      ),
    );
    expect(await leave({ desk, done })).toBe(0);
  });

  test("turned away from the lobby", async () => {
    const desk = new Desk();
    const done = desk.start(ARGV);
    desk.socket.say(HELLO);
    desk.socket.say(entered(desk.socket.last["id"], "secret-1", { state: "waiting" }), lobby("knocked"));
    await turn();
    desk.read();
    const by = { kind: "participant", participantId: "hal", name: "Hal" };
    const answer = {
      participantId: "ann",
      decision: "denied",
      by,
      note: "Not today",
      banned: false,
      mayKnockAt: NOON + 30_000,
    };
    desk.socket.say({ type: "entry-responded", ...answer });
    desk.socket.hangUp(4404, "entry_denied");
    expect(await done).toBe(1);
    expect(desk.read()).toBe(
      lines(
        "12:00:00  Hal (hal)           turned you away: Not today. You may knock again at 12:00:30",
        "12:00:00  you                 are out (entry_denied, 4404): Not today. A host said no.",
      ),
    );
  });

  test("removed, with the moderator's words", async () => {
    const { desk, done } = await joined();
    desk.read();
    desk.socket.say({ type: "meeting-left", reason: { code: 1002, message: "REMOVE_PEER" }, note: "Enough" });
    desk.socket.hangUp(4402, "removed");
    expect(await done).toBe(1);
    expect(desk.read()).toBe(
      lines(
        "12:00:00  you                 are out (removed, 4402): Enough. You were removed; the token that you came with does not open this session again.",
      ),
    );
  });

  test("a meeting that was ended for all is no failure", async () => {
    const { desk, done } = await joined();
    desk.socket.say({ type: "meeting-left", reason: { code: 1006, message: "ROOM_CLOSE" }, note: null });
    desk.socket.hangUp(4413, "session_ended");
    expect(await done).toBe(0);
  });

  test("drop cuts the line, and says how long the pause is", async () => {
    const { desk } = await joined();
    desk.read();
    await desk.type("drop");
    expect(desk.socket.end).toBe("terminated");
    expect(desk.read()).toBe(
      lines(
        "12:00:00  you                 lost the line (1006 cut); attempt 1 in 0.3 s at ws://127.0.0.1:8080/v2/meeting",
      ),
    );
    await desk.type("leave");
    expect(desk.read()).toContain("  left\n");
  });

  test("requests are remembered until they are answered", async () => {
    const { desk } = await joined();
    desk.socket.say(batch(11, { type: "mic-requested", participantId: "bob", targetId: "ann" }));
    await desk.type("accept");
    expect(desk.socket.last).toMatchObject({ type: "answer-media", kind: "mic", accept: true });
    desk.socket.say(accepted(desk.socket.last["id"]));
    await turn();
    desk.read();
    await desk.type("accept");
    expect(desk.read()).toBe("Nobody has asked you.\n");
  });

  test("a script's lines wait for each other, and its end leaves", async () => {
    const { desk, done } = await joined();
    desk.keyboard.end("mic on\nmute *\nsing");
    await turn();
    await turn();
    expect(desk.socket.sent.slice(1)).toMatchObject([{ type: "set-media" }]);
    desk.socket.say(accepted(desk.socket.last["id"]));
    await turn();
    expect(desk.socket.last).toMatchObject({ type: "disable-media" });
    desk.socket.say(accepted(desk.socket.last["id"], { turnedOff: 2 }));
    await turn();
    expect(desk.read().split("\n").slice(-4)).toEqual([
      "12:00:00  you                 ok: mic on",
      "12:00:00  you                 ok: mute * mic (turnedOff 2)",
      "That is not a command. Type help for the list.",
      "",
    ]);
    expect(desk.socket.last).toMatchObject({ type: "leave" });
    desk.socket.hangUp(1000, "left");
    expect(await done).toBe(0);
  });

  test("Ctrl-C before there was an answer gives the join up", async () => {
    const desk = new Desk();
    const done = desk.start(ARGV);
    desk.stop();
    expect(await done).toBe(1);
    expect(desk.err.text).toContain("Could not join: The join was given up\n");
  });

  test("help is three groups", async () => {
    const { desk } = await joined();
    desk.read();
    await desk.type("help");
    const text = desk.read();
    expect(text).toContain("\nHosts (allow_join)\n");
    expect(text).toContain("\nModerators (allow_mod)\n");
    expect(text).toContain("  say <text>           a message to all, kept for those who come later\n");
  });

  test("at a terminal there is a prompt below the lines, and Ctrl-C leaves", async () => {
    const desk = new Desk();
    Object.assign(desk.keyboard, { isTTY: true });
    Object.assign(desk.out, { isTTY: true });
    const done = desk.start(ARGV);
    desk.socket.say(HELLO);
    desk.socket.say(entered(desk.socket.last["id"], "secret-1"), snapshot(10));
    await turn();
    const begin = desk.read();
    expect(begin).toContain("\u001b[32mare in the room demo as Ann (ann)");
    expect(begin).toMatch(/nobody else is here\n.*> /);
    desk.keyboard.write("drop\r");
    await turn();
    expect(desk.socket.end).toBe("terminated");
    expect(desk.read()).toMatch(/lost the line.*\n.*> /);
    desk.keyboard.write("\u0003");
    expect(await done).toBe(0);
    expect(desk.read()).toMatch(/left\n$/);
  });
});
