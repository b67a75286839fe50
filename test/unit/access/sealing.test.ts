/** Secrets at rest. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createDecipheriv, randomBytes } from "node:crypto";
import { createSealer, type Sealer } from "../../../src/access/sealing.js";

const KEY = Buffer.from("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "hex");
const OTHER_KEY = Buffer.alloc(32, 7);
const ABOUT = ["app secret", "acme", "key", "s1"];
const TEXT = "a secret of 32 bytes and some more";
const IV = Buffer.from("cafebabefacedbaddecaf888", "hex");
/** What the first version wrote. A store that is full of such texts must stay readable. */
const VECTOR =
  "v1.v51TCwb8.yv66vvrO263eyviI64PTQ8kIKm9mZDv9SC-pXXRUpSL_eAQQbqxrHNupCJDfNYcyX_1Lb6-70nkqoxG2nfs";

function sealerOf(...keys: readonly Buffer[]): Sealer {
  const sealer = createSealer(keys);
  if (sealer === null) throw new Error("no sealer");
  return sealer;
}

describe("sealing", () => {
  test("a sealed text opens, and shows nothing of the text", () => {
    const sealer = sealerOf(KEY);
    const sealed = sealer.seal(TEXT, ABOUT);
    expect(sealer.open(sealed, ABOUT)).toBe(TEXT);
    expect(sealed).not.toContain(TEXT);
    expect(Buffer.from(sealed.split(".")[2] ?? "", "base64url").toString("latin1")).not.toContain("secret");
  });

  test("any text comes back as it was, about anything", () => {
    const sealer = sealerOf(KEY);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.array(fc.string()), (text, about) => {
        expect(sealer.open(sealer.seal(text, about), about)).toBe(text);
      }),
    );
  });

  test("the form of the first version is kept: key, IV and text give the same sealed text for ever", () => {
    const sealer = createSealer([KEY], () => IV);
    expect(sealer?.seal(TEXT, ABOUT)).toBe(VECTOR);
    expect(sealerOf(KEY).open(VECTOR, ABOUT)).toBe(TEXT);
  });

  test("it is AES-256-GCM with the IV in front, the tag behind, and what it is about as associated data", () => {
    const [form, id, text = ""] = VECTOR.split(".");
    const body = Buffer.from(text, "base64url");
    const decipher = createDecipheriv("aes-256-gcm", KEY, body.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(JSON.stringify([form, id, ...ABOUT])));
    decipher.setAuthTag(body.subarray(-16));
    const opened = Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()]);
    expect(opened.toString()).toBe(TEXT);
  });

  test("the same text is never sealed to the same twice", () => {
    const sealer = sealerOf(KEY);
    const sealed = Array.from({ length: 500 }, () => sealer.seal(TEXT, ABOUT));
    expect(new Set(sealed).size).toBe(500);
    expect(new Set(sealed.map((one) => one.slice(0, 12 + 16))).size).toBe(500);
  });

  test.each<readonly [string, readonly string[]]>([
    ["another app", ["app secret", "acme2", "key", "s1"]],
    ["another key", ["app secret", "acme", "key2", "s1"]],
    ["another secret", ["app secret", "acme", "key", "s2"]],
    ["another purpose", ["webhook key", "acme", "key", "s1"]],
    ["parts joined otherwise", ["app secret", "acme", "keys1"]],
    ["nothing", []],
  ])("moved to %s it does not open", (_, about) => {
    expect(sealerOf(KEY).open(VECTOR, about)).toBeNull();
  });

  test("changed anywhere it does not open", () => {
    const sealer = sealerOf(KEY);
    const [form = "", id = "", text = ""] = VECTOR.split(".");
    const body = Buffer.from(text, "base64url");
    for (let at = 0; at < body.length; at += 1)
      for (const bit of [1, 128]) {
        const changed = Buffer.from(body);
        changed.writeUInt8(changed.readUInt8(at) ^ bit, at);
        expect(sealer.open([form, id, changed.toString("base64url")].join("."), ABOUT)).toBeNull();
      }
    for (let length = 0; length < body.length; length += 1)
      expect(
        sealer.open([form, id, body.subarray(0, length).toString("base64url")].join("."), ABOUT),
      ).toBeNull();
  });

  test("what is no sealed text at all does not open, and throws nothing", () => {
    const sealer = sealerOf(KEY);
    const [, id] = VECTOR.split(".");
    const wrong = ["", ".", "..", "v1", `v1.${id}`, `v1.${id}.`, `v2.${VECTOR.slice(3)}`, `${VECTOR}.`, TEXT];
    for (const text of wrong) {
      expect(sealer.open(text, ABOUT)).toBeNull();
      expect(sealer.isCurrent(text)).toBe(false);
    }
    fc.assert(fc.property(fc.string(), (text) => sealer.open(text, ABOUT) === null));
  });

  test("another key does not open it, not even under the id of the right one", () => {
    const [, id, text] = VECTOR.split(".");
    const other = sealerOf(OTHER_KEY);
    const [, otherId] = other.seal(TEXT, ABOUT).split(".");
    expect(other.open(VECTOR, ABOUT)).toBeNull();
    expect(otherId).not.toBe(id);
    expect(other.open(["v1", otherId, text].join("."), ABOUT)).toBeNull();
  });

  test("rotation: the first key seals, all open, and what is not current is known", () => {
    const [before, during, after] = [sealerOf(KEY), sealerOf(OTHER_KEY, KEY), sealerOf(OTHER_KEY)];
    const old = before.seal(TEXT, ABOUT);
    expect(before.isCurrent(old)).toBe(true);
    expect(during.open(old, ABOUT)).toBe(TEXT);
    expect(during.isCurrent(old)).toBe(false);
    const fresh = during.seal(TEXT, ABOUT);
    expect(during.isCurrent(fresh)).toBe(true);
    expect(after.open(fresh, ABOUT)).toBe(TEXT);
    expect(after.open(old, ABOUT)).toBeNull();
  });

  test("without keys there is no sealer, and a key of another length is refused", () => {
    expect(createSealer([])).toBeNull();
    expect(() => createSealer([KEY, randomBytes(31)])).toThrow(RangeError);
    expect(() => createSealer([randomBytes(64)])).toThrow(RangeError);
  });
});
