/**
 * Checks who imports whom in `src`: folders may import only those below them, a few packages belong to one folder each,
 * and no two files import each other in a circle. Add a folder or an allowance here, and nowhere else.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** Folder (or top file) of `src` -> the folders, or single files, it may import besides itself. Top to bottom, as the house is drawn. */
const MAY_IMPORT = {
  "main.ts": ["cli", "server.ts", "config.ts", "tokens"],
  cli: [
    "server.ts",
    "server-parts.ts",
    "config.ts",
    "config-addresses.ts",
    "ws",
    "client",
    "tokens",
    "room",
    "protocol",
  ],
  "server.ts": [
    "server-parts.ts",
    "config.ts",
    "ws",
    "http",
    "webhooks",
    "admissions",
    "archive",
    "access",
    "gateway",
    "log",
    "tokens",
    "room",
    "protocol",
  ],
  "server-parts.ts": ["config.ts", "config-addresses.ts", "gateway", "log", "tokens", "webhooks"],
  "config.ts": ["config-addresses.ts", "config-apps.ts", "variables.ts", "tokens", "room", "protocol"],
  "config-addresses.ts": ["variables.ts", "tokens"],
  "config-apps.ts": ["variables.ts", "tokens"],
  "variables.ts": [],
  ws: ["gateway", "log", "tokens", "room", "protocol"],
  http: [
    "webhooks/port.ts",
    "admissions",
    "archive",
    "access/port.ts",
    "gateway",
    "log",
    "tokens",
    "room",
    "protocol",
  ],
  webhooks: ["archive", "gateway", "log", "tokens", "room", "protocol"],
  admissions: ["gateway", "log", "room", "protocol"],
  archive: ["gateway", "log", "room", "protocol"],
  access: ["log", "tokens", "room", "protocol"],
  gateway: ["log", "tokens", "room", "protocol"],
  log: ["room", "protocol"],
  tokens: ["room", "protocol"],
  room: ["protocol"],
  kit: ["http", "webhooks", "tokens", "room", "protocol"],
  web: ["client", "protocol"],
  client: ["protocol"],
  protocol: [],
};

/** Package -> the only place in `src` that may import it. */
const OWNERS = {
  redis: "log/redis/",
  jsonwebtoken: "tokens/",
  jose: "tokens/",
  ws: "ws/",
  express: "http/",
  helmet: "http/",
  "prom-client": "gateway/",
  preact: "web/",
};

/** `room` and `protocol` are pure: no built-in module of Node either. */
const PURE = ["room", "protocol"];

const root = new URL("../src/", import.meta.url).pathname;
const files = readdirSync(root, { recursive: true })
  .map(String)
  .filter((name) => /\.tsx?$/.test(name) && statSync(path.join(root, name)).isFile());
const problems = [];
const graph = new Map();
const partOf = (file) => file.split("/")[0];

for (const file of files) {
  const { importedFiles } = ts.preProcessFile(readFileSync(path.join(root, file), "utf8"), true, true);
  const local = [];
  for (const { fileName: name } of importedFiles) {
    if (!name.startsWith(".")) {
      const bare = name.replace(/^node:/, "");
      const pkg = bare.startsWith("@") ? bare.split("/").slice(0, 2).join("/") : bare.split("/")[0];
      const owner = name.startsWith("node:") ? undefined : OWNERS[pkg];
      if (owner && !file.startsWith(owner)) problems.push(`${file}: only ${owner} may import ${pkg}`);
      if (PURE.includes(partOf(file)) && name.startsWith("node:"))
        problems.push(`${file}: ${partOf(file)} is pure, but imports ${name}`);
      continue;
    }
    const plain = path.normalize(path.join(path.dirname(file), name)).replace(/\.js$/, ".ts");
    const target = files.includes(plain) ? plain : plain.replace(/\.ts$/, ".tsx");
    const [from, to] = [partOf(file), partOf(target)];
    const allowed = MAY_IMPORT[from] ?? [];
    if (from !== to && !allowed.includes(to) && !allowed.includes(target))
      problems.push(`${file}: ${from} may not import ${to} (${name})`);
    if (files.includes(target)) local.push(target);
  }
  graph.set(file, local);
}

const done = new Set();
const visit = (file, trail) => {
  const at = trail.indexOf(file);
  if (at >= 0) return problems.push(`circle: ${[...trail.slice(at), file].join(" > ")}`);
  if (done.has(file)) return undefined;
  for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
  return done.add(file);
};
for (const file of files) visit(file, []);

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`imports: ${files.length} files, directions kept, no circle`);
