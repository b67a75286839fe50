import { expect, test } from "@jest/globals";
import { eventually } from "../support/eventually.js";
import { createRoom, enter, errorOf, hangUp } from "../support/meeting.js";
import { startGateway, type TestGateway } from "../support/node.js";

/** What somebody who stopped reading is told when they read again. */
async function stopReading({ first, second }: TestGateway): Promise<number> {
  const roomId = await createRoom(first);
  const speaker = await enter(first, roomId, "speaker");
  const reader = await enter(second, roomId, "reader");
  const slow = await enter(second, roomId, "slow");
  slow.socket.pause();
  const payload = { text: "x".repeat(45_000) };
  // The kernel holds some megabytes before anything waits in the node.
  for (let round = 0; round < 20; round += 1) {
    const asked = Array.from({ length: 12 }, () => slowSignal());
    for (const answer of await Promise.all(asked)) {
      // Once the line has been given up, signals over it are refused with just this.
      if (answer["ok"] !== true) expect(errorOf(answer)).toMatchObject({ reason: "participant_offline" });
    }
  }
  slow.socket.resume();
  const { code } = await slow.ended();

  // The others noticed nothing of it but the lost line; the slow one comes back with all that it missed.
  expect(await speaker.ask({ type: "publish", topic: "t", message: "while you were away" })).toMatchObject({
    ok: true,
  });
  const { peer: back, reply } = await slow.resumeOn(first);
  expect(reply).toMatchObject({ ok: true, state: "joined", recovered: true });
  await back.event("message-published");
  await reader.event("participant-resumed", ({ participantId }) => participantId === "slow");
  expect(await back.ask({ type: "publish", topic: "t", message: "here again" })).toMatchObject({ ok: true });
  await eventually(() => {
    expect(reader.events.filter(({ type }) => type === "message-published")).toHaveLength(2);
  });
  expect([speaker.closed, reader.closed]).toEqual([null, null]);
  hangUp([speaker, reader, back]);
  return code;

  function slowSignal() {
    return speaker.ask({ type: "signal", to: "slow", payload });
  }
}

test.each(["embedded", "Redis, two nodes"] as const)(
  "%s: a client that does not read is put off with 4501 and resumes",
  async (topology) => {
    const gateway = await startGateway(topology, { ADMITONE_MAX_QUEUED_BYTES: "65536" });
    try {
      const codes: number[] = [];
      // It hears the code only if it reads again before it is cut; on a machine that stands still it may be too late.
      while (codes.length < 3 && !codes.includes(4501)) codes.push(await stopReading(gateway));
      expect(codes).toContain(4501);
    } finally {
      await gateway.close();
    }
  },
);
