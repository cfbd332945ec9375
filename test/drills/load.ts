import { setTimeout as sleep } from 'node:timers/promises';

/** One request of a load and its result. Times are those of `performance.now()`. */
export interface LoadResult<Response> {
  readonly sentAt: number;
  readonly endedAt: number;
  /** Undefined if there was no response. */
  readonly response: Response | undefined;
  /** The reason for a missing response. */
  readonly failure?: string;
}

export interface Load<Response> {
  /** Stops sending, waits for requests in flight and returns all results in the order of sending. */
  stop(): Promise<LoadResult<Response>[]>;
}

/**
 * Sends requests at a constant rate, independent of responses, so that a slow server gets no relief.
 *
 * @param maxInFlight where more are without a response, the next ones wait: a machine that gives client and server hardly any time would
 *   otherwise pile up requests until they time out. Default: no limit
 */
export function startLoad<Response>(
  perSecond: number,
  send: (number: number) => Promise<Response>,
  { maxInFlight = Infinity } = {},
): Load<Response> {
  const results: Promise<LoadResult<Response>>[] = [];
  let inFlight = 0;
  const begin = async (number: number) => {
    inFlight += 1;
    try {
      return await measure(send, number);
    } finally {
      inFlight -= 1;
    }
  };
  const startedAt = performance.now();
  const stopping = new AbortController();
  const done = (async () => {
    while (!stopping.signal.aborted) {
      const due = ((performance.now() - startedAt) / 1000) * perSecond;
      while (results.length < due && inFlight < maxInFlight) results.push(begin(results.length));
      await sleep(1000 / perSecond, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await done;
      return await Promise.all(results);
    },
  };
}

async function measure<Response>(
  send: (number: number) => Promise<Response>,
  number: number,
): Promise<LoadResult<Response>> {
  const sentAt = performance.now();
  try {
    const response = await send(number);
    return { sentAt, endedAt: performance.now(), response };
  } catch (error) {
    return { sentAt, endedAt: performance.now(), response: undefined, failure: String(error) };
  }
}
