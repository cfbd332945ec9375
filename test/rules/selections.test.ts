import { describe, expect, test } from '@jest/globals';
import { fieldsInOutcome } from '../../src/graphql/fielding-run/fielding-run.reading.js';
import { TargetGroupStatus } from '../../src/contract/demand-api.js';
import { projectCall } from '../../src/graphql/project/project.reading.js';
import { needsDetails, needsOverview } from '../../src/graphql/target-group/target-group.reading.js';

function fields(text: string): ReadonlySet<string> {
  return new Set(text.split(' ').filter((field) => field !== ''));
}

describe('projectCall', () => {
  test.each([
    ['', 'none'],
    ['__typename id projectId account targetGroups', 'none'],
    ['id targetGroupCount lastActivityAt', 'none'],
    ['name', 'project'],
    ['humanReadableId purchaseOrderNumber customerReferenceNumber projectManagerId', 'project'],
    ['name targetGroupCount', 'project'],
    ['status', 'overview'],
    ['statistics', 'overview'],
    ['id name projectManagerId status', 'overview'],
  ])('%j: %s', (selected, source) => {
    expect(projectCall(fields(selected))).toBe(source);
  });
});

describe('the calls for the fields of a target group', () => {
  test.each([
    ['', false],
    ['__typename id targetGroupId fieldingRun project', false],
    ['name', true],
    ['status progress statistics', true],
    ['humanReadableId locale updatedAt customerReferenceNumber', true],
    ['createdAt', true],
    ['id projectManagerId', true],
  ])('%j: overview %j', (selected, overview) => {
    expect(needsOverview(fields(selected))).toBe(overview);
  });

  const older = { target_group_name: 'Cats', status: TargetGroupStatus.Live };
  const managed = { ...older, project_manager_id: 'M1' };
  const newer = { ...managed, created_at: '2026-01-01T09:00:00.000Z' };
  test.each([
    ['createdAt projectManagerId', newer, false],
    ['createdAt', older, true],
    ['status projectManagerId', older, true],
    ['status name locale', older, false],
    ['createdAt', managed, true],
    ['projectManagerId', managed, false],
  ])('%j from %j: details %j', (selected, overview, details) => {
    expect(needsDetails(fields(selected), overview)).toBe(details);
  });

  test('are the same if the overview is malformed', () => {
    const overview = Object.defineProperty({ ...newer }, 'created_at', {
      get: () => {
        throw new Error('broken');
      },
    });
    expect(needsDetails(fields('createdAt'), overview)).toBe(false);
  });
});

describe('the fields of a fielding run in the outcome of an action', () => {
  const known = '__typename id fieldingRunId targetGroup version';
  const period = {
    start_fielding_at: '2026-03-01T09:00:00.000Z',
    end_fielding_at: '2026-04-01T09:00:00.000Z',
  };

  test.each([
    ['an entity tag alone', undefined, known],
    ['a period, too', period, `${known} startAt endAt`],
  ])('%s', (_what, period, expected) => {
    expect(fieldsInOutcome({ version: '6', period, read: undefined })).toEqual(fields(expected));
  });
});
