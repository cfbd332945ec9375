import { Field, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import type { FieldingRunRef } from '../../upstream/resources/resource-ref.js';
import { Version } from '../scalars/version.js';

export enum UserErrorCode {
  VERSION_CONFLICT = 'VERSION_CONFLICT',
  INVALID_STATE = 'INVALID_STATE',
  NOT_FOUND = 'NOT_FOUND',
  VALIDATION_FAILED = 'VALIDATION_FAILED',
  IDEMPOTENCY_CONFLICT = 'IDEMPOTENCY_CONFLICT',
}

registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: 'What kind of failure a user error is. Each has a type of its own.',
  valuesConfig: {
    VERSION_CONFLICT: {
      description: 'Somebody else changed the fielding run first: `VersionConflictError`.',
    },
    INVALID_STATE: { description: 'The state of the fielding run does not allow it: `InvalidStateError`.' },
    NOT_FOUND: { description: 'There is nothing with that id: `NotFoundError`.' },
    VALIDATION_FAILED: { description: 'The input is not valid: `ValidationError`.' },
    IDEMPOTENCY_CONFLICT: {
      description: 'The idempotency key has been used for other input: `IdempotencyConflictError`.',
    },
  },
});

@InterfaceType({
  description: 'A failure that a user can act on. Nothing was changed by the mutation that answers it.',
})
export abstract class UserError {
  @Field(() => String, { description: 'What went wrong, as a sentence for people.' })
  readonly message: string;

  @Field(() => UserErrorCode, { description: 'What went wrong, for programs.' })
  abstract readonly code: UserErrorCode;

  @Field(() => [String], {
    nullable: true,
    description:
      'What in the input is to blame, as a path, e.g. `["targetGroupIds", "3"]`. Null where that is not known.',
  })
  readonly field: readonly string[] | null;

  constructor(message: string, field: readonly string[] | null) {
    this.message = message;
    this.field = field;
  }
}

@ObjectType({
  implements: UserError,
  description:
    'Somebody else changed the fielding run since you read it, so nothing was done. Show the user `current`, and offer to try again with its `version`.',
})
export class VersionConflictError extends UserError {
  readonly code = UserErrorCode.VERSION_CONFLICT;

  @Field(() => Version, { description: 'The version that was passed.' })
  readonly expectedVersion: string;

  constructor(
    message: string,
    field: readonly string[],
    expectedVersion: string,
    readonly ref: FieldingRunRef,
  ) {
    super(message, field);
    this.expectedVersion = expectedVersion;
  }
}

@ObjectType({
  implements: UserError,
  description:
    'The state of the fielding run does not allow the change, so nothing was done. `current` shows the state.',
})
export class InvalidStateError extends UserError {
  readonly code = UserErrorCode.INVALID_STATE;

  constructor(
    message: string,
    field: readonly string[],
    /** Which run it was, and the version that was passed; undefined where the failure is not about a run. */
    readonly fieldingRun: { readonly ref: FieldingRunRef; readonly version: string } | undefined,
  ) {
    super(message, field);
  }
}

@ObjectType({ implements: UserError, description: 'There is nothing with the id that was passed.' })
export class NotFoundError extends UserError {
  readonly code = UserErrorCode.NOT_FOUND;
}

@ObjectType({ implements: UserError, description: 'The input is not valid; `field` says where.' })
export class ValidationError extends UserError {
  readonly code = UserErrorCode.VALIDATION_FAILED;
}

@ObjectType({
  implements: UserError,
  description:
    'The idempotency key has been used for other input within the last 24 hours. Use a new key for a new intent.',
})
export class IdempotencyConflictError extends UserError {
  readonly code = UserErrorCode.IDEMPOTENCY_CONFLICT;
}
