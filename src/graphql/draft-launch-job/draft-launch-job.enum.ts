import { registerEnumType } from 'type-graphql';

export enum DraftLaunchJobAction {
  LAUNCH = 'LAUNCH',
  SCHEDULE = 'SCHEDULE',
}

registerEnumType(DraftLaunchJobAction, {
  name: 'DraftLaunchJobAction',
  description: 'What a job does with a draft.',
  valuesConfig: {
    LAUNCH: { description: 'Launches it: fielding starts at once.' },
    SCHEDULE: { description: 'Schedules it: fielding starts at a time to come.' },
  },
});
