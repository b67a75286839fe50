/** Reads what came over the network, member by member: nothing is taken for what it was not seen to be. */

/** An answer that is not of the form that the API's document promises. The text names the member, never its value. */
export class ShapeFault extends Error {
  override readonly name = "ShapeFault";
}

/** A JSON object of an answer. Each method reads one member and throws a `ShapeFault` where it is something else. */
export class Reader {
  readonly #members: Readonly<Record<string, unknown>>;

  /** @param path where the value stands in the answer, for the text of a fault */
  constructor(
    value: unknown,
    readonly path = "answer",
  ) {
    if (!isRecord(value)) throw new ShapeFault(`${path} is not an object`);
    this.#members = value;
  }

  /** A member as it is. */
  any(name: string): unknown {
    return this.#members[name];
  }

  /** All members, by name. */
  entries(): readonly (readonly [string, unknown])[] {
    return Object.entries(this.#members);
  }

  /** A string. */
  text(name: string): string {
    const value = this.any(name);
    return typeof value === "string" ? value : this.#wrong(name, "a string");
  }

  /** A string, or null where it is null or missing. */
  textOrNull(name: string): string | null {
    return this.#isAbsent(name) ? null : this.text(name);
  }

  /** A finite number. */
  number(name: string): number {
    const value = this.any(name);
    return typeof value === "number" && Number.isFinite(value) ? value : this.#wrong(name, "a number");
  }

  /** A finite number, or null where it is null or missing. */
  numberOrNull(name: string): number | null {
    return this.#isAbsent(name) ? null : this.number(name);
  }

  /** True or false. */
  flag(name: string): boolean {
    const value = this.any(name);
    return typeof value === "boolean" ? value : this.#wrong(name, "true or false");
  }

  /** An instant, ISO 8601 or epoch milliseconds (the API has both), as epoch milliseconds. */
  instant(name: string): number {
    const value = this.any(name);
    const at = typeof value === "string" ? Date.parse(value) : value;
    return typeof at === "number" && Number.isFinite(at) ? at : this.#wrong(name, "an instant");
  }

  /** An instant, or null where it is null or missing. */
  instantOrNull(name: string): number | null {
    return this.#isAbsent(name) ? null : this.instant(name);
  }

  /** One of a few strings. */
  oneOf<const T extends string>(name: string, choices: readonly T[]): T {
    const value = this.any(name);
    return choices.find((choice) => choice === value) ?? this.#wrong(name, choices.join(" or "));
  }

  /** One of a few strings, or null where it is null or missing. */
  oneOfOrNull<const T extends string>(name: string, choices: readonly T[]): T | null {
    return this.#isAbsent(name) ? null : this.oneOf(name, choices);
  }

  /** An object inside. */
  inside(name: string): Reader {
    return new Reader(this.any(name), `${this.path}.${name}`);
  }

  /** An object inside, or null where it is null or missing. */
  insideOrNull(name: string): Reader | null {
    return this.#isAbsent(name) ? null : this.inside(name);
  }

  /** A list of objects. */
  list<T>(name: string, read: (item: Reader) => T): readonly T[] {
    return this.#items(name).map((item, index) => read(new Reader(item, `${this.path}.${name}[${index}]`)));
  }

  /** A list of strings. */
  texts(name: string): readonly string[] {
    return this.#items(name).map((item) =>
      typeof item === "string" ? item : this.#wrong(name, "a list of strings"),
    );
  }

  #items(name: string): readonly unknown[] {
    const value = this.any(name);
    return Array.isArray(value) ? value : this.#wrong(name, "a list");
  }

  #isAbsent(name: string): boolean {
    return this.any(name) === null || this.any(name) === undefined;
  }

  #wrong(name: string, what: string): never {
    throw new ShapeFault(`${this.path}.${name} is not ${what}`);
  }
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
