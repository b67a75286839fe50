/** The nodes of the gateway, and how they have fared in the last minutes. */
import type { Ask } from "./client.js";
import type { Reader } from "./reader.js";

/** What a node counted in one step of a few seconds, which ended at `at` (epoch milliseconds). */
export interface Sample {
  readonly at: number;
  readonly joins: number;
  readonly refused: number;
  /** Lines that came back. */
  readonly resumes: number;
  readonly resumesFailed: number;
  /** Median of the knocks answered in this step; null: none was. */
  readonly lobbyWaitMs: number | null;
  /** Open at the end of the step. */
  readonly sockets: number;
}

/** A node. Times are epoch milliseconds. */
export interface NodeState {
  readonly node: string;
  readonly version: string;
  readonly startedAt: number;
  readonly seenAt: number;
  readonly up: boolean;
  readonly sockets: number;
  readonly rooms: number;
  readonly memoryMb: number;
  readonly series: readonly Sample[];
}

/** The gateway: where it keeps its rooms, and its nodes. */
export interface Health {
  readonly store: "memory" | "redis";
  /** False: nothing survives the process. */
  readonly durable: boolean;
  readonly nodes: readonly NodeState[];
}

/** How the gateway is. */
export function readHealth(): Ask<Health> {
  return {
    method: "GET",
    path: "/v2/admin/nodes",
    read: (answer) => ({
      store: answer.oneOf("store", ["memory", "redis"]),
      durable: answer.flag("durable"),
      nodes: answer.list("nodes", readNode),
    }),
  };
}

/** Reads a node. */
export function readNode(node: Reader): NodeState {
  return {
    node: node.text("node"),
    version: node.text("version"),
    startedAt: node.instant("startedAt"),
    seenAt: node.instant("seenAt"),
    up: node.flag("up"),
    sockets: node.number("sockets"),
    rooms: node.number("rooms"),
    memoryMb: node.number("memoryMb"),
    series: node.list("series", (sample) => ({
      at: sample.instant("at"),
      joins: sample.number("joins"),
      refused: sample.number("refused"),
      resumes: sample.number("resumes"),
      resumesFailed: sample.number("resumesFailed"),
      lobbyWaitMs: sample.numberOrNull("lobbyWaitMs"),
      sockets: sample.number("sockets"),
    })),
  };
}
