import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../context.js';
import { findFieldingRun } from '../fielding-run/fielding-run.reading.js';
import { FieldingRun } from '../fielding-run/fielding-run.type.js';
import { InvalidStateError, VersionConflictError } from './user-error.type.js';

@Resolver(() => VersionConflictError)
export class VersionConflictErrorResolver {
  @FieldResolver(() => FieldingRun, {
    nullable: true,
    description: 'The fielding run as it is now, read again because you select it.',
  })
  async current(
    @Root() { place }: VersionConflictError,
    @Ctx() context: RequestContext,
  ): Promise<FieldingRun | null> {
    return await findFieldingRun(context, place);
  }
}

@Resolver(() => InvalidStateError)
export class InvalidStateErrorResolver {
  @FieldResolver(() => FieldingRun, {
    nullable: true,
    description: 'The fielding run as it is now, read again because you select it.',
  })
  async current(
    @Root() { place }: InvalidStateError,
    @Ctx() context: RequestContext,
  ): Promise<FieldingRun | null> {
    return place === undefined ? null : await findFieldingRun(context, place);
  }
}
