import { jest } from '@jest/globals';
import { JobStatus } from '../../../src/contract/demand-api.js';
import { pathsAffectedBy } from '../../../src/upstream/resources/resource-ref.js';
import { Cooldowns } from '../../../src/upstream/resilience/cooldowns.js';
import { FieldingRunCache } from '../../../src/upstream/state/fielding-run-cache.js';
import { JobTracker, type JobState } from '../../../src/upstream/state/job-tracker.js';
import { InMemoryJobStore } from '../../../src/state/job-store.js';
import { bodies, type ResponseBodyReader } from '../../../src/upstream/resources/validation.js';

describe('a cooldown', () => {
  const HOUR_MS = 3_600_000;

  it.each([
    { said: 0, now: 0, remaining: undefined },
    { said: 5, now: 0, remaining: { ms: 5000, reportSeconds: 5 } },
    { said: 5, now: 3500, remaining: { ms: 1500, reportSeconds: 2 } },
    { said: 5, now: 5000, remaining: undefined },
    { said: undefined, now: 0, remaining: { ms: 1000, reportSeconds: 1 } },
    { said: undefined, now: 1000, remaining: undefined },
    { said: 3600, now: 0, remaining: { ms: HOUR_MS, reportSeconds: 3600 } },
    // Capped at an hour, but reported as requested.
    { said: 86_400, now: 0, remaining: { ms: HOUR_MS, reportSeconds: 86_400 } },
    { said: 86_400, now: HOUR_MS - 1, remaining: { ms: 1, reportSeconds: 82_801 } },
    { said: 86_400, now: HOUR_MS, remaining: undefined },
  ])('of $said s, after $now ms: $remaining', ({ said, now, remaining }) => {
    const cooldowns = new Cooldowns();
    cooldowns.start('alice', said, 0);
    expect(cooldowns.remaining('alice', now)).toEqual(remaining);
    expect(cooldowns.remaining('bob', now)).toBeUndefined();
  });

  it.each([
    { first: 5, second: 2, seconds: 5 },
    { first: 2, second: 5, seconds: 5 },
    { first: 5, second: 0, seconds: 5 },
  ])('of $first s, then of $second s, lasts $seconds s', ({ first, second, seconds }) => {
    const cooldowns = new Cooldowns();
    cooldowns.start('alice', first, 0);
    cooldowns.start('alice', second, 0);
    expect(cooldowns.remaining('alice', 0)).toEqual({ ms: seconds * 1000, reportSeconds: seconds });
  });

  it('does not return after it has ended', () => {
    const cooldowns = new Cooldowns();
    cooldowns.start('alice', 5, 0);
    expect(cooldowns.remaining('alice', 5000)).toBeUndefined();
    cooldowns.start('alice', 1, 6000);
    expect(cooldowns.remaining('alice', 6000)).toEqual({ ms: 1000, reportSeconds: 1 });
  });
});

describe('the paths affected by a change', () => {
  // The path of a target group by its raw id does not name the account.
  const byId = '/demand/target-groups/';
  it.each([
    ['/demand/accounts/101/projects/P1/batch-jobs/pause', ['/demand/accounts/101', byId]],
    [
      '/demand/accounts/101/projects/P1/target-groups/T1/fielding-runs/R1/pause',
      ['/demand/accounts/101', byId],
    ],
    ['/demand/accounts/101?x=1', ['/demand/accounts/101?x=1', byId]],
    ['/elsewhere', ['/']],
  ])('%s: %s', (path, below) => {
    expect(pathsAffectedBy(path)).toEqual(below);
  });
});

describe('the cache of fielding runs', () => {
  const cached = (version: number, bytes = 10) => ({
    entityTag: `W/"${version}"`,
    latin1: '5'.repeat(bytes),
  });

  it('separates credentials and paths', () => {
    const cache = new FieldingRunCache();
    cache.set('alice', '/r1', cached(5));
    expect(cache.get('alice', '/r1')).toEqual(cached(5));
    expect(cache.get('bob', '/r1')).toBeUndefined();
    expect(cache.get('alice', '/r2')).toBeUndefined();
  });

  it('keeps the latest body of a run, with any bytes', () => {
    const cache = new FieldingRunCache();
    cache.set('alice', '/r1', cached(5));
    const last = { entityTag: 'W/"6"', latin1: '\n\0\x80\xff{}\n' };
    cache.set('alice', '/r1', last);
    expect(cache.get('alice', '/r1')).toEqual(last);
  });

  it('holds 8 MiB, and evicts the oldest runs', () => {
    const cache = new FieldingRunCache();
    const body = 700;
    const runs = 20_000;
    for (let run = 0; run < runs; run += 1) cache.set('alice', `/${run}`, cached(run, body));
    const held = Array.from({ length: runs }, (_, run) => cache.get('alice', `/${run}`));
    const [first, last] = [held.slice(0, 8000), held.slice(-10_000)];
    expect(first.filter((run) => run !== undefined)).toEqual([]);
    // Few are evicted by collisions.
    expect(last.filter((run) => run === undefined).length).toBeLessThan(200);
    for (const [index, run] of last.entries()) {
      expect(run ?? 'gone').toEqual(run === undefined ? 'gone' : cached(runs - 10_000 + index, body));
    }
  });

  it('does not keep a body larger than an eighth of it', () => {
    const cache = new FieldingRunCache();
    cache.set('alice', '/r1', cached(5));
    cache.set('alice', '/r1', cached(6, 1024 * 1024));
    expect(cache.get('alice', '/r1')).toBeUndefined();
  });
});

describe.each<[string, ResponseBodyReader<JobState>]>([
  ['batch jobs', bodies.batchJob],
  ['jobs that launch drafts', bodies.fieldingRunJob],
])('the tracker of %s', (_jobs, read) => {
  const jobOf = (status: JobStatus): JobState => ({ job_id: 'J1', status });
  const processing = jobOf(JobStatus.Processing);
  const completed = jobOf(JobStatus.Completed);

  let memory: JobTracker;
  beforeEach(() => {
    // The store uses `performance.now()`.
    jest.useFakeTimers({ doNotFake: ['performance'] });
    jest.spyOn(performance, 'now').mockImplementation(() => Date.now());
    memory = new JobTracker(new InMemoryJobStore());
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });
  const bodyOf = (job: JobState | null) => JSON.stringify(job);
  const amend = (job: JobState | null, credential = 'alice', path = '/j1') =>
    memory.amend(credential, path, job, bodyOf(job), read);

  it('reports a new job as in progress for ten seconds while the API does not show it', async () => {
    await memory.created('alice', '/j1', 'J1');
    expect(await amend(null)).toEqual(processing);
    jest.advanceTimersByTime(9_999);
    expect(await amend(null)).toEqual(processing);
    jest.advanceTimersByTime(2);
    expect(await amend(null)).toBeNull();
  });

  it.each([
    ['that was never created', 'alice', '/j2'],
    ['of another credential', 'bob', '/j1'],
  ])('knows no job %s', async (_what, credential, path) => {
    await memory.created('alice', '/j1', 'J1');
    await amend(completed);
    expect(await amend(null, credential, path)).toBeNull();
    expect(await amend(processing, credential, path)).toBe(processing);
  });

  it.each([JobStatus.Completed, JobStatus.Failed])('keeps a job %s', async (status) => {
    const over = jobOf(status);
    expect(await amend(processing)).toBe(processing);
    expect(await amend(over)).toBe(over);
    expect(await amend(processing)).toEqual(over);
  });

  it('keeps a job finished if a replica does not know it yet', async () => {
    await memory.created('alice', '/j1', 'J1');
    await amend(completed);
    expect(await amend(null)).toEqual(completed);
    jest.advanceTimersByTime(10_001);
    expect(await amend(null)).toBeNull();
  });

  it('passes on a job with a malformed status, so that the field that shows it fails', async () => {
    const body = '{"job_id":"J1","status":7}';
    const broken = read(body);
    expect(await memory.amend('alice', '/j1', broken, body, read)).toBe(broken);
    expect(() => broken.status).toThrow('`status`');
    await amend(completed);
    expect(await memory.amend('alice', '/j1', broken, body, read)).toEqual(completed);
  });

  it('keeps an invalid body unchanged, so that the field that shows the fault fails', async () => {
    const body = '{"job_id":"J1","status":"Completed","created_at":7}';
    await memory.amend('alice', '/j1', read(body), body, read);
    const remembered = await amend(processing);
    expect(remembered?.status).toBe(JobStatus.Completed);
    expect(() => remembered?.created_at).toThrow('`created_at`');
  });

  it('fails if the store cannot be read, and ignores failed writes', async () => {
    const gone = () => Promise.reject(new Error('gone'));
    memory = new JobTracker({
      find: gone,
      recordCreated: gone,
      recordFinished: gone,
      recordAtShortPath: gone,
    });
    await memory.created('alice', '/j1', 'J1');
    expect(await amend(completed)).toBe(completed);
    for (const job of [null, processing])
      await expect(amend(job)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await memory.foundAtShortPath('alice', '/j1');
    expect(await memory.isAtShortPath('alice', '/j1')).toBe(false);
  });

  it('remembers the path of a job for each credential', async () => {
    expect(await memory.isAtShortPath('alice', '/j1')).toBe(false);
    await memory.foundAtShortPath('alice', '/j1');
    expect(await memory.isAtShortPath('alice', '/j1')).toBe(true);
    expect(await memory.isAtShortPath('alice', '/j2')).toBe(false);
    expect(await memory.isAtShortPath('bob', '/j1')).toBe(false);
  });

  it('is bounded', async () => {
    for (let index = 0; index <= 10_000; index += 1) {
      await memory.foundAtShortPath('dan', `/${index}`);
      await memory.created('alice', `/${index}`, 'J1');
      await amend(completed, 'bob', `/${index}`);
    }
    expect([await amend(null, 'alice', '/0'), await amend(null, 'alice', '/1')]).toEqual([null, processing]);
    expect([await amend(processing, 'bob', '/0'), await amend(processing, 'bob', '/1')]).toEqual([
      processing,
      completed,
    ]);
    expect([await memory.isAtShortPath('dan', '/0'), await memory.isAtShortPath('dan', '/1')]).toEqual([
      false,
      true,
    ]);
    await memory.amend('carol', '/large', completed, bodyOf(completed).padEnd(16 * 1024 * 1024 + 1), read);
    expect(await amend(processing, 'carol', '/large')).toBe(processing);
  });
});
