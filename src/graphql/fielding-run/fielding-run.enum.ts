import { registerEnumType } from 'type-graphql';

export enum FieldingRunStatus {
  SCHEDULED = 'SCHEDULED',
  LIVE = 'LIVE',
  PAUSED = 'PAUSED',
  COMPLETED = 'COMPLETED',
  UNKNOWN = 'UNKNOWN',
}

registerEnumType(FieldingRunStatus, {
  name: 'FieldingRunStatus',
  description: 'State of a fielding run.',
  valuesConfig: {
    SCHEDULED: { description: 'Fielding starts at `startAt`.' },
    LIVE: { description: 'Respondents are being interviewed.' },
    PAUSED: { description: 'Fielding is paused. Can be resumed until `endAt`.' },
    COMPLETED: {
      description: 'Fielding has ended. Can be relaunched until `endAt` if the goal has not been reached.',
    },
    UNKNOWN: { description: 'A status that this version of the gateway does not know.' },
  },
});

export enum FieldingRunAction {
  LAUNCH_NOW = 'LAUNCH_NOW',
  PAUSE = 'PAUSE',
  RESUME = 'RESUME',
  COMPLETE = 'COMPLETE',
  RELAUNCH = 'RELAUNCH',
}

registerEnumType(FieldingRunAction, {
  name: 'FieldingRunAction',
  description: 'Action on a fielding run.',
  valuesConfig: {
    LAUNCH_NOW: { description: 'Launch it now, with the mutation `launchNow`.' },
    PAUSE: { description: 'Pause it, with the mutation `pauseFieldingRun`.' },
    RESUME: { description: 'Resume it, with the mutation `resumeFieldingRun`.' },
    COMPLETE: { description: 'Complete it, with the mutation `completeFieldingRun`.' },
    RELAUNCH: { description: 'Relaunch it, with the mutation `relaunchFieldingRun`.' },
  },
});
