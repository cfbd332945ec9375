import { registerEnumType } from 'type-graphql';

export enum ProjectStatus {
  ACTIVE = 'ACTIVE',
  INACTIVE = 'INACTIVE',
  UNKNOWN = 'UNKNOWN',
}

registerEnumType(ProjectStatus, {
  name: 'ProjectStatus',
  description: 'Whether a project is being worked on.',
  valuesConfig: {
    ACTIVE: { description: 'The project has fieldwork going on or planned.' },
    INACTIVE: { description: 'Nothing is going on in the project.' },
    UNKNOWN: { description: 'A status that this version of the gateway does not know.' },
  },
});
