/**
 * Knock links: a signed code that answers one knock, for somebody who is not in the meeting and has no token. It is good once,
 * because a knock is answered once (`docs/rules.md` L3), and for one knock, because it names it by its `since` (L11).
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { DerivedKeys } from "./derived.js";
import { parseStrictObject } from "./strict-json.js";

/** What a code names. */
export interface KnockLink {
  readonly app: string;
  readonly roomId: string;
  readonly participantId: string;
  /** Which knock of theirs: when it began, epoch milliseconds. */
  readonly since: number;
  /** Until when the code is good, epoch milliseconds. */
  readonly exp: number;
}

/** Makes and reads codes. */
export interface KnockLinks {
  /**
   * A code for a knock, signed with the first of the app's keys. Whoever has it can answer the knock.
   *
   * @throws Error for an app that is not known: a fault of the program
   */
  make(link: KnockLink): string;
  /** What a code names; null where it is not one of ours, was changed, has expired, or its key is not listed any more. */
  read(code: string): KnockLink | null;
}

/** Ids are at most 128 characters, up to three bytes each, and base64 adds a third: anything longer is not ours. */
const MAX_LENGTH = 2_048;

const payloadSchema = z.strictObject({
  app: z.string(),
  room: z.string(),
  participant: z.string(),
  since: z.number(),
  exp: z.number(),
});

/** Builds them over the apps' keys and a clock in epoch milliseconds. */
export function createKnockLinks({
  keys,
  now,
}: {
  readonly keys: DerivedKeys;
  readonly now: () => number;
}): KnockLinks {
  return {
    make({ app, roomId: room, participantId: participant, since, exp }) {
      const [key] = keys.of(app, "knock links");
      if (key === undefined) throw new Error(`no such app: ${app}`);
      const payload = Buffer.from(JSON.stringify({ app, room, participant, since, exp })).toString(
        "base64url",
      );
      return `${payload}.${signatureOf(payload, key)}`;
    },
    read(code) {
      const [payload, signature, ...rest] = code.length > MAX_LENGTH ? [] : code.split(".");
      if (payload === undefined || signature === undefined || rest.length > 0) return null;
      const link = decode(payload);
      if (link === null) return null;
      // Every key is tried, so that the time taken does not tell which of them it was.
      const signed = keys
        .of(link.app, "knock links")
        .map((key) => isEqual(signature, signatureOf(payload, key)));
      return signed.includes(true) && now() < link.exp ? link : null;
    },
  };
}

/** Over the encoded text: there is one text for each signature, however lenient a decoder is. */
function signatureOf(payload: string, key: Buffer): string {
  return createHmac("sha256", key).update(payload).digest("base64url");
}

function isEqual(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function decode(payload: string): KnockLink | null {
  const bytes = Buffer.from(payload, "base64url");
  // Node skips what is not base64url; such a text is not one that we made.
  if (bytes.toString("base64url") !== payload) return null;
  const parsed = parseStrictObject(bytes.toString("utf8"));
  const read = parsed.ok ? payloadSchema.safeParse(parsed.value) : null;
  if (read?.success !== true) return null;
  const { app, room: roomId, participant: participantId, since, exp } = read.data;
  return { app, roomId, participantId, since, exp };
}
