/** `docs/sdk.md` beside the SDK: it names every member and event, and its code compiles. */
import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import ts from "typescript";
import { EVENTS, MeetingStage } from "./meeting-stage.js";
import { person } from "./support.js";

const root = new URL("../../../", import.meta.url).pathname;
const page = readFileSync(`${root}docs/sdk.md`, "utf8");
/** What stands as code in the first cells of the page's tables. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|")[1] ?? "");
const named = new Set(
  rows.flatMap((cell) => Array.from(cell.matchAll(/`([a-zA-Z-]+)/g), ([, name]) => name)),
);

describe("docs/sdk.md", () => {
  test("has every member of a meeting in a table", () => {
    const members = Object.keys(new MeetingStage().meeting);
    expect(members.filter((name) => !named.has(name))).toEqual([]);
  });

  test("has every event in a table", () => {
    expect(EVENTS.filter((name) => !named.has(name))).toEqual([]);
  });

  test("names every member of a participant", async () => {
    const stage = await new MeetingStage().joined({ participants: [person("ann"), person("bob")] });
    const members = Object.keys(stage.meeting.participants.get("bob") ?? {});
    expect(members.length).toBeGreaterThan(15);
    expect(members.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  test("its code compiles", () => {
    const blocks = Array.from(page.matchAll(/```ts\n(.*?)```/gs), ([, code]) => code ?? "");
    expect(blocks.length).toBeGreaterThan(3);
    const files = new Map(blocks.map((code, index) => [`${root}docs-${index}.ts`, `${code}\nexport {};\n`]));
    const config: unknown = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)).config;
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const paths = { "admitone/client": ["./src/client/index.ts"] };
    const checked: ts.CompilerOptions = { ...options, paths, noEmit: true, noUnusedLocals: false };
    const host = ts.createCompilerHost(checked);
    const fileExists = host.fileExists.bind(host);
    const readFile = host.readFile.bind(host);
    host.fileExists = (path) => files.has(path) || fileExists(path);
    host.readFile = (path) => files.get(path) ?? readFile(path);
    const program = ts.createProgram([...files.keys()], checked, host);
    const faults = [...files.keys()].flatMap((path) => {
      const source = program.getSourceFile(path);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    });
    expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
    expect(program.getSourceFile(`${root}src/client/index.ts`)).toBeDefined();
  }, 120_000);
});
