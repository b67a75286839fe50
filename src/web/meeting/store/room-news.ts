/** What happens in a room and is worth a word: spoken, shown in passing, or with a sound. */
import type { Meeting, Participant } from "../../../client/meeting-types.js";
import type { ActorView } from "../../../protocol/events.js";
import { actorName } from "../model/outcome.js";
import { personView, shownName, type PersonView } from "../model/people.js";
import type { Notices } from "./notices.js";
import type { PageWorld } from "./ports.js";

interface NewsParts {
  readonly meeting: Meeting;
  readonly notices: Notices;
  readonly chime: PageWorld["chime"];
}

const NAMES = { mic: "microphone", webcam: "camera" } as const;

/** Listens; the answer ends it. */
export function listenForNews({ meeting, notices, chime }: NewsParts): () => void {
  const isSelf = (id: string): boolean => id === meeting.participantId;
  const nameOf = (id: string): string => shownName(meeting.participants.get(id)?.displayName ?? "");
  const knockers = new Map<string, string>();
  const before = new Map<string, PersonView>();
  const see = (person: Participant): PersonView => {
    const view = personView(person, meeting.room?.mediaLocks ?? null);
    before.set(person.id, view);
    return view;
  };
  for (const person of meeting.participants.values()) see(person);
  if (meeting.localParticipant !== null) see(meeting.localParticipant);
  let roomLocked = meeting.room?.locked ?? false;

  const answered = (kind: "mic" | "webcam") => (answer: { participantId: string; accepted: boolean }) => {
    if (isSelf(answer.participantId)) return;
    const did = answer.accepted ? "turned on the" : "would rather not turn on the";
    notices.tell(`${nameOf(answer.participantId)} ${did} ${NAMES[kind]}.`);
  };

  const undo = [
    meeting.on("entry-requested", (request) => {
      knockers.set(request.participantId, shownName(request.name));
      chime();
      notices.say(`${shownName(request.name)} asks to come in.`);
    }),
    meeting.on("entry-responded", (id, decision, { by }) => {
      const name = knockers.get(id) ?? "Somebody";
      knockers.delete(id);
      const who = decider(by, isSelf);
      if (who === null) return;
      notices.tell(decision === "allowed" ? `${who} let ${name} in.` : `${who} turned ${name} away.`);
    }),
    meeting.on("entry-withdrawn", (id, cause) => {
      const name = knockers.get(id);
      knockers.delete(id);
      if (name !== undefined && cause !== "entered") notices.say(`${name} is not waiting any more.`);
    }),
    meeting.on("participant-joined", (person) => {
      notices.say(`${see(person).name} joined.`);
    }),
    meeting.on("participant-left", (person) => {
      before.delete(person.id);
      notices.say(`${shownName(person.displayName)} left.`);
    }),
    meeting.on("participant-changed", (person) => {
      const was = before.get(person.id);
      const is = see(person);
      if (was === undefined) return;
      if (was.handSince === null && is.handSince !== null && !is.local) {
        notices.tell(`${is.name} raised a hand.`);
      }
      if (is.local) for (const text of ownChanges(was, is)) notices.tell(text);
    }),
    meeting.on("room-changed", (room) => {
      if (room.locked !== roomLocked) {
        roomLocked = room.locked;
        notices.tell(
          room.locked ? "The room is locked now: nobody can come in or knock." : "The room is open again.",
        );
      }
      const self = meeting.localParticipant;
      if (self === null) return;
      const was = before.get(self.id);
      const is = see(self);
      if (was !== undefined) for (const text of ownChanges(was, is)) notices.tell(text);
    }),
    meeting.on("stream-disabled", ({ participantId, kind, by }) => {
      const who = decider(by, isSelf);
      if (isSelf(participantId) && who !== null) notices.tell(`${who} turned your ${NAMES[kind]} off.`);
    }),
    meeting.on("mic-requested", (request) => askedFor("mic", request.participantId)),
    meeting.on("webcam-requested", (request) => askedFor("webcam", request.participantId)),
    meeting.on("mic-responded", answered("mic")),
    meeting.on("webcam-responded", answered("webcam")),
    meeting.on("error", (error) => notices.tell(error.message, "bad")),
  ];

  function askedFor(kind: "mic" | "webcam", by: string | null): void {
    const who = by === null ? "Whoever runs this room" : nameOf(by);
    notices.say(`${who} asks you to turn on your ${NAMES[kind]}.`, true);
  }

  return () => {
    for (const one of undo) one();
  };
}

/** Who did it, if that was somebody else; null for oneself and for rules. */
function decider(by: ActorView, isSelf: (id: string) => boolean): string | null {
  if (by.kind === "participant" && isSelf(by.participantId)) return null;
  const name = actorName(by);
  return name === null ? null : name.charAt(0).toUpperCase() + name.slice(1);
}

/** What is different about oneself that somebody else brought about. */
function ownChanges(was: PersonView, is: PersonView): readonly string[] {
  const rights = [
    ["host", "You are a host now: you can let people in.", "You are not a host any more."],
    ["moderator", "You are a moderator now.", "You are not a moderator any more."],
  ] as const;
  const locks = (["mic", "webcam"] as const).flatMap((kind) => {
    if (was[kind] !== "locked" && is[kind] === "locked")
      return [`Your ${NAMES[kind]} is locked by a moderator.`];
    return was[kind] === "locked" && is[kind] === "off" ? [`You can turn your ${NAMES[kind]} on again.`] : [];
  });
  return [
    ...rights.flatMap(([right, gained, lost]) => {
      if (was[right] === is[right]) return [];
      return [is[right] ? gained : lost];
    }),
    ...locks,
  ];
}
