import type { demo } from '../emulator/index.js';
import type { FirstQuery } from '../operations/apollo/first-query.js';

/**
 * The first query of the explorers when the gateway fronts the emulator with its demo data.
 *
 * @param token sent by the explorers, also for introspection
 */
export function demoQuery({ accountId, projectId, live }: typeof demo, token: string): FirstQuery {
  const headers = { Authorization: `Bearer ${token}` };
  const targetGroupId = `${accountId}/${projectId}/${live.targetGroupId}`;
  return {
    document: `# Target groups of the demo that can be changed, and their fielding runs.
query TargetGroups($projectId: ID!) {
  targetGroups(projectId: $projectId, first: 20, filter: { status: [LIVE, PAUSED, SCHEDULED] }) {
    nodes {
      id
      name
      customerReferenceNumber
      status
      fieldingRun {
        id
        version
        availableActions
      }
      statistics {
        issues {
          statistic
          severity
          description
          suggestions {
            description
          }
        }
      }
    }
  }
}

# How one of them performs, and who changed what in it.
query TargetGroup($targetGroupId: ID!) {
  targetGroup(id: $targetGroupId) {
    name
    projectManager {
      name
      email
    }
    performance {
      entrants
      prescreens
      completes
      completesCost {
        amount
        currency
      }
      respondentAnalysis {
        live {
          label
          count
        }
      }
    }
    completesOverTime(interval: "P1D") {
      at
      completes
    }
    changelog(first: 5) {
      nodes {
        occurredAt
        actor {
          kind
          user {
            name
          }
        }
        changes {
          kind
          oldValue
          newValue
        }
      }
    }
  }
}

# The actions that are allowed for some of them.
query Transitions($projectId: ID!, $selection: TargetGroupSelection) {
  targetGroupTransitions(projectId: $projectId, selection: $selection) {
    allowedActions
    targetGroupIds
  }
}

# Shows each target group that changes, while it runs: by the mutation below, or by respondents who answer.
subscription LiveTargetGroups($projectId: ID!) {
  targetGroupUpdated(projectId: $projectId) {
    name
    status
    progress {
      currentCompletes
      fillingGoal
    }
  }
}

# Run it, follow the job with the query below, and look at the target groups again.
mutation Pause($input: PauseTargetGroupsInput!) {
  pauseTargetGroups(input: $input) {
    batchJob {
      id
      status
    }
    idempotencyKey
    userErrors {
      code
      message
      field
    }
  }
}

query Job($id: ID!) {
  batchJob(id: $id) {
    status
    pollAfterSeconds
    updatedTargetGroups {
      targetGroup {
        name
      }
    }
    failedTargetGroups {
      targetGroup {
        name
      }
      failureReason {
        description
      }
    }
  }
}
`,
    variables: {
      projectId: `${accountId}/${projectId}`,
      targetGroupId,
      selection: { includedTargetGroupIds: [targetGroupId] },
      input: { targetGroupIds: [targetGroupId] },
    },
    headers,
    sharedHeaders: headers,
  };
}
