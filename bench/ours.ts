/** Our node as it is shipped, in a process of its own, with a meter on it. Its configuration comes as for any node. */
import { readProcessConfig } from "../src/config.js";
import { startNode } from "../src/server.js";
import { reportTo } from "./meter.js";

const read = readProcessConfig();
if (!read.ok) throw new Error(read.problems.join("\n"));
const node = await startNode(read.config);
reportTo(node.port);
