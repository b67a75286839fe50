/** A meeting at the terminal: events come out as lines, lines go in as commands. */
import { createInterface, type Interface } from "node:readline";
import type { MeetingClient } from "../client/meeting-client.js";
import { MeetingError } from "../client/meeting-error.js";
import type { Accepted } from "../client/outbox.js";
import { isEventType, type RoomEvent } from "../client/room-events.js";
import type { MediaKind } from "../protocol/commands.js";
import { eventShapes } from "../protocol/events.js";
import { Diary } from "./diary.js";
import { EXIT, paintFor, type CliIo } from "./io.js";
import { helpRows, readLine, verbsLike, type LineWish } from "./line-commands.js";
import { describeFailure, describeRefusal } from "./meaning.js";
import { called, NameBook } from "./people.js";
import { tellEvent } from "./tell-events.js";
import * as stay from "./tell-stay.js";
import { columns, timeOfDay } from "./text.js";

/** Joins, stays until the end, and answers the exit code. */
export async function holdSession(client: MeetingClient, io: CliIo): Promise<number> {
  const session = new Session(client, io);
  const undo = io.onInterrupt(() => void client.leave());
  try {
    return await session.run();
  } finally {
    undo();
  }
}

class Session {
  private readonly diary: Diary;
  private readonly names = new NameBook();
  private readonly requests = new Set<MediaKind>();
  private readonly terminal: boolean;
  private readonly over: Promise<number>;
  private end: (exit: number) => void = () => undefined;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: MeetingClient,
    private readonly io: CliIo,
  ) {
    this.diary = new Diary(io);
    this.terminal = io.stdin.isTTY === true && io.stdout.isTTY === true;
    this.over = new Promise((resolve) => (this.end = resolve));
    this.listen();
  }

  async run(): Promise<number> {
    try {
      await this.client.join();
    } catch (error) {
      if (!(error instanceof MeetingError)) throw error;
      this.io.stderr.write(describeFailure(error, paintFor(this.io.stderr), this.io.timeZone));
      return error.reason === "unreachable" ? EXIT.unreachable : EXIT.refused;
    }
    const lines = this.openPrompt();
    const exit = await this.over;
    lines.close();
    return exit;
  }

  private openPrompt(): Interface {
    const { stdin: input, stdout: output } = this.io;
    const completer = (line: string): [string[], string] => [/\s/.test(line) ? [] : verbsLike(line), line];
    const lines = createInterface(
      this.terminal ? { input, output, terminal: true, prompt: "> ", completer } : { input, terminal: false },
    );
    // A person may go on typing while an answer is on its way; a script's lines stand one upon the other.
    lines.on("line", (line) => {
      this.work = this.terminal ? this.take(line) : this.work.then(() => this.take(line));
    });
    lines.on("SIGINT", () => void this.client.leave());
    lines.on("close", () => void this.work.then(() => this.client.leave()));
    if (this.terminal) {
      this.diary.around(() => lines.prompt(true));
      lines.prompt();
    }
    return lines;
  }

  private async take(line: string): Promise<void> {
    const { view } = this.client;
    await this.obey(readLine(line, { view, requests: this.requests }));
    if (this.terminal) this.diary.raw("");
  }

  private async obey(wish: LineWish): Promise<void> {
    switch (wish.do) {
      case "nothing":
        return;
      case "problem":
        this.diary.raw(`${wish.text}\n`);
        return;
      case "show":
        this.diary.raw(this.show(wish.what));
        return;
      case "drop":
        this.client.drop();
        return;
      case "leave":
        await this.client.leave();
        return;
      case "ask":
        await this.ask(wish);
    }
  }

  private async ask({ action, said }: Extract<LineWish, { do: "ask" }>): Promise<void> {
    try {
      const accepted = await this.client.command(action);
      if (action.type === "answer-media") this.requests.delete(action.kind);
      // What one says oneself comes back as an event; saying that it went well as well would be twice.
      if (action.type === "publish") return;
      this.diary.write({ who: "you", what: `ok: ${said}${factsOf(accepted)}`, tone: "dim" });
    } catch (error) {
      if (!(error instanceof MeetingError)) throw error;
      const what = `no: ${said}: ${describeRefusal(error, this.io.timeZone)}`;
      this.diary.write({ who: "you", what, tone: "bad" });
    }
  }

  private listen(): void {
    const { client, diary, names } = this;
    const { timeZone } = this.io;
    for (const type of Object.keys(eventShapes))
      if (isEventType(type)) client.on(type, (event) => this.tell(event));
    client.on("snapshot", ({ cause }) => {
      names.self = client.view.participantId;
      for (const one of [...client.view.participants.values(), ...client.view.lobby.values()])
        names.note(one);
      if (cause === "permissions") this.tellKnocks();
    });
    client.on("joined", (joined) => {
      for (const told of stay.tellJoined(joined, client.view)) diary.write(told);
      this.tellKnocks();
    });
    client.on("waiting", (waiting) => {
      names.self = waiting.participantId;
      diary.write(stay.tellWaiting(waiting, timeZone));
    });
    client.on("denied", (denied) => diary.write(stay.tellDenied(denied, names, timeZone)));
    client.on("reconnecting", (lost) => diary.write(stay.tellReconnecting(lost)));
    client.on("recovered", (back) => {
      diary.write(stay.tellRecovered(back));
      if (back.recovered || client.state !== "joined") return;
      diary.write(stay.tellPresent(client.view));
      this.tellKnocks();
    });
    client.on("signal", ({ from }) =>
      diary.write({ who: names.of(from), what: "sent you a signal", tone: "dim" }),
    );
    client.on("token-refresh", (refresh) => {
      const told = stay.tellTokenRefresh(refresh, timeZone);
      if (told !== null) diary.write(told);
    });
    client.on("left", (left) => {
      const { told, exit } = stay.tellLeft(left);
      // The last line takes the prompt's place.
      if (this.terminal) diary.around(() => undefined);
      diary.write(told);
      this.end(exit);
    });
  }

  private tell(event: RoomEvent): void {
    const { self } = this.names;
    if (event.type === "mic-requested" && event.targetId === self) this.requests.add("mic");
    if (event.type === "webcam-requested" && event.targetId === self) this.requests.add("webcam");
    if (event.type === "stream-enabled" && event.participantId === self) this.requests.delete(event.kind);
    const told = tellEvent(event, this.names, this.io.timeZone);
    if (told !== null) this.diary.write(told, event.at);
  }

  private tellKnocks(): void {
    for (const told of stay.tellKnocks(this.client.view)) this.diary.write(told);
  }

  private show(what: "who" | "lobby" | "help"): string {
    const { view } = this.client;
    switch (what) {
      case "who":
        if (view.participants.size === 0) return "You are not in the room yet.\n";
        return columns(
          Array.from(view.participants.values(), (one) => [
            called(one),
            stateOf(one),
            one.permissions.join(", "),
          ]),
        );
      case "lobby": {
        if (view.lobby.size === 0) return "Nobody knocks.\n";
        const since = (at: number): string => timeOfDay(at, this.io.timeZone);
        return columns(
          Array.from(view.lobby.values(), (one) => [
            called(one),
            `since ${since(one.since)}`,
            one.online ? "" : "line lost",
          ]),
        );
      }
      case "help":
        return [
          columns(helpRows("everybody")),
          this.diary.heading("Hosts (allow_join)"),
          columns(helpRows("hosts")),
          this.diary.heading("Moderators (allow_mod)"),
          columns(helpRows("moderators")),
          "<who> is an id, a name, or the beginning of one.\n",
        ].join("");
    }
  }
}

/** Microphone, webcam and line of somebody, in a few words. */
function stateOf(one: {
  micOn: boolean;
  webcamOn: boolean;
  micLocked: boolean;
  webcamLocked: boolean;
  online: boolean;
}): string {
  const mic = `mic ${one.micOn ? "on" : "off"}${one.micLocked ? " (locked)" : ""}`;
  const webcam = `webcam ${one.webcamOn ? "on" : "off"}${one.webcamLocked ? " (locked)" : ""}`;
  return `${mic}, ${webcam}${one.online ? "" : ", line lost"}`;
}

/** What an answer says beside "yes". */
function factsOf({ facts, repeated }: Accepted): string {
  // What a newer token means is told by its event, in better words.
  const told = Object.entries(facts).filter(([name]) => name !== "token");
  const words = told.map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  if (repeated) words.push("asked again");
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}
