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

/** The errors as a client sees them, and the defects. */
async function formatted(
  executor: Executor,
  { source, variables = {}, operationName, give = () => 'x' }: Case,
) {
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
    // As Apollo Server does before it asks.
    const { code = 'INTERNAL_SERVER_ERROR', ...rest } = error.extensions;
    return formatError({ ...error.toJSON(), extensions: { ...rest, code } }, error);
  });
  return { errors, defects, raw: result.errors?.map(({ message }) => message) };
}

const throwing = (error: unknown) => () => {
  throw error;
};

describe.each(executors)('What is told of an operation that %s executes', (_name, executor) => {
  test.each<[string, RegExp, Case]>([
    [
      'null over the default of an argument',
      /^Argument "text" of non-null type "String!" must not be null\.$/,
      { source: 'query ($t: String = "b") { echo(text: $t) }', variables: { t: null } },
    ],
    [
      'the same further inside',
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
      'null in a directive further inside',
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
      'an operation that is not there',
      /^Unknown operation named "B"\.$/,
      { source: 'query A { echo }', operationName: 'B' },
    ],
    [
      'no name for one of several operations',
      /^Must provide operation name if query contains multiple operations\.$/,
      { source: 'query A { echo } query B { echo }' },
    ],
    [
      'a variable that is missing',
      /^Variable "\$t" of required type "String!" was not provided\.$/,
      { source: 'query ($t: String!) { echo(text: $t) }' },
    ],
    [
      'a variable of another type',
      /^Variable "\$s" got invalid value "x"; Int cannot represent non-integer value/,
      { source: 'query ($s: Int!) { echo(size: $s) }', variables: { s: 'x' } },
    ],
  ])('%s is the mistake of the client', async (_what, message, given) => {
    const { errors, defects } = await formatted(executor, given);
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT', retryable: false } },
    ]);
    expect(defects).toEqual([]);
  });

  test('variables with more errors than are told are the mistake of the client', async () => {
    const boxes = Array.from({ length: 60 }, () => ({ width: 'x' }));
    const { errors, defects } = await formatted(executor, {
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

  test('a value that is refused is not repeated at length, nor is what is wrong with it left out', async () => {
    const { errors } = await formatted(executor, {
      source: 'query ($box: Box) { echo(box: $box) }',
      variables: { box: { width: 'w'.repeat(100_000) } },
    });
    const [{ message }] = errors as unknown as [GraphQLFormattedError];
    expect(message).toMatch(/^Variable "\$box" got invalid value "w+ \.\.\. w+"$/);
    expect(message.length).toBeLessThan(1100);

    const { errors: others } = await formatted(executor, {
      source: 'query ($box: Box) { echo(box: $box) }',
      variables: { box: { width: 1, ['w'.repeat(10)]: 1, tags: Array<string>(5000).fill('tag') } },
    });
    expect(others).toMatchObject([
      { message: expect.stringMatching(/ \.\.\. .*is not defined by type "Box"\.$/s) },
    ]);
  });

  test.each<[string, string, () => unknown]>([
    ['null where that may not be', '{ must }', () => null],
    ['another type', '{ number }', () => 'many'],
    ['a value that an enum does not have', '{ color }', () => 'GREEN'],
    ['something that is no list', '{ list }', () => 7],
    ['an object of no type', '{ named { name } }', () => ({})],
    ['an object of a type that does not exist', '{ named { name } }', () => ({ __typename: 'Cat' })],
    ['an object of another type', '{ dog { name } }', () => ({})],
    ['an error', '{ number }', throwing(new TypeError('x is not a function'))],
    ['a stack that is used up', '{ number }', throwing(new RangeError('Maximum call stack size exceeded'))],
    ['a GraphQL error without a code', '{ number }', throwing(new GraphQLError('Unforeseen'))],
    ['something thrown that is no error', '{ number }', throwing('text')],
    ['a promise that fails', '{ number }', () => Promise.reject(new Error('Later'))],
  ])('what a resolver gives is a defect: %s', async (_what, source, give) => {
    const { errors, defects, raw } = await formatted(executor, { source, give });
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
