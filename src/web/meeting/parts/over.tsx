/** The end: what happened, who decided, and what can be done next. */
import { useNow } from "../../shared/use-store.js";
import type { Again, Outcome } from "../model/outcome.js";
import { clockSpan, timeOfDay } from "../model/time.js";
import { PageTitle } from "./page.js";

interface OverProps {
  readonly outcome: Outcome;
  /** Epoch milliseconds by the gateway's clock. */
  readonly now: () => number;
  readonly onAgain: () => void;
}

/** The last page of a try, a wait or a stay. */
export function Over({ outcome, now, onAgain }: OverProps) {
  const { title, text, by, words, code, again } = outcome;
  return (
    <div class="card narrow stack" data-testid="over" data-code={code ?? ""}>
      <PageTitle>{title}</PageTitle>
      <p>{text}</p>
      {words === null ? null : (
        <blockquote class="note">
          <p>
            <bdi>{words}</bdi>
          </p>
        </blockquote>
      )}
      {by === null ? null : (
        <p class="muted">
          Decided by <bdi>{by}</bdi>.
        </p>
      )}
      <AgainButton again={again} now={now} onAgain={onAgain} />
      {code === null ? null : (
        <p class="muted small">
          Reason for whoever helps you: <code>{code}</code>
        </p>
      )}
    </div>
  );
}

interface AgainProps {
  readonly again: Again;
  readonly now: () => number;
  readonly onAgain: () => void;
}

function AgainButton({ again, now, onAgain }: AgainProps) {
  switch (again.kind) {
    case "none":
      return null;
    case "link":
      return <p>Please ask whoever sent you the link for a new one, and open it in this tab.</p>;
    case "now":
      return (
        <div class="row">
          <button type="button" class="button primary" onClick={onAgain}>
            {again.label}
          </button>
        </div>
      );
    case "at":
      return <LaterButton at={again.at} label={again.label} now={now} onAgain={onAgain} />;
  }
}

interface LaterProps {
  readonly at: number;
  readonly label: string;
  readonly now: () => number;
  readonly onAgain: () => void;
}

/** Sleeps until it may be pressed. It keeps its size meanwhile. */
function LaterButton({ at, label, now, onAgain }: LaterProps) {
  const left = at - useNow(now, 250);
  const ready = left <= 0;
  return (
    <div class="stack tight">
      <p role="status">{ready ? "You can ask again now." : `You can ask again at ${timeOfDay(at)}.`}</p>
      <div class="row">
        <button type="button" class="button primary later" disabled={!ready} onClick={onAgain}>
          {ready ? label : `${label} in ${clockSpan(left + 999)}`}
        </button>
      </div>
    </div>
  );
}
