import {
  assertObjectType,
  buildSchema,
  execute,
  GraphQLError,
  parse,
  validate,
  type ExecutionResult,
  type GraphQLFormattedError,
} from 'graphql';
import { createExecutor, type Executor } from '../../src/lib/executor/executor.js';
import { createFormatError } from '../../src/graphql/errors/format-error.js';

const schema = buildSchema(`
  enum Color { RED BLUE }
  interface Named { name: String }
  type Dog implements Named { name: String }
  input Box { width: Int!, tags: [String!] = ["a"] }
  type Query {
    echo(text: String! = "a", size: Int! = 1, color: Color! = RED, box: Box, boxes: [Box!]! = []): String
    must: String!
    number: Int
    color: Color
    list: [String]
    named: Named
    dog: Dog
    inner: Query
  }
`);
const query = assertObjectType(schema.getQueryType()).getFields();
for (const field of Object.values(query)) {
  field.resolve = (_source, _args, give: () => unknown) => (field.name === 'inner' ? {} : give());
}
assertObjectType(schema.getType('Dog')).isTypeOf = (value) => (value as { isDog?: boolean }).isDog === true;

const executors: readonly (readonly [string, Executor])[] = [
  ['planned', createExecutor(schema)],
  ['graphql-js', (args) => execute({ schema, ...args })],
];

interface Case {
  readonly source: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  /** What the resolver does. */
  readonly give?: () => unknown;
}

/** The errors that a client sees, and the unexpected errors. */
async function run(executor: Executor, { source, variables = {}, operationName, give = () => 'x' }: Case) {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  const result: ExecutionResult = await executor({
    document,
    operationName,
    variableValues: variables,
    contextValue: give,
  });
  const defects: unknown[] = [];
  const formatError = createFormatError({ onDefect: (error) => defects.push(error) });
  const errors = result.errors?.map((error): GraphQLFormattedError => {
    // As Apollo Server does before it executes an operation.
    const { code = 'INTERNAL_SERVER_ERROR', ...rest } = error.extensions;
    return formatError({ ...error.toJSON(), extensions: { ...rest, code } }, error);
  });
  return { errors, defects, raw: result.errors?.map(({ message }) => message) };
}

const throwing = (error: unknown) => () => {
  throw error;
};

describe.each(executors)('The errors of an operation executed by %s', (_name, executor) => {
  test.each<[string, RegExp, Case]>([
    [
      'null over the default of an argument',
      /^Argument "text" of non-null type "String!" must not be null\.$/,
      { source: 'query ($t: String = "b") { echo(text: $t) }', variables: { t: null } },
    ],
    [
      'null over a variable default in a nested field',
      /^Argument "color" of non-null type "Color!" must not be null\.$/,
      { source: 'query ($c: Color = BLUE) { inner { echo(color: $c) } }', variables: { c: null } },
    ],
    [
      'null over a default inside a literal',
      /^Argument "box" has invalid value/,
      { source: 'query ($w: Int = 1) { echo(box: { width: $w }) }', variables: { w: null } },
    ],
    [
      'null inside a list',
      /^Argument "boxes" has invalid value/,
      { source: 'query ($b: Box = { width: 1 }) { echo(boxes: [$b]) }', variables: { b: null } },
    ],
    [
      'null in a directive',
      /^Argument "if" of non-null type "Boolean!" must not be null\.$/,
      { source: 'query ($i: Boolean = true) { echo @include(if: $i) }', variables: { i: null } },
    ],
    [
      'null in a directive of a nested field',
      /^Argument "if" of non-null type "Boolean!" must not be null\.$/,
      { source: 'query ($i: Boolean = true) { inner { echo @skip(if: $i) } }', variables: { i: null } },
    ],
    [
      'null in a directive of a fragment',
      /^Argument "if" of non-null type "Boolean!" must not be null\.$/,
      {
        source:
          'query ($i: Boolean = true) { inner { ...F @include(if: $i) } } fragment F on Query { __typename }',
        variables: { i: null },
      },
    ],
    [
      'a subscription',
      /^Schema is not configured to execute subscription operation\.$/,
      { source: 'subscription { __typename }' },
    ],
    [
      'a mutation',
      /^Schema is not configured to execute mutation operation\.$/,
      { source: 'mutation { __typename }' },
    ],
    [
      'an unknown operation name',
      /^Unknown operation named "B"\.$/,
      { source: 'query A { echo }', operationName: 'B' },
    ],
    [
      'a missing operation name',
      /^Must provide operation name if query contains multiple operations\.$/,
      { source: 'query A { echo } query B { echo }' },
    ],
    [
      'a missing variable',
      /^Variable "\$t" of required type "String!" was not provided\.$/,
      { source: 'query ($t: String!) { echo(text: $t) }' },
    ],
    [
      'a variable of the wrong type',
      /^Variable "\$s" got invalid value "x"; Int cannot represent non-integer value/,
      { source: 'query ($s: Int!) { echo(size: $s) }', variables: { s: 'x' } },
    ],
  ])('report %s as a client error', async (_what, message, given) => {
    const { errors, defects } = await run(executor, given);
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT', retryable: false } },
    ]);
    expect(defects).toEqual([]);
  });

  test('report too many errors in variables as a client error', async () => {
    const boxes = Array.from({ length: 60 }, () => ({ width: 'x' }));
    const { errors, defects } = await run(executor, {
      source: 'query ($b: [Box!]!) { echo(boxes: $b) }',
      variables: { b: boxes },
    });
    expect(errors).toHaveLength(51);
    expect(new Set(errors!.map(({ extensions }) => extensions!['code']))).toEqual(
      new Set(['BAD_USER_INPUT']),
    );
    expect(errors!.at(-1)!.message).toMatch(/^Too many errors processing variables/);
    expect(defects).toEqual([]);
  });

  test('shorten a rejected value but keep the problem', async () => {
    const { errors } = await run(executor, {
      source: 'query ($box: Box) { echo(box: $box) }',
      variables: { box: { width: 'w'.repeat(100_000) } },
    });
    const [{ message }] = errors as unknown as [GraphQLFormattedError];
    expect(message).toMatch(/^Variable "\$box" got invalid value "w+ \.\.\. w+"$/);
    expect(message.length).toBeLessThan(1100);

    const { errors: others } = await run(executor, {
      source: 'query ($box: Box) { echo(box: $box) }',
      variables: { box: { width: 1, ['w'.repeat(10)]: 1, tags: Array<string>(5000).fill('tag') } },
    });
    expect(others).toMatchObject([
      { message: expect.stringMatching(/ \.\.\. .*is not defined by type "Box"\.$/s) },
    ]);
  });

  test.each<[string, string, () => unknown]>([
    ['null for a non-null field', '{ must }', () => null],
    ['a value of the wrong type', '{ number }', () => 'many'],
    ['an unknown enum value', '{ color }', () => 'GREEN'],
    ['a value that is not a list', '{ list }', () => 7],
    ['an object without a type', '{ named { name } }', () => ({})],
    ['an object of an unknown type', '{ named { name } }', () => ({ __typename: 'Cat' })],
    ['an object of another type', '{ dog { name } }', () => ({})],
    ['an error', '{ number }', throwing(new TypeError('x is not a function'))],
    ['a stack overflow', '{ number }', throwing(new RangeError('Maximum call stack size exceeded'))],
    ['a GraphQL error without a code', '{ number }', throwing(new GraphQLError('Unforeseen'))],
    ['a thrown value that is not an error', '{ number }', throwing('text')],
    ['a rejected promise', '{ number }', () => Promise.reject(new Error('Later'))],
  ])('report an invalid result of a resolver as unexpected: %s', async (_what, source, give) => {
    const { errors, defects, raw } = await run(executor, { source, give });
    expect(errors).toMatchObject([
      {
        message: 'The gateway failed.',
        path: [expect.any(String)],
        extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
      },
    ]);
    expect(defects).toHaveLength(1);
    expect(raw).not.toContain('The gateway failed.');
  });
});
