import { getOperationAST, parse } from 'graphql';
import type { RequestContext } from '../../../src/context.js';
import {
  estimateBy,
  estimateOnce,
  type CostedRequest,
} from '../../../src/operations/demand-control/operation-cost.js';

const document = parse('query ($first: Int) { projects(first: $first) { id } }');
const operation = getOperationAST(document)!;

function requestWith(variables: Record<string, unknown>): CostedRequest {
  return { contextValue: {} as RequestContext, document, operation, request: { variables } };
}

test('The cost of a request is estimated once, and that of another one for itself', () => {
  const estimated: unknown[] = [];
  const estimateCost = estimateOnce(
    estimateBy({
      estimate: (...given) => ({ cost: estimated.push(given), upstreamCalls: 0 }),
    }),
  );
  const first = requestWith({ first: 1 });
  const second = requestWith({ first: 2 });
  expect([first, second, first, second].map((request) => estimateCost(request).cost)).toEqual([1, 2, 1, 2]);
  expect(estimated).toEqual([
    [document, operation, { first: 1 }],
    [document, operation, { first: 2 }],
  ]);
});
