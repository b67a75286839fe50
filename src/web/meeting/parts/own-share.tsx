/** While one shows one's own screen: that one does, and the way to end it. */
import { Icon } from "../../shared/icons.js";

/** Lies over the stage. */
export function OwnShare({ onStop }: { readonly onStop: () => void }) {
  return (
    <section class="float banner own-share" aria-label="Your shared screen" data-testid="own-share">
      <Icon name="screen" />
      <p>Everybody sees your screen.</p>
      <button type="button" class="button compact" onClick={onStop}>
        Stop sharing
      </button>
    </section>
  );
}
