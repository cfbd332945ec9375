import { isDeepStrictEqual } from 'node:util';
import type { Operation } from '../operations/operations.js';
import { ask, type Running } from '../peers/running.js';
import type { Upstream } from '../upstream/upstream.js';

/**
 * Asks each contestant, while no other request goes upstream: all must answer the same, and make the requests upstream that
 * the operation takes.
 *
 * @throws Error that says who does otherwise
 */
export async function checkAnswers(
  upstream: Upstream,
  contestants: readonly Running[],
  operation: Operation,
): Promise<void> {
  await checkRequests(upstream, contestants, operation);
  await compareAnswers(contestants, operation);
}

/**
 * Asks each contestant once: all must answer the same.
 *
 * @throws Error that says how two of them differ
 */
export async function compareAnswers(contestants: readonly Running[], operation: Operation): Promise<void> {
  let first: { readonly name: string; readonly answer: unknown } | undefined;
  for (const running of contestants) {
    const { name } = running.contestant;
    const answer = await ask(running, operation);
    first ??= { name, answer };
    if (!isDeepStrictEqual(answer, first.answer)) {
      const texts = [answer, first.answer].map((each) => JSON.stringify(each).slice(0, 2000));
      throw new Error(`${name} and ${first.name} answer ${operation.name} differently:\n${texts.join('\n')}`);
    }
  }
}

async function checkRequests(
  upstream: Upstream,
  contestants: readonly Running[],
  operation: Operation,
): Promise<void> {
  for (const running of contestants) {
    const before = await upstream.requests();
    await ask(running, operation);
    const requests = (await upstream.requests()) - before;
    if (requests !== operation.upstreamRequests) {
      throw new Error(
        `${running.contestant.name} makes ${requests} requests upstream for ${operation.name}, not ${operation.upstreamRequests}.`,
      );
    }
  }
}
