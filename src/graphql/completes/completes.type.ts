import { Field, Int, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { badResponse } from '../../upstream/errors.js';
import { DateTime, dateTimeOf } from '../scalars/date-time.js';

@ObjectType({ description: 'Point of a chart of completes over time.' })
export class CompletesPoint {
  @Field(() => DateTime, { description: 'Start of the interval.' })
  readonly at: DateTime;

  @Field(() => Int, {
    description: 'Number of completes in the interval, not a running total.',
  })
  readonly completes: number;

  /** @throws {UpstreamError} if either coordinate is missing */
  constructor({ timestamp, count }: rest.CompletesInInterval) {
    const at = dateTimeOf(timestamp, 'timestamp');
    if (at === null) throw badResponse('The response of the Demand API has an interval without `timestamp`.');
    this.at = at;
    this.completes = count;
  }
}
