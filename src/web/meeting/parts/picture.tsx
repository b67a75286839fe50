/** Moving pictures, without sound: sound comes from elements of its own. */
import { useEffect, useRef } from "preact/hooks";

interface PictureProps {
  readonly stream: MediaStream;
  /** As in a mirror: for one's own picture. */
  readonly mirrored?: boolean;
  /** Everything is seen, with bars beside it: for screens. Else the picture fills its place. */
  readonly whole?: boolean;
  readonly label: string;
}

/** Plays the pictures of a stream. */
export function Picture({ stream, mirrored = false, whole = false, label }: PictureProps) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (video === null) return undefined;
    video.srcObject = stream;
    // Without sound a browser always plays; a stream that was replaced meanwhile rejects, and that is no fault.
    void video.play().catch(() => undefined);
    return () => {
      video.srcObject = null;
    };
  }, [stream]);
  const look = ["picture", mirrored ? "mirrored" : "", whole ? "whole" : ""].filter((part) => part !== "");
  return <video ref={element} class={look.join(" ")} muted autoPlay playsInline aria-label={label} />;
}
