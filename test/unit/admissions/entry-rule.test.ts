/** Who or what let somebody in. */
import { describe, expect, test } from "@jest/globals";
import type { ConferencePermission } from "../../../src/protocol/events.js";
import { GUEST, HOST, admit, give, sendBack, take, type Arrival, type Room } from "../room/support.js";
import { CONFERENCE, emptyRecord, told, type RoomOptions } from "./support.js";

/** What the last of these did to the record, when each was followed by itself and when all were followed at once. */
async function last(options: RoomOptions, ...acts: readonly ((room: Room) => unknown)[]): Promise<string> {
  const { room } = await emptyRecord();
  const [stepwise, whole] = [room(options), room({ ...options, name: "other" })];
  for (const act of acts) await stepwise.then(act);
  for (const act of acts) {
    whole.room.now += 1;
    act(whole.room);
  }
  await whole.follow();
  const [one, other] = [told(await stepwise.entries()), told(await whole.entries())];
  expect(other).toEqual(one);
  return one.at(-1) ?? "nothing";
}

const join =
  (id: string, arrival: Arrival = {}) =>
  (room: Room): unknown =>
    room.join(id, arrival);
const leave =
  (id: string) =>
  (room: Room): unknown =>
    room.as(id, { type: "leave" });
const hostJoins = join("host", HOST);
const CLIENT: Arrival = { permissions: ["ask_join"], grant: { kind: "client" } };
const invite =
  (permissions: ConferencePermission[]) =>
  (room: Room): unknown =>
    room.api({ type: "invite", people: [{ participantId: "ann", permissions, passId: "p", notify: false }] });

describe("who or what let somebody in", () => {
  test("Q3: a token that enters", async () => {
    expect(await last({}, join("ann"))).toBe("ann joined by rule (token)");
  });

  test("Q3: the host who admitted them", async () => {
    const acts = [hostJoins, join("ann", GUEST), (room: Room) => room.as("host", admit("ann"))];
    expect(await last({}, ...acts)).toBe("ann joined by host");
  });

  test("Q3: a back end that admitted all", async () => {
    const acts = [hostJoins, join("ann", GUEST), (room: Room) => room.api({ type: "admit-all" })];
    expect(await last({}, ...acts)).toBe("ann joined by api");
  });

  test("Q3: a back end's own name for who decided is kept", async () => {
    const { room } = await emptyRecord();
    const one = room();
    await one.then(join("ann", GUEST));
    await one.then((it) => it.send({ kind: "api", name: "knock link" }, admit("ann")));
    expect((await one.entries()).slice(1).map(({ what, decidedBy }) => ({ what, decidedBy }))).toEqual([
      { what: "admitted", decidedBy: { kind: "api", name: "knock link" } },
      { what: "joined", decidedBy: { kind: "api", name: "knock link" } },
    ]);
  });

  const admitted = [hostJoins, join("ann", GUEST), (room: Room) => room.as("host", admit("ann"))];

  test("Q3: that they were in earlier in this session", async () => {
    expect(await last({}, ...admitted, leave("ann"), join("ann", GUEST))).toBe(
      "ann joined by rule (earlier)",
    );
  });

  test("Q3: that they were in earlier, where everybody has to knock", async () => {
    const acts = [hostJoins, join("ann"), (room: Room) => room.set({ lobbyForAll: true }), leave("ann")];
    expect(await last({}, ...acts, join("ann"))).toBe("ann joined by rule (earlier)");
    expect(await last({ settings: { lobbyForAll: true } }, hostJoins)).toBe("host joined by rule (token)");
  });

  test("Q3: where their rights were changed, what their token was cannot be told", async () => {
    const taken = [hostJoins, join("ann"), (room: Room) => room.as("host", take("ann", "allow_join"))];
    expect(await last({}, ...taken, leave("ann"), join("ann"))).toBe("ann joined by rule (token)");
    const given = [...admitted, (room: Room) => room.as("host", give("ann", "allow_join"))];
    expect(await last({}, ...given, leave("ann"), join("ann", GUEST))).toBe("ann joined by rule (token)");
  });

  test("Q3: in the next session it can be told again", async () => {
    const taken = [hostJoins, join("ann"), (room: Room) => room.as("host", take("ann", "allow_join"))];
    const ended = [...taken, (room: Room) => room.api({ type: "end" }), hostJoins, join("ann", GUEST)];
    const acts = [...ended, (room: Room) => room.as("host", admit("ann")), leave("ann"), join("ann", GUEST)];
    expect(await last({}, ...acts)).toBe("ann joined by rule (earlier)");
  });

  test("Q3: an id that is merely claimed is let in by its token", async () => {
    const acts = [hostJoins, join("ann", { bound: false })];
    expect(await last({}, ...acts)).toBe("ann joined by rule (token)");
  });

  test("Q3: whoever was sent back and admitted again came in by the host", async () => {
    const back = [...admitted, (room: Room) => room.as("host", sendBack("ann"))];
    expect(await last({}, ...back, (room: Room) => room.as("host", admit("ann")))).toBe("ann joined by host");
  });

  test("Q3: the permission JOIN of a conference", async () => {
    expect(await last(CONFERENCE, join("ann", CLIENT))).toBe("ann joined by rule (conference)");
    expect(await last(CONFERENCE, join("ann", { ...CLIENT, bound: false }))).toBe(
      "ann joined by rule (conference)",
    );
    expect(await last(CONFERENCE, hostJoins)).toBe("host joined by rule (token)");
    expect(await last(CONFERENCE, invite(["JOIN"]), join("ann", CLIENT))).toBe(
      "ann joined by rule (conference)",
    );
  });

  test("Q3: without JOIN they knock, and come back because they were in", async () => {
    const acts = [hostJoins, invite([]), join("ann", CLIENT)];
    expect(await last(CONFERENCE, ...acts)).toBe("ann knocked");
    const inside = [...acts, (room: Room) => room.as("host", admit("ann"))];
    expect(await last(CONFERENCE, ...inside, leave("ann"), join("ann", CLIENT))).toBe(
      "ann joined by rule (earlier)",
    );
    const again = [...inside, leave("ann"), invite(["JOIN"]), join("ann", CLIENT)];
    expect(await last(CONFERENCE, ...again)).toBe("ann joined by rule (conference)");
  });
});
