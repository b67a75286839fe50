/** What stands before several nodes where they are deployed (`docs/operations.md`): one address, whichever node lives behind it. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** One address for several nodes. */
export interface Balancer {
  readonly port: number;
  /** From now on nobody gets through who comes anew, as while no node is known to be well. `release` ends that. */
  hold(): void;
  release(): void;
  /** Ends it, and every line through it. */
  close(): Promise<void>;
}

/** Passes each line on to the first of these nodes that takes it. Knows nothing of what is said. Whoever starts it closes it. */
export async function startBalancer(nodes: readonly { readonly port: number }[]): Promise<Balancer> {
  const ports = nodes.map(({ port }) => port);
  const lines = new Set<Socket>();
  let holds = false;
  const server = createServer((line) => {
    if (holds) {
      line.destroy();
      return;
    }
    lines.add(line);
    line.once("close", () => lines.delete(line));
    line.on("error", () => line.destroy());
    route(line, ports);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  return {
    port: address.port,
    hold: () => {
      holds = true;
    },
    release: () => {
      holds = false;
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const line of lines) line.destroy();
      await closed;
    },
  };
}

function route(line: Socket, [port, ...others]: readonly number[]): void {
  if (port === undefined) {
    line.destroy();
    return;
  }
  const node = connect(port, "127.0.0.1");
  const refused = (): void => route(line, others);
  node.once("error", refused);
  node.once("connect", () => {
    node.off("error", refused);
    node.on("error", () => line.destroy());
    node.once("close", () => line.destroy());
    line.once("close", () => node.destroy());
    if (line.destroyed) node.destroy();
    line.pipe(node).pipe(line);
  });
}
