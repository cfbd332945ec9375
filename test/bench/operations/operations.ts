/** The placeholder of an account in a body, replaced by nine different digits in each request. */
export const ACCOUNT = '{{account}}';

const PROJECT_ID = '01BTGNYV6HRNK8K8VKZASZCFN0';
const TARGET_GROUP_ID = '01BTGNYV6HRNK8K8VKZASZCFP1';
const FIELDING_RUN_ID = '01BTGNYV6HRNK8K8VKZASZCFP2';

/** Raw REST ids, for contestants whose graph does not use the gateway's ids. */
export const REST_IDS = {
  account: ACCOUNT,
  project: PROJECT_ID,
  targetGroup: TARGET_GROUP_ID,
  fieldingRun: FIELDING_RUN_ID,
} as const;

export const PROJECT = `${ACCOUNT}/${PROJECT_ID}`;
export const FIELDING_RUN = `${PROJECT}/${TARGET_GROUP_ID}/${FIELDING_RUN_ID}`;

/** The number of target groups in `list` and `fanout`. */
export const LIST_SIZE = 100;
export const FANOUT_SIZE = 50;

export type OperationName = 'run' | 'list' | 'fanout' | 'pause';

/** A GraphQL operation as a frontend sends it. */
export interface Operation {
  readonly name: OperationName;
  /** Its description in reports. */
  readonly title: string;
  readonly operationName: string;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The number of upstream requests it takes. */
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
    title: `${LIST_SIZE} target groups with statistics: 1 GET`,
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
    title: 'a mutation that pauses a fielding run: 1 POST',
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

/** The request body, which contains {@link ACCOUNT}. */
export function bodyOf({
  operationName,
  document: query,
  variables,
}: Pick<Operation, 'operationName' | 'document' | 'variables'>): string {
  return JSON.stringify({ operationName, query, variables });
}
