/** A moderator asks for one's microphone or camera: it goes on only if one says yes. */
import type { AskRow } from "../model/room-view.js";
import type { RoomActions } from "../store/room-actions.js";

interface AsksProps {
  readonly asks: readonly AskRow[];
  readonly actions: RoomActions;
}

/** The open requests. They were spoken when they came. */
export function Asks({ asks, actions }: AsksProps) {
  return (
    <>
      {asks.map(({ kind, by }) => {
        const what = kind === "mic" ? "microphone" : "camera";
        return (
          <section
            key={kind}
            class="float ask"
            aria-label={`Request for your ${what}`}
            data-testid={`ask-${kind}`}
          >
            <p>
              <strong>
                <bdi>{by}</bdi>
              </strong>{" "}
              asks you to turn on your {what}.
            </p>
            <div class="row">
              <button
                type="button"
                class="button compact primary"
                onClick={() => void actions.answerAsk(kind, true)}
              >
                Turn on
              </button>
              <button
                type="button"
                class="button compact"
                onClick={() => void actions.answerAsk(kind, false)}
              >
                Not now
              </button>
            </div>
          </section>
        );
      })}
    </>
  );
}
