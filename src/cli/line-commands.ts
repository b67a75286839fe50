/** What can be typed in a meeting, and what it asks of the room. Pure: a line and the room as it is go in, a wish comes out. */
import type { ClientAction } from "../client/client-action.js";
import type { RoomView } from "../client/room-copy.js";
import type { MediaKind } from "../protocol/commands.js";
import { EVERYBODY } from "../protocol/limits.js";
import { called, find, type Named } from "./people.js";

/** What a line asks for. */
export type LineWish =
  | { readonly do: "ask"; readonly action: ClientAction; readonly said: string }
  | { readonly do: "show"; readonly what: "who" | "lobby" | "help" }
  | { readonly do: "drop" | "leave" | "nothing" }
  | { readonly do: "problem"; readonly text: string };

/** What a line is read against. */
export interface Scene {
  readonly view: RoomView;
  /** What moderators have asked one to turn on, and nobody answered yet. */
  readonly requests: ReadonlySet<MediaKind>;
}

interface Verb {
  readonly form: string;
  readonly help: string;
  readonly for: "everybody" | "hosts" | "moderators";
  /** `rest` is all that stands behind the verb, as it was typed. */
  readonly read: (words: readonly string[], scene: Scene, rest: string) => LineWish;
}

const problem = (text: string): LineWish => ({ do: "problem", text });
const ask = (action: ClientAction, said: string): LineWish => ({ do: "ask", action, said });
const noteOf = (words: readonly string[]): { note?: string } =>
  words.length === 0 ? {} : { note: words.join(" ") };
const RIGHTS = ["allow_join", "allow_mod"] as const;

/** Somebody by what was typed. Whoever is not known here is left to the gateway to find: the copy may be a moment behind. */
function target(word: string | undefined, people: Iterable<Named>, then: (id: string) => LineWish): LineWish {
  if (word === undefined) return problem("Who? Type an id, a name, or the beginning of one.");
  const found = find(word, [...people]);
  switch (found.is) {
    case "one":
      return then(found.participantId);
    case "several":
      return problem(`Who of them: ${found.people.map(called).join(", ")}?`);
    case "nobody":
      return then(word);
  }
}

/** A knock by what was typed; nothing typed means the only one there is. */
function knock(word: string | undefined, { view }: Scene, then: (id: string) => LineWish): LineWish {
  const people = [...view.lobby.values()];
  if (word !== undefined) return target(word, people, then);
  const [only, another] = people;
  if (only === undefined) return problem("Nobody knocks.");
  return another === undefined
    ? then(only.participantId)
    : problem(`Who of them: ${people.map(called).join(", ")}?`);
}

function kindOf(word: string | undefined): MediaKind | null {
  return word === "mic" || word === "webcam" ? word : null;
}

const admit: Verb["read"] = ([who], scene) =>
  knock(who, scene, (participantId) => ask({ type: "admit", participantId }, `allow ${participantId}`));

const setMedia =
  (kind: MediaKind): Verb["read"] =>
  ([word]) =>
    word === "on" || word === "off"
      ? ask({ type: "set-media", kind, on: word === "on" }, `${kind} ${word}`)
      : problem(`Type ${kind} on or ${kind} off.`);

const switchOthers =
  (verb: "mute" | "unmute"): Verb["read"] =>
  ([who, what = "mic"], { view }) => {
    const kind = kindOf(what);
    if (kind === null) return problem(`Type ${verb} <who>, or ${verb} <who> webcam.`);
    if (who === EVERYBODY && verb === "unmute") return problem("Ask one by one.");
    const then = (participantId: string): LineWish => {
      const type = verb === "mute" ? ("disable-media" as const) : ("request-media" as const);
      return ask({ type, participantId, kind }, `${verb} ${participantId} ${kind}`);
    };
    return who === EVERYBODY ? then(EVERYBODY) : target(who, view.participants.values(), then);
  };

const answerMedia =
  (verb: "accept" | "reject"): Verb["read"] =>
  ([word], { requests }) => {
    const [only, another] = requests;
    const kind = word === undefined && another === undefined ? (only ?? null) : kindOf(word);
    return kind === null
      ? problem(requests.size === 0 ? "Nobody has asked you." : `Type ${verb} mic or ${verb} webcam.`)
      : ask({ type: "answer-media", kind, accept: verb === "accept" }, `${verb} ${kind}`);
  };

const lock =
  (verb: "lock" | "unlock"): Verb["read"] =>
  ([what, who = EVERYBODY], { view }) => {
    const locked = verb === "lock";
    if (what === "room") return ask({ type: "lock-room", locked }, `${verb} room`);
    const kind = kindOf(what);
    if (kind === null) return problem(`Type ${verb} room, ${verb} mic [who] or ${verb} webcam [who].`);
    const then = (participantId: string): LineWish =>
      ask({ type: "lock-media", participantId, kind, locked }, `${verb} ${kind} ${participantId}`);
    return who === EVERYBODY ? then(EVERYBODY) : target(who, view.participants.values(), then);
  };

const changeRight =
  (verb: "grant" | "take"): Verb["read"] =>
  ([who, word], { view }) => {
    const permission = RIGHTS.find((right) => right === word);
    if (permission === undefined)
      return problem(`Type ${verb} <who> allow_join, or ${verb} <who> allow_mod.`);
    const type = verb === "grant" ? ("grant-permission" as const) : ("take-permission" as const);
    return target(who, view.participants.values(), (participantId) =>
      ask({ type, participantId, permission }, `${verb} ${participantId} ${permission}`),
    );
  };

const everyone = ({ view }: Scene): Named[] => [...view.participants.values(), ...view.lobby.values()];
const verb = (who: Verb["for"], form: string, help: string, read: Verb["read"]): Verb => ({
  for: who,
  form,
  help,
  read,
});

const VERBS: Readonly<Record<string, Verb>> = {
  who: verb("everybody", "who", "who is in the room", () => ({ do: "show", what: "who" })),
  say: verb(
    "everybody",
    "say <text>",
    "a message to all, kept for those who come later",
    (_words, _scene, message) =>
      message === ""
        ? problem("Say what?")
        : ask({ type: "publish", topic: "CHAT", message, persist: true }, "say"),
  ),
  mic: verb("everybody", "mic on|off", "your own microphone", setMedia("mic")),
  webcam: verb("everybody", "webcam on|off", "your own webcam", setMedia("webcam")),
  accept: verb(
    "everybody",
    "accept [mic|webcam]",
    "turn on what a moderator asks for",
    answerMedia("accept"),
  ),
  reject: verb("everybody", "reject [mic|webcam]", "keep it off", answerMedia("reject")),
  refresh: verb("everybody", "refresh <token>", "show a newer token", ([token]) =>
    token === undefined ? problem("Which token?") : ask({ type: "refresh-token", token }, "refresh"),
  ),
  drop: verb("everybody", "drop", "cut the line, to see how you come back", () => ({ do: "drop" })),
  leave: verb("everybody", "leave", "leave; so does Ctrl-C", () => ({ do: "leave" })),
  lobby: verb("hosts", "lobby", "who knocks", ([who]) =>
    who === undefined ? { do: "show", what: "lobby" } : problem(`To send somebody back, type: return ${who}`),
  ),
  allow: verb("hosts", "allow [who]", "let somebody in", admit),
  admit: verb("hosts", "admit [who]", "the same", admit),
  all: verb("hosts", "all", "let all in who knock", () => ask({ type: "admit-all" }, "all")),
  deny: verb("hosts", "deny [who] [reason]", "turn somebody away", ([who, ...reason], scene) =>
    knock(who, scene, (participantId) =>
      ask({ type: "deny", participantId, ...noteOf(reason) }, `deny ${participantId}`),
    ),
  ),
  mute: verb("moderators", "mute <who|*> [webcam]", "turn a microphone or webcam off", switchOthers("mute")),
  unmute: verb("moderators", "unmute <who> [webcam]", "ask somebody to turn it on", switchOthers("unmute")),
  lock: verb("moderators", "lock room|mic|webcam [who]", "nobody new comes in; it stays off", lock("lock")),
  unlock: verb("moderators", "unlock room|mic|webcam [who]", "the opposite", lock("unlock")),
  return: verb("moderators", "return <who>", "send somebody back to the lobby", ([who], { view }) =>
    target(who, view.participants.values(), (participantId) =>
      ask({ type: "return-to-lobby", participantId }, `return ${participantId}`),
    ),
  ),
  remove: verb("moderators", "remove <who> [reason]", "put somebody out", ([who, ...reason], { view }) =>
    target(who, view.participants.values(), (participantId) =>
      ask({ type: "remove", participantId, ...noteOf(reason) }, `remove ${participantId}`),
    ),
  ),
  ban: verb("moderators", "ban <who> [reason]", "put somebody out, for good", ([who, ...reason], scene) =>
    target(who, everyone(scene), (participantId) =>
      ask({ type: "ban", participantId, ...noteOf(reason) }, `ban ${participantId}`),
    ),
  ),
  unban: verb("moderators", "unban <id>", "lift a ban", ([who], { view }) =>
    target(
      who,
      Array.from(view.bans, (participantId) => ({ participantId, name: "" })),
      (participantId) => ask({ type: "unban", participantId }, `unban ${participantId}`),
    ),
  ),
  grant: verb("moderators", "grant <who> allow_join|allow_mod", "give a right", changeRight("grant")),
  take: verb("moderators", "take <who> allow_join|allow_mod", "take it away", changeRight("take")),
  end: verb("moderators", "end", "end the meeting for all", () => ask({ type: "end" }, "end")),
  help: verb("everybody", "help", "this list", () => ({ do: "show", what: "help" })),
};

/** Reads one line. */
export function readLine(line: string, scene: Scene): LineWish {
  const text = line.trim();
  if (text === "") return { do: "nothing" };
  const name = text.split(/\s/, 1)[0] ?? "";
  const rest = text.slice(name.length).trim();
  const known = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (known === undefined) return problem("That is not a command. Type help for the list.");
  return known.read(rest === "" ? [] : rest.split(/\s+/), scene, rest);
}

/** All that can be typed, for each group of people: what to type, and what it does. */
export function helpRows(group: Verb["for"]): readonly (readonly [string, string])[] {
  return Object.values(VERBS)
    .filter((one) => one.for === group)
    .map(({ form, help }) => [form, help]);
}

/** The first words of all commands that begin like this. */
export function verbsLike(beginning: string): string[] {
  return Object.keys(VERBS).filter((name) => name.startsWith(beginning));
}
