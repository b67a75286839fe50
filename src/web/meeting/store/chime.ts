/** A short sound for a knock, made on the spot: two soft notes. */

/** Makes the sound with one audio context, which begins with the first call. Where the browser plays nothing yet, it stays silent. */
export function makeChime(createContext: () => AudioContext): () => void {
  let context: AudioContext | null = null;
  return () => {
    try {
      context ??= createContext();
      if (context.state === "suspended") void context.resume().catch(() => undefined);
      note(context, 660, 0);
      note(context, 880, 0.16);
    } catch {
      // Without sound the knock is still seen and spoken.
    }
  };
}

function note(context: AudioContext, frequency: number, after: number): void {
  const begin = context.currentTime + after;
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0.0001, begin);
  volume.gain.exponentialRampToValueAtTime(0.15, begin + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.35);
  tone.connect(volume).connect(context.destination);
  tone.start(begin);
  tone.stop(begin + 0.4);
}
