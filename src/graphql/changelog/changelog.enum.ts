import { registerEnumType } from 'type-graphql';

export enum ChangelogActorKind {
  PERSON = 'PERSON',
  SYSTEM = 'SYSTEM',
  MARKETPLACE = 'MARKETPLACE',
  UNKNOWN = 'UNKNOWN',
}

registerEnumType(ChangelogActorKind, {
  name: 'ChangelogActorKind',
  description: 'Kind of actor that made a change.',
  valuesConfig: {
    PERSON: { description: 'A person: see `user`.' },
    SYSTEM: { description: 'The system, e.g. when the scheduled end is reached.' },
    MARKETPLACE: { description: 'The marketplace, e.g. because too few respondents complete.' },
    UNKNOWN: { description: 'A kind that this version of the gateway does not know.' },
  },
});

export enum ChangeValueKind {
  TEXT = 'TEXT',
  NUMBER = 'NUMBER',
  BOOLEAN = 'BOOLEAN',
  DATE_TIME = 'DATE_TIME',
  DURATION = 'DURATION',
  MONEY = 'MONEY',
  PERSON = 'PERSON',
  JSON = 'JSON',
  NONE = 'NONE',
}

registerEnumType(ChangeValueKind, {
  name: 'ChangeValueKind',
  description: 'Format of the old and new values of a change, which are returned as text.',
  valuesConfig: {
    TEXT: {
      description: 'Plain text: a name, an address, an id, or a code of the REST API such as `paused`.',
    },
    NUMBER: { description: 'A decimal number, e.g. `400` or `0.25`.' },
    BOOLEAN: { description: '`true` or `false`.' },
    DATE_TIME: { description: 'A time in the format of `DateTime`: RFC 3339 in UTC with milliseconds.' },
    DURATION: { description: 'A duration in the format of `Duration`, e.g. `PT12H`.' },
    MONEY: {
      description: 'A decimal amount, followed by a space and the currency if known, e.g. `2.50 USD`.',
    },
    PERSON: { description: 'Raw id of a person.' },
    JSON: { description: 'JSON text: any other value, or two values of different kinds.' },
    NONE: { description: 'The change has neither an old nor a new value.' },
  },
});
