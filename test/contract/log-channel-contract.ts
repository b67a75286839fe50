import { expect, test } from "@jest/globals";
import { eventually } from "../support/eventually.js";
import { createRecorder, describeStore, mustAppend, openRoom, ROOM, type StoreKind } from "./log-fixture.js";

const OTHER = { ...ROOM, room: "room2" };

/** Publications and relayed text. */
export function channelContract(kind: StoreKind): void {
  describeStore(kind, "subscribe", (fixture) => {
    test("every node hears every commit after its subscription, in order and once", async () => {
      const [store, other] = [await fixture.connect(), await fixture.connect()];
      const [here, there] = [createRecorder(), createRecorder()];
      const first = await openRoom(store.log, ["before"]);
      await store.log.subscribe(ROOM, here);
      await other.log.subscribe(ROOM, there);
      const second = await mustAppend(store.log, first, ["a", 'b\n{"ü":"😀"}', ""]);
      const third = await mustAppend(other.log, second, ["c"]);
      await other.log.relay(ROOM, "end");
      for (const { publications, relayed } of [here, there]) {
        await eventually(() => expect(relayed).toEqual(["end"]));
        expect(publications).toEqual([
          {
            epoch: "epoch1",
            first: 2,
            commit: second.token,
            prev: first.token,
            events: ["a", 'b\n{"ü":"😀"}', ""],
          },
          { epoch: "epoch1", first: 5, commit: third.token, prev: second.token, events: ["c"] },
        ]);
      }
    });

    test("openings are heard, with and without events; what stores nothing is not", async () => {
      const { log } = await fixture.connect();
      const recorder = createRecorder();
      await log.subscribe(ROOM, recorder);
      const head = await openRoom(log);
      await log.append(ROOM, { expect: head, commit: "look", events: [] });
      await log.append(ROOM, { expect: { ...head, token: "other" }, commit: "late", events: ["x"] });
      const open = { epoch: "epoch2", base: 4, snapshot: "state", ttlMs: null };
      await log.append(ROOM, { expect: head, commit: "next", events: ["a"], open });
      await log.relay(ROOM, "end");
      await eventually(() => expect(recorder.relayed).toEqual(["end"]));
      expect(recorder.publications).toEqual([
        { epoch: "epoch1", first: 1, commit: head.token, prev: "", events: [] },
        { epoch: "epoch2", first: 5, commit: "next", prev: "next:base", events: ["a"] },
      ]);
    });

    test("nothing is delivered within the call that sends it", async () => {
      const { log } = await fixture.connect();
      const recorder = createRecorder();
      await log.subscribe(ROOM, recorder);
      const sent = log.relay(ROOM, "text");
      expect(recorder.relayed).toEqual([]);
      await sent;
      await eventually(() => expect(recorder.relayed).toEqual(["text"]));
    });

    test("rooms do not hear each other", async () => {
      const { log } = await fixture.connect();
      const [mine, others] = [createRecorder(), createRecorder()];
      await log.subscribe(ROOM, mine);
      await log.subscribe(OTHER, others);
      await openRoom(log, ["a"]);
      await log.relay(ROOM, "mine");
      await log.relay(OTHER, "theirs");
      await eventually(() => expect(mine.relayed).toEqual(["mine"]));
      await eventually(() => expect(others.relayed).toEqual(["theirs"]));
      expect(mine.publications).toHaveLength(1);
      expect(others.publications).toHaveLength(0);
    });

    test("who has ended hears nothing more, and the others go on", async () => {
      const { log } = await fixture.connect();
      const [ended, stays] = [createRecorder(), createRecorder()];
      const end = await log.subscribe(ROOM, ended);
      await log.subscribe(ROOM, stays);
      await log.relay(ROOM, "one");
      await eventually(() => expect([ended.relayed, stays.relayed]).toEqual([["one"], ["one"]]));
      await end();
      await end();
      await log.relay(ROOM, "two");
      await eventually(() => expect(stays.relayed).toEqual(["one", "two"]));
      expect(ended.relayed).toEqual(["one"]);
    });

    test("subscriptions may come and go in any order", async () => {
      const { log } = await fixture.connect();
      for (let round = 0; round < 20; round += 1) {
        const [first, second] = [createRecorder(), createRecorder()];
        const pending = log.subscribe(ROOM, first);
        const replaced = pending.then((end) => end());
        const end = await log.subscribe(ROOM, second);
        await replaced;
        await log.relay(ROOM, "text");
        await eventually(() => expect(second.relayed).toEqual(["text"]));
        const ending = end();
        const last = createRecorder();
        const endLast = await log.subscribe(ROOM, last);
        await ending;
        await log.relay(ROOM, "last");
        await eventually(() => expect(last.relayed).toEqual(["last"]));
        await endLast();
        expect([first.relayed, second.relayed]).toEqual([[], ["text"]]);
      }
    });
  });
}
