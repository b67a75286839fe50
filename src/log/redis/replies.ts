import type { Head, StoredCommit } from "../port.js";

/** A reply that no script of ours makes: a bug, or keys that something else wrote. Never retryable, hence no `LogFault`. */
export class UnknownReply extends Error {
  override readonly name = "UnknownReply";
}

/** A list, or an `UnknownReply`. */
export function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new UnknownReply("a list was expected");
  return value;
}

/** A text, or an `UnknownReply`. */
export function textOf(value: unknown): string {
  if (typeof value !== "string") throw new UnknownReply("a text was expected");
  return value;
}

/** A whole number, sent as text or as a number, or an `UnknownReply`. */
export function numberOf(value: unknown): number {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number))
    throw new UnknownReply("a number was expected");
  return number;
}

/** The score of a member, or an `UnknownReply`. */
export function scoreOf(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new UnknownReply("a score was expected");
  return value;
}

/** Takes the tag off a reply. Throws an `UnknownReply` unless it is one of `tags`. */
export function taggedOf<T extends string>(
  value: unknown,
  tags: readonly T[],
): { readonly tag: T; readonly rest: readonly unknown[] } {
  const [first, ...rest] = listOf(value);
  const tag = tags.find((known) => known === first);
  if (tag === undefined) throw new UnknownReply(`no reply of this script: ${String(first)}`);
  return { tag, rest };
}

/** The head in the first three places of a reply. */
export function headOf([epoch, seq, token]: readonly unknown[]): Head {
  return { epoch: textOf(epoch), seq: numberOf(seq), token: textOf(token) };
}

/**
 * Groups entries of a room's stream into commits. Throws an `UnknownReply` if they do not begin with a commit, skip a number,
 * or end within a commit: then somebody else wrote to the stream, or the server evicted a part of it.
 */
export function commitsOf(value: unknown): StoredCommit[] {
  const commits: StoredCommit[] = [];
  let events: string[] = [];
  let wanted = 0;
  let next: number | undefined;
  for (const entry of listOf(value)) {
    const [id, fields] = listOf(entry);
    const seq = numberOf(textOf(id).split("-", 1)[0]);
    if (next !== undefined && seq !== next)
      throw new UnknownReply(`entry ${seq} stands where ${next} should`);
    next = seq + 1;
    const list = listOf(fields);
    if (list[0] === "c") {
      if (events.length !== wanted) throw new UnknownReply(`the commit before entry ${seq} is cut short`);
      events = [textOf(list[7])];
      wanted = numberOf(list[5]);
      commits.push({ first: seq, commit: textOf(list[1]), prev: textOf(list[3]), events });
    } else {
      if (events.length !== numberOf(list[1])) throw new UnknownReply(`entry ${seq} continues no commit`);
      events.push(textOf(list[3]));
    }
  }
  if (events.length !== wanted) throw new UnknownReply("the last commit is cut short");
  return commits;
}
