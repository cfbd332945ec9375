import type { JobRecord } from '../state/job-store.js';
import { processSharedState, type SharedState } from '../state/shared-state.js';
import { MAX_BODY, type Ask, type Told } from './messages.js';

/** The memories of the primary, as a worker sees them. Everything rejects where it is not answered in `timeoutMs`. */
export function sharedMemories(ask: (ask: Ask) => Promise<Told>, timeoutMs: number): SharedState {
  const askInTime = (question: Ask) => inTime(ask(question), timeoutMs);
  return {
    ...processSharedState(),
    keys: {
      async claim(key, fingerprint) {
        const answer = ask({ about: 'claim', key, fingerprint });
        try {
          return (await inTime(answer, timeoutMs)).use;
        } catch (error) {
          // Nobody acts on a claim that comes too late.
          answer
            .then(({ use }) => (use === undefined ? undefined : ask({ about: 'release', key, use })))
            .catch(() => undefined);
          throw error;
        }
      },
      async release(key, use) {
        await askInTime({ about: 'release', key, use });
      },
    },
    jobs: {
      async find(key): Promise<JobRecord> {
        return await askInTime({ about: 'job', key });
      },
      async noteCreated(key, jobId) {
        await askInTime({ about: 'job-created', key, jobId });
      },
      async noteFinished(key, body) {
        if (body.length > MAX_BODY) throw new Error('The body is too large to be shared.');
        await askInTime({ about: 'job-finished', key, body });
      },
      async noteAtShortPath(key) {
        await askInTime({ about: 'job-at-short-path', key });
      },
    },
  };
}

/** What the primary tells a worker that asks. */
export async function tell(ask: Ask, { keys, jobs }: SharedState): Promise<Told> {
  switch (ask.about) {
    case 'claim':
      return { use: await keys.claim(ask.key, ask.fingerprint) };
    case 'release':
      await keys.release(ask.key, ask.use);
      return {};
    case 'job': {
      return await jobs.find(ask.key);
    }
    case 'job-created':
      await jobs.noteCreated(ask.key, ask.jobId);
      return {};
    case 'job-finished':
      await jobs.noteFinished(ask.key, ask.body);
      return {};
    case 'job-at-short-path':
      await jobs.noteAtShortPath(ask.key);
      return {};
  }
}

async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('The primary process does not answer in time.'));
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
