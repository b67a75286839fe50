/**
 * What a value from outside must look like, and its copy with only what is known. Small, because the client is loaded by pages:
 * the gateway checks the same shapes by a far larger library, and a test compares the two.
 */

/** Reads a value. */
export interface Reader<T> {
  /** Throws where the value does not fit; for `fit` and for shapes only. */
  readonly read: (input: unknown) => T;
}

/**
 * Reads one kind of value. Shapes are for one type exactly, neither for a narrower nor for a wider one: a table of shapes that was
 * written for an older protocol does not compile.
 */
export interface Shape<T> extends Reader<T> {
  /** The member may be missing. */
  readonly mayMiss: boolean;
  /** Never there. It makes the compiler compare the types in both directions. */
  readonly exactly?: (value: T) => void;
}

/** The shapes of an object's members. */
export type Members<T> = { readonly [K in keyof T]-?: Shape<T[K]> };

/** Reads a value; null where it does not fit. Never throws. */
export function fit<T>(shape: Reader<T>, input: unknown): T | null {
  try {
    return shape.read(input);
  } catch {
    // A shape throws for nothing else: what it reads was JSON, and is finite.
    return null;
  }
}

const simple = <T>(fits: (input: unknown) => input is T): Shape<T> => ({
  mayMiss: false,
  read: (input) => {
    if (fits(input)) return input;
    throw new TypeError();
  },
});

/** Any text. */
export const text = simple((input) => typeof input === "string");
/** A number that is one, and finite. */
export const number = simple((input): input is number => Number.isFinite(input));
/** Such a number, above 0. */
export const positive = simple((input): input is number => Number.isFinite(input) && Number(input) > 0);
/** True or false. */
export const flag = simple((input) => typeof input === "boolean");
/** Anything at all. */
export const anything = simple((input): input is unknown => input !== undefined);

/** A whole number within these bounds. */
export const whole = (least = 0, most = Infinity): Shape<number> =>
  simple((input): input is number => isWhole(input) && input >= least && input <= most);

/** One of these words. */
export const oneOf = <const W extends readonly (string | boolean)[]>(...words: W): Shape<W[number]> =>
  simple((input): input is W[number] => words.some((word) => word === input));

/** This value, or null. */
export const nullable = <T>({ read }: Shape<T>): Shape<T | null> => ({
  mayMiss: false,
  read: (input) => (input === null ? null : read(input)),
});

/** A member that may be missing. */
export const optional = <T>({ read }: Shape<T>): Shape<T | undefined> => ({
  mayMiss: true,
  read: (input) => (input === undefined ? undefined : read(input)),
});

/** A list of such values. */
export const list = <T>({ read }: Shape<T>): Shape<T[]> => ({
  mayMiss: false,
  read: (input) => {
    if (!Array.isArray(input)) throw new TypeError();
    const items: readonly unknown[] = input;
    return items.map(read);
  },
});

/** An object whose members have names of their own, and such values. */
export const record = <T>({ read }: Shape<T>): Shape<Record<string, T>> => ({
  mayMiss: false,
  read: (input) => {
    const out: Record<string, T> = {};
    for (const [key, value] of Object.entries(asObject(input)))
      // Set on a plain object it would become its prototype.
      if (key !== "__proto__") out[key] = read(value);
    return out;
  },
});

/** An object with these members; others are left out. */
export const object = <T extends object>(members: Members<T>): Shape<T> => ({
  mayMiss: false,
  read: (input) => {
    const from = asObject(input);
    const out: Partial<T> = {};
    for (const key in members) {
      const value = members[key].read(from[key]);
      if (value !== undefined || key in from) out[key] = value;
    }
    if (isWholeOf(out, members)) return out;
    throw new TypeError();
  },
});

/** One of several objects, told apart by the word in one member. */
export const variants = <K extends string, T extends Readonly<Record<K, string>>>(
  key: K,
  shapes: { readonly [W in T[K]]: Shape<Extract<T, Readonly<Record<K, W>>>> },
): Shape<T> => {
  const isWord = (input: unknown): input is T[K] => typeof input === "string" && Object.hasOwn(shapes, input);
  return {
    mayMiss: false,
    read: (input) => {
      const word = asObject(input)[key];
      if (isWord(word)) return shapes[word].read(input);
      throw new TypeError();
    },
  };
};

function asObject(input: unknown): Readonly<Record<string, unknown>> {
  if (isObject(input)) return input;
  throw new TypeError();
}

/** Whether it is an object that is no list. */
export function isObject(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

function isWhole(input: unknown): input is number {
  return Number.isSafeInteger(input);
}

function isWholeOf<T extends object>(part: Partial<T>, members: Members<T>): part is T {
  for (const key in members) if (!members[key].mayMiss && !(key in part)) return false;
  return true;
}
