/** Who knocks, for hosts: over the stage, without taking the focus. */
import { useEffect, useState } from "preact/hooks";
import { useNow } from "../../shared/use-store.js";
import type { KnockRow } from "../model/room-view.js";
import { clockSpan, count } from "../model/time.js";
import type { RoomActions } from "../store/room-actions.js";
import { VerdictDialog } from "./verdict-dialog.js";

interface KnocksProps {
  readonly knocks: readonly KnockRow[];
  readonly actions: RoomActions;
  readonly now: () => number;
}

/** The list, with what a host can do about each. */
export function Knocks({ knocks, actions, now }: KnocksProps) {
  const [folded, setFolded] = useState(false);
  const [denying, setDenying] = useState<KnockRow | null>(null);
  const time = useNow(now);
  const waiting = knocks.length;
  // Whoever knocks at an empty list is seen, even if the list before was folded.
  useEffect(() => {
    if (waiting === 0) setFolded(false);
  }, [waiting]);
  const stillThere = denying !== null && knocks.some(({ id }) => id === denying.id);
  if (waiting === 0) return null;
  return (
    <section class={folded ? "float folded" : "float"} aria-label="Waiting to come in" data-testid="knocks">
      <div class="float-head">
        <h2>{count(waiting, "person", "people")} waiting</h2>
        {waiting > 1 ? (
          <button type="button" class="button compact primary" onClick={() => void actions.admitAll()}>
            Admit all
          </button>
        ) : null}
        <button
          type="button"
          class="button quiet compact"
          aria-expanded={!folded}
          onClick={() => setFolded(!folded)}
        >
          {folded ? "Show" : "Hide"}
        </button>
      </div>
      {folded ? null : (
        <ul class="float-list">
          {knocks.map((knock) => (
            <li key={knock.id} class="knock" data-testid="knock">
              <span class="knock-who">
                <strong>
                  <bdi>{knock.name}</bdi>
                </strong>
                <span class="small muted">
                  {knock.returned ? "Sent back · " : ""}
                  {knock.online ? "" : "Connection lost · "}
                  waiting {clockSpan(time - knock.since)}
                </span>
              </span>
              <button
                type="button"
                class="button compact primary"
                aria-label={`Admit ${knock.name}`}
                onClick={() => void actions.admit(knock.id)}
              >
                Admit
              </button>
              <button
                type="button"
                class="button compact"
                aria-label={`Deny ${knock.name}`}
                onClick={() => setDenying(knock)}
              >
                Deny
              </button>
            </li>
          ))}
        </ul>
      )}
      {denying !== null && stillThere ? (
        <VerdictDialog
          title={`Turn ${denying.name} away?`}
          hint="They read this. They may ask again after a while, unless you ban them."
          ban="Ban: they cannot ask again, in this session or another"
          action="Deny"
          onClose={() => setDenying(null)}
          onDecide={(verdict) => {
            setDenying(null);
            void actions.deny(denying.id, verdict);
          }}
        />
      ) : null}
    </section>
  );
}
