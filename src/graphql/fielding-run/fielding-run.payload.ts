import { Field, ObjectType } from 'type-graphql';
import type { ActionOutcome } from '../../upstream/client/fielding-run-calls.js';
import type { FieldingRunRef } from '../../upstream/resources/resource-ref.js';
import { UserError } from '../errors/user-error.type.js';

@ObjectType({
  description:
    'What became of a change to a fielding run: the run, or what the user can do about a failure. Without `userErrors` the run ' +
    'went from your version to the state that you asked for by one change. As a rule that change is yours; where the answer of ' +
    'the API was lost, an equal change that somebody else made from the same version counts, too.',
})
export class FieldingRunPayload {
  @Field(() => [UserError], { description: 'Why nothing was changed; empty where the change was made.' })
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

  static refused(...userErrors: readonly UserError[]): FieldingRunPayload {
    return new FieldingRunPayload(undefined, userErrors);
  }
}
