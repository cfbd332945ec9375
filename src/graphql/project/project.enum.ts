import { registerEnumType } from 'type-graphql';

export enum ProjectStatus {
  ACTIVE = 'ACTIVE',
  INACTIVE = 'INACTIVE',
  UNKNOWN = 'UNKNOWN',
}

registerEnumType(ProjectStatus, {
  name: 'ProjectStatus',
  description: 'Whether a project is active.',
  valuesConfig: {
    ACTIVE: { description: 'The project has current or planned fieldwork.' },
    INACTIVE: { description: 'The project has no current or planned fieldwork.' },
    UNKNOWN: { description: 'A status that this version of the gateway does not know.' },
  },
});
