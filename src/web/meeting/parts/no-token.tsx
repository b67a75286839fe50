/** A link without a token: why nothing can begin, or on one's own machine a form to try a meeting. */
import { useState } from "preact/hooks";
import type { TrialRole } from "../entry/gateway.js";
import type { Stage } from "../model/page-view.js";
import { NameField } from "./name-field.js";
import { PageTitle } from "./page.js";

interface NoTokenProps {
  readonly stage: Extract<Stage, { name: "no-token" }>;
  readonly name: string;
  readonly onBegin: (name: string, role: TrialRole) => void;
}

const ROLES: readonly (readonly [TrialRole, string, string])[] = [
  ["host", "Host", "Comes in at once and lets others in."],
  ["guest", "Guest", "Knocks and waits for a host."],
  ["moderator", "Moderator", "A host who can also mute, lock and remove."],
];

/** Draws either. */
export function NoToken({ stage, ...props }: NoTokenProps) {
  if (stage.trial) return <TrialForm stage={stage} {...props} />;
  return (
    <div class="card narrow stack">
      <PageTitle>This link has no token</PageTitle>
      <p>
        Every way into this room needs a token, and the link that opened this page has none. It may have been
        cut when it was copied, or the page was opened from a bookmark.
      </p>
      <p>Please open the whole link that you were sent, or ask for a new one.</p>
      <p class="muted small">
        For those who make links: the token stands behind the address, as in <code>#token=…</code>
      </p>
    </div>
  );
}

function TrialForm({ stage, name: before, onBegin }: NoTokenProps) {
  const [name, setName] = useState(before);
  const [role, setRole] = useState<TrialRole>("host");
  return (
    <form
      class="card narrow stack"
      data-testid="trial"
      onSubmit={(event) => {
        event.preventDefault();
        onBegin(name.trim(), role);
      }}
    >
      <PageTitle>Try a meeting</PageTitle>
      <p class="muted">
        This gateway runs for development on your own machine, so it gives you a token. Open this page in two
        windows: once as a host, once as a guest.
      </p>
      <NameField id="trial-name" value={name} onValue={setName} />
      <fieldset class="stack tight">
        <legend>Come as</legend>
        {ROLES.map(([value, label, text]) => (
          <label key={value} class="check">
            <input
              type="radio"
              name="role"
              value={value}
              checked={role === value}
              onChange={() => setRole(value)}
            />
            <span>
              <strong>{label}</strong> <span class="muted">{text}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {stage.problem === null ? null : (
        <p class="note danger" role="alert">
          {stage.problem}
        </p>
      )}
      <div class="row">
        <button type="submit" class="button primary" disabled={stage.busy}>
          {stage.busy ? "One moment…" : "Continue"}
        </button>
      </div>
    </form>
  );
}
