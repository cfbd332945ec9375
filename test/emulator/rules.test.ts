import { describe, expect, test } from '@jest/globals';
import { BatchJobKind, FieldingRunStatus } from '../../src/contract/demand-api.js';
import { decideBatchItem } from '../../src/emulator/rules/batch-job.js';
import {
  decide,
  decideByClock,
  decidePeriod,
  type RunAction,
  type RunState,
} from '../../src/emulator/rules/fielding-run.js';
import { emptyTotals, projectStatistics } from '../../src/emulator/rules/project-statistics.js';

const { Scheduled, Live, Paused, Completed } = FieldingRunStatus;
const NOW = 1_000_000;
const state = (changes: Partial<RunState> = {}): RunState => ({
  status: Live,
  startAt: NOW - 500,
  endAt: NOW + 500,
  currentCompletes: 10,
  fillingGoal: 100,
  archived: false,
  ...changes,
});
const scheduled = state({ status: Scheduled, startAt: NOW + 100, endAt: NOW + 400 });

describe('decide', () => {
  const allowed: Record<RunAction, FieldingRunStatus[]> = {
    launch_now: [Scheduled],
    pause: [Live],
    resume: [Paused],
    complete: [Scheduled, Live],
    relaunch: [Completed],
  };
  const pairs = (Object.keys(allowed) as RunAction[]).flatMap((action) =>
    Object.values(FieldingRunStatus).map((status) => [action, status] as const),
  );

  test.each(pairs)('%s of a run that is %s', (action, status) => {
    const decision = decide(action, state({ status }), NOW);
    expect('change' in decision).toBe(allowed[action].includes(status));
  });

  test.each(['resume', 'relaunch'] as const)('%s requires that goal and end are not reached', (action) => {
    const status = action === 'resume' ? Paused : Completed;
    expect(decide(action, state({ status, endAt: NOW + 1 }), NOW)).toMatchObject({
      change: { status: Live },
    });
    expect(decide(action, state({ status, endAt: NOW }), NOW)).toMatchObject({
      rejection: { code: 'FieldingPeriodEnded' },
    });
    expect(decide(action, state({ status, currentCompletes: 100 }), NOW)).toMatchObject({
      rejection: { code: 'FillingGoalReached' },
    });
  });

  test('complete is allowed when the goal is reached', () => {
    expect(decide('complete', state({ currentCompletes: 100 }), NOW)).toMatchObject({
      change: { status: Completed },
    });
  });

  test('launch_now moves the period to now and keeps its length; other actions keep it', () => {
    expect(decide('launch_now', scheduled, NOW)).toEqual({
      change: { status: Live, startAt: NOW, endAt: NOW + 300 },
    });
    expect(decide('complete', scheduled, NOW)).toEqual({
      change: { status: Completed, startAt: NOW + 100, endAt: NOW + 400 },
    });
  });

  test('allows nothing in an archived target group', () => {
    const rejection = { code: 'TargetGroupIsArchived' };
    expect(decide('relaunch', state({ status: Completed, archived: true }), NOW)).toMatchObject({
      rejection,
    });
    expect(decidePeriod({ startAt: 1, endAt: 2 }, state({ archived: true }))).toMatchObject({ rejection });
  });
});

describe('decidePeriod', () => {
  test.each([Scheduled, Live, Paused])('a run that is %s stays so', (status) => {
    const period = { startAt: NOW + 1, endAt: NOW + 2 };
    expect(decidePeriod(period, state({ status }))).toEqual({ change: { status, ...period } });
  });

  test('a completed run keeps its period', () => {
    expect(decidePeriod({ startAt: 1, endAt: 2 }, state({ status: Completed }))).toMatchObject({
      rejection: { code: 'StatusTransitionNotAllowed' },
    });
  });
});

describe('decideByClock', () => {
  test('starts a scheduled run at its start', () => {
    expect(decideByClock(scheduled, NOW + 99)).toBeUndefined();
    expect(decideByClock(scheduled, NOW + 100)).toMatchObject({
      operation: 'start',
      at: NOW + 100,
      change: { status: Live },
    });
    expect(decideByClock(scheduled, NOW + 100)?.reason).toBeUndefined();
  });

  test('completes a live run at its end or when it reaches its goal', () => {
    expect(decideByClock(state(), NOW + 499)).toBeUndefined();
    expect(decideByClock(state(), NOW + 700)).toMatchObject({
      at: NOW + 500,
      change: { status: Completed },
      reason: 'past_scheduled_end_date',
    });
    expect(decideByClock(state({ currentCompletes: 100 }), NOW)).toMatchObject({
      at: NOW,
      change: { status: Completed },
      reason: 'total_completes_reached',
    });
  });

  test.each([Paused, Completed])('leaves a run that is %s unchanged', (status) => {
    expect(decideByClock(state({ status, currentCompletes: 100 }), NOW + 700)).toBeUndefined();
  });
});

describe('decideBatchItem', () => {
  test.each([
    [BatchJobKind.Pause, Paused],
    [BatchJobKind.Resume, Live],
    [BatchJobKind.Launch, Live],
    [BatchJobKind.Complete, Completed],
    [BatchJobKind.Relaunch, Live],
  ])('%s has no effect on a run that is %s', (kind, status) => {
    expect(decideBatchItem(kind, state({ status }), NOW)).toEqual({ reached: true });
  });

  test('reports why a target group cannot be updated', () => {
    const rejectionOf = (run: RunState | null | undefined): unknown =>
      decideBatchItem(BatchJobKind.Pause, run, NOW);
    expect(rejectionOf(undefined)).toMatchObject({ rejection: { code: 'TargetGroupNotFound' } });
    expect(rejectionOf(null)).toMatchObject({ rejection: { code: 'TargetGroupIsDraft' } });
    expect(rejectionOf(scheduled)).toMatchObject({ rejection: { code: 'StatusTransitionNotAllowed' } });
    expect(rejectionOf(state({ status: Paused, archived: true }))).toMatchObject({
      rejection: { code: 'TargetGroupIsArchived' },
    });
  });
});

describe('projectStatistics', () => {
  test('uses the median of some statistics and the mean of others', () => {
    const totals = {
      targetGroupCount: 4,
      fillingGoal: 400,
      currentCompletes: 40,
      currentPrescreens: 80,
      incidenceRates: [0.5, 0.8, 0.6],
      conversionRates: [0.4, 0.6, 0.5],
      dropOffRates: [0.1, 0.2, 0.2],
      interviewSeconds: [300, 1900, 400, 500],
    };
    expect(projectStatistics(totals)).toEqual({
      filling_goal: 400,
      current_completes: 40,
      current_prescreens: 80,
      incidence_rate_median: 0.6,
      length_of_interview_median_seconds: 450,
      conversion_rate_average: 0.5,
      drop_off_rate_average: 0.1667,
    });
  });

  test('is zero if nothing is launched', () => {
    expect(projectStatistics(emptyTotals)).toMatchObject({ filling_goal: 0, incidence_rate_median: 0 });
  });
});
