import { isDeepStrictEqual } from 'node:util';
import type { Operation } from '../operations/operations.js';
import { ask, type Running } from '../peers/running.js';
import type { Upstream } from '../upstream/upstream.js';

/**
 * Checks, without other load, that all contestants send the same response and make the expected number of upstream
 * requests.
 *
 * @throws Error that names the deviating contestant
 */
export async function checkResponses(
  upstream: Upstream,
  contestants: readonly Running[],
  operation: Operation,
): Promise<void> {
  await checkRequests(upstream, contestants, operation);
  await compareResponses(contestants, operation);
}

/**
 * Checks that all contestants send the same response.
 *
 * @throws Error with the differing responses
 */
export async function compareResponses(contestants: readonly Running[], operation: Operation): Promise<void> {
  let first: { readonly name: string; readonly response: unknown } | undefined;
  for (const running of contestants) {
    const { name } = running.contestant;
    const response = await ask(running, operation);
    first ??= { name, response };
    if (!isDeepStrictEqual(response, first.response)) {
      const texts = [response, first.response].map((each) => JSON.stringify(each).slice(0, 2000));
      throw new Error(
        `${name} and ${first.name} respond differently to ${operation.name}:\n${texts.join('\n')}`,
      );
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
        `${running.contestant.name} makes ${requests} upstream requests for ${operation.name} instead of ${operation.upstreamRequests}.`,
      );
    }
  }
}
