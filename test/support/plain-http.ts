/** HTTP requests as they stand: with any `Host`, any path, and the answer's bytes as they came over the wire. */
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http";
import type { RunningNode } from "../../src/server.js";

/** What came back; the body is not decompressed. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks a node; the path is sent as it is written. */
export function plainHttp(
  node: Pick<RunningNode, "port">,
  path: string,
  {
    method = "GET",
    headers = {},
    body,
  }: { readonly method?: string; readonly headers?: OutgoingHttpHeaders; readonly body?: string } = {},
): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port: node.port, path, method, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}
