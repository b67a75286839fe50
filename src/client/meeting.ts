/** The meeting as a user of the SDK has it in hands; beneath it the engine (`meeting-client.ts`), which knows lines and frames. */
import { Emitter } from "./emitter.js";
import { keepIn, type KeepStore, type Wanted } from "./keep.js";
import { MeetingClient, type MeetingClientOptions } from "./meeting-client.js";
import { commandsOf } from "./meeting-commands.js";
import { mishap } from "./refusals.js";
import type { Joined } from "./meeting-events.js";
import type { MeetingToken } from "./meeting-token.js";
import type { Meeting, MeetingEventArguments } from "./meeting-types.js";
import type { Ask } from "./participant.js";
import { EVENT_TYPES } from "./room-events.js";
import { createRoomNews } from "./room-news.js";
import type { Tell } from "./roster.js";
import { createTokenDesk } from "./token-desk.js";
import { createTopicDesk } from "./topic-desk.js";

/** What a meeting takes beside the engine's options. */
export interface OwnOptions {
  readonly token: string | MeetingToken;
  /** Where the way back outlives the page. */
  readonly store: KeepStore | undefined;
  /** Whom the page wants to be, and where. */
  readonly wanted: () => Wanted;
}

/** Makes a meeting. Pages call `initMeeting`. */
export function createMeeting(
  options: Omit<MeetingClientOptions, "around" | "keep">,
  { token, store, wanted }: OwnOptions,
): Meeting {
  const emitter = new Emitter<MeetingEventArguments>((event, error) => {
    if (event !== "listener-error") tell("listener-error", { event, error });
  });
  const tell: Tell = (event, ...args) => emitter.emit(event, args);
  let depth = 0;
  let isTouched = false;
  const touch = (): void => {
    isTouched = true;
  };
  /** What a frame or a call brings is one piece of work: `changed` comes once, behind it. */
  const around = <T>(work: () => T): T => {
    depth += 1;
    try {
      return work();
    } finally {
      depth -= 1;
      if (depth === 0) {
        news.tellLater();
        if (isTouched) {
          isTouched = false;
          tell("changed");
        }
      }
    }
  };

  const onFault = (error: unknown): void =>
    tell("error", mishap("not_kept", "The way back could not be kept", error));
  const keep = store && keepIn(store, wanted, onFault);
  const client = new MeetingClient({ ...options, keep, around });
  const copy = client.view;
  const ask: Ask = async (action) => {
    await client.command(action);
  };
  const topics = createTopicDesk(copy, ask, tell);
  const news = createRoomNews({ copy, topics, ask, tell, touch });
  const { roster } = news;

  /** The engine's events come with the copy changed already: what is told must not show less. */
  const hear = (run: () => void): void =>
    around(() => {
      news.reread();
      run();
    });
  for (const type of EVENT_TYPES) client.on(type, (event) => hear(() => news.hear(event)));
  const tokens = createTokenDesk(client, token, tell);
  let cause = "";
  client.on("state", (change) =>
    hear(() => {
      touch();
      tell("meeting-state-changed", change);
    }),
  );
  client.on("snapshot", (snapshot) =>
    hear(() => {
      ({ cause } = snapshot);
    }),
  );
  client.on("waiting", (wait) =>
    hear(() => {
      touch();
      tokens.arrived(wait.cause);
      tell("meeting-waiting", wait);
    }),
  );
  client.on("admitted", ({ participantId }) => {
    // Who it was is not told to the one who knocked.
    const decision = { by: { kind: "rule" }, note: null, banned: false, mayKnockAt: null } as const;
    tell("entry-responded", participantId, "allowed", decision);
  });
  client.on("denied", (decision) => tell("entry-responded", client.participantId, "denied", decision));
  client.on("joined", (joined) =>
    hear(() => {
      tell("meeting-joined", joined);
      tokens.arrived(cause);
    }),
  );
  client.on("reconnecting", ({ url: _, ...loss }) => tell("reconnecting", loss));
  client.on("recovered", ({ recovered }) => {
    tell("recovered", recovered);
    tokens.lookWhetherRestricted();
  });
  client.on("signal", (signal) => tell("signal", signal));
  client.on("left", (left) => hear(() => tell("meeting-left", left)));

  const begin = (): Promise<Joined> =>
    around(() => {
      const { state } = client;
      if (state === "idle" || state === "left") tokens.begin();
      return client.join();
    });
  const on: Meeting["on"] = (event, listener) => emitter.on(event, (args) => listener(...args));
  return {
    get state() {
      return client.state;
    },
    get roomId() {
      return client.roomId || null;
    },
    get participantId() {
      return client.participantId || null;
    },
    get waiting() {
      return copy.wait;
    },
    get localParticipant() {
      return roster.self;
    },
    participants: roster.others,
    entryRequests: roster.knocks,
    mediaRequests: roster.wishes,
    bans: copy.bans,
    get room() {
      return copy.facts;
    },
    get messages() {
      return copy.messages;
    },
    get restricted() {
      return copy.restricted;
    },
    pubSub: topics,
    ...commandsOf(client, ask, roster.knocks),
    join: () => (tokens.isStale ? tokens.freshen().then(begin) : begin()),
    leave: () => around(() => client.leave()),
    refreshToken: (newer) => tokens.present(newer),
    on,
    once(event, listener) {
      const undo = on(event, (...args) => {
        undo();
        return listener(...args);
      });
      return undo;
    },
    drop: () => client.drop(),
  };
}
