import { MAX_ENTRIES } from '../changelog/changelog.pages.js';
import { DEFAULT_SIZE, MAX_SIZE } from '../connection/page.js';
import type { CostTable, FieldCost } from './cost.js';

const ONE_CALL: FieldCost = { calls: 1 };
/** The target group may be a draft, which is found only after the overview of launched ones. */
const OR_DRAFT: FieldCost = { calls: 2 };
const PERSON: FieldCost = { shares: 'people' };

const SIZED_FIELDS = ['nodes', 'edges'];
const PAGE: FieldCost = {
  calls: 1,
  listSize: {
    assumedSize: DEFAULT_SIZE,
    maxSize: MAX_SIZE,
    slicingArguments: ['first', 'last'],
    sizedFields: SIZED_FIELDS,
  },
};
const FORWARD_PAGE: FieldCost = {
  calls: 1,
  listSize: {
    assumedSize: DEFAULT_SIZE,
    maxSize: MAX_ENTRIES,
    slicingArguments: ['first'],
    sizedFields: SIZED_FIELDS,
  },
};

/** A list whose length no argument limits. It counts with a usual length, and can be longer: a batch job has up to 1,000 target groups. */
function list(assumedSize: number): FieldCost {
  return { listSize: { assumedSize } };
}

/**
 * The costs of the fields of the schema. But for {@link list}, they are upper bounds: a relation counts a call even if only its `id`
 * is selected, which needs none, and a shared read counts as if it were made.
 */
export const COSTS: CostTable = {
  Query: {
    account: ONE_CALL,
    accounts: { calls: 1, listSize: { assumedSize: 20 } },
    batchJob: ONE_CALL,
    draftLaunchJob: ONE_CALL,
    fieldingRun: ONE_CALL,
    node: OR_DRAFT,
    project: ONE_CALL,
    projects: PAGE,
    targetGroup: OR_DRAFT,
    targetGroupByRawId: ONE_CALL,
    targetGroupTransitions: ONE_CALL,
    targetGroups: PAGE,
  },
  Mutation: {
    completeFieldingRun: ONE_CALL,
    completeTargetGroups: ONE_CALL,
    launchDraftTargetGroup: ONE_CALL,
    launchNow: ONE_CALL,
    launchTargetGroups: ONE_CALL,
    pauseFieldingRun: ONE_CALL,
    pauseTargetGroups: ONE_CALL,
    relaunchFieldingRun: ONE_CALL,
    relaunchTargetGroups: ONE_CALL,
    resumeFieldingRun: ONE_CALL,
    resumeTargetGroups: ONE_CALL,
    scheduleDraftTargetGroup: ONE_CALL,
    updateFieldingPeriod: ONE_CALL,
  },
  Subscription: {
    batchJobUpdated: ONE_CALL,
    draftLaunchJobUpdated: ONE_CALL,
    fieldingRunUpdated: ONE_CALL,
    targetGroupUpdated: ONE_CALL,
  },
  Account: { projects: PAGE },
  // Lists of projects do not include the manager.
  Project: {
    account: { shares: 'accounts' },
    projectManager: { calls: 1, shares: 'people' },
    projectManagerId: ONE_CALL,
    targetGroups: PAGE,
  },
  TargetGroup: {
    changelog: FORWARD_PAGE,
    completesOverTime: { calls: 1, listSize: { assumedSize: 100 } },
    fieldingRun: ONE_CALL,
    performance: ONE_CALL,
    project: { shares: 'project' },
    projectManager: PERSON,
  },
  TargetGroupStatistics: { issues: list(3) },
  StatisticIssue: { suggestions: list(2) },
  RespondentAnalysis: { live: list(10), test: list(10) },
  ChangelogEntry: { changes: list(5) },
  ChangelogActor: { user: PERSON },
  FieldingRun: { lastChangedByUser: PERSON, targetGroup: ONE_CALL },
  BatchJob: {
    createdByUser: PERSON,
    failedTargetGroups: list(20),
    project: { shares: 'project' },
    updatedTargetGroups: list(100),
  },
  FailedTargetGroup: { targetGroup: OR_DRAFT },
  UpdatedTargetGroup: { targetGroup: ONE_CALL },
  DraftLaunchFailureReason: { reasons: list(5) },
  DraftLaunchJob: { createdByUser: PERSON, fieldingRun: ONE_CALL, targetGroup: OR_DRAFT },
  BatchJobPayload: { batchJob: ONE_CALL, userErrors: list(5) },
  DraftLaunchJobPayload: { draftLaunchJob: ONE_CALL, userErrors: list(5) },
  FieldingRunPayload: { fieldingRun: ONE_CALL, userErrors: list(5) },
  InvalidStateError: { current: ONE_CALL },
  VersionConflictError: { current: ONE_CALL },
};
