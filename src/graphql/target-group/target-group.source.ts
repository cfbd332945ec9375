import type * as rest from '../../contract/demand-api.js';
import { ListedMetrics, OverviewMetrics, type TargetGroupMetrics } from './target-group.metrics.js';

/** Properties of a target group, in the same form for every REST call that returns them. */
export interface TargetGroupSource {
  readonly humanReadableId: string | null;
  readonly name: string | null;
  readonly customerReferenceNumber: string | null;
  readonly locale: string | null;
  /** As in the REST API; undefined if the call does not return it. */
  readonly status: string | undefined;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly projectManagerId: string | null;
  readonly progress: rest.TargetGroupProgress | null;
  readonly statistics: TargetGroupMetrics | null;
}

/**
 * Reads properties of REST bodies lazily, because reading a malformed one throws: only the field that needs it fails.
 */
export class ListedSource implements TargetGroupSource {
  constructor(private readonly item: rest.TargetGroupListItem) {}

  get humanReadableId(): string | null {
    return this.item.human_readable_id ?? null;
  }

  get name(): string {
    return this.item.name;
  }

  get customerReferenceNumber(): string | null {
    return this.item.target_group_customer_reference_number ?? null;
  }

  get locale(): string | null {
    return this.item.locale ?? null;
  }

  get status(): string {
    return this.item.status;
  }

  get createdAt(): string | null {
    return this.item.created_at ?? null;
  }

  get updatedAt(): string | null {
    return this.item.updated_at ?? null;
  }

  get projectManagerId(): string | null {
    return this.item.project_manager_id ?? null;
  }

  get progress(): rest.TargetGroupProgress | null {
    return this.item.statistics?.progress?.value ?? null;
  }

  get statistics(): TargetGroupMetrics | null {
    return this.item.statistics ? new ListedMetrics(this.item.statistics) : null;
  }
}

/**
 * A launched target group: its overview, complemented by its details for what older overviews lack, or its details
 * alone.
 */
export class LaunchedSource implements TargetGroupSource {
  readonly updatedAt = null;

  /** @param details an error if they could not be read, thrown by the fields that need them */
  constructor(
    private readonly overview: rest.TargetGroupOverview | null,
    private readonly details: rest.TargetGroupDetails | null | Error,
  ) {}

  get humanReadableId(): string | null {
    return (this.overview ?? this.#details)?.human_readable_id ?? null;
  }

  get name(): string | null {
    return (this.overview === null ? this.#details?.name : this.overview.target_group_name) ?? null;
  }

  get customerReferenceNumber(): string | null {
    return (this.overview ?? this.#details)?.target_group_customer_reference_number ?? null;
  }

  get locale(): string | null {
    return this.overview === null ? (this.#details?.locale ?? null) : localeOf(this.overview);
  }

  get status(): string | undefined {
    return this.overview?.status;
  }

  get createdAt(): string | null {
    return this.overview?.created_at ?? this.#details?.created_at ?? null;
  }

  get projectManagerId(): string | null {
    return this.overview?.project_manager_id ?? this.#details?.project_manager_id ?? null;
  }

  get #details(): rest.TargetGroupDetails | null {
    if (this.details instanceof Error) throw this.details;
    return this.details;
  }

  get progress(): rest.TargetGroupProgress | null {
    return this.overview?.progress ?? null;
  }

  get statistics(): TargetGroupMetrics | null {
    return this.overview === null ? null : new OverviewMetrics(this.overview);
  }
}

/** A draft has no progress and no statistics yet. */
export class DraftSource implements TargetGroupSource {
  readonly status = 'draft';
  readonly updatedAt = null;
  readonly progress = null;
  readonly statistics = null;

  constructor(private readonly draft: rest.DraftTargetGroup) {}

  get humanReadableId(): string | null {
    return this.draft.human_readable_id ?? null;
  }

  get name(): string | null {
    return this.draft.name ?? null;
  }

  get customerReferenceNumber(): string | null {
    return this.draft.target_group_customer_reference_number ?? null;
  }

  get locale(): string | null {
    return this.draft.locale ?? null;
  }

  get createdAt(): string | null {
    return this.draft.created_at ?? null;
  }

  get projectManagerId(): string | null {
    return this.draft.project_manager_id ?? null;
  }
}

/** Other calls write `ENG` and `US` as `eng_us`. */
function localeOf({
  language_code: language,
  country_code: country,
}: rest.TargetGroupOverview): string | null {
  return language && country ? `${language}_${country}`.toLowerCase() : null;
}
