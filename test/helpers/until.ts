/** Longer than anything takes here that is not broken, and shorter than a test may take. */
const WITHIN_MS = 10_000;

/** Asks again and again until the answer is yes. Fails where it does not become so. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + WITHIN_MS;
  while (!(await condition())) {
    if (performance.now() > end)
      throw new Error(`It did not become so within ${WITHIN_MS} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
