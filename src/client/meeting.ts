/** The meeting as a user of the SDK has it in hands; beneath it the engine (`meeting-client.ts`), which knows lines and frames. */
import type { MediaKind } from "../protocol/commands.js";
import type { LobbyView, TopicMessage } from "../protocol/events.js";
import { EVERYBODY } from "../protocol/limits.js";
import type { ClientAction } from "./client-action.js";
import { Emitter } from "./emitter.js";
import { readIceServers } from "./ice-servers.js";
import { Keep, type KeepStore, type Wanted } from "./keep.js";
import { MeetingClient, type MeetingClientOptions } from "./meeting-client.js";
import { mishap } from "./meeting-error.js";
import type { Joined, MeetingState } from "./meeting-events.js";
import type { MeetingToken } from "./meeting-token.js";
import type {
  EntryRequest,
  IceServers,
  MediaRequest,
  Meeting,
  MeetingEventArguments,
  Participant,
  PubSub,
  Words,
} from "./meeting-types.js";
import type { RoomFacts } from "./room-copy.js";
import { EVENT_TYPES } from "./room-events.js";
import { RoomNews } from "./room-news.js";
import { TokenDesk } from "./token-desk.js";
import { TopicDesk } from "./topic-desk.js";

type Arguments = MeetingEventArguments;
type EventName = keyof Arguments;

/** What the handle takes beside the engine's options. */
export interface OwnOptions {
  readonly token: string | MeetingToken;
  /** Where the way back outlives the page. */
  readonly store: KeepStore | undefined;
  /** Whom the page wants to be, and where. */
  readonly wanted: () => Wanted;
}

/** One meeting. Pages make it with `initMeeting`. */
export class MeetingHandle implements Meeting {
  readonly pubSub: PubSub;
  private readonly client: MeetingClient;
  private readonly emitter: Emitter<Arguments>;
  private readonly news: RoomNews;
  private readonly tokens: TokenDesk;
  private cause = "";
  private depth = 0;
  private isTouched = false;

  constructor(options: Omit<MeetingClientOptions, "around" | "keep">, own: OwnOptions) {
    this.emitter = new Emitter((event, error) => {
      if (event !== "listener-error") this.tell("listener-error", { event, error });
    });
    const { token, store, wanted } = own;
    const keep =
      store &&
      new Keep(store, wanted, (error) =>
        this.tell("error", mishap("not_kept", "The way back could not be kept", error)),
      );
    this.client = new MeetingClient({ ...options, keep, around: (work) => this.around(work) });
    const ask = (action: ClientAction): Promise<void> => this.ask(action);
    const tell = this.tell.bind(this);
    const copy = this.client.view;
    const topics = new TopicDesk(copy, ask, tell);
    this.pubSub = topics;
    this.news = new RoomNews({ copy, topics, ask, tell, touch: () => (this.isTouched = true) });
    this.listen();
    this.tokens = new TokenDesk(this.client, token, tell);
  }

  get state(): MeetingState {
    return this.client.state;
  }
  get roomId(): string | null {
    return this.client.roomId || null;
  }
  get participantId(): string | null {
    return this.client.participantId || null;
  }
  get waiting(): LobbyView | null {
    return this.client.view.wait;
  }
  get localParticipant(): Participant | null {
    return this.news.roster.self;
  }
  get participants(): ReadonlyMap<string, Participant> {
    return this.news.roster.others;
  }
  get entryRequests(): ReadonlyMap<string, EntryRequest> {
    return this.news.roster.knocks;
  }
  get bans(): ReadonlySet<string> {
    return this.client.view.bans;
  }
  get room(): RoomFacts | null {
    return this.client.view.facts;
  }
  get messages(): readonly TopicMessage[] {
    return this.client.view.messages;
  }
  get restricted(): boolean {
    return this.client.view.restricted;
  }
  get mediaRequests(): ReadonlyMap<MediaKind, MediaRequest> {
    return this.news.roster.wishes;
  }

  join(): Promise<Joined> {
    const begin = (): Promise<Joined> =>
      this.around(() => {
        const { state } = this.client;
        if (state === "idle" || state === "left") this.tokens.begin();
        return this.client.join();
      });
    return this.tokens.isStale ? this.tokens.freshen().then(begin) : begin();
  }
  leave(): Promise<void> {
    return this.around(() => this.client.leave());
  }
  end(): Promise<void> {
    return this.ask({ type: "end" });
  }
  enableMic(): Promise<void> {
    return this.ask({ type: "set-media", kind: "mic", on: true });
  }
  disableMic(): Promise<void> {
    return this.ask({ type: "set-media", kind: "mic", on: false });
  }
  enableWebcam(): Promise<void> {
    return this.ask({ type: "set-media", kind: "webcam", on: true });
  }
  disableWebcam(): Promise<void> {
    return this.ask({ type: "set-media", kind: "webcam", on: false });
  }
  respondEntry(participantId: string, decision: "allowed" | "denied", words: Words = {}): Promise<void> {
    const since = this.entryRequests.get(participantId)?.since;
    return decision === "allowed"
      ? this.ask({ type: "admit", participantId, since })
      : this.ask({ type: "deny", participantId, since, ...words });
  }
  async admitAll(): Promise<number> {
    const { facts } = await this.client.command({ type: "admit-all" });
    const { admitted } = facts;
    return typeof admitted === "number" ? admitted : 0;
  }
  disableAll(kind: MediaKind): Promise<void> {
    return this.ask({ type: "disable-media", participantId: EVERYBODY, kind });
  }
  lockMediaForAll(kind: MediaKind, locked: boolean): Promise<void> {
    return this.ask({ type: "lock-media", participantId: EVERYBODY, kind, locked });
  }
  lockRoom(locked: boolean): Promise<void> {
    return this.ask({ type: "lock-room", locked });
  }
  ban(participantId: string, words: Pick<Words, "note"> = {}): Promise<void> {
    return this.ask({ type: "ban", participantId, ...words });
  }
  unban(participantId: string): Promise<void> {
    return this.ask({ type: "unban", participantId });
  }
  rename(name: string, metaData?: Readonly<Record<string, unknown>> | null): Promise<void> {
    return this.ask({ type: "rename", name, metaData });
  }
  refreshToken(token: string): Promise<void> {
    return this.tokens.present(token);
  }
  signal(participantId: string, payload: Readonly<Record<string, unknown>>): Promise<void> {
    return this.ask({ type: "signal", to: participantId, payload });
  }
  async iceServers(): Promise<IceServers> {
    return readIceServers((await this.client.command({ type: "ice-servers" })).facts);
  }

  on<K extends EventName>(event: K, listener: (...args: Arguments[K]) => unknown): () => void {
    return this.emitter.on(event, (args) => listener(...args));
  }
  once<K extends EventName>(event: K, listener: (...args: Arguments[K]) => unknown): () => void {
    const undo = this.on(event, (...args) => {
      undo();
      return listener(...args);
    });
    return undo;
  }
  drop(): void {
    this.client.drop();
  }

  private async ask(action: ClientAction): Promise<void> {
    await this.client.command(action);
  }

  private tell<K extends EventName>(event: K, ...args: Arguments[K]): void {
    this.emitter.emit(event, args);
  }

  /** What a frame or a call brings is one piece of work: `changed` comes once, behind it. */
  private around<T>(work: () => T): T {
    this.depth += 1;
    try {
      return work();
    } finally {
      this.depth -= 1;
      if (this.depth === 0) this.settle();
    }
  }

  private settle(): void {
    this.news.tellLater();
    if (!this.isTouched) return;
    this.isTouched = false;
    this.tell("changed");
  }

  private listen(): void {
    const { client, news } = this;
    /** The engine's events come with the copy changed already: what is told must not show less. */
    const hear = (run: () => unknown): void =>
      this.around(() => {
        news.reread();
        run();
      });
    for (const type of EVENT_TYPES) client.on(type, (event) => hear(() => news.hear(event)));
    client.on("state", (change) =>
      hear(() => {
        this.isTouched = true;
        this.tell("meeting-state-changed", change);
      }),
    );
    client.on("snapshot", ({ cause }) => hear(() => (this.cause = cause)));
    client.on("waiting", ({ cause, roomId }) =>
      hear(() => {
        const { wait } = client.view;
        this.isTouched = true;
        this.tokens.arrived(cause);
        if (wait !== null) this.tell("meeting-waiting", { ...wait, roomId, cause });
      }),
    );
    client.on("admitted", ({ participantId }) => {
      // Who it was is not told to the one who knocked.
      const decision = { by: { kind: "rule" }, note: null, banned: false, mayKnockAt: null } as const;
      this.tell("entry-responded", participantId, "allowed", decision);
    });
    client.on("denied", (decision) => this.tell("entry-responded", client.participantId, "denied", decision));
    client.on("joined", (joined) =>
      hear(() => {
        this.tell("meeting-joined", joined);
        this.tokens.arrived(this.cause);
      }),
    );
    client.on("reconnecting", ({ attempt, delayMs, code, why }) =>
      this.tell("reconnecting", { attempt, delayMs, code, why }),
    );
    client.on("recovered", ({ recovered }) => {
      this.tell("recovered", recovered);
      this.tokens.lookWhetherRestricted();
    });
    client.on("signal", (signal) => this.tell("signal", signal));
    client.on("left", (left) => hear(() => this.tell("meeting-left", left)));
  }
}
