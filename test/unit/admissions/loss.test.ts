/** What is made of a room whose events are lost for good. */
import { describe, expect, test } from "@jest/globals";
import { NO_BACK_OFFICE } from "../../../src/room/events.js";
import { GUEST, HOST, Room, admit, settings } from "../room/support.js";
import { emptyRecord, Following, told } from "./support.js";

/** A room with a host in it and a guest in the lobby, both followed. */
async function before() {
  const { admissions, records, room } = await emptyRecord();
  const one = room();
  await one.then((it) => it.join("host", HOST));
  await one.then((it) => it.join("guest", GUEST));
  const since = async () => told((await one.entries()).slice(2));
  return { admissions, records, one, since };
}

describe("after a loss of events", () => {
  test("Q7: where nothing had happened, the record says that it may not be whole, and nothing else", async () => {
    const { one, since } = await before();
    await one.loseEvents();
    expect(await since()).toEqual(["- events-lost"]);
    const [lost] = (await one.entries()).slice(2);
    expect(lost).toMatchObject({ epoch: "second", seq: one.room.log.length, name: "", token: null });
  });

  test("Q7: who came meanwhile has come, with their time and token, and why is lost", async () => {
    const { one, since } = await before();
    one.room.now += 5;
    one.room.join("ann", { grant: { jti: "j1" } });
    one.room.join("eve", GUEST);
    one.room.now += 5;
    one.room.as("host", admit("guest"));
    await one.loseEvents();
    expect(await since()).toEqual([
      "ann joined (lost)",
      "eve knocked",
      "guest withdrawn (events-lost)",
      "- events-lost",
      "guest joined (lost)",
    ]);
    const ann = (await one.entries()).find(({ participantId }) => participantId === "ann");
    expect(ann).toMatchObject({ at: one.room.now - 5, name: "name of ann", token: { jti: "j1" } });
  });

  test("Q7: who left meanwhile has left, with the name and the token that they had", async () => {
    const { one, since } = await before();
    one.room.as("guest", { type: "withdraw" });
    one.room.now += 5;
    one.room.join("ann");
    one.room.as("host", { type: "leave" });
    await one.loseEvents();
    expect(await since()).toEqual([
      "host left (events-lost)",
      "guest withdrawn (events-lost)",
      "- events-lost",
      "ann joined (lost)",
    ]);
    const left = (await one.entries()).find(({ what }) => what === "left");
    expect(left).toMatchObject({ at: one.room.now, name: "name of host", token: { key: "key" } });
  });

  test("Q7: who left and came back has left when they came back", async () => {
    const { one, since } = await before();
    one.room.as("host", { type: "leave" });
    one.room.now += 5;
    one.room.join("host", HOST);
    one.room.now += 5;
    one.room.join("ann");
    await one.loseEvents();
    expect(await since()).toEqual([
      ...["host left (events-lost)", "host joined (lost)", "- events-lost", "ann joined (lost)"],
    ]);
  });

  test("Q7: what happens afterwards is recorded as ever", async () => {
    const { one, since } = await before();
    one.room.join("ann");
    await one.loseEvents();
    await one.then((it) => it.as("host", admit("guest")));
    await one.then((it) => it.as("ann", { type: "leave" }));
    expect((await since()).slice(2)).toEqual([
      "guest admitted by host",
      "guest joined by host",
      "ann left by ann (MANUAL_LEAVE_CALLED)",
    ]);
    const left = (await one.entries()).at(-1);
    expect(left).toMatchObject({ epoch: "second", name: "name of ann", token: { key: "key" } });
    expect(left?.sessionId).toBe(one.room.state.session?.id);
  });

  test("Q7: a room that was never followed begins with those who are in it", async () => {
    const { admissions, room } = await emptyRecord();
    const one = room();
    one.room.join("host", HOST);
    one.room.join("guest", GUEST);
    await one.loseEvents();
    expect(told(await one.entries())).toEqual(["- events-lost", "host joined (lost)", "guest knocked"]);
    expect(await admissions.knows("app", "room")).toBe(true);
  });

  test("Q7: a room that is made anew knows nothing of those who were in the lost one", async () => {
    const { admissions, records, one, since } = await before();
    const anew = new Room(null);
    anew.now = one.room.now + 1_000;
    const named = { roomId: "room", customRoomId: null, permanent: true };
    anew.api({ type: "create", ...named, settings: settings(), backOffice: NO_BACK_OFFICE });
    const following = new Following(records, admissions, anew);
    following.epoch = "another";
    anew.join("host", HOST);
    await following.follow();
    expect(await since()).toEqual([
      "host left (events-lost)",
      "guest withdrawn (events-lost)",
      "host joined by rule (token)",
    ]);
  });

  test("Q7: an admission that is not told again is known from the command that seated them", async () => {
    const { one, since } = await before();
    one.room.as("host", admit("guest"));
    const step = one.step();
    const joining = step.events.filter(({ event }) => event.type === "participant-joined");
    // In a new epoch, in which the knock and its answer are not told again.
    const gone = { type: "entry-withdrawn", at: one.room.now, cmd: null } as const;
    const withdrawn = { ...gone, body: { participantId: "guest", cause: "timed-out" } } as const;
    const events = [{ seq: 5, event: withdrawn }, ...joining.map(({ event }) => ({ seq: 6, event }))];
    await one.take({ ...step, epoch: "second", events, upTo: 6 });
    expect(await since()).toEqual(["guest withdrawn by rule (timed-out)", "guest joined by host"]);
  });
});
