import type { demo } from '../emulator/index.js';
import type { FirstQuery } from '../server/explorers.js';

/** What the explorers show at first, where the emulator's demo stands behind the gateway. */
export function demoQuery({ token, accountId, projectId, live }: typeof demo): FirstQuery {
  return {
    document: `# Target groups of the demo that something can be done with, and their fielding runs.
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

# All that a screen of one target group shows, in one operation.
query Screen($targetGroupId: ID!) {
  targetGroup(id: $targetGroupId) {
    name
    status
    projectManager {
      name
    }
    performance {
      entrants
      completes
      completesCost {
        amount
        currency
      }
    }
    completesOverTime(interval: "P1D") {
      at
      completes
    }
    changelog(first: 5) {
      nodes {
        occurredAt
        changes {
          kind
          oldValue
          newValue
        }
      }
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
      targetGroupId: `${accountId}/${projectId}/${live.targetGroupId}`,
      input: { targetGroupIds: [`${accountId}/${projectId}/${live.targetGroupId}`] },
    },
    headers: { Authorization: `Bearer ${token}` },
  };
}
