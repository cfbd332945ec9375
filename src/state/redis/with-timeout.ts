export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';

  constructor(ms: number) {
    super(`Redis did not reply within ${ms} ms.`);
  }
}

/** Waits for a promise, but no longer than `ms`. @throws {TimeoutError} */
export async function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    // After the event loop was blocked, timers run before replies that have arrived meanwhile, and `setImmediate` after them.
    timer = setTimeout(() => setImmediate(() => reject(new TimeoutError(ms))), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
