import type { Cancellation } from '../http/cancellation.js';

/** @returns false, at once, if the caller disconnects */
export function sleepUnlessGone(ms: number, callerGone: Cancellation): Promise<boolean> {
  return new Promise((resolve) => {
    const leave = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      callerGone.offCancel(leave);
      resolve(true);
    }, ms);
    if (callerGone.cancelled) leave();
    else callerGone.onCancel(leave);
  });
}
