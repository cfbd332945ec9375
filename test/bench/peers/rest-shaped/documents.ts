import {
  FANOUT_SIZE,
  LIST_SIZE,
  REST_IDS,
  type Operation,
  type OperationName,
} from '../../operations/operations.js';

/**
 * The benchmark's operations for graphs with REST's shape, whose fields are named after REST operations and
 * properties, with raw ids. They request the same data; aliases bring responses close to those of our graph.
 */
type Document = Pick<Operation, 'operationName' | 'document' | 'variables'>;

const { account, project, targetGroup, fieldingRun } = REST_IDS;

const DOCUMENTS: Readonly<Partial<Record<OperationName, Document>>> = {
  run: {
    operationName: 'Run',
    document: `query Run($account: Int!, $project: ProjectId!, $targetGroup: TargetGroupId!, $fieldingRun: String!) {
  run: getFieldingRun(
    account_id: $account
    project_id: $project
    target_group_id: $targetGroup
    fielding_run_id: $fieldingRun
  ) {
    id
    status
    startAt: start_fielding_at
    endAt: end_fielding_at
    lastChangedAt: last_changed_at
    version
  }
}`,
    variables: { account, project, targetGroup, fieldingRun },
  },
  list: {
    operationName: 'List',
    document: `query List($account: Int!, $project: ProjectId!, $size: Int!) {
  list: listTargetGroups(account_id: $account, project_id: $project, page_size: $size) {
    target_groups {
      id
      name
      status
      locale
      createdAt: created_at
      statistics {
        progress {
          value {
            currentCompletes: current_completes
            fillingGoal: filling_goal
          }
        }
        conversion_rate {
          value
        }
        incidence_rate {
          value
        }
        median_length_of_interview_seconds {
          value
        }
      }
    }
    has_more
    next_cursor
  }
}`,
    variables: { account, project, size: LIST_SIZE },
  },
  fanout: {
    operationName: 'Fanout',
    document: `query Fanout($account: Int!, $project: ProjectId!, $size: Int!) {
  list: listTargetGroups(account_id: $account, project_id: $project, page_size: $size) {
    target_groups {
      id
      name
      status
      fielding_runs(account_id: $account, project_id: $project) {
        data {
          id
          status
          version
          startAt: start_fielding_at
          endAt: end_fielding_at
        }
      }
    }
  }
}`,
    variables: { account, project, size: FANOUT_SIZE },
  },
};

/** Operations that such a graph does not support, with the reason. */
export const UNSUPPORTED: Readonly<Partial<Record<OperationName, string>>> = {
  pause: 'its graph consists of bodies, but the new version is in the entity tag of a 204',
};

/**
 * Builds the request body.
 *
 * @throws Error for an operation in {@link UNSUPPORTED}
 */
export function restShapedBody({ name }: Operation): string {
  const asked = DOCUMENTS[name];
  if (asked === undefined) throw new Error(`No document for ${name}.`);
  const { operationName, document: query, variables } = asked;
  // Accounts are numbers here, so their placeholder must not be in quotation marks.
  return JSON.stringify({ operationName, query, variables }).replace(`"${account}"`, account);
}
