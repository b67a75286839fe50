/** What one can ask of a meeting, beside coming and going: each call is one command to the room. */
import type { MediaKind } from "../protocol/commands.js";
import { EVERYBODY } from "../protocol/limits.js";
import { readIceServers } from "./ice-servers.js";
import type { MeetingClient } from "./meeting-client.js";
import type { Meeting } from "./meeting-types.js";
import type { Ask } from "./participant.js";

/** The calls that are commands. */
type Commands = Pick<
  Meeting,
  | "end"
  | "enableMic"
  | "disableMic"
  | "enableWebcam"
  | "disableWebcam"
  | "respondEntry"
  | "admitAll"
  | "disableAll"
  | "lockMediaForAll"
  | "lockRoom"
  | "ban"
  | "unban"
  | "rename"
  | "signal"
  | "iceServers"
>;

/** Makes them. */
export function commandsOf(
  client: MeetingClient,
  ask: Ask,
  knocks: Pick<Meeting, "entryRequests">["entryRequests"],
): Commands {
  const set = (kind: MediaKind, on: boolean): Promise<void> => ask({ type: "set-media", kind, on });
  return {
    end: () => ask({ type: "end" }),
    enableMic: () => set("mic", true),
    disableMic: () => set("mic", false),
    enableWebcam: () => set("webcam", true),
    disableWebcam: () => set("webcam", false),
    respondEntry(participantId, decision, words) {
      const since = knocks.get(participantId)?.since;
      return decision === "allowed"
        ? ask({ type: "admit", participantId, since })
        : ask({ type: "deny", participantId, since, ...words });
    },
    async admitAll() {
      const { admitted } = (await client.command({ type: "admit-all" })).facts;
      return typeof admitted === "number" ? admitted : 0;
    },
    disableAll: (kind) => ask({ type: "disable-media", participantId: EVERYBODY, kind }),
    lockMediaForAll: (kind, locked) => ask({ type: "lock-media", participantId: EVERYBODY, kind, locked }),
    lockRoom: (locked) => ask({ type: "lock-room", locked }),
    ban: (participantId, words) => ask({ type: "ban", participantId, ...words }),
    unban: (participantId) => ask({ type: "unban", participantId }),
    rename: (name, metaData) => ask({ type: "rename", name, metaData }),
    signal: (to, payload) => ask({ type: "signal", to, payload }),
    iceServers: async () => readIceServers((await client.command({ type: "ice-servers" })).facts),
  };
}
