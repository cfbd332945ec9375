import {
  FieldingRunStatus,
  FillingStrategy,
  StatisticIssueType,
  TargetGroupStatus,
} from '../../../src/contract/demand-api.js';
import type * as rest from '../../../src/contract/demand-api.js';

/** The API's largest page size. */
export const MAX_PAGE_SIZE = 100;

/** The page sizes of a list with several pages, and the number of pages of each. */
export const PAGED_SIZES: readonly number[] = [10, 50, 100];
export const PAGE_COUNT = 20;

/** The version of a run before and after a change. */
export const VERSION = 5;
export const NEXT_VERSION = 6;

const MANAGER = '3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01';
const PROJECT_ID = '01BTGNYV6HRNK8K8VKZASZCFN0';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const CREATED_AT = Date.UTC(2026, 3, 21, 6, 48);

const NAMES = [
  'Parents of under-fives, United States',
  'Home owners, Japan',
  'Students who commute, Brazil',
  'Drivers of electric cars, Norway',
  'Nurses and carers, United Kingdom',
  'Weekly online shoppers, Germany',
  'Pet owners, France',
];
const LOCALES = ['eng_us', 'jpn_jp', 'por_br', 'nor_no', 'eng_gb', 'ger_de', 'fre_fr'];
const STATUSES = [
  TargetGroupStatus.Live,
  TargetGroupStatus.Completed,
  TargetGroupStatus.Paused,
  TargetGroupStatus.Live,
  TargetGroupStatus.Archived,
];

/** One in this many is newly scheduled and has no statistics yet. */
const SCHEDULED_EVERY = 10;
/** One in this many has a statistic with an issue. */
const REMARKED_EVERY = 4;

/** A complete list of exactly `size` target groups. */
export function wholeList(size: number): rest.TargetGroupList {
  return {
    url: listUrl(size),
    has_more: false,
    next_cursor: null,
    target_groups: targetGroups(0, size),
  };
}

/**
 * One page of a list with several pages.
 *
 * @param page from 0; the last is `PAGE_COUNT - 1`
 */
export function pageOfList(size: number, page: number): rest.TargetGroupList {
  const items = targetGroups(page * size, size);
  const isLast = page === PAGE_COUNT - 1;
  return {
    url: listUrl(size),
    has_more: !isLast,
    next_cursor: isLast ? null : cursorAfter(size, page),
    target_groups: items,
  };
}

/** The `start_after` of the page after this one: the id of its last item. */
export function cursorAfter(size: number, page: number): string {
  return targetGroupId((page + 1) * size - 1);
}

export const fieldingRun: rest.FieldingRun = {
  id: '01BTGNYV6HRNK8K8VKZASZCFP2',
  last_changed_at: '2026-11-21T05:00:00.000Z',
  last_changed_by: MANAGER,
  start_fielding_at: '2026-11-06T02:00:00.000Z',
  end_fielding_at: '2026-12-30T21:00:00.000Z',
  status: FieldingRunStatus.Live,
  version: VERSION,
};

export const fieldingRuns: rest.FieldingRunList = { data: [fieldingRun], has_more: false };

function targetGroups(from: number, count: number): rest.TargetGroupListItem[] {
  return Array.from({ length: count }, (_, index) => targetGroup(from + index));
}

function targetGroup(number: number): rest.TargetGroupListItem {
  const scheduled = number % SCHEDULED_EVERY === SCHEDULED_EVERY - 1;
  const createdAt = CREATED_AT - number * 7 * MINUTE;
  return {
    id: targetGroupId(number),
    human_readable_id: `TG-${8023 - number}`,
    name: turn(NAMES, number),
    project_manager_id: MANAGER,
    exclusion_enabled: false,
    locale: turn(LOCALES, number),
    status: scheduled ? TargetGroupStatus.Scheduled : turn(STATUSES, number),
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(createdAt + 30 * DAY).toISOString(),
    statistics: statistics(number, scheduled),
    target_group_customer_reference_number: `TRACKER-${number}`,
  };
}

/** Omits statistics that are not available yet. */
function statistics(number: number, scheduled: boolean): rest.TargetGroupStatistics {
  const completes = scheduled ? 0 : 120 + ((number * 37) % 800);
  const isRemarked = number % REMARKED_EVERY === 0;
  return {
    progress: {
      value: {
        current_completes: completes,
        current_prescreens: completes * 2,
        filling_goal: 1000,
        filling_strategy: FillingStrategy.Completes,
      },
      issues: [],
    },
    ...(!scheduled && {
      last_complete_date: { value: '2026-11-20T17:00:00.000Z', issues: [] },
      earnings_per_click: { value: money(share(number, 13, 250, 100)), issues: [] },
      earnings_per_click_per_minute: { value: money(share(number, 7, 2500, 10_000)), issues: [] },
    }),
    average_cost_per_interview: { value: money(share(number, 29, 750, 100)), issues: [] },
    ...(!scheduled && {
      median_length_of_interview_seconds: { value: 240 + ((number * 71) % 1200), issues: [] },
      incidence_rate: { value: share(number, 311, 9000, 10_000), issues: [] },
      drop_off_rate: { value: share(number, 173, 2500, 10_000), issues: isRemarked ? [HIGH_DROP_OFF] : [] },
      conversion_rate: { value: share(number, 257, 8000, 10_000), issues: [] },
    }),
  };
}

const HIGH_DROP_OFF: rest.StatisticIssue = {
  reason: { code: '1204', description: 'More people give up than usual.' },
  issue_type: StatisticIssueType.Warning,
  suggestions: [{ code: '3107', description: 'Shorten the interview.' }],
};

function money(amount: number): rest.MonetaryAmount {
  return { value: String(amount), currency_code: 'USD', currency_scale: 2 };
}

function targetGroupId(number: number): string {
  return `01BTGNYV6HRNK8K8VKZASZ${String(number).padStart(4, '0')}`;
}

function listUrl(size: number): string {
  return `/v1/demand/accounts/101/projects/${PROJECT_ID}/target-groups?page_size=${size}`;
}

function turn<T>(values: readonly T[], number: number): T {
  const value = values[number % values.length];
  if (value === undefined) throw new RangeError('Cannot pick from an empty list.');
  return value;
}

/** A value below `most / scale` with a realistic number of digits. */
function share(number: number, step: number, most: number, scale: number): number {
  return (((number + 1) * step) % most) / scale;
}
