import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../context.js';
import { itemsFrom } from '../items.js';
import { Duration } from '../scalars/duration.js';
import { TargetGroup } from '../target-group/target-group.type.js';
import { CompletesPoint } from './completes.type.js';

@Resolver(() => TargetGroup)
export class CompletesResolver {
  @FieldResolver(() => [CompletesPoint], {
    nullable: 'itemsAndList',
    description:
      'Completes over time, oldest first: how many came in during each interval, as the points of a chart. Null for a ' +
      'draft; in the list, null stands for a point that could not be read. Costs one REST call for each target group and ' +
      'interval.',
  })
  async completesOverTime(
    @Root() { ref }: TargetGroup,
    @Arg('interval', () => Duration, {
      description:
        'How long each interval is, e.g. `PT1H` or `P1D`. The API may refuse one that is too short for the ' +
        'time that fielding has taken.',
    })
    interval: string,
    @Ctx() { loaders }: RequestContext,
  ): Promise<(CompletesPoint | Error)[] | null> {
    const answer = await loaders.completesByInterval.load({ ...ref, interval });
    if (answer === null) return null;
    return inOrder(itemsFrom(answer.aggregated_completes_intervals, (item) => new CompletesPoint(item)));
  }
}

/** The API does not promise an order. What could not be read stays where it is. */
function inOrder(points: readonly (CompletesPoint | Error)[]): (CompletesPoint | Error)[] {
  const read = points.filter((point): point is CompletesPoint => !(point instanceof Error));
  // Moments are written so that they sort as texts.
  const sorted = read.toSorted((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)));
  return points.map((point) => (point instanceof Error ? point : (sorted.shift() ?? point)));
}
