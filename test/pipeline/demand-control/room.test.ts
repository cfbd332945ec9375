/** What the documentation, the explorers and the tests' documents ask for uses at most half of each limit. */
import { readdirSync, readFileSync } from 'node:fs';
import {
  getIntrospectionQuery,
  getOperationAST,
  Kind,
  parse,
  separateOperations,
  typeFromAST,
  type DocumentNode,
  type OperationDefinitionNode,
  type TypeNode,
} from 'graphql';
import { readConfig } from '../../../src/config.js';
import { demo } from '../../../src/emulator/index.js';
import { createSchema } from '../../../src/graphql/schema.js';
import { demoQuery } from '../../../src/main/demo-query.js';
import { CostEstimator } from '../../../src/operations/demand-control/cost-estimator.js';
import { extentOf } from '../../../src/operations/demand-control/syntax-limits.js';
import { countValues } from '../../../src/operations/request/variable-values.js';
import { measure } from '../../../src/operations/documents/document-limits.js';
import { DEFAULT_FIRST_QUERY } from '../../../src/operations/apollo/first-query.js';
import { OPERATIONS } from '../../bench/operations/operations.js';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const schema = createSchema();
const estimator = new CostEstimator(schema);
const { demandControl: limits, maxDepth } = readConfig({});

const inMarkdown = (path: string): [string, string][] =>
  [...read(path).matchAll(/```graphql\n(.*?)```/gs)].map(([, source], nth) => [`${path} ${nth}`, source!]);

/** With fragments, as a client sends them. */
function documentsOfTests(): [string, string][] {
  const sources = readdirSync(new URL('test/documents/', root)).map((file) => read(`test/documents/${file}`));
  return Object.entries(separateOperations(parse(sources.join('\n')))).map(([name, document]) => [
    name,
    printed(document),
  ]);
}

function printed(document: DocumentNode): string {
  return document.definitions.map(({ loc }) => loc!.source.body.slice(loc!.start, loc!.end)).join('\n');
}

const introspection = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});

const all: [string, string][] = [
  ['the first query', DEFAULT_FIRST_QUERY.document],
  ['the demo', demoQuery(demo, 'demo').document],
  ['the introspection of explorers', introspection],
  ...inMarkdown('README.md'),
  ...readdirSync(new URL('docs/', root)).flatMap((file) =>
    file.endsWith('.md') ? inMarkdown(`docs/${file}`) : [],
  ),
  ...documentsOfTests(),
  ...Object.values(OPERATIONS).map(({ name, document }): [string, string] => [`benchmark ${name}`, document]),
];

/** Full pages, everything selected: the most that clients of the graph can ask for with these documents. */
function largestVariables({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  return Object.fromEntries(
    variableDefinitions.map(({ variable, type }) => [variable.name.value, largest(type)]),
  );
}

function largest(type: TypeNode): unknown {
  if (type.kind === Kind.NON_NULL_TYPE) return largest(type.type);
  if (type.kind === Kind.LIST_TYPE) return new Array(1000).fill(largest(type.type));
  if (type.name.value === 'Int') return 100;
  if (type.name.value === 'Boolean') return true;
  const named = typeFromAST(schema, type);
  return named && 'getFields' in named ? { targetGroupIds: new Array(1000).fill('x'), version: '5' } : 'x';
}

test('there are documents of each kind', () => {
  expect(all.length).toBeGreaterThan(35);
  expect(new Set(all.map(([name]) => name)).size).toBe(all.length);
});

test.each(all)('%s', (_name, source) => {
  const document = parse(source);
  const { aliases, rootFields, directives, nodes } = extentOf(document);
  expect(aliases).toBeLessThanOrEqual(limits.maxAliases / 2);
  expect(rootFields).toBeLessThanOrEqual(limits.maxRootFields / 2);
  expect(directives).toBeLessThanOrEqual(limits.maxDirectives / 2);
  expect(nodes).toBeLessThanOrEqual(limits.maxNodes / 2);
  expect(measure(source, 15_000).fields).toBeLessThanOrEqual(maxDepth / 2);
  expect(measure(source, 15_000).tokens).toBeLessThanOrEqual(15_000 / 2);
  for (const separate of Object.values(separateOperations(document))) {
    const operation = getOperationAST(separate)!;
    const variables = largestVariables(operation);
    expect(countValues(variables, limits.maxVariableValues)).toBeLessThanOrEqual(
      limits.maxVariableValues / 2,
    );
    const { cost } = estimator.estimate(separate, operation, variables);
    expect(cost).toBeGreaterThan(0);
    expect(cost).toBeLessThanOrEqual(limits.maxCost / 2);
  }
});

test('introspection is cheap, as it makes no call', () => {
  const document = parse(introspection);
  expect(estimator.estimate(document, getOperationAST(document)!).upstreamCalls).toBe(0);
});
