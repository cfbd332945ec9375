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
  description: 'What a fielding run is doing.',
  valuesConfig: {
    SCHEDULED: { description: 'It starts at `startAt`.' },
    LIVE: { description: 'Respondents are being interviewed.' },
    PAUSED: { description: 'Halted; it can be resumed before `endAt`.' },
    COMPLETED: { description: 'Over; it can be relaunched before `endAt`.' },
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
  description: 'What can be done with a fielding run.',
  valuesConfig: {
    LAUNCH_NOW: { description: 'Start it now: the mutation `launchNow`.' },
    PAUSE: { description: 'Halt it: the mutation `pauseFieldingRun`.' },
    RESUME: { description: 'Go on with it: the mutation `resumeFieldingRun`.' },
    COMPLETE: { description: 'End it for good: the mutation `completeFieldingRun`.' },
    RELAUNCH: { description: 'Start it again: the mutation `relaunchFieldingRun`.' },
  },
});
