import { describe, expect, test } from "@jest/globals";
import { secondsOf, columns, listed, printable } from "../../../src/cli/text.js";
import { meaningOf } from "../../../src/cli/meaning.js";
import { paintFor } from "../../../src/cli/io.js";
import { REFUSALS } from "../../../src/protocol/refusals.js";
import { Desk } from "./support.js";

describe("the command line", () => {
  test("serves where nothing else is said, and hands its options on", async () => {
    const desk = new Desk();
    await desk.start([]);
    await desk.start(["serve", "--x"]);
    await desk.start(["--x"]);
    expect(desk.served).toEqual([[], ["--x"], ["--x"]]);
  });

  test.each([
    [["--help"], "Usage: admitone [command]"],
    [["-h"], "Usage: admitone [command]"],
    [["help"], "Usage: admitone [command]"],
    [["help", "join"], "Usage: admitone join"],
    [["help", "token"], "Usage: admitone token"],
    [["help", "inspect"], "Usage: admitone inspect"],
    [["help", "serve"], "Usage: admitone [serve]"],
    [["serve", "--help"], "Usage: admitone [serve]"],
    [["join", "--help"], "Usage: admitone join"],
    [["token", "-h"], "Usage: admitone token"],
    [["inspect", "--help"], "Usage: admitone inspect"],
    [["--version"], "1.2.3\n"],
  ])("%j is answered on stdout", async (argv, beginning) => {
    const desk = new Desk();
    const { exit, out, err } = await desk.run(argv);
    expect({ exit, err, served: desk.served }).toEqual({ exit: 0, err: "", served: [] });
    expect(out.slice(0, beginning.length)).toBe(beginning);
    expect(out.split("\n").every((line) => line.length <= 80)).toBe(true);
  });

  test.each([
    [["sing"], "There is no command 'sing'\nTry: admitone --help\n"],
    [["join", "--tokne", "x"], "Unknown option '--tokne'\nTry: admitone join --help\n"],
    [["join"], "--token is needed\nTry: admitone join --help\n"],
    [["join", "x"], "Unexpected argument 'x'\nTry: admitone join --help\n"],
    [
      ["join", "--token", "t", "--url", "http://here"],
      "--url takes ws:// or wss:// addresses, not 'http://here'\nTry: admitone join --help\n",
    ],
    [["token"], "--permissions is needed\nTry: admitone token --help\n"],
    [["inspect"], "A token is needed, or - to read it from stdin\nTry: admitone inspect --help\n"],
    [["inspect", "a", "b"], "One token at a time\nTry: admitone inspect --help\n"],
    [["inspect", "a", "--door", "back"], "--door is meeting or rest\nTry: admitone inspect --help\n"],
  ])("%j is used wrongly, and says so on stderr", async (argv, text) => {
    expect(await new Desk().run(argv)).toEqual({ exit: 2, out: "", err: text });
  });
});

describe("text", () => {
  test("columns stand below each other", () => {
    expect(columns([["a", "bb", "c c"], ["aaa", "b", ""], ["x"]])).toBe("  a    bb  c c\n  aaa  b\n  x\n");
  });

  test("lists read as people write them", () => {
    expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed)).toEqual([
      "nothing",
      "a",
      "a and b",
      "a, b and c",
    ]);
  });

  test("what others write cannot move the cursor", () => {
    expect(printable("\u001b[2J\u202eok\u0007\u2028 ä")).toBe("\\u{1b}[2J\\u{202e}ok\\u{7}\\u{2028} ä");
  });

  test("times with units, and nothing else", () => {
    expect(["90s", "45m", "2h", "7d", "-5m", "0s"].map(secondsOf)).toEqual([
      90, 2_700, 7_200, 604_800, -300, 0,
    ]);
    expect(["", "5", "5 m", "1.5h", "h", "5w", "99999999999s"].map(secondsOf)).toEqual(Array(7).fill(null));
  });

  test("every reason has a meaning; an unknown one has none", () => {
    for (const reason of Object.keys(REFUSALS)) expect(meaningOf(reason)).not.toBe("");
    expect(meaningOf("constructor")).toBe("");
  });

  test("colours on a terminal that shows them, and nowhere else", () => {
    expect(paintFor({ isTTY: true })("bad", "x")).toBe("\u001b[31mx\u001b[39m");
    expect(paintFor({ isTTY: true })("plain", "x")).toBe("x");
    expect(paintFor({ isTTY: true, hasColors: () => false })("bad", "x")).toBe("x");
    expect(paintFor({})("bad", "x")).toBe("x");
  });
});
