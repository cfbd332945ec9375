import { registerEnumType } from 'type-graphql';

export enum ChangelogActorKind {
  PERSON = 'PERSON',
  SYSTEM = 'SYSTEM',
  MARKETPLACE = 'MARKETPLACE',
  UNKNOWN = 'UNKNOWN',
}

registerEnumType(ChangelogActorKind, {
  name: 'ChangelogActorKind',
  description: 'What kind of actor made a change.',
  valuesConfig: {
    PERSON: { description: 'A person; `user` says who.' },
    SYSTEM: { description: 'The system itself, e.g. at the scheduled end.' },
    MARKETPLACE: { description: 'The marketplace, e.g. because too few respondents complete.' },
    UNKNOWN: { description: 'A kind that this version of the gateway does not know.' },
  },
});

export enum ChangeValueKind {
  TEXT = 'TEXT',
  NUMBER = 'NUMBER',
  BOOLEAN = 'BOOLEAN',
  MOMENT = 'MOMENT',
  DURATION = 'DURATION',
  MONEY = 'MONEY',
  PERSON = 'PERSON',
  JSON = 'JSON',
  NONE = 'NONE',
}

registerEnumType(ChangeValueKind, {
  name: 'ChangeValueKind',
  description: 'How to read the values of a change, which are given as text.',
  valuesConfig: {
    TEXT: { description: "As it is: a name, an address, an id, or a word of the API's, e.g. `paused`." },
    NUMBER: { description: 'A decimal number, e.g. `400` or `0.25`.' },
    BOOLEAN: { description: '`true` or `false`.' },
    MOMENT: { description: 'A moment as `DateTime` writes it: RFC 3339 in UTC with milliseconds.' },
    DURATION: { description: 'A length of time as `Duration` writes it, e.g. `PT12H`.' },
    MONEY: {
      description:
        'A decimal amount, and the currency after a space where the API tells it, e.g. `2.50 USD`.',
    },
    PERSON: { description: 'The raw id of a person.' },
    JSON: { description: 'A JSON text: anything else, or two values of different kinds.' },
    NONE: { description: 'There is neither an old value nor a new one.' },
  },
});
