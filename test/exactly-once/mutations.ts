/** Changes of one fielding run, with their operations in the ledger. */
export const actions = {
  launchNow: 'launch_now',
  pauseFieldingRun: 'pause',
  resumeFieldingRun: 'resume',
  completeFieldingRun: 'complete',
  relaunchFieldingRun: 'relaunch',
  updateFieldingPeriod: 'update_period',
} as const;

/** Creations of batch jobs, with the job kinds in the REST API. */
export const jobs = {
  pauseTargetGroups: 'pause',
  resumeTargetGroups: 'resume',
  launchTargetGroups: 'launch',
  completeTargetGroups: 'complete',
  relaunchTargetGroups: 'relaunch',
} as const;

/** Creations of draft jobs, with the job kinds in their ids. */
export const drafts = {
  launchDraftTargetGroup: 'launch-from-draft',
  scheduleDraftTargetGroup: 'schedule-from-draft',
} as const;

export type ActionName = keyof typeof actions;
export type JobName = keyof typeof jobs;
export type DraftName = keyof typeof drafts;
export type RunStatus = 'SCHEDULED' | 'LIVE' | 'PAUSED' | 'COMPLETED';

export const actionNames = Object.keys(actions) as ActionName[];
export const jobNames = Object.keys(jobs) as JobName[];
export const draftNames = Object.keys(drafts) as DraftName[];

/** The actions that a run of each status allows. */
export const allowedActions: Readonly<Record<RunStatus, readonly ActionName[]>> = {
  SCHEDULED: ['launchNow', 'completeFieldingRun', 'updateFieldingPeriod'],
  LIVE: ['pauseFieldingRun', 'completeFieldingRun', 'updateFieldingPeriod'],
  PAUSED: ['resumeFieldingRun', 'completeFieldingRun', 'updateFieldingPeriod'],
  COMPLETED: ['relaunchFieldingRun'],
};

/** @param reads whether the payload selects the run's status, which requires another `GET` */
export function actionDocument(name: ActionName, reads: boolean): string {
  const run = reads ? 'id version status' : 'id version';
  return `mutation ($input: ${inputOf(name)}!) {
    ${name}(input: $input) {
      fieldingRun { ${run} }
      userErrors {
        code
        ... on VersionConflictError { current { version status } }
        ... on InvalidStateError { current { version status } }
      }
    }
  }`;
}

/** @param reads whether the payload selects the job's status, which requires another `GET` */
export function jobDocument(name: JobName, reads: boolean): string {
  return `mutation ($input: ${inputOf(name)}!) {
    ${name}(input: $input) { batchJob { id${reads ? ' status' : ''} } idempotencyKey userErrors { code } }
  }`;
}

/** @param reads whether the payload selects the job's status, which requires another `GET` */
export function draftDocument(name: DraftName, reads: boolean): string {
  return `mutation ($input: ${inputOf(name)}!) {
    ${name}(input: $input) { draftLaunchJob { id${reads ? ' status' : ''} } idempotencyKey userErrors { code } }
  }`;
}

export const runDocument = 'query ($id: ID!) { fieldingRun(id: $id) { version status } }';

function inputOf(name: ActionName | JobName | DraftName): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
}
