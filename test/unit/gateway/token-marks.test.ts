/** The marks of a token's life: to whom, when to the millisecond, and how often. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { TokenMarks, tokenNews } from "../../../src/gateway/token-marks.js";
import type { ExpiryPolicy } from "../../../src/room/grant.js";
import type { Decision } from "../../../src/room/commands.js";
import { audienceOf } from "../../../src/room/view.js";
import { GUEST, grant, HOST, remove, Room, there, yes, type Arrival } from "../room/support.js";
import { Line } from "./line.js";

const POLICIES: readonly ExpiryPolicy[] = ["stay", "restrict", "leave"];
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** A node with some of a room's connections. */
class Node {
  private readonly members: { recipient: Line; participantId: string }[] = [];
  private readonly marks: TokenMarks;
  arrived = 0;

  constructor(private readonly room: Room) {
    this.marks = new TokenMarks({ replica: room, fanOut: this });
  }

  lines = (): Iterable<{ recipient: Line; participantId: string }> => this.members;

  /** Takes the newest connection of somebody in. */
  take(participantId: string): Line {
    const recipient = new Line(this.room.line(participantId));
    this.members.push({ recipient, participantId });
    this.arrived += 1;
    return recipient;
  }

  /** Hears what a decision did, and answers the marks that a line heard by it. */
  hear(decision: Decision, line: Line): unknown[] {
    line.heard.length = 0;
    const { events, state } = yes(decision);
    this.marks.heard(
      events.map((event) => ({ seq: 0, event, audience: audienceOf(event, state), text: "", commit: "" })),
    );
    return line.heard.map(({ mark }) => mark);
  }

  /** Sweeps at a time, and answers the marks that a line heard by it. */
  at(ms: number, line: Line): unknown[] {
    line.heard.length = 0;
    this.marks.sweep(ms);
    return line.heard.map(({ type, mark }) => (type === "token-refresh" ? mark : type));
  }
}

const lasting = (room: Room, ms: number, expiryPolicy: ExpiryPolicy = "stay"): Pick<Arrival, "expires"> => ({
  expires: { expiresAt: room.now + ms, expiryPolicy },
});

test.each(POLICIES)(
  "T12: under %s each mark comes at its time, not a millisecond before, and once",
  (policy) => {
    const room = new Room();
    const start = room.now;
    room.join("ann", lasting(room, HOUR, policy));
    const node = new Node(room);
    const ann = node.take("ann");
    const times = [
      [HOUR / 2, "half"],
      [(HOUR * 3) / 4, "three-quarters"],
      [HOUR - MINUTE, "last-minute"],
      [HOUR, "expired"],
    ] as const;
    expect(node.at(start, ann)).toEqual([]);
    for (const [after, mark] of times) {
      expect(node.at(start + after - 1, ann)).toEqual([]);
      expect(node.at(start + after, ann)).toEqual([mark]);
      expect(node.at(start + after, ann)).toEqual([]);
    }
    expect(node.at(start + 10 * HOUR, ann)).toEqual([]);
  },
);

test.each(POLICIES)(
  "each mark says when the token expires, whether it has, and that %s is what happens",
  (policy) => {
    const room = new Room();
    const expiresAt = room.now + HOUR;
    room.join("ann", lasting(room, HOUR, policy));
    const node = new Node(room);
    const ann = node.take("ann");
    const frame = { type: "token-refresh", expiresAt, policy };
    node.at(expiresAt - MINUTE, ann);
    expect(ann.heard).toEqual([{ ...frame, mark: "last-minute", isExpired: false }]);
    node.at(expiresAt, ann);
    expect(ann.heard).toEqual([{ ...frame, mark: "expired", isExpired: true }]);
  },
);

test("the room's policy goes before the app's, in the marks and in what one is told at once", () => {
  const room = new Room({ tokenExpiry: "leave" });
  room.join("ann", lasting(room, HOUR, "stay"));
  const node = new Node(room);
  const ann = node.take("ann");
  const { now } = room;
  expect(tokenNews(room.state, "ann")).toEqual({
    expiresAt: now + HOUR,
    policy: "leave",
    refreshAt: { half: now + HOUR / 2, threeQuarters: now + 0.75 * HOUR, lastMinute: now + HOUR - MINUTE },
  });
  yes(room.set({ tokenExpiry: "restrict" }));
  expect(tokenNews(room.state, "ann")).toMatchObject({ policy: "restrict" });
  node.at(now + HOUR / 2, ann);
  expect(ann.heard).toMatchObject([{ policy: "restrict" }]);
});

test("T12: a token of four minutes or less has no last minute apart from its last quarter", () => {
  const room = new Room();
  const start = room.now;
  room.join("ann", lasting(room, 4 * MINUTE));
  const node = new Node(room);
  const ann = node.take("ann");
  expect(tokenNews(room.state, "ann")).toMatchObject({ refreshAt: { lastMinute: null } });
  expect(node.at(start + 2 * MINUTE, ann)).toEqual(["half"]);
  expect(node.at(start + 3 * MINUTE, ann)).toEqual(["three-quarters"]);
  expect(node.at(start + 4 * MINUTE - 1, ann)).toEqual([]);
  expect(node.at(start + 4 * MINUTE, ann)).toEqual(["expired"]);
});

test("a token without expiry has no marks, and nothing is told of it", () => {
  const room = new Room();
  room.join("ann");
  const node = new Node(room);
  const ann = node.take("ann");
  expect(tokenNews(room.state, "ann")).toBeNull();
  expect(node.at(room.now + 100 * HOUR, ann)).toEqual([]);
  expect(tokenNews(room.state, "nobody")).toBeNull();
});

test("a refresh begins anew: only the marks of the newest token come", () => {
  const room = new Room();
  const start = room.now;
  room.join("ann", lasting(room, HOUR));
  const node = new Node(room);
  const ann = node.take("ann");
  expect(node.at(start + HOUR / 2, ann)).toEqual(["half"]);
  room.now = start + HOUR / 2 + 1_000;
  const expiresAt = room.now + 2 * HOUR;
  const newer = grant("newer", { participantId: "ann", expiresAt, expiryPolicy: "stay" });
  yes(room.as("ann", { type: "refresh-token", grant: newer }));
  expect(tokenNews(room.state, "ann")).toMatchObject({ expiresAt, refreshAt: { half: room.now + HOUR } });
  for (const passed of [0.75 * HOUR, HOUR - MINUTE, HOUR]) expect(node.at(start + passed, ann)).toEqual([]);
  expect(node.at(room.now + HOUR - 1, ann)).toEqual([]);
  expect(node.at(room.now + HOUR, ann)).toEqual(["half"]);
  expect(node.at(expiresAt, ann)).toEqual(["expired"]);
});

test("the same token shown again begins anew as well: its marks count from when it was shown", () => {
  const room = new Room();
  const start = room.now;
  room.join("ann", lasting(room, HOUR));
  const node = new Node(room);
  const ann = node.take("ann");
  expect(node.at(start + HOUR / 2, ann)).toEqual(["half"]);
  room.now = start + HOUR / 2 + 1;
  const same = grant("token-of-ann", { participantId: "ann", expiresAt: start + HOUR });
  yes(room.as("ann", { type: "refresh-token", grant: same }));
  expect(node.at(start + 0.75 * HOUR - 1, ann)).toEqual([]);
  expect(node.at(start + 0.75 * HOUR + 1, ann)).toEqual(["half"]);
});

test("who resumes on another node hears the latest mark that has passed once, and none before it", () => {
  const room = new Room();
  const start = room.now;
  room.join("ann", lasting(room, HOUR));
  const first = new Node(room);
  const old = first.take("ann");
  expect(first.at(start + HOUR / 2, old)).toEqual(["half"]);
  room.now = start + HOUR - MINUTE + 1;
  yes(room.loseLine("ann"));
  const second = new Node(room);
  yes(room.resume("ann"));
  const back = second.take("ann");
  expect(second.at(room.now, back)).toEqual(["last-minute"]);
  expect(second.at(room.now + 1, back)).toEqual([]);
  expect(second.at(start + HOUR, back)).toEqual(["expired"]);
  // The line that was lost hears nothing any more.
  expect(first.at(start + HOUR, old)).toEqual([]);
});

test("who resumes before any mark has passed hears none until the next one", () => {
  const room = new Room();
  const start = room.now;
  room.join("ann", lasting(room, HOUR));
  yes(room.loseLine("ann"));
  yes(room.resume("ann"));
  const node = new Node(room);
  const ann = node.take("ann");
  expect(node.at(start + HOUR / 2 - 1, ann)).toEqual([]);
  expect(node.at(start + HOUR / 2, ann)).toEqual(["half"]);
});

test("a node that was held up tells the latest mark only", () => {
  const room = new Room();
  const start = room.now;
  room.join("ann", lasting(room, HOUR));
  const node = new Node(room);
  const ann = node.take("ann");
  expect(node.at(start + HOUR - 1, ann)).toEqual(["last-minute"]);
});

test("leave: who is put out by another node's tick hears of the expiry before it, and once", () => {
  const room = new Room();
  const start = room.now;
  room.join("ann", lasting(room, HOUR, "leave"));
  room.join("bob", lasting(room, 2 * HOUR, "leave"));
  const node = new Node(room);
  const [ann, bob] = [node.take("ann"), node.take("bob")];
  node.at(start + HOUR - 1, ann);
  room.now = start + HOUR - 1;
  expect(node.hear(room.wait(1), ann)).toEqual(["expired"]);
  expect(bob.heard).toEqual([]);
  // This node was the quicker one.
  expect(node.at(start + 2 * HOUR, bob)).toEqual(["expired"]);
  room.now = start + 2 * HOUR;
  expect(node.hear(room.wait(0), bob)).toEqual([]);
});

test("leave: who goes by themselves, or is put out, hears of no expiry", () => {
  const room = new Room();
  const start = room.now;
  room.join("host", HOST);
  const node = new Node(room);
  const lines = ["ann", "bob"].map((id) => {
    room.join(id, lasting(room, HOUR, "leave"));
    return node.take(id);
  });
  const [ann, bob] = lines.map(there);
  node.at(start, there(ann));
  expect(node.hear(room.as("ann", { type: "leave" }), there(ann))).toEqual([]);
  expect(node.hear(room.as("host", remove("bob")), there(bob))).toEqual([]);
});

test("T6: knockers hear the marks too, and none twice when they are admitted", () => {
  const room = new Room();
  const start = room.now;
  room.join("host", HOST);
  room.join("kim", { ...GUEST, ...lasting(room, HOUR) });
  const node = new Node(room);
  const kim = node.take("kim");
  expect(node.at(start + HOUR / 2, kim)).toEqual(["half"]);
  yes(room.as("host", { type: "admit", participantId: "kim" }));
  expect(node.at(start + HOUR / 2 + 1, kim)).toEqual([]);
  expect(node.at(start + 0.75 * HOUR, kim)).toEqual(["three-quarters"]);
});

test("somebody who comes in later than a look at the quiet room gets their marks all the same", () => {
  const room = new Room();
  const start = room.now;
  room.join("ann", lasting(room, HOUR));
  const node = new Node(room);
  const nobody = new Line("nobody");
  expect(node.at(start, nobody)).toEqual([]);
  const ann = node.take("ann");
  expect(node.at(start + HOUR / 2, ann)).toEqual(["half"]);
});

test("whenever a node looks, a line hears each mark at most once, in order, never early, and at last that it expired", () => {
  const scenario = fc.record({
    lifeMs: fc.integer({ min: 1, max: 2 * HOUR }),
    looks: fc.array(fc.double({ min: 0, max: 1.2, noNaN: true }), { maxLength: 30 }),
    policy: fc.constantFrom(...POLICIES),
  });
  fc.assert(
    fc.property(scenario, ({ lifeMs, looks, policy }) => {
      const room = new Room();
      const start = room.now;
      room.join("ann", lasting(room, lifeMs, policy));
      const node = new Node(room);
      const ann = node.take("ann");
      const due: Readonly<Record<string, number>> = {
        half: lifeMs / 2,
        "three-quarters": lifeMs * 0.75,
        "last-minute": lifeMs - MINUTE,
        expired: lifeMs,
      };
      const names = Object.keys(due);
      const heard: string[] = [];
      for (const look of [...looks].sort((a, b) => a - b).concat(1.3)) {
        const after = Math.round(look * lifeMs);
        const now = node.at(start + after, ann).map(String);
        expect(now.length).toBeLessThanOrEqual(1);
        for (const mark of now) expect(after).toBeGreaterThanOrEqual(due[mark] ?? Infinity);
        heard.push(...now);
      }
      expect(heard.at(-1)).toBe("expired");
      const order = heard.map((mark) => names.indexOf(mark));
      expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
    }),
  );
});
