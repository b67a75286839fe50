import { expect, test } from "@jest/globals";
import { seeded } from "../client/support.js";
import { FakeMeeting } from "./fake-meeting.js";
import { rest, Stage, type Person } from "./support.js";

const IDS = ["ann", "bob", "cid"] as const;
type Id = (typeof IDS)[number];
const RUNS = 60;
const STEPS = 40;

/** Three people, and everything that can go wrong between them, by a seed. */
class Storm {
  readonly stage = new Stage();
  readonly people = new Map<Id, Person>();
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = seeded(seed);
    for (const id of IDS) this.people.set(id, this.stage.enter(id));
  }

  async step(): Promise<void> {
    const id = this.pick(IDS);
    const person = this.person(id);
    const { room, network } = this.stage;
    switch (
      this.pick(["line", "dead", "reload", "hold", "break", "network", "share", "switch", "time", "rest"])
    ) {
      case "line":
        room.line(id, room.seats.get(id)?.online === false);
        return;
      case "dead":
        // Half-open: what is handed over to them is lost, until their line is made anew.
        room.swallow = ({ to }) => to === id;
        await rest();
        room.line(id, false);
        room.swallow = () => false;
        return;
      case "reload":
        this.reload(id);
        return;
      case "hold":
        if (room.isHeld) room.release((letters) => letters.sort(() => this.random() - 0.5));
        else room.isHeld = true;
        return;
      case "break":
        for (const peer of person.browser.peers) if (this.random() < 0.5) peer.become("disconnected");
        return;
      case "network":
        network.isUp = !network.isUp;
        return;
      case "share":
        if (person.media.local.share === null) await person.media.shareScreen().catch(() => undefined);
        else person.media.stopSharing();
        return;
      case "switch":
        void person.media.setMic(this.random() < 0.5).catch(() => undefined);
        return;
      case "time":
        await this.stage.advance(this.random() * 30_000);
        return;
      case "rest":
        await rest();
        return;
    }
  }

  /** Everything is well again, and stays so for a while. */
  async calm(): Promise<void> {
    const { room, network } = this.stage;
    network.isUp = true;
    room.release();
    for (const id of IDS) if (room.seats.get(id)?.online === false) room.line(id, true);
    for (let round = 0; round < 60; round += 1) {
      await this.stage.advance(5_000);
      network.settle();
    }
    await rest();
  }

  person(id: Id): Person {
    const person = this.people.get(id);
    if (person === undefined) throw new Error(id);
    return person;
  }

  private reload(id: Id): void {
    this.person(id).media.close();
    const meeting = new FakeMeeting(this.stage.room, id);
    meeting.state = this.stage.room.seats.get(id)?.online === false ? "reconnecting" : "joined";
    this.stage.room.meetings.splice(
      0,
      Infinity,
      ...this.stage.room.meetings.filter((one) => one.id !== id),
      meeting,
    );
    this.people.set(id, this.stage.attend(meeting));
  }

  private pick<const T>(list: readonly T[]): T {
    const one = list[Math.floor(this.random() * list.length)];
    if (one === undefined) throw new Error("nothing to pick from");
    return one;
  }
}

test("whatever goes wrong between three people: when it is over, all are connected, and agree on who shares what", async () => {
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const storm = new Storm(seed);
    for (let step = 0; step < STEPS; step += 1) await storm.step();
    await storm.calm();
    const shown = IDS.map((id) => {
      const { media } = storm.person(id);
      const others = IDS.filter((other) => other !== id);
      return {
        id,
        connections: others.map((other) => media.connections.get(other)),
        // What is seen of the others is what they show.
        right: others.filter((other) => {
          const seen = media.streams.get(other);
          const { local } = storm.person(other).media;
          return (
            (seen?.share === null) === (local.share === null) && (seen?.mic === null) === (local.mic === null)
          );
        }),
      };
    });
    const wanted = IDS.map((id) => ({
      ...{ id, connections: ["connected", "connected"], right: IDS.filter((other) => other !== id) },
    }));
    expect({ seed, shown, open: storm.stage.network.open.length }).toEqual({ seed, shown: wanted, open: 6 });
    for (const id of IDS) {
      const { media, browser, told } = storm.person(id);
      expect(told.filter((one) => one.startsWith("fault"))).toEqual([]);
      media.close();
      expect(browser.devices.open).toEqual([]);
    }
    expect(storm.stage.clock.pending).toBe(0);
  }
});
