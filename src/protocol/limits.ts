/** Sizes and counts that the wire protocol fixes. Bytes are of UTF-8 text, lengths are UTF-16 units as zod counts them. */
export const LIMITS = {
  /** A frame from an admitted or waiting client (`reference/reliability.md` 1.3). */
  messageBytes: 65_536,
  /** The first frame, before the connection is anybody: a token of 8 KiB and some room. */
  firstMessageBytes: 16_384,
  /** Commands of one connection that wait for an answer (`log.md` rule 5). */
  unansweredCommands: 16,
  /** Command ids remembered for each participant; more than can be unanswered (`log.md` rule 5). */
  rememberedCommands: 32,
  commandIdLength: 64,
  /** A join's id is the only proof of a repeated join, so it must not be guessable. */
  joinIdMinLength: 16,
  participantIdLength: 128,
  roomIdLength: 128,
  /** An app's own id of a person (`reference/dolby.md` section 2.1). */
  externalIdBytes: 1_024,
  /** Kinds of notifications, and rooms, that one connection follows. */
  subscriptions: 50,
  /** Ids on the list of those who may enter a room. */
  allowedParticipantIds: 1_000,
  nameLength: 128,
  noteLength: 512,
  topicLength: 128,
  /** Objects and lists within each other, in `metaData`, payloads and signals. */
  jsonDepth: 32,
  /** JSON text of `metaData`. */
  metaDataLength: 4_096,
  /** A topic message's text, and the JSON text of its payload. */
  messageLength: 16_384,
  payloadLength: 16_384,
  sendOnlyCount: 100,
  /** JSON text of a signal's payload: a session description with many candidates fits. */
  signalLength: 49_152,
  /** Kept topic messages of a session, and the JSON text of them all; the oldest go first. */
  keptMessages: 200,
  keptMessagesLength: 262_144,
} as const;

/** The WebSocket subprotocol that this document speaks. */
export const SUBPROTOCOL = "admitone.v1";

/** Prefix of the subprotocol value that may carry the token in the upgrade request, for clients that want to be refused there. */
export const TOKEN_SUBPROTOCOL_PREFIX = "admitone.token.";

/** The path of the meeting door. */
export const MEETING_PATH = "/v2/meeting";

/** Stands for everybody where a command takes a participant id. */
export const EVERYBODY = "*";
