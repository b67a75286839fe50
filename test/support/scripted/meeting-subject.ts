/** The SDK as pages use it, as a client under test: what is asked for goes by the meeting's own methods, what it tells comes from its events. */
import type { ClientAction } from "../../../src/client/client-action.js";
import { initMeeting, type Meeting } from "../../../src/client/index.js";
import type { ParticipantView } from "../../../src/protocol/events.js";
import { MeetingWatch } from "./meeting-watch.js";
import { URLS } from "./network.js";
import { CREDENTIALS, type Copy, type MakeSubject, type Told } from "./subject.js";
import type { RoomLog } from "./room-log.js";

/** Makes a meeting. */
export const meeting: MakeSubject = (surroundings) => {
  const { openSocket, random, makeId, startTimer, joinAttempts, reconnectAttempts, tell, log, accuse } =
    surroundings;
  /** The id for what is being asked: pages give none, the accounts need one that they know. */
  let next: string | null = null;
  const one = initMeeting({
    ...CREDENTIALS,
    ...{ url: URLS, openSocket, random, startTimer, joinAttempts, reconnectAttempts },
    makeId: () => next ?? makeId(),
  });
  const aside = (what: string): void => tell({ kind: "handed over", what });
  one.on("meeting-state-changed", ({ state, before }) => tell({ kind: "state", state, before }));
  one.on("recovered", (recovered) => tell({ kind: "recovered", recovered }));
  one.on("reconnecting", ({ delayMs }) => tell({ kind: "reconnecting", delayMs }));
  one.on("meeting-left", (left) => tell({ kind: "left", left }));
  one.on("signal", ({ from, id }) => aside(`signal ${from} ${id}`));
  one.on("meeting-waiting", ({ cause, hostPresent }) => aside(`lobby ${cause} ${String(hostPresent)}`));
  one.on("message", ({ id }) => aside(`message ${id}`));
  const fault = (error: unknown): Told => ({ kind: "fault", error });
  one.on("error", (error) => tell(fault(error)));
  one.on("listener-error", ({ error }) => tell(fault(error)));
  const copy = (): Copy => copyOf(one, log);
  const watch = new MeetingWatch(one, copy, log, accuse);
  return {
    tells: new Set(["messages"]),
    get state() {
      return one.state;
    },
    join: () => one.join(),
    leave: () => one.leave(),
    drop: () => one.drop(),
    command: (action, id) => {
      next = id;
      try {
        const asked = ask(one, action);
        // What cannot be asked of anybody, because they are not there, is not asked.
        return asked?.then(() => null) ?? Promise.reject(new NobodyThere());
      } finally {
        next = null;
      }
    },
    copy,
    audit: () => watch.audit(),
  };
};

/** The page has nobody to ask: what was wished for has no object. */
class NobodyThere extends Error {
  readonly reason = "unanswered";
  readonly retryable = false;
}

function ask(one: Meeting, action: ClientAction): Promise<unknown> | undefined {
  const target = "participantId" in action ? action.participantId : "";
  const person = target === one.localParticipant?.id ? one.localParticipant : one.participants.get(target);
  switch (action.type) {
    case "publish": {
      const { topic, message, persist, sendOnly, payload } = action;
      return one.pubSub.publish(
        topic,
        message,
        { persist, sendOnly: sendOnly ?? undefined },
        payload ?? undefined,
      );
    }
    case "set-media":
      if (action.kind === "mic") return action.on ? one.enableMic() : one.disableMic();
      return action.on ? one.enableWebcam() : one.disableWebcam();
    case "answer-media": {
      const request = one.mediaRequests.get(action.kind);
      return action.accept ? request?.accept() : request?.reject();
    }
    case "admit":
      return one.entryRequests.get(target)?.allow();
    case "deny":
      return one.respondEntry(target, "denied", { note: action.note ?? undefined });
    case "admit-all":
      return one.admitAll();
    case "disable-media":
      if (target === "*") return one.disableAll(action.kind);
      return action.kind === "mic" ? person?.disableMic() : person?.disableWebcam();
    case "request-media":
      return action.kind === "mic" ? person?.enableMic() : person?.enableWebcam();
    case "lock-media":
      if (target === "*") return one.lockMediaForAll(action.kind, action.locked);
      return person?.lockMedia(action.kind, action.locked);
    case "lock-room":
      return one.lockRoom(action.locked);
    case "rename":
      return one.rename(action.name);
    case "grant-permission":
    case "take-permission":
      return person?.setPermission(action.permission, action.type === "grant-permission");
    case "remove":
      return person?.remove();
    case "return-to-lobby":
      return person?.returnToLobby();
    case "ban":
      return one.ban(target);
    case "unban":
      return one.unban(target);
    case "end":
      return one.end();
    default:
      return undefined;
  }
}

function copyOf(one: Meeting, log: RoomLog): Copy {
  const self = one.localParticipant;
  const people = new Map([...(self === null ? [] : [[self.id, self] as const]), ...one.participants]);
  // The meeting shows oneself apart: put where the room has one.
  const order = log.state.participants.map(({ participantId }) => participantId);
  const sorted = [...people.values()].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  return {
    facts: one.room,
    participants: sorted.map(({ id, displayName, metaData, permissions, ...rest }): ParticipantView => ({
      ...{ participantId: id, name: displayName, metaData: metaData === null ? null : { ...metaData } },
      ...{ permissions: [...permissions], conferencePermissions: null },
      ...{ micOn: rest.micOn, webcamOn: rest.webcamOn, micLocked: rest.micLocked },
      ...{ webcamLocked: rest.webcamLocked, online: rest.online, joinedAt: rest.joinedAt },
    })),
    lobby: Array.from(one.entryRequests.values(), (knock) => ({
      ...{ participantId: knock.participantId, name: knock.name, since: knock.since },
      ...{ metaData: knock.metaData === null ? null : { ...knock.metaData } },
      ...{ expiresAt: knock.expiresAt, returned: knock.returned, online: knock.online },
    })),
    bans: [...one.bans],
    messages: one.messages,
    restricted: one.restricted,
    asked: [...one.mediaRequests.keys()].sort(),
  };
}
