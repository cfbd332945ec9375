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
  description: 'How far a target group has come.',
  valuesConfig: {
    DRAFT: { description: 'Being set up; it has never been launched and has no fielding run.' },
    SCHEDULED: { description: 'Fielding starts at a time to come.' },
    LIVE: { description: 'Respondents are being interviewed.' },
    PAUSED: { description: 'Fielding has been halted and can go on.' },
    COMPLETED: { description: 'Fielding is over.' },
    ARCHIVED: { description: 'Put away; nothing more happens with it.' },
    UNKNOWN: { description: 'A status that this version of the gateway does not know.' },
  },
});
