import { Field, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import type { FieldingRunRef } from '../../upstream/resources/resource-ref.js';
import { Version } from '../scalars/version.js';

enum UserErrorCode {
  VERSION_CONFLICT = 'VERSION_CONFLICT',
  INVALID_STATE = 'INVALID_STATE',
  NOT_FOUND = 'NOT_FOUND',
  VALIDATION_FAILED = 'VALIDATION_FAILED',
  IDEMPOTENCY_CONFLICT = 'IDEMPOTENCY_CONFLICT',
}

registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: 'Kind of failure. Each code has its own type, which implements `UserError`.',
  valuesConfig: {
    VERSION_CONFLICT: {
      description: 'Somebody else has changed the fielding run: `VersionConflictError`.',
    },
    INVALID_STATE: {
      description:
        'The state of the fielding run or target group does not allow the change: `InvalidStateError`.',
    },
    NOT_FOUND: { description: 'Nothing exists with the id in the input: `NotFoundError`.' },
    VALIDATION_FAILED: { description: 'The input is invalid: `ValidationError`.' },
    IDEMPOTENCY_CONFLICT: {
      description: 'The idempotency key was already used with different input: `IdempotencyConflictError`.',
    },
  },
});

@InterfaceType({
  description: 'Failure of a mutation that the user can act on. The mutation has changed nothing.',
})
export abstract class UserError {
  @Field(() => String, { description: 'Human-readable description of the failure.' })
  readonly message: string;

  @Field(() => UserErrorCode, { description: 'Machine-readable kind of failure.' })
  abstract readonly code: UserErrorCode;

  @Field(() => [String], {
    nullable: true,
    description: 'Path of the invalid field in the input, e.g. `["targetGroupIds", "3"]`. Null if unknown.',
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
    'Somebody else has changed the fielding run since you read it, so nothing was changed. Show ' +
    '`current` to the user, and offer a retry with its `version`.',
})
export class VersionConflictError extends UserError {
  readonly code = UserErrorCode.VERSION_CONFLICT;

  @Field(() => Version, { description: 'Version passed in the input.' })
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
    'The state of the fielding run or target group does not allow the change, so nothing was changed.',
})
export class InvalidStateError extends UserError {
  readonly code = UserErrorCode.INVALID_STATE;

  constructor(
    message: string,
    field: readonly string[],
    /** The run and the version from the input; undefined if the failure is not about a run. */
    readonly fieldingRun: { readonly ref: FieldingRunRef; readonly version: string } | undefined,
  ) {
    super(message, field);
  }
}

@ObjectType({ implements: UserError, description: 'Nothing exists with the id in the input.' })
export class NotFoundError extends UserError {
  readonly code = UserErrorCode.NOT_FOUND;
}

@ObjectType({ implements: UserError, description: 'The input is invalid; `field` says where.' })
export class ValidationError extends UserError {
  readonly code = UserErrorCode.VALIDATION_FAILED;
}

@ObjectType({
  implements: UserError,
  description:
    'The idempotency key was already used with different input in the last 24 hours. Use a new key for each ' +
    'new action.',
})
export class IdempotencyConflictError extends UserError {
  readonly code = UserErrorCode.IDEMPOTENCY_CONFLICT;
}
