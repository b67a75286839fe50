/** One's own stay as lines for people: in, waiting, line lost, back, out. */
import type { Left, MeetingEvents } from "../client/meeting-events.js";
import type { RoomView } from "../client/room-copy.js";
import { EXIT } from "./io.js";
import { meaningOf } from "./meaning.js";
import { called, type NameBook } from "./people.js";
import { KNOCK_HINT, type Told } from "./tell-events.js";
import { listed, printable, timeOfDay } from "./text.js";

const you = (what: string, tone: Told["tone"] = "plain"): Told => ({ who: "you", what, tone });

/** In the room: where, as whom, with which rights, and who else is there. */
export function tellJoined({ roomId }: MeetingEvents["joined"], view: RoomView): Told[] {
  const self = view.self;
  const as = self === null ? "" : ` as ${called(self)}`;
  const rights = `you hold ${listed(self?.permissions ?? [])}`;
  return [you(`are in the room ${printable(roomId)}${as}; ${rights}`, "good"), tellPresent(view)];
}

/** Who else is in the room. */
export function tellPresent({ participants, participantId }: RoomView): Told {
  const others = [...participants.values()].filter((one) => one.participantId !== participantId);
  const what = others.length === 0 ? "nobody else is here" : `here: ${listed(others.map(called))}`;
  return { who: "room", what, tone: "plain" };
}

/** Who knocks, with what to type; for those who may answer. */
export function tellKnocks({ lobby }: RoomView): Told[] {
  return Array.from(lobby.values(), (knock) => ({
    who: called(knock),
    what: `knocks. ${KNOCK_HINT(knock.participantId)}`,
    tone: "ask",
  }));
}

/** In the lobby. */
export function tellWaiting(
  { roomId, cause, expiresAt, hostPresent }: MeetingEvents["waiting"],
  timeZone?: string,
): Told {
  if (cause === "hosts")
    return you(hostPresent ? "wait; a host has come" : "wait; no host is there any more", "dim");
  const until = timeOfDay(expiresAt, timeZone);
  const host = hostPresent ? "a host is there" : "no host is there yet";
  if (cause === "returned")
    return you(`were sent back to the lobby, and wait until ${until}; ${host}`, "ask");
  const still = cause === "resumed" ? "still wait" : "knock, and wait";
  return you(`${still} for a host of the room ${printable(roomId)} until ${until}; ${host}`, "ask");
}

/** Turned away. */
export function tellDenied(
  { by, note, banned, mayKnockAt }: MeetingEvents["denied"],
  names: NameBook,
  timeZone?: string,
): Told {
  const words = note === null || note === "" ? "" : `: ${printable(note)}`;
  const again = mayKnockAt === null ? "" : `. You may knock again at ${timeOfDay(mayKnockAt, timeZone)}`;
  const verb = banned ? "turned you away for good" : "turned you away";
  return { who: names.actor(by), what: `${verb}${words}${again}`, tone: "bad" };
}

/** The line is lost. */
export function tellReconnecting({ attempt, delayMs, url, code, why }: MeetingEvents["reconnecting"]): Told {
  const cause = why === "" ? String(code) : `${code} ${printable(why)}`;
  const pause = (delayMs / 1_000).toFixed(1);
  return you(`lost the line (${cause}); attempt ${attempt} in ${pause} s at ${printable(url)}`, "dim");
}

/** Back again. */
export function tellRecovered({ recovered }: MeetingEvents["recovered"]): Told {
  return recovered
    ? you("are back; what you missed follows", "good")
    : you("are back; what you missed cannot be told, this is how it is now", "good");
}

const AT_EXPIRY: Readonly<Record<string, string>> = {
  restrict: "from then on you hear all, but can only leave or refresh",
  leave: "then you are out",
};

/**
 * A newer token is wanted. Where the expiry changes nothing nobody need be told, and at the expiry itself the room's own events say
 * what it means; half of the time is early for a person.
 */
export function tellTokenRefresh(
  { mark, expiresAt, isExpired, policy }: MeetingEvents["token-refresh"],
  timeZone?: string,
): Told | null {
  const then = AT_EXPIRY[policy];
  if (then === undefined || isExpired || mark === "half") return null;
  const until = timeOfDay(expiresAt, timeZone);
  const tone = mark === "last-minute" ? "bad" : "ask";
  return { who: "you", what: `your token is good until ${until}; ${then}. Type: refresh <token>`, tone };
}

/** Out: in words, and as the exit code. */
export function tellLeft({ code, why, note }: Left): { readonly told: Told; readonly exit: number } {
  const words = note === null || note === "" ? "" : `: ${printable(note)}`;
  switch (why) {
    case "left":
      return { told: you("left"), exit: EXIT.done };
    case "withdrawn":
      return { told: you("do not wait any more"), exit: EXIT.done };
    case "session_ended":
      return { told: you("are out: the meeting was ended for all"), exit: EXIT.done };
    default: {
      const meaning = meaningOf(why);
      const told = you(
        `are out (${printable(why)}, ${code})${words}${meaning === "" ? "" : `. ${meaning}`}`,
        "bad",
      );
      return { told, exit: why === "unreachable" ? EXIT.unreachable : EXIT.refused };
    }
  }
}
