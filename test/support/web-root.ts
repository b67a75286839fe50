/** A small build of pages for tests, in a folder of its own. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** What a test build holds, by path; large enough to be worth compressing where it matters. */
export const BUILT = {
  "web/meeting.html":
    '<!doctype html><title>Meeting</title><link rel="stylesheet" href="/assets/meeting.css" />' +
    '<script type="module" src="/assets/meeting.js"></script><img src="/assets/not-there.png" />',
  "web/console.html":
    '<!doctype html><title>Console</title><script type="module" src="/assets/console.js"></script>',
  "web/meeting.js": `console.log(${JSON.stringify("meeting ".repeat(200))});\n`,
  "web/meeting.js.map": '{"version":3,"sources":[],"mappings":""}',
  "web/meeting.css": ":root { --accent: #1659c7; }\n".repeat(50),
  "web/console.js": 'console.log("console");\n',
  "web/tiny.svg": "<svg/>",
  "web/notes.secret": "not for anybody",
  "client/index.js": 'import "./chunk-ABCD1234.js";\nexport const initMeeting = () => null;\n',
  "client/media.js": 'import "./chunk-ABCD1234.js";\n',
  "client/chunk-ABCD1234.js": "export {};\n",
  "secret.js": "// outside of the folders that are served\n",
} as const;

/** Writes such a build. `webRoot` is its folder of pages. Whoever makes it removes it. */
export async function makeWebRoot(): Promise<{
  readonly webRoot: string;
  readonly remove: () => Promise<void>;
}> {
  const folder = await mkdtemp(path.join(tmpdir(), "admitone-web-"));
  for (const name of ["web", "web/inner", "client"]) await mkdir(path.join(folder, name));
  for (const [name, text] of Object.entries(BUILT)) await writeFile(path.join(folder, name), text);
  await writeFile(path.join(folder, "web/inner/deep.js"), "// one folder too deep\n");
  return { webRoot: path.join(folder, "web"), remove: () => rm(folder, { recursive: true }) };
}
