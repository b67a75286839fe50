/**
 * JSON objects that can be read in one way only. `JSON.parse` lets the last of two equal members win, turns `1e400` into
 * Infinity and builds half a surrogate pair; two readers of such a text can disagree on what it says, so it is refused
 * (`reference/reliability.md` section 1.1, RFC 8725 section 2.4, RFC 8259 section 4).
 */

/** A decoded object; its members are not decoded yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What makes a text unacceptable. */
export type JsonFault =
  | "not_json"
  | "not_an_object"
  | "too_deep"
  | "too_many_members"
  | "duplicate_member"
  | "forbidden_member"
  | "number_out_of_range"
  | "lone_surrogate";

/** The result of `parseStrictObject`. `member` is the outermost member at fault, null where there is none. */
export type JsonOutcome =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly fault: JsonFault; readonly member: string | null };

/** Objects and arrays inside each other, the outermost included. */
export const MAX_JSON_DEPTH = 8;

/** Members in all objects of one text together. */
export const MAX_JSON_MEMBERS = 200;

/** Strings, punctuation and numbers of a text that is known to be JSON; `true`, `false`, `null` and space are of no interest. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]|-?[0-9][0-9.eE+-]*/g;

/** With the `u` flag this matches only a surrogate that has no partner. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a decoded value is an object: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Decodes a text that must be one JSON object. Never throws. The text's length is the caller's business: this takes time
 * in proportion to it.
 */
export function parseStrictObject(text: string): JsonOutcome {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, fault: "not_json", member: null };
  }
  if (!isJsonObject(value)) return { ok: false, fault: "not_an_object", member: null };
  const found = findFault(text);
  return found === null ? { ok: true, value } : { ok: false, ...found };
}

/** An open object (`members` seen so far) or array (null). */
interface Level {
  readonly members: Set<string> | null;
  expectsName: boolean;
}

/** Walks a text that `JSON.parse` has accepted, so that the grammar needs no second check. */
function findFault(text: string): { fault: JsonFault; member: string | null } | null {
  const levels: Level[] = [];
  let count = 0;
  let member: string | null = null;
  for (const [token] of text.matchAll(TOKENS)) {
    const level = levels.at(-1);
    switch (token.charAt(0)) {
      case "{":
      case "[":
        if (levels.length >= MAX_JSON_DEPTH) return { fault: "too_deep", member };
        levels.push({ members: token === "{" ? new Set() : null, expectsName: token === "{" });
        break;
      case "}":
      case "]":
        levels.pop();
        break;
      case ",":
        if (level?.members) level.expectsName = true;
        break;
      case '"': {
        const string = decodeString(token);
        const names = level?.expectsName === true ? level.members : null;
        if (names !== null && levels.length === 1) member = string;
        if (LONE_SURROGATE.test(string)) return { fault: "lone_surrogate", member };
        if (names === null || level === undefined) break;
        level.expectsName = false;
        if (string === "__proto__") return { fault: "forbidden_member", member };
        if (names.has(string)) return { fault: "duplicate_member", member };
        if (++count > MAX_JSON_MEMBERS) return { fault: "too_many_members", member };
        names.add(string);
        break;
      }
      default:
        if (!Number.isFinite(Number(token))) return { fault: "number_out_of_range", member };
    }
  }
  return null;
}

/** Escapes are resolved first: `"\u0065xp"` and `"exp"` are the same name. */
function decodeString(literal: string): string {
  return literal.includes("\\") ? String(JSON.parse(literal)) : literal.slice(1, -1);
}
