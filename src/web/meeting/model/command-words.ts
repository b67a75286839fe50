/** A command that failed, in words for whoever pressed the button. Pure. */

/** The members of a `MeetingError` that are shown. */
export interface CommandError {
  readonly reason: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** What went wrong; the sentence begins with what was tried. */
export function commandWords(tried: string, error: unknown): string {
  if (!isCommandError(error)) {
    return `${tried}: ${error instanceof Error && error.message !== "" ? error.message : "that did not work."}`;
  }
  switch (error.reason) {
    case "already_decided":
      return `${tried}: ${decider(error)} was faster and ${decision(error)}.`;
    case "knock_unknown":
      return `${tried}: they are not waiting any more.`;
    case "room_full":
      return `${tried}: the room is full. They go on waiting.`;
    case "participant_unknown":
      return `${tried}: they are not in the room any more.`;
    case "media_locked":
      return `${tried}: a moderator has locked it.`;
    case "not_permitted":
      return `${tried}: you do not have the right to do that.`;
    case "scope_missing":
      return `${tried}: your token does not cover that.`;
    case "token_expired":
      return `${tried}: your token has expired.`;
    case "request_unknown":
      return `${tried}: the request is not open any more.`;
    case "unavailable":
      return `${tried}: the gateway cannot reach its store. Please try again.`;
    default:
      return `${tried}: ${error.message}`;
  }
}

function decider({ details }: CommandError): string {
  const name = details?.["decidedByName"] ?? details?.["decidedBy"];
  return typeof name === "string" && name !== "" ? name : "Somebody else";
}

function decision({ details }: CommandError): string {
  return details?.["decision"] === "denied" ? "turned them away" : "let them in";
}

function isCommandError(error: unknown): error is CommandError {
  return (
    typeof error === "object" &&
    error !== null &&
    typeof Reflect.get(error, "reason") === "string" &&
    typeof Reflect.get(error, "message") === "string"
  );
}
