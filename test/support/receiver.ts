/** A receiver of webhooks on loopback. */
import { createServer, type IncomingHttpHeaders } from "node:http";

/** What a receiver got. */
export interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a receiver answers. */
export type Reply = {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly text?: string;
};

/** A receiver of webhooks. */
export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly got: Got[];
  /** Null: it does not answer at all. */
  answer: (got: Got) => Reply | null | Promise<Reply | null>;
  close(): Promise<void>;
}

/** Starts a receiver that answers 200. */
export async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const got = { headers: request.headers, body: Buffer.concat(chunks).toString() };
      receiver.got.push(got);
      void Promise.resolve(receiver.answer(got)).then((reply) => {
        if (reply !== null) response.writeHead(reply.status, reply.headers).end(reply.text ?? "");
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    got: [],
    answer: () => ({ status: 200 }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
