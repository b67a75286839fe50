/**
 * The first message of every line: a join, and after its answer a resume with the secret of the latest answer. Its id stays the
 * same until it is answered, so that an answer that was lost costs no second seat (`docs/rules.md` E6, R5).
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
export class Entrance {
  /** The room and the id, as the latest answer gave them. */
  roomId = "";
  participantId = "";
  private pending: string | null = null;
  private secret: string | null = null;
  /** The secret is of an earlier page, and nobody has taken it yet. */
  private isKept = false;
  private token: string;
  /** What the join that is under way shows: with another token it would not be the same join. */
  private shown: string;
  private conferenceToken: string | undefined;

  constructor(
    private readonly credentials: Credentials,
    private readonly makeId: () => string,
    private readonly keep: Keep | null = null,
  ) {
    this.token = this.shown = credentials.token;
    this.conferenceToken = credentials.conferenceToken;
  }

  /** A new try begins: with the newest token, or with what an earlier page has kept. */
  begin(): void {
    this.shown = this.token;
    if (this.secret !== null || this.pending !== null) return;
    const kept = this.keep?.read() ?? null;
    if (kept === null) return;
    this.secret = kept.secret;
    this.pending = kept.id;
    this.isKept = kept.secret !== null;
    this.roomId = kept.roomId ?? "";
    this.participantId = kept.participantId ?? "";
  }

  /** The text to send on a new line. */
  knock({ epoch, seq }: Position): string {
    const { secret, shown: token, conferenceToken, keep, roomId, participantId } = this;
    const id = (this.pending ??= this.makeId());
    if (secret === null) {
      keep?.writeJoin(id);
      return JSON.stringify({ type: "join", id, ...this.credentials, token, conferenceToken });
    }
    keep?.write({ secret, id, roomId, participantId });
    const position = epoch === null ? {} : { epoch, seq };
    return JSON.stringify({ type: "resume", id, secret, ...position });
  }

  /** Whether an answer with this id is the one that is waited for. */
  waitsFor(id: string | null): boolean {
    return id !== null && id === this.pending;
  }

  /** Takes the accepting answer; null where it does not say what it must. */
  accepted(frame: AcceptedFrame): EntryAnswer | null {
    const answer = fit(entryShape, frame);
    if (answer === null) return null;
    const { resume: secret, roomId, participantId } = answer;
    this.pending = null;
    this.isKept = false;
    this.secret = secret;
    this.roomId = roomId;
    this.participantId = participantId;
    this.keep?.write({ secret, id: null, roomId, participantId });
    return answer;
  }

  /** What an earlier page has kept was refused: true where there was such a thing, and a join comes next. */
  dropKept(): boolean {
    const { isKept } = this;
    if (isKept) this.reset();
    return isKept;
  }

  /** Shows this token from now on, where one has to join again. */
  renew(token: string): void {
    this.token = token;
  }

  /** Shows this conference access token from now on: the gateway has replaced the one before. */
  renewConferenceToken(token: string): void {
    this.conferenceToken = token;
  }

  /** The stay is over; the next way in is a new join. */
  reset(): void {
    this.pending = null;
    this.secret = null;
    this.isKept = false;
    this.shown = this.token;
    this.keep?.forget();
  }
}
