/** The lobby, as the one who waits sees it. */
import { useNow } from "../../shared/use-store.js";
import type { Wait } from "../model/page-view.js";
import { clockSpan, timeOfDay } from "../model/time.js";
import type { PageStore } from "../store/page-store.js";
import { OwnMedia } from "./own-media.js";
import { PageTitle } from "./page.js";

interface LobbyProps {
  readonly page: PageStore;
  readonly wait: Wait;
}

/** Says who is asked, since when, and until when. */
export function Lobby({ page, wait }: LobbyProps) {
  const { since, expiresAt, hostPresent, returned, reconnecting } = wait;
  const time = useNow(page.now);
  return (
    <div class="card wide check-page" data-testid="lobby">
      <div>
        {page.preview === null ? null : <OwnMedia desk={page.preview} name={page.wishes.name} />}
        <p class="small muted">Nobody sees or hears you while you wait.</p>
      </div>
      <div class="stack">
        <PageTitle>{returned ? "You were sent back to the lobby" : "Waiting to be let in"}</PageTitle>
        <div role="status" class="stack tight">
          {hostPresent ? (
            <p class="note ok">A host was asked and will answer.</p>
          ) : (
            <p class="note">
              No host is here yet. You keep your place, and the first host who comes finds your request.
            </p>
          )}
          <p class="note warn" hidden={!reconnecting}>
            Your connection was lost. Your place is kept while the page reconnects.
          </p>
        </div>
        <dl class="facts">
          <div>
            <dt>Waiting since</dt>
            <dd>
              {timeOfDay(since)} <span class="muted">({clockSpan(time - since)})</span>
            </dd>
          </div>
          <div>
            <dt>Your request is kept until</dt>
            <dd>
              {timeOfDay(expiresAt)} <span class="muted">({clockSpan(expiresAt - time)} left)</span>
            </dd>
          </div>
        </dl>
        <div class="row">
          <button type="button" class="button" onClick={() => void page.cancel()}>
            Stop waiting
          </button>
        </div>
      </div>
    </div>
  );
}
