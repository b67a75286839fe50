/** What the doors make of a token, for people. */
import type { Door, ExplainedClaim, ExplainedToken, Outcome } from "../../api/tokens.js";
import { Badge, Note, Section, When, type Tone } from "../../parts/basics.js";
import { Table, type Column } from "../../parts/table.js";
import { useConsole } from "../../state/console.js";

const NAMES: Readonly<Record<Door, string>> = { meeting: "The meeting door", rest: "The REST API" };

const OUTCOMES: Readonly<Record<Outcome, readonly [string, Tone]>> = {
  enter: ["opens", "ok"],
  knock: ["knocks", "warn"],
  hold: ["waits for a host", "warn"],
  refuse: ["refuses", "danger"],
};

/** Claims that are instants, in epoch seconds (RFC 7519): what is said of one that is over, and of one that is ahead. */
const INSTANTS: Readonly<Record<string, readonly [string, string]>> = {
  exp: ["expired", "expires"],
  iat: ["issued", "issued"],
  nbf: ["good since", "good from"],
};

/** The report on a token: one explanation for each door. */
export function TokenReport({ doors }: { readonly doors: readonly ExplainedToken[] }) {
  const [first] = doors;
  if (first === undefined) return null;
  return (
    <div class="stack" role="group" aria-label="Report">
      <Section title="Signature">
        <Note tone={first.key.verified ? "ok" : "danger"}>
          <strong>{first.key.verified ? "Verified" : "Not verified"}</strong>: {first.key.sentence}.
          {first.key.app !== null && (
            <>
              {" "}
              App: <code>{first.key.app}</code>.
            </>
          )}
        </Note>
        {!first.key.verified && first.claims.length > 0 && (
          <p class="muted small">Nothing that the token says is proved.</p>
        )}
      </Section>
      <Section title="What each door says now">
        <ul class="stack">
          {doors.map((said) => (
            <DoorSays key={said.door} said={said} />
          ))}
        </ul>
      </Section>
      <Section title="Claims">
        {first.claims.length === 0 ? (
          <p class="muted">The payload could not be read.</p>
        ) : (
          <Table label="Claims" columns={CLAIMS} rows={first.claims} idOf={({ name }) => name} />
        )}
        {first.header !== null && (
          <p class="small muted">
            Header: <code>{JSON.stringify(Object.fromEntries(first.header))}</code>
          </p>
        )}
      </Section>
    </div>
  );
}

function DoorSays({ said }: { readonly said: ExplainedToken }) {
  const { door, outcome, sentence, rule, refusal, roomId } = said;
  const [word, tone] = OUTCOMES[outcome];
  return (
    <li class="item" data-door={door}>
      <div class="row">
        <h3>{NAMES[door]}</h3>
        <Badge tone={tone}>{word}</Badge>
        {door === "meeting" && roomId !== null && (
          <span class="small muted">
            room <code>{roomId}</code>
          </span>
        )}
      </div>
      <p>The token {sentence}.</p>
      <p class="small muted">
        {refusal !== null && (
          <>
            Code <code class="code-tag">{refusal.code}</code> ({refusal.number}, “{refusal.error}”).{" "}
          </>
        )}
        Decided by <code>{rule.id}</code>.
      </p>
    </li>
  );
}

const CLAIMS: readonly Column<ExplainedClaim>[] = [
  { head: "Claim", cell: ({ name }) => <code>{name}</code> },
  { head: "Value", cell: ({ value }) => <code class="value">{JSON.stringify(value)}</code> },
  { head: "In words", cell: (claim) => <InWords claim={claim} /> },
];

/** Times in the words and the zone of the reader; everything else as the gateway puts it. */
function InWords({ claim: { name, value, sentence } }: { readonly claim: ExplainedClaim }) {
  const { surroundings } = useConsole();
  const words = INSTANTS[name];
  if (words === undefined || typeof value !== "number" || !isShowable(value)) return <>{sentence}</>;
  const [past, ahead] = words;
  const at = value * 1_000;
  return (
    <>
      {at <= surroundings.now() ? past : ahead} <When at={at} relative /> (<When at={at} />)
    </>
  );
}

/** Whether a calendar reaches this far. */
function isShowable(seconds: number): boolean {
  return Math.abs(seconds) < 8_640_000_000_000;
}
