/** A real HTTP server that an identity provider has its keys on, and that misbehaves on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** How a request is answered. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers with a set of keys. */
export const keys =
  (...list: readonly unknown[]): Answer =>
  (_request, response) => {
    response.setHeader("content-type", "application/jwk-set+json");
    response.end(JSON.stringify({ keys: list }));
  };

/** Answers with a status and a text. */
export const text =
  (status: number, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };

/** Answers nothing, for as long as it is waited for. */
export const silence: Answer = () => undefined;

/** The running server. */
export class JwksServer {
  /** By path, in the order of their coming. */
  readonly requests: string[] = [];
  answer: Answer;
  readonly #server = createServer((request, response) => {
    this.requests.push(request.url ?? "");
    this.answer(request, response);
  });

  private constructor(answer: Answer) {
    this.answer = answer;
  }

  static async start(answer: Answer): Promise<JwksServer> {
    const server = new JwksServer(answer);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return `http://127.0.0.1:${port}/keys?client=secret-of-the-address`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}
