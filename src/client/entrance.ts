/**
 * The first message of every line: a join, and after its answer a resume with the secret of the latest answer. Its id stays the
 * same until it is answered, so that an answer that was lost costs no second seat (`docs/rules.md` E6, R5).
 */
import { entrySchema, type AcceptedFrame, type EntryAnswer } from "./frames.js";

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
  private token: string;
  private conferenceToken: string | undefined;

  constructor(
    private readonly credentials: Credentials,
    private readonly makeId: () => string,
  ) {
    this.token = credentials.token;
    this.conferenceToken = credentials.conferenceToken;
  }

  /** The text to send on a new line. */
  knock({ epoch, seq }: Position): string {
    const id = (this.pending ??= this.makeId());
    const { secret, token, conferenceToken } = this;
    const shown = { ...this.credentials, token, conferenceToken };
    if (secret === null) return JSON.stringify({ type: "join", id, ...shown });
    const position = epoch === null ? {} : { epoch, seq };
    return JSON.stringify({ type: "resume", id, secret, ...position });
  }

  /** Whether an answer with this id is the one that is waited for. */
  waitsFor(id: string | null): boolean {
    return id !== null && id === this.pending;
  }

  /** Takes the accepting answer; null where it does not say what it must. */
  accepted(frame: AcceptedFrame): EntryAnswer | null {
    const parsed = entrySchema.safeParse(frame);
    if (!parsed.success) return null;
    this.pending = null;
    this.secret = parsed.data.resume;
    this.roomId = parsed.data.roomId;
    this.participantId = parsed.data.participantId;
    return parsed.data;
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
  }
}
