import { expect, test } from "@jest/globals";
import { Attempts } from "../../../src/client/media/attempts.js";

const hello = (mine: string, yours: string | null) => ({ mine, yours });

test("two who do not know each other prove themselves by each other's names", () => {
  const [ann, bob] = [new Attempts("a1"), new Attempts("b1")];
  expect(bob.judge(hello("a1", null))).toBe("stranger");
  expect(bob.theirs).toBeNull();
  expect(ann.judge(hello("b1", bob.greeted))).toBe("renewed");
  expect(bob.judge(hello("a1", ann.greeted))).toBe("renewed");
  expect(ann.judge(hello("b1", bob.greeted))).toBe("current");
});

test("a newer attempt takes the place of the older only once it has repeated our name", () => {
  const bob = new Attempts("b1");
  bob.judge(hello("a1", "b1"));
  expect(bob.judge(hello("a2", null))).toBe("stranger");
  expect(bob.theirs).toBe("a1");
  expect(bob.judge(hello("a1", "b1"))).toBe("current");
  expect(bob.judge(hello("a2", "b1"))).toBe("renewed");
});

test("an older attempt never comes back, whatever it says and however late", () => {
  const bob = new Attempts("b1");
  bob.judge(hello("a1", "b1"));
  bob.judge(hello("a2", "b1"));
  expect(bob.judge(hello("a1", "b1"))).toBe("stale");
  expect(bob.judge(hello("a1", null))).toBe("stale");
  expect([bob.theirs, bob.greeted]).toEqual(["a2", "a2"]);
});

test("an attempt that was heard of late, after its successor, cannot prove itself any more", () => {
  const bob = new Attempts("b1");
  bob.judge(hello("a2", "b1"));
  // It knows an older name of ours, or none.
  expect(bob.judge(hello("a1", null))).toBe("stranger");
  expect(bob.judge(hello("a1", "b0"))).toBe("stranger");
  expect(bob.theirs).toBe("a2");
  expect(bob.judge(hello("a2", "b1"))).toBe("current");
  expect(bob.greeted).toBe("a2");
});

test("whoever begins anew trusts nobody until they have repeated the new name", () => {
  const bob = new Attempts("b1");
  bob.judge(hello("a1", "b1"));
  bob.renew("b2");
  expect([bob.theirs, bob.greeted]).toEqual([null, "a1"]);
  expect(bob.judge(hello("a1", "b1"))).toBe("stranger");
  expect(bob.judge(hello("a1", "b2"))).toBe("renewed");
});
