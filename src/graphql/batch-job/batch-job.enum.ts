import { registerEnumType } from 'type-graphql';

export enum BatchJobStatus {
  PROCESSING = 'PROCESSING',
  COMPLETED = 'COMPLETED',
  FAILED = 'FAILED',
  UNKNOWN = 'UNKNOWN',
}

registerEnumType(BatchJobStatus, {
  name: 'BatchJobStatus',
  description: 'State of a job, either a batch job or a job that launches a draft.',
  valuesConfig: {
    PROCESSING: { description: 'In progress. Poll again after `pollAfterSeconds`.' },
    COMPLETED: {
      description:
        'Finished. A batch job has processed every target group, and some may have failed: see ' +
        '`failedTargetGroups`. A draft has been launched or scheduled.',
    },
    FAILED: { description: 'Finished: the job failed as a whole.' },
    UNKNOWN: { description: 'A status that this version of the gateway does not know.' },
  },
});

export enum BatchJobAction {
  PAUSE = 'PAUSE',
  RESUME = 'RESUME',
  LAUNCH = 'LAUNCH',
  COMPLETE = 'COMPLETE',
  RELAUNCH = 'RELAUNCH',
}

registerEnumType(BatchJobAction, {
  name: 'BatchJobAction',
  description: 'Action that a batch job applies to each of its target groups.',
  valuesConfig: {
    PAUSE: { description: 'Pauses live target groups.' },
    RESUME: { description: 'Resumes paused target groups.' },
    LAUNCH: { description: 'Launches scheduled target groups now.' },
    COMPLETE: { description: 'Completes live or scheduled target groups: their fielding ends.' },
    RELAUNCH: { description: 'Relaunches completed target groups: they are live again.' },
  },
});
