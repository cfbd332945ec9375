import { Field, ObjectType } from 'type-graphql';
import type { ActionOutcome } from '../../upstream/client/fielding-run-calls.js';
import type { FieldingRunRef } from '../../upstream/resources/resource-ref.js';
import { UserError } from '../errors/user-error.type.js';

@ObjectType({
  description:
    'Result of changing a fielding run: the run, or errors that the user can act on. If `userErrors` ' +
    'is empty, a single change took the run from your version to the requested state. That change is ' +
    'usually yours. If the response of the REST API was lost, it may also be an identical change that ' +
    'somebody else made to the same version.',
})
export class FieldingRunPayload {
  @Field(() => [UserError], { description: 'Reasons why nothing was changed; empty if the change was made.' })
  readonly userErrors: readonly UserError[];

  private constructor(
    readonly changed: { readonly ref: FieldingRunRef; readonly outcome: ActionOutcome } | undefined,
    userErrors: readonly UserError[],
  ) {
    this.userErrors = userErrors;
  }

  static changed(ref: FieldingRunRef, outcome: ActionOutcome): FieldingRunPayload {
    return new FieldingRunPayload({ ref, outcome }, []);
  }

  static rejected(...userErrors: readonly UserError[]): FieldingRunPayload {
    return new FieldingRunPayload(undefined, userErrors);
  }
}
