import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type * as rest from '../../contract/demand-api.js';
import type { ProjectRef } from '../../upstream/resources/resource-ref.js';
import { projectNodeId } from '../node/node-id.js';
import { Node, NODE_ID } from '../node/node.interface.js';
import { fromRestEnum } from '../rest-enum.js';
import { DateTime, momentOf, type Moment } from '../scalars/date-time.js';
import { ProjectStatus } from './project.enum.js';

/** What REST has told of a project; which properties there are depends on the call. */
export type ProjectSource = Partial<rest.ProjectListItem & rest.ProjectOverview>;

@ObjectType({ description: 'The figures of a project, over all of its target groups.' })
export class ProjectStatistics {
  constructor(private readonly source: rest.ProjectStatistics) {}

  @Field(() => Int, { nullable: true, description: 'How many completed interviews are wanted.' })
  get fillingGoal(): number | null {
    return this.source.filling_goal ?? null;
  }

  @Field(() => Int, { nullable: true, description: 'How many interviews have been completed.' })
  get currentCompletes(): number | null {
    return this.source.current_completes ?? null;
  }

  @Field(() => Int, { nullable: true, description: 'How many people have passed the screening questions.' })
  get currentPrescreens(): number | null {
    return this.source.current_prescreens ?? null;
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Median share of respondents who qualify, as the API reports it.',
  })
  get incidenceRateMedian(): number | null {
    return this.source.incidence_rate_median ?? null;
  }

  @Field(() => Int, { nullable: true, description: 'Median length of an interview, in whole seconds.' })
  get lengthOfInterviewMedianSeconds(): number | null {
    const seconds = this.source.length_of_interview_median_seconds ?? null;
    return seconds === null ? null : Math.round(seconds);
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Average share of entrants who complete, as the API reports it.',
  })
  get conversionRateAverage(): number | null {
    return this.source.conversion_rate_average ?? null;
  }

  @Field(() => Float, {
    nullable: true,
    description: 'Average share of respondents who give up, as the API reports it.',
  })
  get dropOffRateAverage(): number | null {
    return this.source.drop_off_rate_average ?? null;
  }
}

@ObjectType({ implements: Node, description: 'A piece of market research. It holds target groups.' })
export class Project implements Node {
  constructor(
    readonly ref: ProjectRef,
    readonly source: ProjectSource,
    /** What tells the name where `facts` do not; an error where it could not be read. */
    private readonly details: rest.Project | null | Error = null,
  ) {}

  @Field(() => ID, { description: NODE_ID })
  get id(): string {
    return projectNodeId(this.ref);
  }

  @Field(() => ID, { description: 'The raw id in the REST API.' })
  get projectId(): string {
    return this.ref.projectId;
  }

  @Field(() => String, { nullable: true, description: 'The short id that people use, e.g. in e-mails.' })
  get humanReadableId(): string | null {
    return this.source.human_readable_id ?? null;
  }

  @Field(() => String, { nullable: true, description: 'What the project is called.' })
  get name(): string | null {
    const { name = null } = this.source;
    if (name === null && this.details instanceof Error) throw this.details;
    return name ?? this.details?.name ?? null;
  }

  @Field(() => ProjectStatus, { nullable: true, description: 'Whether the project is being worked on.' })
  get status(): ProjectStatus | null {
    const status = this.source.status ?? null;
    return status === null ? null : fromRestEnum(ProjectStatus, status);
  }

  @Field(() => String, {
    nullable: true,
    description:
      "The customer's own number for the project, e.g. that of the purchase order which it is charged to, where it has one.",
  })
  get customerReferenceNumber(): string | null {
    return this.source.project_customer_reference_number ?? this.source.purchase_order_number ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The same as `customerReferenceNumber`.',
    deprecationReason: 'Use `customerReferenceNumber`, as the API has called it since 2025-12-18.',
  })
  get purchaseOrderNumber(): string | null {
    return this.customerReferenceNumber;
  }

  @Field(() => Int, {
    nullable: true,
    description: 'How many target groups the project has. Only lists of projects tell; null elsewhere.',
  })
  get targetGroupCount(): number | null {
    return this.source.target_group_count ?? null;
  }

  @Field(() => DateTime, {
    nullable: true,
    description: 'When something last happened in the project. Only lists of projects tell; null elsewhere.',
  })
  get lastActivityAt(): Moment | null {
    return momentOf(this.source.last_activity_at, 'last_activity_at');
  }

  @Field(() => ProjectStatistics, { nullable: true, description: 'The figures, over all target groups.' })
  get statistics(): ProjectStatistics | null {
    const statistics = this.source.statistics ?? null;
    return statistics === null ? null : new ProjectStatistics(statistics);
  }
}
