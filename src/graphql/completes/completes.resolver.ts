import { Arg, Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Scope } from '../../auth/principal.js';
import type { RequestContext } from '../../context.js';
import { namingArguments } from '../errors/argument-names.js';
import { itemsFrom } from '../items.js';
import { Duration } from '../scalars/duration.js';
import { TargetGroup } from '../target-group/target-group.type.js';
import { CompletesPoint } from './completes.type.js';

@Resolver(() => TargetGroup)
export class CompletesResolver {
  @Authorized<Scope>('fielding:read')
  @FieldResolver(() => [CompletesPoint], {
    nullable: 'itemsAndList',
    description:
      'Completes over time as the points of a chart, oldest first: how many completes came in during each ' +
      'interval. Null for a draft. A point that cannot be read is null, with an error. Costs one REST call ' +
      'per target group and interval.',
  })
  async completesOverTime(
    @Root() { ref }: TargetGroup,
    @Arg('interval', () => Duration, {
      description:
        'Length of each interval, e.g. `PT1H` or `P1D`. The REST API can reject an interval that is too short ' +
        'for the fielding period.',
    })
    interval: string,
    @Ctx() { loaders }: RequestContext,
  ): Promise<(CompletesPoint | Error)[] | null> {
    const response = await namingArguments(loaders.completesByInterval.load({ ...ref, interval }), {
      aggregation_interval: ['interval'],
    });
    if (response === null) return null;
    return inOrder(itemsFrom(response.aggregated_completes_intervals, (item) => new CompletesPoint(item)));
  }
}

/** Sorts the points, as the API does not guarantee an order. Unreadable points keep their index. */
function inOrder(points: readonly (CompletesPoint | Error)[]): (CompletesPoint | Error)[] {
  const read = points.filter((point): point is CompletesPoint => !(point instanceof Error));
  // The text format of moments sorts chronologically.
  const sorted = read.toSorted((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)));
  return points.map((point) => (point instanceof Error ? point : (sorted.shift() ?? point)));
}
