/**
 * The first message of every line: a join, and after its answer a resume with the secret of the latest answer. Its id stays the
 * same until it is answered, so that an answer that was lost costs no second seat (`docs/rules.md` E6, R5). Its `attempt` counts the
 * lines, so that the gateway tells what comes late (R8).
 */
import type { AcceptedFrame, EntryAnswer } from "./frame-types.js";
import { entryShape } from "./frames.js";
import type { Keep } from "./keep.js";
import { fit } from "./shape.js";

/** What a newcomer shows and asks for. */
export interface Credentials {
  readonly token: string;
  /** Beside a client access token: the conference access token for a protected conference. */
  readonly conferenceToken?: string | undefined;
  /** Needed where the token names no room. */
  readonly roomId?: string | undefined;
  /** The id that one would like to go by, where the token names none. */
  readonly participantId?: string | undefined;
  readonly name?: string | undefined;
  /** For the others in the room; a JSON object. */
  readonly metaData?: Readonly<Record<string, unknown>> | undefined;
  readonly micOn?: boolean | undefined;
  readonly webcamOn?: boolean | undefined;
}

/** Where the client's copy of the room stands; `epoch` null asks for a snapshot. */
export interface Position {
  readonly epoch: string | null;
  readonly seq: number;
}

/** Knows how this client gets in. */
export interface Entrance {
  /** The room, as the latest answer gave it; empty before. */
  readonly roomId: string;
  /** The id, as the latest answer gave it; empty before. */
  readonly participantId: string;
  /** A new try begins: with the newest token, or with what an earlier page has kept. */
  begin(): void;
  /** The text to send on a new line. */
  knock(position: Position): string;
  /** Whether an answer with this id is the one that is waited for. */
  waitsFor(id: string | null): boolean;
  /** Takes the accepting answer; null where it does not say what it must. */
  accepted(frame: AcceptedFrame): EntryAnswer | null;
  /** What an earlier page has kept was refused: true where there was such a thing, and a join comes next. */
  dropKept(): boolean;
  /** Shows this token from now on, where one has to join again. */
  renew(token: string): void;
  /** Shows this conference access token from now on: the gateway has replaced the one before. */
  renewConferenceToken(token: string): void;
  /** The stay is over; the next way in is a new join. */
  reset(): void;
}

/** Makes a way in that nobody has gone yet. */
export function createEntrance(credentials: Credentials, makeId: () => string, keep?: Keep): Entrance {
  let { token, conferenceToken } = credentials;
  /** What the join that is under way shows: with another token it would not be the same join. */
  let shown = token;
  let roomId = "";
  let participantId = "";
  let pending: string | null = null;
  let secret: string | null = null;
  let attempt = 0;
  /** The secret is of an earlier page, and nobody has taken it yet. */
  let isKept = false;

  const reset = (): void => {
    pending = secret = null;
    isKept = false;
    shown = token;
    keep?.forget();
  };
  return {
    get roomId() {
      return roomId;
    },
    get participantId() {
      return participantId;
    },
    begin() {
      shown = token;
      if (secret !== null || pending !== null) return;
      const kept = keep?.read() ?? null;
      if (kept === null) return;
      secret = kept.secret;
      pending = kept.id;
      isKept = secret !== null;
      roomId = kept.roomId ?? "";
      participantId = kept.participantId ?? "";
      ({ attempt } = kept);
    },
    knock({ epoch, seq }) {
      const id = (pending ??= makeId());
      attempt += 1;
      if (secret === null) {
        keep?.writeJoin(id, attempt);
        return JSON.stringify({ type: "join", id, ...credentials, token: shown, conferenceToken, attempt });
      }
      keep?.write({ secret, id, roomId, participantId, attempt });
      const position = epoch === null ? {} : { epoch, seq };
      return JSON.stringify({ type: "resume", id, secret, ...position, attempt });
    },
    waitsFor: (id) => id !== null && id === pending,
    accepted(frame) {
      const answer = fit(entryShape, frame);
      if (answer === null) return null;
      pending = null;
      isKept = false;
      ({ resume: secret, roomId, participantId } = answer);
      keep?.write({ secret, id: null, roomId, participantId, attempt });
      return answer;
    },
    dropKept() {
      const wasKept = isKept;
      if (wasKept) reset();
      return wasKept;
    },
    renew(newer) {
      token = newer;
    },
    renewConferenceToken(newer) {
      conferenceToken = newer;
    },
    reset,
  };
}
