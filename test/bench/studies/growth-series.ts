import { OPERATIONS, PROJECT, type Operation } from '../operations/operations.js';
import { cursorAfter } from '../upstream/bodies.js';

/** A dimension of growth with the operation for each of its sizes. */
export interface Series {
  readonly name: string;
  /** The unit of `sizes`. */
  readonly unit: string;
  readonly text: string;
  readonly sizes: readonly number[];
  readonly operationOf: (size: number) => Operation;
  readonly connectionsOf: (size: number) => number;
  /** Settings that differ from the defaults. */
  readonly env?: Readonly<Record<string, string>>;
}

const CONNECTIONS = 10;
const PAGE_SIZE = 10;
/** A project whose list has further pages: see `nginx.conf`. */
const PAGED_PROJECT = PROJECT.replace(/[0-9A-Z]+$/, 'PAGED00000000000000000000');

const LEAVES = ['id', 'status', 'startAt', 'endAt', 'lastChangedAt', 'version'];

const always = () => CONNECTIONS;

export const SERIES: readonly Series[] = [
  {
    name: 'list size',
    unit: 'target groups',
    text: 'One page of a list with statistics: 1 GET.',
    sizes: [10, 20, 40, 70, 100],
    operationOf: (first) => ({ ...OPERATIONS.list, variables: { ...OPERATIONS.list.variables, first } }),
    connectionsOf: always,
  },
  {
    name: 'pages',
    unit: `pages of ${PAGE_SIZE}`,
    text: 'One operation that reads several pages of a list under aliases: 1 GET for each.',
    sizes: [1, 2, 5, 10, 20],
    operationOf: pages,
    connectionsOf: always,
  },
  {
    name: 'fan-out',
    unit: 'fielding runs',
    text: 'A list whose items select their fielding runs: 1 GET, plus 1 for each.',
    sizes: [1, 3, 10, 30, 100],
    operationOf: (first) => ({
      ...OPERATIONS.fanout,
      variables: { ...OPERATIONS.fanout.variables, first },
      upstreamRequests: 1 + first,
    }),
    connectionsOf: always,
  },
  {
    name: 'connections',
    unit: 'connections',
    text:
      'One fielding run by its id, on a growing number of connections that always have a request in flight. Latency must ' +
      'grow with the queue, but CPU time must not. Overload control is off here.',
    sizes: [1, 10, 30, 100, 300, 1000],
    operationOf: () => OPERATIONS.run,
    connectionsOf: (connections) => connections,
    env: { OVERLOAD_WAIT_MS: '0', MAX_REQUESTS_IN_FLIGHT: '10000' },
  },
  {
    name: 'document',
    unit: 'fields',
    text: 'One fielding run whose fields are selected under a growing number of aliases: 1 GET.',
    sizes: [10, 50, 200, 500, 1000, 2000],
    operationOf: fields,
    connectionsOf: always,
  },
];

function pages(count: number): Operation {
  const aliases = Array.from({ length: count }, (_, page) => {
    const after = page === 0 ? '' : `, after: "${cursorAfter(PAGE_SIZE, page - 1)}"`;
    return `  page${page}: targetGroups(projectId: $projectId, first: ${PAGE_SIZE}${after}) { ...Page }`;
  });
  return {
    ...OPERATIONS.list,
    operationName: 'Pages',
    document: `query Pages($projectId: ID!) {
${aliases.join('\n')}
}
fragment Page on TargetGroupConnection {
  nodes {
    id
    name
    status
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}`,
    variables: { projectId: PAGED_PROJECT },
    upstreamRequests: count,
  };
}

function fields(count: number): Operation {
  const aliases = Array.from({ length: count }, (_, field) => `f${field}: ${LEAVES[field % LEAVES.length]}`);
  return {
    ...OPERATIONS.run,
    operationName: 'Fields',
    document: `query Fields($id: ID!) { fieldingRun(id: $id) { ${aliases.join(' ')} } }`,
  };
}
