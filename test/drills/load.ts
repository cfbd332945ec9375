import { setTimeout as sleep } from 'node:timers/promises';

/** One request of a load, and what came of it. Times are those of `performance.now()`. */
export interface Asked<Answer> {
  readonly at: number;
  readonly answeredAt: number;
  /** Undefined where no answer came. */
  readonly answer: Answer | undefined;
  /** Why not. */
  readonly failure?: string;
}

export interface Load<Answer> {
  /** Asks nothing more, waits for what is under way, and answers all, in the order it was asked. */
  stop(): Promise<Asked<Answer>[]>;
}

/** Asks so many times a second, whether answers come or not: a slow server gets no mercy. */
export function startLoad<Answer>(perSecond: number, ask: (number: number) => Promise<Answer>): Load<Answer> {
  const asked: Promise<Asked<Answer>>[] = [];
  const begun = performance.now();
  const stopping = new AbortController();
  const done = (async () => {
    while (!stopping.signal.aborted) {
      const due = ((performance.now() - begun) / 1000) * perSecond;
      while (asked.length < due) asked.push(watch(ask, asked.length));
      await sleep(1000 / perSecond, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await done;
      return await Promise.all(asked);
    },
  };
}

async function watch<Answer>(
  ask: (number: number) => Promise<Answer>,
  number: number,
): Promise<Asked<Answer>> {
  const at = performance.now();
  try {
    const answer = await ask(number);
    return { at, answeredAt: performance.now(), answer };
  } catch (error) {
    return { at, answeredAt: performance.now(), answer: undefined, failure: String(error) };
  }
}
