/** How a try to come in, a wait or a stay ended, in words, and what can be done next. Pure. */
import type { EntryDecision } from "../../../client/meeting-types.js";
import type { ActorView } from "../../../protocol/events.js";
import { wordsFor } from "./refusal-words.js";

/** What may be done next. `at` is in epoch milliseconds by the gateway's clock. */
export type Again =
  | { readonly kind: "none" }
  | { readonly kind: "link" }
  | { readonly kind: "now"; readonly label: string }
  | { readonly kind: "at"; readonly label: string; readonly at: number };

/** What stands on the last page. */
export interface Outcome {
  readonly tone: "plain" | "bad";
  readonly title: string;
  readonly text: string;
  /** Who decided, where that is told. */
  readonly by: string | null;
  /** Their own words. */
  readonly words: string | null;
  /** The stable reason, for whoever is asked for help; null where nothing is wrong. */
  readonly code: string | null;
  readonly again: Again;
}

/** A "no" at the door. The members are those of a `MeetingError`. */
export interface DoorError {
  readonly reason: string;
  readonly message: string;
  readonly field?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** The end of a stay or of a wait. The members are those of `Left`. */
export interface End {
  readonly why: string;
  readonly reason: { readonly code: number; readonly message: string } | null;
  readonly note: string | null;
  /** The client's own sentence for ends that this page has no words for. */
  readonly text?: string | undefined;
}

/** Where somebody stood when it ended. */
export type Place = "lobby" | "room";

const NO_MORE: Pick<Outcome, "by" | "words" | "code"> = { by: null, words: null, code: null };

/** A join that was refused. */
export function outcomeOfRefusal(error: DoorError): Outcome {
  const { title, text, next } = wordsFor(error.reason, error.message);
  const base = { ...NO_MORE, tone: "bad", title, text: withField(text, error), code: error.reason } as const;
  const at = error.details?.["mayKnockAt"];
  if (typeof at === "number") return { ...base, again: { kind: "at", label: "Ask again", at } };
  return { ...base, again: next === "now" ? { kind: "now", label: "Try again" } : { kind: next } };
}

/** A knock that a host turned down. */
export function outcomeOfDenial({ by, note, banned, mayKnockAt }: EntryDecision): Outcome {
  const text = banned
    ? "You cannot ask again, in this session or another, until a moderator lifts that."
    : "A host has turned your request down.";
  return {
    tone: "bad",
    title: "You were not let in",
    text,
    by: actorName(by),
    words: note,
    code: "entry_denied",
    again:
      banned || mayKnockAt === null ? { kind: "none" } : { kind: "at", label: "Ask again", at: mayKnockAt },
  };
}

/** A stay, or a wait without an answer, that ended. */
export function outcomeOfEnd(end: End, place: Place): Outcome {
  const { why, note, reason } = end;
  switch (why) {
    case "left":
    case "withdrawn":
      return place === "lobby"
        ? plain("You stopped waiting", "Nobody is asked any more.", "Ask again")
        : plain("You left the meeting", "You can come back while it goes on.", "Join again");
    case "session_ended": {
      const byBackEnd = reason?.message === "MEETING_END_API";
      const text = byBackEnd ? "It was ended by whoever runs this room." : "It was ended for everybody.";
      return plain("The meeting is over", text, place === "lobby" ? "Ask again" : "Start or join a new one");
    }
    case "participant_id_taken":
      return {
        ...outcomeOfRefusal({ reason: why, message: "" }),
        tone: "plain",
        again: { kind: "now", label: "Go on here instead" },
      };
    case "removed": {
      const { again, ...rest } = outcomeOfRefusal({ reason: why, message: "" });
      const text = `You were put out of the meeting. ${rest.text}`;
      return { ...rest, text, words: note, again };
    }
    case "knock_timed_out":
      return {
        ...outcomeOfRefusal({ reason: why, message: "" }),
        again: { kind: "now", label: "Ask again" },
      };
    case "token_expired":
      return {
        ...outcomeOfRefusal({ reason: why, message: "" }),
        title: "Your token has expired",
        text: "In this room a stay ends with its token.",
      };
    default: {
      const message = end.text ?? "The gateway closed the connection.";
      return { ...outcomeOfRefusal({ reason: why, message }), words: note };
    }
  }
}

/** Who did something, for people; null where a rule did it by itself. */
export function actorName(by: ActorView): string | null {
  switch (by.kind) {
    case "participant":
      return by.name === "" ? "a host" : by.name;
    case "api":
      return by.name ?? "whoever runs this room";
    case "rule":
      return null;
  }
}

function plain(title: string, text: string, label: string): Outcome {
  return { ...NO_MORE, tone: "plain", title, text, again: { kind: "now", label } };
}

/** Which claim or part of a token is at fault helps those who made it. */
function withField(text: string, { reason, field }: DoorError): string {
  return reason === "claims_invalid" && field !== undefined ? `${text} It is: ${field}.` : text;
}
