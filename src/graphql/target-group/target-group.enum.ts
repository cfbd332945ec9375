import { registerEnumType } from 'type-graphql';

export enum TargetGroupStatus {
  DRAFT = 'DRAFT',
  SCHEDULED = 'SCHEDULED',
  LIVE = 'LIVE',
  PAUSED = 'PAUSED',
  COMPLETED = 'COMPLETED',
  ARCHIVED = 'ARCHIVED',
  UNKNOWN = 'UNKNOWN',
}

registerEnumType(TargetGroupStatus, {
  name: 'TargetGroupStatus',
  description: 'State of a target group.',
  valuesConfig: {
    DRAFT: { description: 'Being set up; it has never been launched and has no fielding run.' },
    SCHEDULED: { description: 'Fielding starts in the future.' },
    LIVE: { description: 'Respondents are being interviewed.' },
    PAUSED: { description: 'Fielding is paused and can be resumed.' },
    COMPLETED: { description: 'Fielding has ended.' },
    ARCHIVED: { description: 'Archived; no further fielding takes place.' },
    UNKNOWN: { description: 'A status that this version of the gateway does not know.' },
  },
});
