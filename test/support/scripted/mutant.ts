/** How clients, networks and gateways are broken on purpose, each in one thing. */
import type { SocketListeners } from "../../../src/client/socket.js";
import { meddled, type Meddling } from "./meddling.js";
import type { RunOptions } from "./run.js";
import type { MakeSubject, Subject, Surroundings, Told } from "./subject.js";
import type { Property } from "./violation.js";

/** Something broken: what it does, and which promises it may be found by. */
export interface Mutant {
  readonly name: string;
  readonly breaks: readonly Property[];
  readonly options: (subject: MakeSubject) => Pick<RunOptions, "subject" | "quirks" | "twist">;
}

/** A counter that says yes each so many times. */
export function each(times: number): () => boolean {
  let count = 0;
  return () => (count += 1) % times === 0;
}

/** A gateway with something wrong. */
export const gateway = (name: string, breaks: readonly Property[], quirks: RunOptions["quirks"]): Mutant => ({
  name: `a gateway that ${name}`,
  breaks,
  options: (subject) => ({ subject, ...(quirks === undefined ? {} : { quirks }) }),
});

/** A socket with somebody in between. */
export const socket = (name: string, breaks: readonly Property[], meddle: () => Meddling): Mutant => ({
  name: `a socket that ${name}`,
  breaks,
  options: (subject) => ({
    subject,
    twist: (surroundings) => {
      const meddling = meddle();
      const { openSocket } = surroundings;
      return { ...surroundings, openSocket: (...args) => meddled(openSocket(...args), meddling) };
    },
  }),
});

/** A client in other surroundings. */
export const surroundings = (
  name: string,
  breaks: readonly Property[],
  twist: (surroundings: Surroundings) => Surroundings,
): Mutant => ({ name: `a client that ${name}`, breaks, options: (subject) => ({ subject, twist }) });

/** Changes what a client tells; the answer is told instead. */
export const telling = (
  name: string,
  breaks: readonly Property[],
  change: () => (told: Told) => readonly Told[],
): Mutant =>
  surroundings(name, breaks, (given) => {
    const changed = change();
    return { ...given, tell: (told) => changed(told).forEach(given.tell) };
  });

/** A client that is not quite itself. */
export const client = (
  name: string,
  breaks: readonly Property[],
  change: (subject: Subject, given: Surroundings) => Subject,
): Mutant => ({
  name: `a client that ${name}`,
  breaks,
  options: (subject) => ({ subject: (given) => change(subject(given), given) }),
});

/** A client with some members in place of its own; what it stands in is always its own. */
export function withOwn(subject: Subject, own: Partial<Omit<Subject, "state">>): Subject {
  return {
    tells: subject.tells,
    get state() {
      return subject.state;
    },
    join: () => subject.join(),
    leave: () => subject.leave(),
    drop: () => subject.drop(),
    command: (action, id) => subject.command(action, id),
    copy: () => subject.copy(),
    audit: () => subject.audit(),
    ...own,
  };
}

/** Hears nothing. */
export const DEAF: SocketListeners = { message: () => undefined, closed: () => undefined };
