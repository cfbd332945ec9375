import type { Cancellation } from '../../cancellation.js';

/**
 * Waits for at least `ms` milliseconds. A timer of Node.js can fire almost a millisecond early, and a call that waits for a `Retry-After`
 * would be rejected again.
 *
 * @returns false, at once, if the caller disconnects
 */
export function sleepUnlessGone(ms: number, callerGone: Cancellation): Promise<boolean> {
  const end = performance.now() + ms;
  return new Promise((resolve) => {
    const leave = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const wake = () => {
      const left = end - performance.now();
      if (left > 0) {
        timer = setTimeout(wake, Math.ceil(left));
        return;
      }
      callerGone.offCancel(leave);
      resolve(true);
    };
    let timer = setTimeout(wake, ms);
    if (callerGone.cancelled) leave();
    else callerGone.onCancel(leave);
  });
}
