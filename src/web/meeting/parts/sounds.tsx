/** What the others say, and the sound of shared screens. Elements without a picture play it; pictures are always silent. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icons.js";
import { useStore } from "../../shared/use-store.js";
import type { RoomStore } from "../store/room-store.js";

interface SoundsProps {
  readonly room: RoomStore;
  readonly blocked: boolean;
}

/** Plays everything, and shows a button where the browser wants a click first. */
export function Sounds({ room, blocked }: SoundsProps) {
  const { selected } = useStore(room.media);
  const [clicks, setClicks] = useState(0);
  const streams = [...room.media.now.streams].flatMap(([id, { mic, share }]) => [
    { key: `${id} mic`, stream: mic },
    { key: `${id} share`, stream: share },
  ]);
  return (
    <>
      {streams.map(({ key, stream }) =>
        stream === null || stream.getAudioTracks().length === 0 ? null : (
          <Sound
            key={key}
            stream={stream}
            speaker={selected.speaker}
            clicks={clicks}
            onBlocked={(is) => room.soundIs(is)}
          />
        ),
      )}
      {blocked ? (
        <button
          type="button"
          class="button primary turn-on-sound"
          onClick={() => {
            room.soundIs(false);
            setClicks(clicks + 1);
          }}
        >
          <Icon name="sound" /> Turn on sound
        </button>
      ) : null}
    </>
  );
}

interface SoundProps {
  readonly stream: MediaStream;
  /** Device id; null: the default one. */
  readonly speaker: string | null;
  /** Tried again with each click. */
  readonly clicks: number;
  readonly onBlocked: (blocked: boolean) => void;
}

function Sound({ stream, speaker, clicks, onBlocked }: SoundProps) {
  const element = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const audio = element.current;
    if (audio === null) return undefined;
    audio.srcObject = stream;
    return () => {
      audio.srcObject = null;
    };
  }, [stream]);
  useEffect(() => {
    element.current?.play().catch((error: unknown) => {
      // Anything else is a stream that was replaced in the same moment.
      if (error instanceof DOMException && error.name === "NotAllowedError") onBlocked(true);
    });
  }, [stream, clicks]);
  useEffect(() => {
    const audio = element.current;
    // A speaker that is gone leaves the sound where it is.
    if (audio !== null && "setSinkId" in audio) void audio.setSinkId(speaker ?? "").catch(() => undefined);
  }, [speaker]);
  return <audio ref={element} autoPlay />;
}
