import { describe, expect, test } from '@jest/globals';
import { UpstreamError } from '../../src/upstream/errors.js';
import { bodies } from '../../src/upstream/resources/validation.js';
import { latin1JsonOf, latin1Of } from '../helpers/latin1.js';

const run = { id: 'R1', status: 'Live', version: 5 };

function unusable(name: string): UpstreamError {
  return new UpstreamError(
    'BAD_RESPONSE',
    `The response of the Demand API has a missing or invalid \`${name}\`.`,
  );
}

describe('a valid body is returned unchanged', () => {
  test.each([
    ['with all that is required', run],
    ['with nulls for optional properties', { ...run, last_changed_by: null, end_fielding_at: null }],
    ['with an unknown status', { ...run, status: 'Hibernating' }],
    ['with texts of another form', { ...run, last_changed_by: 'no uuid', start_fielding_at: 'no date' }],
  ])('%s', (_what, body) => {
    expect(bodies.fieldingRun(latin1JsonOf(body))).toEqual(body);
  });

  test('without documented optional properties', () => {
    const body = { mood: 'fine', ...run, nested: { deep: [1] } };
    expect(bodies.fieldingRun(latin1JsonOf(body))).toEqual(run);
  });

  test('with a byte order mark before it', () => {
    expect(bodies.fieldingRun(latin1Of(`\ufeff${JSON.stringify(run)}`))).toEqual(run);
  });
});

describe('a body that is not an object', () => {
  test.each([null, 5, true, 'text', [], [run]])('%j throws', (body) => {
    expect(() => bodies.fieldingRun(latin1JsonOf(body))).toThrow(unusable('body'));
  });
});

describe('a malformed property throws when it is read, and no other does', () => {
  const others = { last_changed_by: 'u', end_fielding_at: null };

  test.each([
    ['is missing', { id: 'R1', status: 'Live', ...others }],
    ['is null', { ...run, version: null, ...others }],
    ['is a text', { ...run, version: '5', ...others }],
    ['is a fraction', { ...run, version: 5.5, ...others }],
    ['is an object', { ...run, version: {}, ...others }],
  ])('if a required one %s', (_what, body) => {
    const read = bodies.fieldingRun(latin1JsonOf(body));
    expect(() => read.version).toThrow(unusable('version'));
    expect({ ...others, id: read.id, status: read.status }).toEqual({ ...others, id: 'R1', status: 'Live' });
  });

  test('if an optional one has the wrong type', () => {
    const read = bodies.fieldingRun(latin1JsonOf({ ...run, last_changed_by: 7 }));
    expect(() => read.last_changed_by).toThrow(unusable('last_changed_by'));
    expect(read.version).toBe(5);
  });

  test('if several are malformed', () => {
    const read = bodies.fieldingRun(latin1JsonOf({ version: 'x' }));
    expect(() => read.id).toThrow(unusable('id'));
    expect(() => read.status).toThrow(unusable('status'));
    expect(() => read.version).toThrow(unusable('version'));
  });

  test('if it is deeply nested', () => {
    const read = bodies.targetGroupOverview(
      latin1JsonOf({
        target_group_name: 'Cats',
        status: 'live',
        progress: { current_completes: '3', current_prescreens: 4, filling_goal: 5 },
      }),
    );
    expect(() => read.progress?.current_completes).toThrow(unusable('progress.current_completes'));
    expect(read.progress?.current_prescreens).toBe(4);
    expect(read.target_group_name).toBe('Cats');
  });

  test('if an object has the wrong type, and its required properties are missing', () => {
    const read = bodies.targetGroupOverview(
      latin1JsonOf({ target_group_name: 'Cats', status: 'live', progress: 'half' }),
    );
    expect(() => read.progress).toThrow(unusable('progress'));
    expect(read.status).toBe('live');
  });

  test('if it is in one item of a list; the name has no index', () => {
    const list = bodies.targetGroupList(
      latin1JsonOf({
        target_groups: [
          { id: 'T1', name: 'Cats', status: 'live' },
          { id: 'T2', name: 5 },
        ],
        has_more: false,
      }),
    );
    expect(list.target_groups[0]).toEqual({ id: 'T1', name: 'Cats', status: 'live' });
    expect(list.target_groups[1]?.id).toBe('T2');
    expect(() => list.target_groups[1]?.name).toThrow(unusable('target_groups.name'));
    expect(() => list.target_groups[1]?.status).toThrow(unusable('target_groups.status'));
  });

  test.each([null, 'text', 5, []])('if a whole item is %j', (item) => {
    const { projects } = bodies.projectList(
      latin1JsonOf({
        projects: [{ id: 'P1', name: 'Pets' }, item],
        has_more: false,
      }),
    );
    expect(projects[0]).toEqual({ id: 'P1', name: 'Pets' });
    expect(() => projects[1]).toThrow(unusable('projects'));
  });

  test.each([{}, { projects: null }, { projects: {} }])('if the list itself is: %j', (body) => {
    const list = bodies.projectList(latin1JsonOf({ ...body, has_more: true }));
    expect(() => list.projects).toThrow(unusable('projects'));
    expect(list.has_more).toBe(true);
  });
});
