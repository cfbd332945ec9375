import { registerEnumType } from 'type-graphql';

export enum DraftLaunchJobAction {
  LAUNCH = 'LAUNCH',
  SCHEDULE = 'SCHEDULE',
}

registerEnumType(DraftLaunchJobAction, {
  name: 'DraftLaunchJobAction',
  description: 'Action that a job applies to a draft.',
  valuesConfig: {
    LAUNCH: { description: 'Launches the draft: fielding starts immediately.' },
    SCHEDULE: { description: 'Schedules the draft: fielding starts at `startAt`.' },
  },
});
