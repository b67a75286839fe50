/** The gateway itself: where it keeps its rooms, its nodes, and how they fare. */
import { readHealth, type Health, type NodeState } from "../api/nodes.js";
import { Badge, Loaded, Note, Page, Section, When } from "../parts/basics.js";
import { Table, type Column } from "../parts/table.js";
import { COLOURS, Plot } from "../plot/plot.js";
import {
  highest,
  pointsOf,
  resumeSuccess,
  spanOf,
  total,
  waitInWords,
  type Figure,
} from "../plot/figures.js";
import { useConsole, useLive } from "../state/console.js";

/** The page of nodes. */
export function NodesPage() {
  const live = useLive(readHealth(), 2_000);
  return (
    <Page title="Nodes and health" live={live}>
      <Loaded live={live} what="the nodes">
        {(health) => (
          <>
            <Store health={health} />
            <Nodes nodes={health.nodes} />
            <Plots nodes={health.nodes} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Store({ health: { store, durable } }: { readonly health: Health }) {
  const name = store === "redis" ? "Redis" : "the memory of this process";
  return durable ? (
    <Note tone="ok">
      Rooms are kept in <strong>{name}</strong>. They survive the end of a node.
    </Note>
  ) : (
    <Note tone="warn">
      Rooms are kept in <strong>{name}</strong>.{" "}
      <strong>
        Nothing survives it: rooms, apps made here, records and sessions are gone when the gateway stops.
      </strong>{" "}
      {store === "memory" && "Set REDIS_URL to keep them."}
    </Note>
  );
}

const COLUMNS: readonly Column<NodeState & { readonly index: number }>[] = [
  {
    head: "Node",
    cell: ({ node, index }) => (
      <span class="node-name">
        <svg class={`swatch s${index % COLOURS}`} viewBox="0 0 12 12" aria-hidden="true">
          <rect width="12" height="12" rx="3" />
        </svg>
        <code>{node}</code>
      </span>
    ),
  },
  {
    head: "State",
    cell: ({ up }) => (up ? <Badge tone="ok">up</Badge> : <Badge tone="danger">silent</Badge>),
  },
  { head: "Version", cell: ({ version }) => version },
  { head: "Up since", cell: ({ startedAt }) => <When at={startedAt} /> },
  { head: "Last seen", cell: ({ seenAt }) => <When at={seenAt} relative /> },
  { head: "Sockets", numeric: true, cell: ({ sockets }) => sockets },
  { head: "Rooms", numeric: true, cell: ({ rooms }) => rooms },
  { head: "Memory", numeric: true, cell: ({ memoryMb }) => `${Math.round(memoryMb)} MB` },
];

function Nodes({ nodes }: { readonly nodes: readonly NodeState[] }) {
  const rows = nodes.map((node, index) => ({ ...node, index }));
  return (
    <Section title={`Nodes (${nodes.length})`}>
      <Table label="Nodes" columns={COLUMNS} rows={rows} idOf={({ node }) => node} />
    </Section>
  );
}

function Plots({ nodes }: { readonly nodes: readonly NodeState[] }) {
  const { surroundings } = useConsole();
  const span = spanOf(nodes, surroundings.now());
  const seriesOf = (figure: Figure) =>
    nodes.map((node) => ({ name: node.node, points: pointsOf(node, figure) }));
  const wait = highest(nodes, ({ lobbyWaitMs }) => lobbyWaitMs);
  const back = total(nodes, ({ resumes }) => resumes);
  const lost = total(nodes, ({ resumesFailed }) => resumesFailed);
  const open = nodes.reduce((sum, { sockets }) => sum + sockets, 0);
  const joins = total(nodes, (sample) => sample.joins);
  const refused = total(nodes, (sample) => sample.refused);
  return (
    <Section title="The last minutes">
      <div class="plots">
        <Plot
          {...span}
          title="Joins"
          series={seriesOf((sample) => sample.joins)}
          show={String}
          summary={`${joins} taken, ${refused} refused`}
        />
        <Plot
          {...span}
          title="Wait in the lobby"
          series={seriesOf(({ lobbyWaitMs }) => lobbyWaitMs)}
          show={waitInWords}
          {...(wait === null ? { top: 1_000 } : {})}
          summary={wait === null ? "no knock was answered" : `median of a step, ${waitInWords(wait)} at most`}
        />
        <Plot
          {...span}
          title="Open sockets"
          series={seriesOf(({ sockets }) => sockets)}
          show={String}
          summary={`${open} now, at most ${highest(nodes, ({ sockets }) => sockets) ?? 0} on one node`}
        />
        <Plot
          {...span}
          title="Lines that came back"
          series={seriesOf(resumeSuccess)}
          top={100}
          show={(value) => `${value} %`}
          summary={back + lost === 0 ? "no line was lost" : `${back} got their seat again, ${lost} did not`}
        />
      </div>
    </Section>
  );
}
