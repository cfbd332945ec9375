import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BatchJobKind } from '../../src/contract/demand-api.js';
import { jobIdIn } from '../../src/upstream/resources/location.js';
import {
  batchJobPath,
  batchJobsPath,
  draftLaunchJobsPath,
  isSegment,
  shortBatchJobsPath,
} from '../../src/upstream/resources/resource-ref.js';
import { randomRuns } from '../helpers/random-runs.js';

const BASE = 'https://api.example.com/v1';
const LONG_SEGMENT = 'pause-fielding-runs-by-target-group-id';
const project = { accountId: '101', projectId: 'P1' };
const withoutDemand = '/accounts/101/projects/P1/batch-jobs';
const rooted = `/demand${withoutDemand}`;
const job = { ...project, action: BatchJobKind.Pause, jobId: 'J1' };

function refOf(location: string | undefined, base = BASE, action: BatchJobKind = BatchJobKind.Pause) {
  const jobs = { ...project, action };
  const jobId = jobIdIn(location, [batchJobsPath(jobs), shortBatchJobsPath(jobs)], base);
  return jobId === undefined ? undefined : { ...jobs, jobId };
}

describe('a Location that is allowed', () => {
  test.each([
    ['a bare id', 'J1'],
    ['a bare id with space around it', '  J1 '],
    ['a path rooted at /demand', `${rooted}/pause/J1`],
    ['a path rooted at /demand, in the long form', `${rooted}/${LONG_SEGMENT}/J1`],
    ['a path rooted at /v1/demand', `/v1${rooted}/pause/J1`],
    ['an absolute URL', `${BASE}${rooted}/pause/J1`],
    ['an absolute URL without /v1', `https://api.example.com${rooted}/pause/J1`],
    ['an absolute URL with the port told', `https://api.example.com:443/v1${rooted}/pause/J1`],
    ['an absolute URL in capitals', `HTTPS://API.EXAMPLE.COM/v1${rooted}/pause/J1`],
    ['a trailing slash', `${rooted}/pause/J1/`],
    ['a query and a fragment', `${rooted}/pause/J1?page=2#top`],
    ['percent-encoding', '/demand/accounts/%31%30%31/projects/%50%31/batch-jobs/pause/%4a1'],
    ['a path without /demand', `${withoutDemand}/pause/J1`],
    ['a path without /demand, in the long form', `${withoutDemand}/${LONG_SEGMENT}/J1`],
    ['a path without /demand, rooted at /v1', `/v1${withoutDemand}/pause/J1`],
    ['an absolute URL without /demand', `${BASE}${withoutDemand}/pause/J1`],
    ['an absolute URL without /v1 and /demand', `https://api.example.com${withoutDemand}/pause/J1`],
  ])('%s', (_what, location) => {
    expect(refOf(location)).toEqual(job);
  });

  test.each(Object.values(BatchJobKind))('of a job of the kind %s, in both forms', (action) => {
    for (const segment of [action, `${action}-fielding-runs-by-target-group-id`]) {
      const ref = refOf(`${rooted}/${segment}/J1`, BASE, action);
      expect(ref).toEqual({ ...project, action, jobId: 'J1' });
    }
  });

  test.each([
    ['/demand', rooted],
    ['/v1/demand', `/v1${rooted}`],
    ['the base itself', `/gw/v1${rooted}`],
    ['the base itself, without /demand', `/gw/v1${withoutDemand}`],
    ['nothing', withoutDemand],
    ['an absolute URL', `https://api.example.com/gw/v1${rooted}`],
  ])('under a base with a longer path, rooted at %s', (_what, root) => {
    expect(refOf(`${root}/pause/J1`, 'https://api.example.com/gw/v1')).toEqual(job);
  });

  test.each([rooted, withoutDemand])('under a base that ends with a slash, rooted at %s', (root) => {
    expect(refOf(`/v1${root}/pause/J1`, `${BASE}/`)).toEqual(job);
  });

  test.each([rooted, withoutDemand, `/v1${rooted}`])('under a base without a path, rooted at %s', (root) => {
    expect(refOf(`${root}/pause/J1`, 'https://api.example.com')).toEqual(job);
  });
});

describe('a Location that leads nowhere that may be called', () => {
  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['blank', '   '],
    ['another host', `https://evil.example.com/v1${rooted}/pause/J1`],
    ['another port', `https://api.example.com:8443/v1${rooted}/pause/J1`],
    ['another scheme', `http://api.example.com/v1${rooted}/pause/J1`],
    ['the host as a user name', `https://api.example.com@evil.example.com/v1${rooted}/pause/J1`],
    ['the host as a prefix', `https://api.example.com.evil.example.com/v1${rooted}/pause/J1`],
    ['protocol-relative', `//evil.example.com/v1${rooted}/pause/J1`],
    ['protocol-relative by backslashes', `\\\\evil.example.com/v1${rooted}/pause/J1`],
    ['protocol-relative by a slash and a backslash', `/\\evil.example.com/v1${rooted}/pause/J1`],
    ['no web address', `ftp://api.example.com/v1${rooted}/pause/J1`],
    ['script', 'javascript:alert(1)'],
    ['no address', 'https://'],
    ['a relative path', 'pause/J1'],
    ['a bare way up', '..'],
    ['a bare id with a slash', 'J1/'],
    ['a bare id with a space', 'J 1'],
    ['a bare id that is too long', 'J'.repeat(129)],
    ['another project', '/demand/accounts/101/projects/P2/batch-jobs/pause/J1'],
    ['another account', '/demand/accounts/102/projects/P1/batch-jobs/pause/J1'],
    ['a way up to another project', `${rooted}/../../P2/batch-jobs/pause/J1`],
    ['an encoded way up to another project', `${rooted}/%2e%2e/%2e%2e/P2/batch-jobs/pause/J1`],
    ['a way up as the id', `${rooted}/pause/..`],
    ['an encoded way up as the id', `${rooted}/pause/%2e%2e`],
    ['an encoded slash in the id', `${rooted}/pause/J1%2F..`],
    ['a doubly encoded slash in the id', `${rooted}/pause/J1%252F`],
    ['broken percent-encoding', `${rooted}/pause/J1%E0`],
    ['an encoded NUL', `${rooted}/pause/J1%00`],
    ['no id', `${rooted}/pause/`],
    ['no kind', `${rooted}/J1`],
    ['a kind in capitals', `${rooted}/Pause/J1`],
    ['another kind', `${rooted}/resume/J1`],
    ['another kind in the long form', `${rooted}/resume-fielding-runs-by-target-group-id/J1`],
    ['no kind of job', `${rooted}/paused/J1`],
    ['what only begins like a kind', `${rooted}/pause-foo/J1`],
    ['the root twice', `/demand${rooted}/pause/J1`],
    ['something after the id', `${rooted}/pause/J1/targets`],
    ['something before the root', `/x${rooted}/pause/J1`],
    ['another version', `/v2${rooted}/pause/J1`],
    ['another resource', '/demand/accounts/101/projects/P1/target-groups/T1'],
  ])('%s', (_what, location) => {
    expect(refOf(location)).toBeUndefined();
  });
});

test('whatever a Location says, it names a job of the project by one path segment, or nothing', () => {
  const part = fc.oneof(
    fc.constantFrom('demand', 'accounts', '101', 'projects', 'P1', 'batch-jobs', 'pause', 'J1', 'v1', ''),
    fc.constantFrom('..', '.', '%2e%2e', '%2F', '\\', '@', ':', 'https:', 'evil.example.com', '?', '#'),
    fc.string({ maxLength: 5 }),
  );
  const location = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.array(part, { maxLength: 14 }).map((parts) => parts.join('/')),
    fc.array(part, { maxLength: 4 }).map((parts) => `${rooted}/${parts.join('/')}`),
  );
  fc.assert(
    fc.property(location, (text) => {
      const ref = refOf(text);
      if (ref === undefined) return;
      expect(ref).toMatchObject(project);
      expect(isSegment(ref.jobId)).toBe(true);
      const url = new URL(BASE + batchJobPath(ref));
      expect(url.href).toBe(`${BASE}${rooted}/${LONG_SEGMENT}/${ref.jobId}`);
    }),
    { numRuns: randomRuns(300, 100) },
  );
});

describe.each(['launch-from-draft', 'schedule-from-draft'] as const)('a job of the kind %s', (action) => {
  const ofTargetGroup = '/accounts/101/projects/P1/target-groups/T1/fielding-run-jobs';
  const idIn = (location: string) =>
    jobIdIn(location, [draftLaunchJobsPath({ ...project, targetGroupId: 'T1', action })], BASE);
  const otherKind = action === 'launch-from-draft' ? 'schedule-from-draft' : 'launch-from-draft';

  test.each([
    ['a bare id', 'J1'],
    ['an absolute URL', `${BASE}/demand${ofTargetGroup}/${action}/J1`],
    ['a path rooted at /demand', `/demand${ofTargetGroup}/${action}/J1`],
    ['a path rooted at /v1/demand', `/v1/demand${ofTargetGroup}/${action}/J1`],
    ['a path without /demand', `${ofTargetGroup}/${action}/J1`],
    ['a path without /demand, rooted at /v1', `/v1${ofTargetGroup}/${action}/J1`],
    ['a path with a slash at its end', `/demand${ofTargetGroup}/${action}/J1/`],
  ])('can be named by %s', (_what, location) => {
    expect(idIn(location)).toBe('J1');
  });

  test.each([
    ['another kind', `/demand${ofTargetGroup}/${otherKind}/J1`],
    ['no kind', `/demand${ofTargetGroup}/J1`],
    ['another target group', `/demand${ofTargetGroup.replace('T1', 'T2')}/${action}/J1`],
    ['another project', `/demand${ofTargetGroup.replace('P1', 'P2')}/${action}/J1`],
    ['another account', `/demand${ofTargetGroup.replace('101', '102')}/${action}/J1`],
    ['another host', `https://evil.example.com/v1/demand${ofTargetGroup}/${action}/J1`],
    ['a batch job', `${rooted}/pause/J1`],
    ['a way up', `/demand${ofTargetGroup}/${action}/..`],
    [
      'an encoded slash',
      `/demand/accounts/101/projects/P1%2Ftarget-groups/T1/fielding-run-jobs/${action}/J1`,
    ],
    ['an empty segment', `/demand${ofTargetGroup}//${action}/J1`],
  ])('is not named by %s', (_what, location) => {
    expect(idIn(location)).toBeUndefined();
  });
});
