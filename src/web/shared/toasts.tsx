/** Toasts, and the live regions that speak. */
import { Icon } from "./icons.js";
import { useStore, type Readable } from "./use-store.js";

/** What is shown in passing. */
export interface ToastBoard extends Readable<{
  readonly toasts: readonly {
    readonly id: number;
    readonly tone: "plain" | "good" | "bad";
    readonly text: string;
  }[];
  readonly polite: string;
  readonly assertive: string;
}> {
  dismiss(id: number): void;
}

/** Draws them over the page. The regions are always there, for a region that comes together with its text is not spoken. */
export function Toasts({ board }: { readonly board: ToastBoard }) {
  const { toasts, polite, assertive } = useStore(board);
  return (
    <>
      <div class="visually-hidden" aria-live="polite" data-testid="polite">
        {polite}
      </div>
      <div class="visually-hidden" aria-live="assertive" data-testid="assertive">
        {assertive}
      </div>
      <ul class="toasts" aria-label="Notices">
        {toasts.map(({ id, tone, text }) => (
          <li key={id} class={`toast ${tone}`} data-testid="toast">
            <p>{text}</p>
            <button
              type="button"
              class="button quiet square compact"
              aria-label="Dismiss"
              onClick={() => board.dismiss(id)}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
