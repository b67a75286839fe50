/** What is wrong with the room as a whole. It lies over the stage, so that nothing moves. */
import { useNow } from "../../shared/use-store.js";
import type { Banner, LineLoss } from "../model/room-view.js";
import { clockSpan, spanWords, timeOfDay } from "../model/time.js";
import type { RoomStore } from "../store/room-store.js";

interface BannersProps {
  readonly room: RoomStore;
  readonly banners: readonly Banner[];
  /** Epoch milliseconds by the gateway's clock. */
  readonly now: () => number;
}

/** All of them. */
export function Banners({ room, banners, now }: BannersProps) {
  return (
    <>
      {banners.map((banner) => (
        <div key={banner.kind} class={`float banner ${banner.kind}`} data-testid={`banner-${banner.kind}`}>
          <BannerText banner={banner} now={now} onDismiss={() => room.dismissWarning()} />
        </div>
      ))}
    </>
  );
}

interface BannerTextProps {
  readonly banner: Banner;
  readonly now: () => number;
  readonly onDismiss: () => void;
}

function BannerText({ banner, now, onDismiss }: BannerTextProps) {
  switch (banner.kind) {
    case "reconnecting":
      return <Reconnecting loss={banner.loss} now={now} />;
    case "restricted":
      return (
        <p>
          <strong>Your token has expired.</strong> You still see and hear everything. Turning on microphone or
          camera, chat, raising a hand and moderating are refused until you open a newer link in this tab.
        </p>
      );
    case "expiring":
      return <Expiring at={banner.at} now={now} onDismiss={onDismiss} />;
  }
}

function Reconnecting({ loss, now }: { readonly loss: LineLoss; readonly now: () => number }) {
  const time = useNow(now, 500);
  const wait = loss.nextAt - time;
  return (
    <p>
      <strong>Connection lost.</strong> Your seat is kept.{" "}
      <span class="ticking">
        Attempt {loss.attempt}
        {wait > 500 ? ` in ${spanWords(wait)}` : " now"}, lost for {clockSpan(time - loss.since)}.
      </span>
    </p>
  );
}

interface ExpiringProps {
  readonly at: number;
  readonly now: () => number;
  readonly onDismiss: () => void;
}

function Expiring({ at, now, onDismiss }: ExpiringProps) {
  const left = at - useNow(now);
  return (
    <>
      <p>
        <strong>Your token expires at {timeOfDay(at)}</strong> (in {spanWords(left)}). In some rooms that ends
        the stay, or what one may do. A newer link opened in this tab keeps everything as it is.
      </p>
      <button type="button" class="button compact" onClick={onDismiss}>
        Dismiss
      </button>
    </>
  );
}
