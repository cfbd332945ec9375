import { describe, expect, test } from '@jest/globals';
import type { Effect } from '../helpers/emulator.js';
import { findViolations } from './ledger.js';
import type { AskedAction, AskedJob, Outcome, Told } from './told.js';

const success: Outcome = { is: 'success' };

/** What is told of a pause of `run` from version 5, but for what a test changes. */
function pause(traceId: string, outcome: Outcome, changes = 1, asked: Partial<AskedAction> = {}): Told {
  return {
    traceId,
    asked: { kind: 'action', mutation: 'pauseFieldingRun', fieldingRunId: 'run', version: 5, ...asked },
    outcome,
    tookMs: 5,
    sent: { changes, keys: [] },
  };
}

function job(traceId: string, outcome: Outcome, asked: Partial<AskedJob> = {}, keys = ['key']): Told {
  return {
    traceId,
    asked: { kind: 'job', mutation: 'pauseTargetGroups', targetGroupIds: ['a', 'b'], key: 'key', ...asked },
    outcome,
    tookMs: 5,
    sent: { changes: 1, keys },
  };
}

let sequence = 0;

/** Version 5 of `run` is paused by `traceId`, but for what a test changes. */
function paused(traceId: string | null, other: Partial<Effect> = {}): Effect {
  return {
    sequence: (sequence += 1),
    at: '2026-01-01T00:00:00.000Z',
    cause: 'action',
    operation: 'pause',
    account_id: 101,
    project_id: 'project',
    target_group_id: 'group',
    fielding_run_id: 'run',
    from_version: 5,
    to_version: 6,
    from_status: 'Live',
    to_status: 'Paused',
    job_id: null,
    idempotency_key: null,
    trace_id: traceId,
    ...other,
  };
}

function created(traceId: string, other: Partial<Effect> = {}): Effect {
  return paused(traceId, {
    operation: 'create_batch_job',
    target_group_id: null,
    fielding_run_id: null,
    from_version: null,
    to_version: null,
    from_status: null,
    to_status: null,
    job_id: 'job',
    idempotency_key: 'key',
    ...other,
  });
}

const jobCreated: Outcome = { is: 'success', key: 'key', jobId: '101/project/pause/job' };

const draftCreated: Outcome = { is: 'success', key: 'key', jobId: '101/project/a/launch-from-draft/job' };
const launch = { mutation: 'launchDraftTargetGroup', targetGroupIds: ['a'], period: 'March' } as const;
const launched = { operation: 'create_draft_job', target_group_id: 'a' };

const fine: [string, readonly Told[], readonly Effect[]][] = [
  ['a success with its effect', [pause('a', { is: 'success', version: 6 })], [paused('a')]],
  ['a refusal without one', [pause('a', { is: 'refused', code: 'VERSION_CONFLICT' })], []],
  [
    'an unknown outcome that was done',
    [pause('a', { is: 'unknown', code: 'UPSTREAM_TIMEOUT' })],
    [paused('a')],
  ],
  ['an unknown outcome that was not', [pause('a', { is: 'unknown', code: 'UPSTREAM_TIMEOUT' })], []],
  ['an effect for a client who has left', [pause('a', { is: 'gone' })], [paused('a')]],
  [
    'two that asked for the same, where an answer of one was lost',
    [pause('a', success), pause('b', success, 2)],
    [paused('a')],
  ],
  [
    'the same, where an attempt may have timed out unseen',
    [pause('a', success), { ...pause('b', success), tookMs: 70 }],
    [paused('a')],
  ],
  [
    'the same, where an attempt may have gone onto a connection just cut',
    [pause('a', success), { ...pause('b', success), sent: { changes: 1, keys: [], connectionsCut: true } }],
    [paused('a')],
  ],
  [
    'a batch job that did what was asked, where an answer was lost',
    [pause('a', success, 2)],
    [paused(null, { cause: 'batch_job', job_id: 'job' })],
  ],
  [
    'the same, where an answer with 2xx proved nothing',
    [pause('a', success), { ...pause('b', success), sent: { changes: 1, keys: [], successSpoilt: true } }],
    [paused('a')],
  ],
  [
    'what was so already, where an answer with 2xx proved nothing',
    [{ ...pause('b', { is: 'success', version: 5 }), sent: { changes: 1, keys: [], successSpoilt: true } }],
    [paused(null, { cause: 'batch_job', job_id: 'job', from_version: 4, to_version: 5 })],
  ],
  [
    'a conflict that shows another version',
    [pause('a', { is: 'refused', code: 'VERSION_CONFLICT', current: 6 })],
    [],
  ],
  ['a job', [job('a', jobCreated)], [created('a')]],
  ['a job that two share', [job('a', jobCreated), job('b', jobCreated)], [created('a')]],
  [
    'a conflict with other input',
    [
      job('a', jobCreated),
      job('b', { is: 'refused', code: 'IDEMPOTENCY_CONFLICT', key: 'key' }, { targetGroupIds: ['a'] }),
    ],
    [created('a')],
  ],
  ['a key of the gateway', [job('a', jobCreated, { key: undefined })], [created('a')]],
  ['a job of a draft', [job('a', draftCreated, launch)], [created('a', launched)]],
  [
    'a conflict with another period',
    [
      job('a', draftCreated, launch),
      job('b', { is: 'refused', code: 'IDEMPOTENCY_CONFLICT', key: 'key' }, { ...launch, period: 'April' }),
    ],
    [created('a', launched)],
  ],
];

const wrong: [string, readonly Told[], readonly Effect[], RegExp][] = [
  ['a success that was not done', [pause('a', success)], [], /told success, and it was not done/],
  [
    'a success of another action',
    [pause('a', success, 2)],
    [paused(null, { cause: 'batch_job', operation: 'complete', to_status: 'Completed' })],
    /told success, and it was not done/,
  ],
  [
    'a success from another version',
    [pause('a', success, 2)],
    [paused(null, { cause: 'batch_job', from_version: 6, to_version: 7 })],
    /told success, and it was not done/,
  ],
  [
    "another's effect, and no lost answer",
    [pause('a', success), pause('b', success)],
    [paused('a')],
    /without a lost answer of what another did/,
  ],
  [
    "another's period",
    [
      pause('a', success, 2, { mutation: 'updateFieldingPeriod', endAt: '1' }),
      pause('b', success, 1, { mutation: 'updateFieldingPeriod', endAt: '2' }),
    ],
    [paused('b', { operation: 'update_period', to_status: 'Live' })],
    /told success, and it was not done/,
  ],
  [
    'what was so already, and every answer was a proof',
    [pause('b', { is: 'success', version: 5 })],
    [paused(null, { cause: 'batch_job', job_id: 'job', from_version: 4, to_version: 5 })],
    /is shown version 5/,
  ],
  [
    'what was not so already, though an answer with 2xx proved nothing',
    [{ ...pause('b', success), sent: { changes: 1, keys: [], successSpoilt: true } }],
    [paused(null, { cause: 'batch_job', from_version: 4, to_version: 5, to_status: 'Live' })],
    /told success, and it was not done/,
  ],
  [
    'a conflict that shows the refused version',
    [pause('a', { is: 'refused', code: 'VERSION_CONFLICT', current: 5 })],
    [],
    /is shown the refused version/,
  ],
  [
    'the version from before',
    [pause('a', { is: 'success', version: 5 })],
    [paused('a')],
    /is shown version 5/,
  ],
  [
    'a refusal that was done',
    [pause('a', { is: 'refused', code: 'VERSION_CONFLICT' })],
    [paused('a')],
    /told VERSION_CONFLICT, and did pause/,
  ],
  [
    'a failure that was done',
    [pause('a', { is: 'failed', code: 'UPSTREAM_UNAVAILABLE' })],
    [paused('a')],
    /told UPSTREAM_UNAVAILABLE, and did pause/,
  ],
  ['no answer', [pause('a', { is: 'nothing', why: 'socket hang up' })], [], /no answer: socket hang up/],
  [
    'a request with two effects',
    [pause('a', success)],
    [paused('a'), paused('a', { from_version: 6, to_version: 7 })],
    /the request a had 2 effects/,
  ],
  [
    'a version that is reached twice',
    [pause('a', success), pause('b', success)],
    [paused('a'), paused('b')],
    /run run went from 5 to 6 after 6/,
  ],
  ['an effect of nobody', [], [paused('z')], /nobody asked for it/],
  [
    'another effect than was asked for',
    [pause('a', success)],
    [paused('a', { operation: 'complete' })],
    /did complete/,
  ],
  ['a job that was not created', [job('a', jobCreated)], [], /no job was created with the key key/],
  [
    'two jobs for one key',
    [job('a', jobCreated), job('b', jobCreated)],
    [created('a'), created('b', { job_id: 'other' })],
    /the key key had 2 effects/,
  ],
  [
    'the id of another job',
    [job('a', { ...jobCreated, jobId: '101/project/pause/other' })],
    [created('a')],
    /told job 101\/project\/pause\/other, and job was created/,
  ],
  [
    'the job of other input',
    [job('a', jobCreated), job('b', jobCreated, { targetGroupIds: ['a'] })],
    [created('a')],
    /created for other input/,
  ],
  [
    'the job of another period',
    [job('a', draftCreated, launch), job('b', draftCreated, { ...launch, period: 'April' })],
    [created('a', launched)],
    /created for other input/,
  ],
  [
    'the job of another kind',
    [job('a', { ...draftCreated, jobId: '101/project/a/schedule-from-draft/job' }, launch)],
    [created('a', launched)],
    /told job 101\/project\/a\/schedule-from-draft\/job, and job was created/,
  ],
  ['a batch job for a draft', [job('a', draftCreated, launch)], [created('a')], /did create_batch_job/],
  [
    'a conflict with nobody',
    [job('a', { is: 'refused', code: 'IDEMPOTENCY_CONFLICT', key: 'key' })],
    [],
    /nobody used the key for other input/,
  ],
  ['no key', [job('a', { is: 'failed', code: 'RATE_LIMITED' })], [], /told no key/],
  [
    "a key that is not the client's",
    [job('a', { is: 'failed', code: 'RATE_LIMITED', key: 'new' })],
    [],
    /told the key new for its own key/,
  ],
  [
    'a new key for a new attempt',
    [job('a', jobCreated, {}, ['key', 'new'])],
    [created('a')],
    /told the key key, and new was sent/,
  ],
  [
    'a job that changes a run twice',
    [job('a', jobCreated)],
    [
      created('a'),
      paused(null, { cause: 'batch_job', job_id: 'job' }),
      paused(null, { cause: 'batch_job', job_id: 'job', from_version: 6, to_version: 7 }),
    ],
    /job job on run run had 2 effects/,
  ],
];

test('a change from before the ledger begins counts as another’s', () => {
  const paused = { fieldingRunId: 'run', version: 6, status: 'PAUSED' } as const;
  expect(findViolations([pause('a', success, 2)], [], [paused])).toEqual([]);
  expect(findViolations([pause('a', success)], [], [paused])).toEqual([
    expect.stringMatching(/an earlier change/),
  ]);
  expect(findViolations([pause('a', success, 2)], [], [{ ...paused, status: 'LIVE' }])).toHaveLength(1);
  expect(findViolations([pause('a', success, 2)], [], [{ ...paused, version: 5 }])).toHaveLength(1);
});

describe('The ledger and what clients were told', () => {
  test.each(fine)('agree on %s', (_name, told, effects) => {
    expect(findViolations(told, effects)).toEqual([]);
  });

  test.each(wrong)('do not agree on %s', (_name, told, effects, complaint) => {
    expect(findViolations(told, effects).join('\n')).toMatch(complaint);
  });
});
