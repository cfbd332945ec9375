import { Field, Int, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { badResponse } from '../../upstream/errors.js';
import { DateTime, momentOf, type Moment } from '../scalars/date-time.js';

@ObjectType({ description: 'A point of the chart of completes over time.' })
export class CompletesPoint {
  @Field(() => DateTime, { description: 'When the interval begins.' })
  readonly at: Moment;

  @Field(() => Int, {
    description: 'How many completes came in during the interval; not a running total.',
  })
  readonly completes: number;

  /** @throws {UpstreamError} where the API does not tell both: half a point cannot be drawn */
  constructor({ timestamp, count }: rest.CompletesInInterval) {
    const at = momentOf(timestamp, 'timestamp');
    if (at === null) throw badResponse('The Demand API did not tell the `timestamp` of an interval.');
    this.at = at;
    this.completes = count;
  }
}
