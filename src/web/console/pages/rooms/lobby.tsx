/** Who waits before a room, and the answers to their knocks. */
import { useState } from "preact/hooks";
import { admit, admitAll, deny, type Knock, type Place } from "../../api/live.js";
import { Badge, Empty, FaultNote, Section, When } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Confirm } from "../../parts/dialog.js";
import { Check, TextField } from "../../parts/form.js";
import { useAction, useConsole } from "../../state/console.js";
import { shownName } from "../../words/names.js";
import { lengthOnClock } from "../../words/time.js";

interface Props {
  readonly place: Place;
  readonly knocks: readonly Knock[];
  readonly onDone: () => void;
}

/** The lobby of a room. */
export function Lobby({ place, knocks, onDone }: Props) {
  const { say } = useConsole();
  const all = useAction<null>();
  const admitEverybody = async (): Promise<void> => {
    if ((await all.run(admitAll(place))) === null) return;
    say("Everybody is admitted.");
    onDone();
  };
  return (
    <Section
      title={`Lobby (${knocks.length})`}
      aside={
        knocks.length > 1 && (
          <Button compact onPress={() => void admitEverybody()} isBusy={all.isBusy}>
            Admit all
          </Button>
        )
      }
    >
      <FaultNote fault={all.fault} />
      {knocks.length === 0 ? (
        <Empty title="Nobody waits.">Knocks appear here as they come.</Empty>
      ) : (
        <ul class="stack-small" aria-label="Waiting">
          {knocks.map((knock) => (
            <KnockRow
              key={`${knock.participantId} ${knock.since}`}
              place={place}
              knock={knock}
              onDone={onDone}
            />
          ))}
        </ul>
      )}
    </Section>
  );
}

function KnockRow(props: { readonly place: Place; readonly knock: Knock; readonly onDone: () => void }) {
  const { place, knock, onDone } = props;
  const { participantId, since, expiresAt, returned, online } = knock;
  const { say, surroundings } = useConsole();
  const [isDenying, setIsDenying] = useState(false);
  const [note, setNote] = useState("");
  const [ban, setBan] = useState(false);
  const answer = useAction<null>();
  const shown = shownName(knock);
  const run = async (ask: Parameters<typeof answer.run>[0], text: string): Promise<void> => {
    if ((await answer.run(ask)) === null) return;
    setIsDenying(false);
    say(text);
    onDone();
  };
  return (
    <li class="item">
      <div class="item-head">
        <div>
          <p class="row">
            <strong>
              <bdi>{shown}</bdi>
            </strong>
            {returned && <Badge>sent back</Badge>}
            {!online && <Badge tone="warn">line lost</Badge>}
          </p>
          <p class="small muted">
            <code>{participantId}</code>, waits since <When at={since} /> (
            <span class="tabular">{lengthOnClock(surroundings.now() - since)}</span>), until{" "}
            <When at={expiresAt} />
          </p>
        </div>
        <div class="row">
          <Button
            compact
            weight="primary"
            label={`Admit ${shown}`}
            isBusy={answer.isBusy}
            onPress={() => void run(admit(place, knock), `${shown} is admitted.`)}
          >
            Admit
          </Button>
          <Button compact label={`Deny ${shown}`} onPress={() => setIsDenying(true)}>
            Deny…
          </Button>
        </div>
      </div>
      {!isDenying && <FaultNote fault={answer.fault} />}
      {isDenying && (
        <Confirm
          title={`Deny ${shown}?`}
          act="Deny"
          isBusy={answer.isBusy}
          fault={answer.fault}
          onAct={() => void run(deny(place, knock, { note, ban }), `${shown} is denied.`)}
          onClose={() => setIsDenying(false)}
        >
          <TextField
            label="Reason"
            name="note"
            value={note}
            onValue={setNote}
            hint="They read it. It may stay empty."
          />
          <Check
            label="Ban"
            hint="No token opens this room for them until the ban is lifted."
            checked={ban}
            onChecked={setBan}
          />
        </Confirm>
      )}
    </li>
  );
}
