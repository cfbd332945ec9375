import { getOperationAST, parse } from 'graphql';
import { createSchema } from '../../../src/graphql/schema.js';
import { CostEstimator } from '../../../src/operations/demand-control/cost-estimator.js';
import { countValues } from '../../../src/operations/request/variable-values.js';
import type { Contestant, MicroBenchmark } from './measure.js';

const schema = createSchema();
const MAX_VALUES = 5000;

const ACCOUNTS = '{ accounts { id name } }';
const PAGE = `query Page($projectId: ID!, $first: Int, $filter: TargetGroupFilter, $withRuns: Boolean!) {
  targetGroups(projectId: $projectId, first: $first, filter: $filter) {
    nodes { id name fieldingRun @include(if: $withRuns) { id status } statistics { issues { code } } }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** What demand control adds to an operation whose document is known, and to one that is new. */
export const costBenchmark: MicroBenchmark = {
  name: 'cost',
  work: 'demand control of one operation',
  contestants: [
    known('accounts, known', ACCOUNTS, {}),
    known('targetGroups(first: $first), known', PAGE, {
      projectId: '101/01BTGNYV6HRNK8K8VKZASZCFP0',
      first: 100,
      filter: { status: ['LIVE'] },
      withRuns: true,
    }),
    compiled('accounts, new', ACCOUNTS),
    compiled('targetGroups(first: $first), new', PAGE),
  ],
};

function known(name: string, source: string, variables: Readonly<Record<string, unknown>>): Contestant {
  const document = parse(source);
  const operation = getOperationAST(document)!;
  const estimator = new CostEstimator(schema);
  return {
    name,
    run(times) {
      let sum = 0;
      for (let nth = 0; nth < times; nth += 1) {
        sum += countValues(variables, MAX_VALUES) + estimator.estimate(document, operation, variables).cost;
      }
      if (sum === 0) throw new Error('The operation must have a cost.');
    },
  };
}

function compiled(name: string, source: string): Contestant {
  const document = parse(source);
  const operation = getOperationAST(document)!;
  return {
    name,
    run(times) {
      for (let nth = 0; nth < times; nth += 1) new CostEstimator(schema).estimate(document, operation, {});
    },
  };
}
