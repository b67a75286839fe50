/** An answer that did not come in time. */
export class Late extends Error {
  override readonly name = "Late";
}

/** Passes on what a promise does, or rejects with `Late` if it takes longer than `limitMs`. */
export async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    // One more turn: when this process itself was frozen, timers come first and the answer waits in the socket.
    const expire = (): unknown => setImmediate(() => reject(new Late(`no answer within ${limitMs} ms`)));
    timer = setTimeout(expire, limitMs).unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
