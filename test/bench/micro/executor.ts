import { buildSchema, execute, parse, type ExecutionResult } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { createExecutor } from '../../../src/lib/executor/executor.js';
import type { Contestant, MicroBenchmark } from './measure.js';

const schema = buildSchema(`
  enum Status { DRAFT LIVE PAUSED }
  type Money { amount: Float!, currency: String! }
  type Run { id: ID!, status: Status!, version: Int! }
  type Group {
    id: ID!, name: String!, status: Status!, completes: Int!, price: Money, tags: [String!]!, createdAt: String!, run: Run
  }
  type Query { group: Group, groups: [Group!]! }
`);

const groups = Array.from({ length: 100 }, (_, index) => ({
  id: `group-${index}`,
  name: `Group ${index}`,
  status: 'LIVE',
  completes: index,
  price: index % 3 === 0 ? null : { amount: index / 4, currency: 'EUR' },
  tags: ['one', 'two'],
  createdAt: '2026-03-01T09:00:00.000Z',
}));
const run = { id: 'run-1', status: 'LIVE', version: 5 };

const query = schema.getQueryType()!.getFields();
query['group']!.resolve = async () => groups[1];
query['groups']!.resolve = async () => groups;
(schema.getType('Group') as NonNullable<ReturnType<typeof schema.getQueryType>>).getFields()['run']!.resolve =
  async () => run;

const FIELDS = 'id name status completes price { amount currency } tags createdAt';

export const executorBenchmarks: readonly MicroBenchmark[] = [
  benchmark('an object', `{ group { ${FIELDS} } }`),
  benchmark('a list of 100', `{ groups { ${FIELDS} } }`),
  benchmark('a list of 100, each with a promise', `{ groups { id name run { id status version } } }`),
];

function benchmark(work: string, source: string): MicroBenchmark {
  const document = parse(source);
  const planned = createExecutor(schema);
  const compiled = compileQuery(schema, document);
  if (!isCompiledQuery(compiled)) throw new Error('graphql-jit cannot compile the query.');
  return {
    name: 'executor',
    work,
    contestants: [
      contestant('graphql-js', () => execute({ schema, document, contextValue: {} })),
      contestant('graphql-jit', () => compiled.query(undefined, {}, {})),
      contestant('src/lib/executor', () => planned({ document, contextValue: {} })),
    ],
  };
}

function contestant(name: string, operation: () => Promise<ExecutionResult> | ExecutionResult): Contestant {
  return {
    name,
    async run(times) {
      for (let left = times; left > 0; left -= 1) {
        const { data, errors } = await operation();
        if (!data || errors) throw new Error(`${name} failed.`);
      }
    },
  };
}
