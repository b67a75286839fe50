/** Finding people by what somebody types, and calling them by name. */
import type { ActorView } from "../protocol/events.js";
import { printable } from "./text.js";

/** Somebody with an id and perhaps a name. */
export interface Named {
  readonly participantId: string;
  readonly name: string;
}

/** Whom a word means: one of the people, several, or nobody here. */
export type Found =
  | { readonly is: "one"; readonly participantId: string }
  | { readonly is: "several"; readonly people: readonly Named[] }
  | { readonly is: "nobody" };

/** Whom a word means: the id itself first, then a whole name, then the beginning of an id or a name. Case counts for ids alone. */
export function find(word: string, people: readonly Named[]): Found {
  const lower = word.toLowerCase();
  const rules: readonly ((one: Named) => boolean)[] = [
    ({ participantId }) => participantId === word,
    ({ name }) => name.toLowerCase() === lower,
    ({ participantId, name }) =>
      participantId.toLowerCase().startsWith(lower) || name.toLowerCase().startsWith(lower),
  ];
  for (const rule of rules) {
    const found = people.filter(rule);
    if (found[0] === undefined) continue;
    return found.length === 1
      ? { is: "one", participantId: found[0].participantId }
      : { is: "several", people: found };
  }
  return { is: "nobody" };
}

/** Somebody's name with the id behind it, where the two differ. */
export function called({ participantId, name }: Named): string {
  const id = printable(participantId);
  return name === "" || name === participantId ? id : `${printable(name)} (${id})`;
}

/** Remembers names, so that those who are gone can still be called by theirs. */
export class NameBook {
  /** Oneself. */
  self: string | null = null;
  private readonly names = new Map<string, string>();

  /** Notes a name. */
  note({ participantId, name }: Named): void {
    this.names.set(participantId, name);
  }

  /** How somebody is called; oneself is "you". */
  of(participantId: string): string {
    if (participantId === this.self) return "you";
    return called({ participantId, name: this.names.get(participantId) ?? "" });
  }

  /** How whoever did something is called. */
  actor(by: ActorView): string {
    switch (by.kind) {
      case "participant":
        this.note(by);
        return this.of(by.participantId);
      case "api":
        return by.name === null ? "a back end" : `a back end (${printable(by.name)})`;
      case "rule":
        return "a rule";
    }
  }
}
