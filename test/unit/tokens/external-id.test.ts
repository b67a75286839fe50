import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { hash } from "node:crypto";
import { participantIdSchema } from "../../../src/protocol/commands.js";
import { nameFrom, participantIdOf } from "../../../src/tokens/external-id.js";

const digest = (text: string): string => `ext-${hash("sha256", text, "base64url").slice(0, 22)}`;

describe("from an external id to a participant id", () => {
  test.each(["alice", "alice@example.test", "auth0|5f7c", "a".repeat(128), "李", "ext-1", "-", "'\"<>"])(
    "%s is one itself",
    (id) => expect(participantIdOf(id)).toBe(id),
  );

  test.each([
    "",
    " ",
    "two words",
    "a\n",
    "a\u{200b}",
    "*",
    "a".repeat(129),
    '"'.repeat(1024),
    "é ".repeat(512),
  ])("%j gets one that is made of it", (id) => expect(participantIdOf(id)).toBe(digest(id)));

  test("nobody can name themselves as the made id of somebody else", () => {
    const made = participantIdOf("Alice Example");
    expect(made).toMatch(/^ext-[\w-]{22}$/);
    expect(participantIdOf(made)).not.toBe(made);
  });

  test("every external id has one legal id, and two have two", () => {
    const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 200 }), fc.constantFrom("a", "a ", " a"));
    fc.assert(
      fc.property(text, text, (one, two) => {
        const [first, second] = [participantIdOf(one), participantIdOf(two)];
        expect(participantIdSchema.safeParse(first).success).toBe(true);
        expect(first === second).toBe(one === two);
      }),
    );
  });
});

describe("a text as a name", () => {
  test.each([
    ["Ann", "Ann"],
    ["x".repeat(128), "x".repeat(128)],
    ["x".repeat(129), "x".repeat(128)],
    [`${"x".repeat(126)}😀`, `${"x".repeat(126)}😀`],
    [`${"x".repeat(127)}😀`, "x".repeat(127)],
    [`${"x".repeat(127)}😀more`, "x".repeat(127)],
  ])("%# is cut between two characters", (text, name) => expect(nameFrom(text)).toBe(name));
});
