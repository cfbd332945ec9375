import { expect, test } from '@jest/globals';
import { isObjectType } from 'graphql';
import { createSchema } from '../../src/graphql/schema.js';

function resolvedFields(typeName: string): readonly string[] {
  const type = createSchema().getType(typeName);
  if (!isObjectType(type)) throw new TypeError(`${typeName} is no object type.`);
  const fields = Object.values(type.getFields());
  return fields.filter(({ resolve }) => resolve !== undefined).map(({ name }) => name);
}

test.each([
  [
    'TargetGroup',
    ['changelog', 'completesOverTime', 'performance', 'fieldingRun', 'project', 'projectManager'],
  ],
  ['TargetGroupPerformance', []],
  ['ChangelogEntry', []],
  ['Change', []],
  ['TargetGroupStatistics', []],
  ['TargetGroupConnection', []],
  ['PageInfo', []],
  ['FieldingRunPayload', ['fieldingRun']],
  ['BatchJobPayload', ['batchJob']],
  ['DraftLaunchJobPayload', ['draftLaunchJob']],
  ['User', []],
  ['VersionConflictError', ['current']],
  ['NotFoundError', []],
])('%s has resolvers only for fields that are not properties: %j', (typeName, fields) => {
  expect(resolvedFields(typeName)).toEqual(fields);
});
