import { Field, ID, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { versionIn } from '../../upstream/client/fielding-run-calls.js';
import { badResponse } from '../../upstream/errors.js';
import type { FieldingRunRef } from '../../upstream/resources/resource-ref.js';
import { fieldingRunNodeId } from '../node/node-id.js';
import { Node, NODE_ID } from '../node/node.interface.js';
import { fromRestEnum } from '../rest-enum.js';
import { DateTime, dateTimeOf } from '../scalars/date-time.js';
import { Version } from '../scalars/version.js';
import { FieldingRunStatus } from './fielding-run.enum.js';

@ObjectType({
  implements: Node,
  description: 'Fieldwork of a launched or scheduled target group: its period and its state.',
})
export class FieldingRun implements Node {
  /**
   * @param run the properties of the run; after an action, possibly only some of them
   * @param etagVersion the version in the entity tag, which takes precedence over the one in the body
   */
  constructor(
    readonly ref: FieldingRunRef,
    private readonly run: Partial<rest.FieldingRun>,
    private readonly etagVersion?: string,
  ) {}

  @Field(() => ID, { description: NODE_ID })
  get id(): string {
    return fieldingRunNodeId(this.ref);
  }

  @Field(() => ID, { description: 'Raw id in the REST API: the last part of `id`.' })
  get fieldingRunId(): string {
    return this.ref.fieldingRunId;
  }

  @Field(() => FieldingRunStatus, { description: 'State of the run: scheduled, live, paused or completed.' })
  get status(): FieldingRunStatus {
    return fromRestEnum(FieldingRunStatus, required(this.run.status, 'status'));
  }

  @Field(() => DateTime, { nullable: true, description: 'Start of fielding. Null if unknown.' })
  get startAt(): DateTime | null {
    return dateTimeOf(this.run.start_fielding_at, 'start_fielding_at');
  }

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Latest end of fielding: a live run completes at this time, or earlier when it reaches its goal. ' +
      'Null if unknown.',
  })
  get endAt(): DateTime | null {
    return dateTimeOf(this.run.end_fielding_at, 'end_fielding_at');
  }

  @Field(() => DateTime, {
    nullable: true,
    description: 'Time of the last change to the run. Null if unknown.',
  })
  get lastChangedAt(): DateTime | null {
    return dateTimeOf(this.run.last_changed_at, 'last_changed_at');
  }

  @Field(() => ID, {
    nullable: true,
    description:
      'Raw id of the person who last changed the run; see `lastChangedByUser` for the name. Null if ' +
      'unknown.',
  })
  get lastChangedBy(): string | null {
    return this.run.last_changed_by ?? null;
  }

  @Field(() => Version, {
    description:
      "Version of the run's state. Pass it back when you change the run: if somebody else has changed " +
      'the run in the meantime, your change is rejected.',
  })
  get version(): string {
    return this.etagVersion ?? versionIn({ version: required(this.run.version, 'version') });
  }
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined)
    throw badResponse(`The response of the Demand API has no \`${name}\` for the fielding run.`);
  return value;
}
