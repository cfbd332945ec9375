import { registerEnumType } from 'type-graphql';

export enum BatchJobStatus {
  PROCESSING = 'PROCESSING',
  COMPLETED = 'COMPLETED',
  FAILED = 'FAILED',
  UNKNOWN = 'UNKNOWN',
}

registerEnumType(BatchJobStatus, {
  name: 'BatchJobStatus',
  description: 'How far a job has come: one over many target groups, or one that launches a draft.',
  valuesConfig: {
    PROCESSING: { description: 'At work. Ask again after `pollAfterSeconds`.' },
    COMPLETED: {
      description:
        'Over. A batch job has tried every target group, and some may have failed: see `failedTargetGroups`. A draft has been launched or scheduled.',
    },
    FAILED: { description: 'Over, and failed as a whole.' },
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
  description: 'What a batch job does with each of its target groups.',
  valuesConfig: {
    PAUSE: { description: 'Halts live ones.' },
    RESUME: { description: 'Goes on with paused ones.' },
    LAUNCH: { description: 'Starts scheduled ones now.' },
    COMPLETE: { description: 'Ends the fielding of live or scheduled ones.' },
    RELAUNCH: { description: 'Starts completed ones again.' },
  },
});
