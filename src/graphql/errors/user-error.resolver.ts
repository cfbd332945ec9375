import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../context.js';
import { conflictingFieldingRun, rejectedFieldingRun } from '../fielding-run/fielding-run.reading.js';
import { FieldingRun } from '../fielding-run/fielding-run.type.js';
import { InvalidStateError, VersionConflictError } from './user-error.type.js';

@Resolver(() => VersionConflictError)
export class VersionConflictErrorResolver {
  @FieldResolver(() => FieldingRun, {
    nullable: true,
    description:
      'Current state of the fielding run, read only if selected. It never has the rejected version. Null if ' +
      'the run no longer exists, or, with an error at this path, if its current state cannot be read.',
  })
  async current(
    @Root() { ref, expectedVersion }: VersionConflictError,
    @Ctx() context: RequestContext,
  ): Promise<FieldingRun | null> {
    return await conflictingFieldingRun(context, ref, expectedVersion);
  }
}

@Resolver(() => InvalidStateError)
export class InvalidStateErrorResolver {
  @FieldResolver(() => FieldingRun, {
    nullable: true,
    description:
      'Current state of the fielding run, read only if selected. Null if the error is about a target ' +
      'group, or if the run no longer exists; null with an error at this path if it cannot be read.',
  })
  async current(
    @Root() { fieldingRun }: InvalidStateError,
    @Ctx() context: RequestContext,
  ): Promise<FieldingRun | null> {
    if (fieldingRun === undefined) return null;
    return await rejectedFieldingRun(context, fieldingRun.ref, fieldingRun.version);
  }
}
