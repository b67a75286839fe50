import { ErrorReply, RESP_TYPES } from "redis";
import type { Change, Condition, RangeQuery, Records } from "../records.js";
import type { Keys } from "./keys.js";
import type { Link } from "./link.js";
import { listOf, numberOf, scoreOf, taggedOf, textOf } from "./replies.js";
import { runScript, scripts } from "./scripts.js";

/**
 * Records in Redis: a map is a hash, an index a sorted set, and `write` is one script. Beside a `LogFault`, a call rejects with
 * a `TypeError` if a map is used as an index or the other way round, and with a `RangeError` for a number that no store could
 * keep or look for; both are bugs of the caller, and nothing was written.
 */
export function createRedisRecords(link: Link, keys: Keys): Records {
  const ask = async (command: string, name: string, rest: readonly string[]): Promise<unknown> => {
    const words = [command, keys.record(name), ...rest];
    try {
      return await link.run((client): Promise<unknown> => client.sendCommand(words, AS_LISTS));
    } catch (error) {
      if (error instanceof ErrorReply && error.message.startsWith("WRONGTYPE ")) throw mistyped(error);
      throw error;
    }
  };
  return {
    async fields(map, names) {
      if (names === undefined) return pairsOf(listOf(await ask("HGETALL", map, [])));
      const texts = listOf(await ask("HMGET", map, atLeastOne(names)));
      const kept = names.flatMap((name, at) => (texts[at] === null ? [] : [name, texts[at]]));
      return pairsOf(kept);
    },
    async range(index, query = {}) {
      const found = listOf(await ask("ZRANGE", index, rangeWords(query)));
      return found.map((pair) => {
        const [member, score] = listOf(pair);
        return { member: textOf(member), score: scoreOf(score) };
      });
    },
    async count(index, bounds = {}) {
      return numberOf(await ask("ZCOUNT", index, boundWords(bounds)));
    },
    async scores(index, members) {
      const found = listOf(await ask("ZMSCORE", index, atLeastOne(members)));
      return members.map((_, at) => (found[at] === null ? null : scoreOf(found[at])));
    },
    async write(changes, conditions = []) {
      const steps = [...conditions, ...changes].map(stepOf);
      const numbers = new Map<string, number>();
      const args = steps.flatMap(([word, name, first = "", second = ""]) => {
        const number = numbers.get(name) ?? numbers.size + 1;
        numbers.set(name, number);
        return [word, String(number), first, second];
      });
      const reply = await runScript(
        link,
        scripts.write,
        Array.from(numbers.keys(), (name) => keys.record(name)),
        [String(conditions.length), ...args],
      );
      const { tag } = taggedOf(reply, ["written", "refused", "mistyped"]);
      if (tag === "mistyped") throw mistyped();
      return tag === "written";
    },
  };
}

/** The library would make an object of a reply of pairs, in which a field called `__proto__` is lost. */
const AS_LISTS = { typeMapping: { [RESP_TYPES.MAP]: Array } };

/** A word of `write.lua`, a name, and what follows the word there. */
type Step = readonly [word: string, name: string, first?: string, second?: string];

function stepOf(one: Condition | Change): Step {
  if ("map" in one) {
    return one.is === null ? ["lacks", one.map, one.field] : ["has", one.map, one.field, one.is];
  }
  if ("index" in one) {
    return one.is === null
      ? ["unranked", one.index, one.member]
      : ["ranked", one.index, one.member, scoreText(one.is)];
  }
  if ("put" in one) return ["put", one.put, one.field, one.text];
  if ("drop" in one) return ["drop", one.drop, one.field];
  if ("rank" in one) return ["rank", one.rank, one.member, scoreText(one.score)];
  if ("unrank" in one) return ["unrank", one.unrank, one.member];
  if ("cap" in one) return ["cap", one.cap, String(-1 - wholeOf(one.keep))];
  if ("clear" in one) return ["clear", one.clear];
  return one.ttlMs === null ? ["persist", one.expire] : ["expire", one.expire, lifeText(one.ttlMs)];
}

function rangeWords(query: RangeQuery): string[] {
  const { descending = false, offset = 0, limit = Infinity } = query;
  const [min, max] = boundWords(query);
  const words = descending ? [max, min, "BYSCORE", "REV"] : [min, max, "BYSCORE"];
  const count = limit === Infinity ? -1 : wholeOf(limit);
  return [...words, "LIMIT", String(wholeOf(offset)), String(count), "WITHSCORES"];
}

function boundWords({ min = -Infinity, max = Infinity }: RangeQuery): [string, string] {
  if (Number.isNaN(min) || Number.isNaN(max)) throw new RangeError("records: a bound is no number");
  return [boundText(min), boundText(max)];
}

function boundText(bound: number): string {
  return Number.isFinite(bound) ? String(bound) : bound > 0 ? "+inf" : "-inf";
}

function scoreText(score: number): string {
  if (!Number.isFinite(score)) throw new RangeError(`records: no score: ${score}`);
  return String(score);
}

function lifeText(ttlMs: number): string {
  const whole = Math.ceil(ttlMs);
  if (!Number.isSafeInteger(whole)) throw new RangeError(`records: no length of a life: ${ttlMs}`);
  return String(whole);
}

function wholeOf(number: number): number {
  if (!Number.isSafeInteger(number) || number < 0)
    throw new RangeError(`records: no number of members: ${number}`);
  return number;
}

/** A command must name something; asking for nothing still tells whether the store answers, and what the name is. */
function atLeastOne(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [""] : names;
}

function pairsOf(flat: readonly unknown[]): Map<string, string> {
  const pairs = new Map<string, string>();
  for (let at = 0; at < flat.length; at += 2) pairs.set(textOf(flat[at]), textOf(flat[at + 1]));
  return pairs;
}

function mistyped(cause?: ErrorReply): TypeError {
  return new TypeError("records: a map is used as an index, or an index as a map", { cause });
}
