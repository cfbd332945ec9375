/**
 * Tokens and ids of the demo data that never change, for tests and examples. All named target groups belong to
 * project `projectId` of account `accountId`. Fielding periods end weeks after seeding unless noted.
 */
export const demo = {
  /** Gives access to account 101. */
  token: 'demo',
  accountId: 101,
  projectId: '01BTGNYV6HRNK8K8VKZASZCFP0',

  /** `version` is the one that its run is seeded with. */
  live: {
    targetGroupId: '01BTGNYV6HRNK8K8VKZASZCFP1',
    fieldingRunId: '01BTGNYV6HRNK8K8VKZASZCFP2',
    version: 5,
  },
  secondLive: { targetGroupId: '01BTGNYV6HRNK8K8VKZASZCFP3', fieldingRunId: '01BTGNYV6HRNK8K8VKZASZCFP4' },
  /** Can be resumed. */
  paused: { targetGroupId: '01BTGNYV6HRNK8K8VKZASZCFP5', fieldingRunId: '01BTGNYV6HRNK8K8VKZASZCFP6' },
  /** Cannot be resumed: its end has passed. */
  pausedPastEnd: { targetGroupId: '01BTGNYV6HRNK8K8VKZASZCFP7', fieldingRunId: '01BTGNYV6HRNK8K8VKZASZCFP8' },
  /** Cannot be resumed: its goal is reached. */
  pausedGoalReached: {
    targetGroupId: '01BTGNYV6HRNK8K8VKZASZCFP9',
    fieldingRunId: '01BTGNYV6HRNK8K8VKZASZCFPA',
  },
  /** Starts in a week. */
  scheduled: { targetGroupId: '01BTGNYV6HRNK8K8VKZASZCFPB', fieldingRunId: '01BTGNYV6HRNK8K8VKZASZCFPC' },
  /** Can be relaunched. */
  completed: { targetGroupId: '01BTGNYV6HRNK8K8VKZASZCFPD', fieldingRunId: '01BTGNYV6HRNK8K8VKZASZCFPE' },
  /** Cannot be relaunched: its end has passed. */
  completedPastEnd: {
    targetGroupId: '01BTGNYV6HRNK8K8VKZASZCFPF',
    fieldingRunId: '01BTGNYV6HRNK8K8VKZASZCFPG',
  },
  draft: { targetGroupId: '01BTGNYV6HRNK8K8VKZASZCFPH' },
  archived: { targetGroupId: '01BTGNYV6HRNK8K8VKZASZCFPJ', fieldingRunId: '01BTGNYV6HRNK8K8VKZASZCFPK' },

  /** More than 100 target groups. */
  largeProjectId: '01BTGNYV6HRNK8K8VKZASZCFN0',
  inactiveProjectId: '01BTGNYV6HRNK8K8VKZASZCFJ0',

  /** Another account, with its own token. */
  other: {
    token: 'demo-202',
    accountId: 202,
    projectId: '01BTGNYV6HRNK8K8VKZASZCFH0',
    live: { targetGroupId: '01BTGNYV6HRNK8K8VKZASZCFH1', fieldingRunId: '01BTGNYV6HRNK8K8VKZASZCFH2' },
  },

  /** Gives access to both accounts. */
  bothToken: 'demo-both',

  /** The audience of access tokens for the Demand API. */
  apiAudience: 'demand-api',
  /** A client of the token endpoint. Its access tokens give access to both accounts, as `bothToken` does. */
  client: { id: 'fieldgate', secret: 'demo-secret' },

  /** The audience of tokens for a gateway that authenticates its callers. */
  gatewayAudience: 'fieldgate',
  /** People who call such a gateway: the claims of their tokens, and what these allow. */
  people: [
    {
      subject: 'reader',
      allows: 'reads account 101',
      claims: { accounts: ['101'], scope: 'fielding:read' },
    },
    {
      subject: 'operator',
      allows: 'reads and operates account 101',
      claims: { accounts: ['101'], scope: 'fielding:read fielding:operate' },
    },
    {
      subject: 'analyst',
      allows: 'reads accounts 101 and 202',
      claims: { accounts: ['101', '202'], scope: 'fielding:read' },
    },
  ],
} as const;
