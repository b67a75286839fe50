/** How loud a stream of one's own is, measured by the browser's audio graph; nothing of it is played. */
import type { Meter } from "./ports.js";

const SAMPLES = 512;

/**
 * Begins to measure. The level is 0 until somebody clicks, where the browser holds the audio back until then, and for ever where it has no
 * audio graph to give.
 */
export function startMeter(stream: MediaStream): Meter {
  try {
    return measure(stream);
  } catch {
    return { level: () => 0, stop: () => undefined };
  }
}

function measure(stream: MediaStream): Meter {
  const context = new AudioContext();
  const source = context.createMediaStreamSource(stream);
  const analyser = context.createAnalyser();
  analyser.fftSize = SAMPLES;
  source.connect(analyser);
  context.resume().catch(() => undefined);
  const samples = new Float32Array(SAMPLES);
  return {
    level: () => {
      analyser.getFloatTimeDomainData(samples);
      return loudness(samples);
    },
    stop: () => {
      source.disconnect();
      context.close().catch(() => undefined);
    },
  };
}

/** The root mean square of samples from -1 to 1. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample ** 2;
  return samples.length === 0 ? 0 : Math.min(1, Math.sqrt(sum / samples.length));
}
