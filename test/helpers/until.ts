/** Longer than anything that works takes here, and shorter than a test's timeout. */
const WITHIN_MS = 30_000;

/** Between two polls. It doubles: many a condition takes a request, and the process that is waited for the same core. */
const FIRST_INTERVAL_MS = 2;
const MAX_INTERVAL_MS = 32;

/** Polls until the condition holds. Throws if it does not within 30 seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + WITHIN_MS;
  let interval = FIRST_INTERVAL_MS;
  while (!(await condition())) {
    if (performance.now() > end)
      throw new Error(`The condition did not hold within ${WITHIN_MS} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, interval));
    interval = Math.min(2 * interval, MAX_INTERVAL_MS);
  }
}
