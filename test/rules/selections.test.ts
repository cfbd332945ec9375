import { describe, expect, test } from '@jest/globals';
import { fieldsTold } from '../../src/graphql/fielding-run/fielding-run.reading.js';
import { projectSource } from '../../src/graphql/project/project.reading.js';
import { targetGroupSources } from '../../src/graphql/target-group/target-group.reading.js';

function fields(text: string): ReadonlySet<string> {
  return new Set(text.split(' ').filter((field) => field !== ''));
}

describe('the call that answers the fields of a project', () => {
  test.each([
    ['', 'none'],
    ['__typename id projectId account targetGroups', 'none'],
    ['id targetGroupCount lastActivityAt', 'none'],
    ['name', 'project'],
    ['humanReadableId purchaseOrderNumber projectManagerId', 'project'],
    ['name targetGroupCount', 'project'],
    ['status', 'overview'],
    ['statistics', 'overview'],
    ['id name projectManagerId status', 'overview'],
  ])('%j: %s', (selected, source) => {
    expect(projectSource(fields(selected))).toBe(source);
  });
});

describe('the calls that answer the fields of a target group', () => {
  test.each([
    ['', false, false],
    ['__typename id targetGroupId fieldingRun project', false, false],
    ['name', true, false],
    ['status progress statistics', true, false],
    ['humanReadableId locale updatedAt', true, false],
    ['createdAt', false, true],
    ['projectManagerId name locale', false, true],
    ['status createdAt', true, true],
    ['name statistics projectManagerId', true, true],
  ])('%j: overview %j, details %j', (selected, overview, details) => {
    expect(targetGroupSources(fields(selected))).toEqual({ overview, details });
  });
});

describe('the fields of a fielding run that an action has told', () => {
  const known = '__typename id fieldingRunId targetGroup version';
  const period = {
    start_fielding_at: '2026-03-01T09:00:00.000Z',
    end_fielding_at: '2026-04-01T09:00:00.000Z',
  };

  test.each([
    ['an entity tag alone', undefined, known],
    ['a period, too', period, `${known} startAt endAt`],
  ])('%s', (_what, told, expected) => {
    expect(fieldsTold({ version: '6', period: told, read: undefined })).toEqual(fields(expected));
  });
});
