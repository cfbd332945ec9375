import { isDeepStrictEqual } from 'node:util';
import type { Operation } from '../operations/operations.js';
import { ask, type Running } from '../peers/running.js';
import type { Upstream } from '../upstream/upstream.js';

/**
 * Asks an operation of each contestant once. All must answer the same, and take the same requests upstream.
 *
 * @throws Error that says how two of them differ
 */
export async function checkAnswers(
  upstream: Upstream,
  contestants: readonly Running[],
  operation: Operation,
): Promise<void> {
  let first: { readonly name: string; readonly answer: unknown } | undefined;
  for (const running of contestants) {
    const { name } = running.contestant;
    const before = await upstream.requests();
    const answer = await ask(running, operation);
    const requests = (await upstream.requests()) - before;
    if (requests !== operation.upstreamRequests) {
      throw new Error(
        `${name} makes ${requests} requests upstream for ${operation.name}, not ${operation.upstreamRequests}.`,
      );
    }
    first ??= { name, answer };
    if (!isDeepStrictEqual(answer, first.answer)) {
      throw new Error(
        `${name} and ${first.name} answer ${operation.name} differently:\n${[answer, first.answer]
          .map((each) => JSON.stringify(each).slice(0, 2000))
          .join('\n')}`,
      );
    }
  }
}
