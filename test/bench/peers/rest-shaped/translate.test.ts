import { OPERATIONS, REST_IDS } from '../../operations/operations.js';
import { restShapedBody } from './documents.js';
import { translateRestShaped } from './translate.js';

const { run, list, fanout, pause } = OPERATIONS;
const PROJECT = `42/${REST_IDS.project}`;

test('sends the account as a number', () => {
  const body = restShapedBody(run).replaceAll(REST_IDS.account, '42');
  expect(JSON.parse(body)).toMatchObject({ operationName: 'Run', variables: { account: 42 } });
  expect(() => restShapedBody(pause)).toThrow('pause');
});

test('translates a run', () => {
  const response = { data: { run: { id: 'R', status: 'Live', version: 5, startAt: 'then' } } };
  const id = `${PROJECT}/${REST_IDS.targetGroup}/R`;
  expect(translateRestShaped(run, response, '42')).toEqual({
    data: { fieldingRun: { id, status: 'LIVE', version: '5', startAt: 'then' } },
  });
});

test('translates a list', () => {
  const statistics = {
    progress: { value: { fillingGoal: 7 } },
    conversion_rate: { value: 0.5 },
    incidence_rate: {},
  };
  const items = [{ id: 'G', status: 'live', name: 'Ours', statistics }];
  const response = { data: { list: { target_groups: items, has_more: false, next_cursor: null } } };
  expect(translateRestShaped(list, response, '42')).toEqual({
    data: {
      targetGroups: {
        nodes: [
          {
            id: `${PROJECT}/G`,
            status: 'LIVE',
            name: 'Ours',
            progress: { fillingGoal: 7 },
            statistics: { conversionRate: 0.5, incidenceRate: null, medianLengthOfInterviewSeconds: null },
          },
        ],
        pageInfo: { hasNextPage: false, endCursor: 'G' },
      },
    },
  });
});

test('translates a list with runs', () => {
  const runs = { data: [{ id: 'R', status: 'Paused', version: '6' }] };
  const items = [{ id: 'G', status: 'paused', name: 'Ours', fielding_runs: runs }];
  const response = { data: { list: { target_groups: items, has_more: false } } };
  const fieldingRun = { id: `${PROJECT}/G/R`, status: 'PAUSED', version: '6' };
  expect(translateRestShaped(fanout, response, '42')).toEqual({
    data: { targetGroups: { nodes: [{ id: `${PROJECT}/G`, status: 'PAUSED', name: 'Ours', fieldingRun }] } },
  });
});
