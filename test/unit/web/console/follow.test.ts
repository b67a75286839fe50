/** Following a room's log: every event once, in order, across losses. */
import { describe, expect, test } from "@jest/globals";
import { createApi } from "../../../../src/web/console/api/client.js";
import { before } from "../../../../src/web/console/api/events.js";
import { followRoom, type Followed } from "../../../../src/web/console/state/follow.js";
import { FakeSurroundings, settled, type Answer, type Asked } from "./fake.js";

const LIVE = {
  roomId: "r",
  customRoomId: null,
  position: "e1:250",
  session: null,
  locked: false,
  mediaLocks: { mic: false, webcam: false },
  participants: [],
  lobby: [],
  bans: [],
};

const event = (seq: number) => ({ seq, at: 1_000 + seq, type: "entry-resumed", participantId: "p" });

/** A gateway that answers its long polls when told to. */
function world() {
  const surroundings = new FakeSurroundings();
  const polls: {
    readonly since: string | null;
    readonly answer: (answer: Answer) => void;
    isOpen: boolean;
  }[] = [];
  surroundings.answer = ({ path, init }: Asked): Answer => {
    if (path.endsWith("/live")) return { status: 200, body: LIVE };
    const since = new URLSearchParams(path.split("?")[1]).get("since");
    return new Promise((answer) => {
      const poll = { since, answer, isOpen: true };
      init.signal?.addEventListener("abort", () => (poll.isOpen = false));
      polls.push(poll);
    });
  };
  const told: Followed[] = [];
  const api = createApi(surroundings, { onSignedOut: () => undefined });
  const end = followRoom({
    api,
    place: { app: "a", roomId: "r" },
    surroundings,
    tell: (state) => told.push(state),
  });
  const answer = async (reply: Answer): Promise<void> => {
    polls.at(-1)?.answer(reply);
    await settled();
  };
  const events = (next: string, ...seqs: number[]): Promise<void> =>
    answer({ status: 200, body: { events: seqs.map(event), next } });
  const seqs = (): number[] | undefined => told.at(-1)?.events.map(({ seq }) => seq);
  return { surroundings, polls, told, end, answer, events, seqs };
}

const GONE = { error: "gone", code: "history_gone", field: "since" };

describe("following a room", () => {
  test("begins with what happened before, and goes on where each answer ended", async () => {
    const { polls, events, seqs } = world();
    await settled();
    expect(polls.map(({ since }) => since)).toEqual(["e1:50"]);
    await events("e1:250", 249, 250);
    await events("e1:251", 251);
    expect(polls.map(({ since }) => since)).toEqual(["e1:50", "e1:250", "e1:251"]);
    expect(seqs()).toEqual([249, 250, 251]);
  });

  test("goes on from the same place after the line was lost", async () => {
    const { polls, events, answer, told, surroundings, seqs } = world();
    await settled();
    await events("e1:250", 250);
    await answer("lost");
    expect(told.at(-1)?.fault).toEqual({ kind: "away" });
    expect(seqs()).toEqual([250]);
    await surroundings.pass(8_000);
    expect(polls.at(-1)?.since).toBe("e1:250");
    await events("e1:251", 251);
    expect(told.at(-1)?.fault).toBeNull();
    expect(seqs()).toEqual([250, 251]);
  });

  test("says so where events are not kept any more, and goes on from where the room is", async () => {
    const { polls, answer, events, told, seqs } = world();
    await settled();
    await answer({ status: 410, body: { ...GONE, details: { at: "e2:7" } } });
    expect(polls.at(-1)?.since).toBe("e2:7");
    await events("e2:8", 8);
    expect(told.at(-1)).toMatchObject({ isCut: true, isLoaded: true, fault: null });
    expect(seqs()).toEqual([8]);
  });

  test("does not ask in a hidden tab, and misses nothing when it is shown again", async () => {
    const { polls, events, surroundings, seqs } = world();
    await settled();
    await events("e1:250", 250);
    await surroundings.show(false);
    expect(polls.at(-1)?.isOpen).toBe(false);
    const asked = polls.length;
    await surroundings.pass(60_000);
    expect(polls).toHaveLength(asked);
    await surroundings.show(true);
    expect(polls.at(-1)?.since).toBe("e1:250");
    await events("e1:252", 251, 252);
    expect(seqs()).toEqual([250, 251, 252]);
  });

  test("ends when told to, also while it waits", async () => {
    const { polls, end, told, surroundings } = world();
    await settled();
    end();
    await settled();
    expect(polls.at(-1)?.isOpen).toBe(false);
    await surroundings.pass(60_000);
    expect(polls).toHaveLength(1);
    expect(told).toEqual([]);
    expect(surroundings.waiting).toBe(0);
  });

  test("looks back to the beginning at most", () => {
    expect(before("e1:250", 200)).toBe("e1:50");
    expect(before("e1:3", 200)).toBe("e1:0");
    expect(before("a:b:12", 2)).toBe("a:b:10");
  });
});
