/** The engine of the SDK as a client under test. */
import { MeetingClient } from "../../../src/client/meeting-client.js";
import type { MeetingEvents } from "../../../src/client/meeting-events.js";
import { URLS } from "./network.js";
import { CREDENTIALS, type MakeSubject, type Told } from "./subject.js";

/** Every event of the room that the model has. */
const ROOM_EVENTS = [
  "room-created",
  "room-settings-changed",
  "room-status-changed",
  "session-started",
  "session-ended",
  "entry-requested",
  "entry-responded",
  "entry-withdrawn",
  "entry-disconnected",
  "entry-resumed",
  "participant-joined",
  "participant-left",
  "participant-disconnected",
  "participant-resumed",
  "stream-enabled",
  "stream-disabled",
  "mic-requested",
  "webcam-requested",
  "mic-responded",
  "webcam-responded",
  "media-lock-changed",
  "participant-banned",
  "participant-unbanned",
  "room-lock-changed",
  "permissions-changed",
  "participant-renamed",
  "participant-invited",
  "invitation-revoked",
  "token-expired",
  "token-refreshed",
  "message-published",
] as const;

/** Makes an engine. */
export const engine: MakeSubject = (surroundings) => {
  const { openSocket, random, makeId, startTimer, joinAttempts, reconnectAttempts, tell } = surroundings;
  const client = new MeetingClient({
    urls: URLS,
    credentials: CREDENTIALS,
    ...{ openSocket, random, makeId, startTimer, joinAttempts, reconnectAttempts },
  });
  for (const type of ROOM_EVENTS) client.on(type, (event) => tell({ kind: "event", event }));
  const hear = <K extends keyof MeetingEvents>(name: K, told: (body: MeetingEvents[K]) => Told): void => {
    client.on(name, (body) => tell(told(body)));
  };
  const aside = (what: string): Told => ({ kind: "handed over", what });
  hear("state", ({ state, before }) => ({ kind: "state", state, before }));
  hear("snapshot", ({ cause }) => ({ kind: "snapshot", cause }));
  hear("recovered", ({ recovered }) => ({ kind: "recovered", recovered }));
  hear("reconnecting", ({ delayMs }) => ({ kind: "reconnecting", delayMs }));
  hear("left", (left) => ({ kind: "left", left }));
  hear("signal", ({ from, id }) => aside(`signal ${from} ${id}`));
  hear("token-refresh", ({ mark, expiresAt }) => aside(`token ${mark} ${expiresAt}`));
  hear("waiting", ({ cause, hostPresent }) => aside(`lobby ${cause} ${String(hostPresent)}`));
  hear("listener-error", ({ error }) => ({ kind: "fault", error }));
  return {
    tells: new Set(["numbers", "marks"]),
    get state() {
      return client.state;
    },
    join: () => client.join(),
    leave: () => client.leave(),
    drop: () => client.drop(),
    command: (action, id) => client.command(action, id),
    copy: () => {
      const { facts, participants, lobby, bans, messages, epoch, seq } = client.view;
      return {
        ...{ facts, messages, epoch, seq },
        participants: [...participants.values()],
        lobby: [...lobby.values()],
        bans: [...bans],
      };
    },
    audit: () => undefined,
  };
};
