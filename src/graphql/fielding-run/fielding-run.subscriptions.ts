import { Arg, Authorized, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import type { LiveEvent } from '../../events/topic.js';
import { fieldingRunTopic } from '../../events/topics/fielding-run.js';
import type { FieldingRunRead } from '../../upstream/client/fielding-run-calls.js';
import { requireRef } from '../node/node-id.js';
import { subscribeTo } from '../subscribe-to.js';
import { findFieldingRun } from './fielding-run.reading.js';
import { FieldingRun } from './fielding-run.type.js';

@Resolver()
export class FieldingRunSubscriptions {
  @Authorized<Scope>('fielding:read')
  @Subscription(() => FieldingRun, {
    description:
      'A fielding run, live: its current state first, then newer ones. `version` only ever rises. ' +
      'Intermediate states may be skipped, but never the latest one. An id that does not exist is an ' +
      'error (`BAD_USER_INPUT`).',
    subscribe: subscribeTo('FieldingRun', 'id', fieldingRunTopic),
  })
  async fieldingRunUpdated(
    @Arg('id', () => ID, {
      description: 'Id of the fielding run: `<account>/<project>/<target group>/<fielding run>`.',
    })
    id: string,
    @Root() { state }: LiveEvent<FieldingRunRead>,
    @Ctx() context: RequestContext,
  ): Promise<FieldingRun | null> {
    const ref = requireRef(context.principal, 'FieldingRun', id, 'id');
    context.loaders.fieldingRun.prime(ref, state);
    return await findFieldingRun(context, ref);
  }
}
