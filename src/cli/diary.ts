/** Writes what happens in a meeting to the terminal, a line at a time, around whatever is being typed. */
import { clearLine, cursorTo } from "node:readline";
import { paintFor, type CliIo, type Paint } from "./io.js";
import type { Told } from "./tell-events.js";
import { timeOfDay } from "./text.js";

const WHO_WIDTH = 18;

/** The diary of one meeting. */
export class Diary {
  private readonly paint: Paint;
  private again: (() => void) | null = null;

  constructor(private readonly io: CliIo) {
    this.paint = paintFor(io.stdout);
  }

  /** There is a prompt on the screen: `again` draws it anew below each line. */
  around(again: () => void): void {
    this.again = again;
  }

  /** Time, who, what. */
  write({ who, what, tone }: Told, at = this.io.now()): void {
    const time = this.paint("dim", timeOfDay(at, this.io.timeZone));
    this.raw(`${time}  ${this.paint("bold", who.padEnd(WHO_WIDTH))}  ${this.paint(tone, what)}\n`);
  }

  /** Text that is laid out already. */
  raw(text: string): void {
    const { stdout } = this.io;
    if (this.again !== null) {
      cursorTo(stdout, 0);
      clearLine(stdout, 0);
    }
    stdout.write(text);
    this.again?.();
  }

  /** A heading. */
  heading(text: string): string {
    return `${this.paint("bold", text)}\n`;
  }
}
