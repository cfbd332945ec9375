/** What stands for an account in a body: nine digits take its place, others in each request. */
export const ACCOUNT = '{{account}}';

const PROJECT_ID = '01BTGNYV6HRNK8K8VKZASZCFN0';
const TARGET_GROUP_ID = '01BTGNYV6HRNK8K8VKZASZCFP1';
const FIELDING_RUN_ID = '01BTGNYV6HRNK8K8VKZASZCFP2';

/** Places in REST, raw, for contestants whose graph has other ids than ours. */
export const PLACE = {
  account: ACCOUNT,
  project: PROJECT_ID,
  targetGroup: TARGET_GROUP_ID,
  fieldingRun: FIELDING_RUN_ID,
} as const;

export const PROJECT = `${ACCOUNT}/${PROJECT_ID}`;
export const FIELDING_RUN = `${PROJECT}/${TARGET_GROUP_ID}/${FIELDING_RUN_ID}`;

/** How many target groups `list` and `fanout` ask for. */
export const LIST_SIZE = 100;
export const FANOUT_SIZE = 50;

export type OperationName = 'run' | 'list' | 'fanout' | 'pause';

/** A GraphQL operation as a frontend sends it. */
export interface Operation {
  readonly name: OperationName;
  /** What it is, for readers of a report. */
  readonly title: string;
  /** `operationName` of the request. */
  readonly operationName: string;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** How many requests it takes upstream, whoever answers it. */
  readonly upstreamRequests: number;
}

export const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  run: {
    name: 'run',
    title: 'one fielding run by its id: 1 GET',
    operationName: 'Run',
    document: `query Run($id: ID!) {
  fieldingRun(id: $id) {
    id
    status
    startAt
    endAt
    lastChangedAt
    version
  }
}`,
    variables: { id: FIELDING_RUN },
    upstreamRequests: 1,
  },
  list: {
    name: 'list',
    title: `${LIST_SIZE} target groups with their figures: 1 GET`,
    operationName: 'List',
    document: `query List($projectId: ID!, $first: Int!) {
  targetGroups(projectId: $projectId, first: $first) {
    nodes {
      id
      name
      status
      locale
      createdAt
      progress {
        currentCompletes
        fillingGoal
      }
      statistics {
        conversionRate
        incidenceRate
        medianLengthOfInterviewSeconds
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`,
    variables: { projectId: PROJECT, first: LIST_SIZE },
    upstreamRequests: 1,
  },
  fanout: {
    name: 'fanout',
    title: `${FANOUT_SIZE} target groups, each with its fielding run: ${1 + FANOUT_SIZE} GETs`,
    operationName: 'Fanout',
    document: `query Fanout($projectId: ID!, $first: Int!) {
  targetGroups(projectId: $projectId, first: $first) {
    nodes {
      id
      name
      status
      fieldingRun {
        id
        status
        version
        startAt
        endAt
      }
    }
  }
}`,
    variables: { projectId: PROJECT, first: FANOUT_SIZE },
    upstreamRequests: 1 + FANOUT_SIZE,
  },
  pause: {
    name: 'pause',
    title: 'a fielding run is paused: 1 POST',
    operationName: 'Pause',
    document: `mutation Pause($input: PauseFieldingRunInput!) {
  pauseFieldingRun(input: $input) {
    fieldingRun {
      id
      version
    }
    userErrors {
      message
    }
  }
}`,
    variables: { input: { id: FIELDING_RUN, version: '5' } },
    upstreamRequests: 1,
  },
};

/** The body of a request, with {@link ACCOUNT} in it. */
export function bodyOf({
  operationName,
  document: query,
  variables,
}: Pick<Operation, 'operationName' | 'document' | 'variables'>): string {
  return JSON.stringify({ operationName, query, variables });
}
