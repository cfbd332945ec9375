import { Field, ID, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import { badResponse } from '../../upstream/errors.js';
import type { FieldingRunRef } from '../../upstream/resources/resource-ref.js';
import { fieldingRunNodeId } from '../node/node-id.js';
import { Node, NODE_ID } from '../node/node.interface.js';
import { fromRestEnum } from '../rest-enum.js';
import { DateTime, momentOf, type Moment } from '../scalars/date-time.js';
import { Version } from '../scalars/version.js';
import { FieldingRunStatus } from './fielding-run.enum.js';

@ObjectType({
  implements: Node,
  description: 'The fieldwork of a target group: when it runs, and what it is doing.',
})
export class FieldingRun implements Node {
  /**
   * @param run what REST has told; after an action, perhaps only a part of it
   * @param etagVersion the version of the entity tag, which counts where it differs from the body's
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

  @Field(() => ID, { description: 'The raw id in the REST API.' })
  get fieldingRunId(): string {
    return this.ref.fieldingRunId;
  }

  @Field(() => FieldingRunStatus, { description: 'What the run is doing.' })
  get status(): FieldingRunStatus {
    return fromRestEnum(FieldingRunStatus, told(this.run.status, 'status'));
  }

  @Field(() => DateTime, { nullable: true, description: 'When fielding starts or started.' })
  get startAt(): Moment | null {
    return momentOf(this.run.start_fielding_at, 'start_fielding_at');
  }

  @Field(() => DateTime, { nullable: true, description: 'When fielding ends at the latest.' })
  get endAt(): Moment | null {
    return momentOf(this.run.end_fielding_at, 'end_fielding_at');
  }

  @Field(() => DateTime, { nullable: true, description: 'When the run was last changed.' })
  get lastChangedAt(): Moment | null {
    return momentOf(this.run.last_changed_at, 'last_changed_at');
  }

  @Field(() => ID, {
    nullable: true,
    description: 'The raw id of who last changed the run. `lastChangedByUser` tells the name.',
  })
  get lastChangedBy(): string | null {
    return this.run.last_changed_by ?? null;
  }

  @Field(() => Version, {
    description:
      'Which state of the run this is. Pass it back with a change; if somebody else was faster, you are told.',
  })
  get version(): string {
    return this.etagVersion ?? String(told(this.run.version, 'version'));
  }
}

function told<T>(value: T | undefined, name: string): T {
  if (value === undefined)
    throw badResponse(`The Demand API did not tell the \`${name}\` of the fielding run.`);
  return value;
}
