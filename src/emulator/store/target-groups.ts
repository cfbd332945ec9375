import type { FillingStrategy, TargetGroupStatus } from '../../contract/demand-api.js';
import type { Database } from './database.js';
import { toPage, pageSql, type Page, type PageRequest } from './page.js';

export interface TargetGroupRecord {
  readonly id: string;
  readonly accountId: number;
  readonly projectId: string;
  readonly projectName: string;
  readonly humanReadableId: string;
  readonly name: string;
  readonly projectManagerId: string;
  readonly locale: string;
  readonly status: TargetGroupStatus;
  readonly fillingGoal: number;
  readonly fillingStrategy: FillingStrategy;
  readonly currentCompletes: number;
  readonly currentPrescreens: number;
  readonly lastCompleteAt: number | null;
  readonly incidenceRate: number | null;
  readonly conversionRate: number | null;
  readonly dropOffRate: number | null;
  readonly medianInterviewSeconds: number | null;
  readonly costPerInterview: number;
  readonly earningsPerClick: number | null;
  readonly customerReferenceNumber: string | null;
  /** 0 or 1: whether respondents of other target groups are excluded. */
  readonly exclusionEnabled: number;
  /** The fielding run's start; null for a draft. */
  readonly startAt: number | null;
  readonly draftStartAt: number | null;
  readonly draftEndAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The filter's lists hold alternatives; undefined does not filter. */
interface TargetGroupFilter {
  /** Matches part of the name, the human-readable id or the customer reference number. */
  readonly search?: string | undefined;
  readonly statuses?: readonly TargetGroupStatus[] | undefined;
  readonly countries?: readonly string[] | undefined;
  readonly languages?: readonly string[] | undefined;
  readonly humanReadableIds?: readonly string[] | undefined;
  readonly customerReferenceNumbers?: readonly string[] | undefined;
  /** Matches part of the name. */
  readonly name?: string | undefined;
  readonly projectManagerId?: string | undefined;
  readonly exclusionEnabled?: boolean | undefined;
}

const columns = `
  id, account_id AS accountId, project_id AS projectId, project_name AS projectName, human_readable_id AS humanReadableId, name,
  project_manager_id AS projectManagerId, locale, status, filling_goal AS fillingGoal,
  filling_strategy AS fillingStrategy, current_completes AS currentCompletes,
  current_prescreens AS currentPrescreens, last_complete_at AS lastCompleteAt, incidence_rate AS incidenceRate,
  conversion_rate AS conversionRate, drop_off_rate AS dropOffRate,
  median_interview_seconds AS medianInterviewSeconds, cost_per_interview AS costPerInterview,
  earnings_per_click AS earningsPerClick, customer_reference_number AS customerReferenceNumber,
  exclusion_enabled AS exclusionEnabled, start_at AS startAt,
  draft_start_at AS draftStartAt, draft_end_at AS draftEndAt, created_at AS createdAt, updated_at AS updatedAt`;

export function findTargetGroup(
  database: Database,
  accountId: number,
  projectId: string,
  targetGroupId: string,
): TargetGroupRecord | undefined {
  return database.first<TargetGroupRecord>(
    `SELECT ${columns} FROM target_groups_with_runs
    WHERE id = :targetGroupId AND project_id = :projectId AND account_id = :accountId`,
    { accountId, projectId, targetGroupId },
  );
}

export function listTargetGroups(
  database: Database,
  projectId: string,
  filter: TargetGroupFilter,
  request: PageRequest,
): Page<TargetGroupRecord> {
  const { condition, order, bindings } = pageSql(request);
  const rows = database.all<TargetGroupRecord>(
    `SELECT ${columns} FROM target_groups_with_runs WHERE ${SELECTED} AND ${condition} ${order}`,
    { ...selection(projectId, filter), ...bindings },
  );
  return toPage(rows, request);
}

/** All target groups that match a filter, newest first. */
export function selectTargetGroups(
  database: Database,
  projectId: string,
  filter: TargetGroupFilter,
): TargetGroupRecord[] {
  return database.all<TargetGroupRecord>(
    `SELECT ${columns} FROM target_groups_with_runs WHERE ${SELECTED} ORDER BY id DESC`,
    selection(projectId, filter),
  );
}

export function findTargetGroupById(
  database: Database,
  targetGroupId: string,
): TargetGroupRecord | undefined {
  return database.first<TargetGroupRecord>(
    `SELECT ${columns} FROM target_groups_with_runs WHERE id = :targetGroupId`,
    { targetGroupId },
  );
}

const SELECTED = `
  project_id = :projectId
  AND (:search IS NULL OR instr(
    lower(name || char(10) || human_readable_id || char(10) || coalesce(customer_reference_number, '')),
    lower(:search)) > 0)
  AND (:name IS NULL OR instr(lower(name), lower(:name)) > 0)
  AND (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
  AND (:languages IS NULL OR substr(locale, 1, 3) IN (SELECT value FROM json_each(:languages)))
  AND (:countries IS NULL OR substr(locale, 5) IN (SELECT value FROM json_each(:countries)))
  AND (:humanReadableIds IS NULL OR human_readable_id IN (SELECT value FROM json_each(:humanReadableIds)))
  AND (:references IS NULL OR customer_reference_number IN (SELECT value FROM json_each(:references)))
  AND (:projectManagerId IS NULL OR project_manager_id = :projectManagerId)
  AND (:exclusionEnabled IS NULL OR exclusion_enabled = :exclusionEnabled)`;

function selection(
  projectId: string,
  filter: TargetGroupFilter,
): Readonly<Record<string, string | number | null>> {
  const { exclusionEnabled } = filter;
  return {
    projectId,
    search: filter.search ?? null,
    name: filter.name ?? null,
    statuses: jsonOrNull(filter.statuses),
    countries: jsonOrNull(filter.countries),
    languages: jsonOrNull(filter.languages),
    humanReadableIds: jsonOrNull(filter.humanReadableIds),
    references: jsonOrNull(filter.customerReferenceNumbers),
    projectManagerId: filter.projectManagerId?.toLowerCase() ?? null,
    exclusionEnabled: exclusionEnabled === undefined ? null : Number(exclusionEnabled),
  };
}

function jsonOrNull(values: readonly string[] | undefined): string | null {
  return values === undefined ? null : JSON.stringify(values);
}

/** The live target groups that still miss completes, without that of `except` while its run is at that version. */
export function listTargetGroupsInField(
  database: Database,
  except: { readonly fieldingRunId: string; readonly version: number },
): TargetGroupRecord[] {
  return database.all<TargetGroupRecord>(
    `SELECT ${columns} FROM target_groups_with_runs
    WHERE status = 'live' AND current_completes < filling_goal
      AND NOT (run_id = :fieldingRunId AND run_version = :version)
    ORDER BY id`,
    { fieldingRunId: except.fieldingRunId, version: except.version },
  );
}

/** Records how far a target group is filled, and its statistics. Completes are no activity of its project. */
export function updateProgress(
  database: Database,
  { id, currentCompletes, currentPrescreens, lastCompleteAt, ...statistics }: TargetGroupRecord,
  at: number,
): void {
  const { incidenceRate, conversionRate, dropOffRate, medianInterviewSeconds, earningsPerClick } = statistics;
  database.run(
    `UPDATE target_groups SET current_completes = :currentCompletes, current_prescreens = :currentPrescreens,
      last_complete_at = :lastCompleteAt, incidence_rate = :incidenceRate, conversion_rate = :conversionRate,
      drop_off_rate = :dropOffRate, median_interview_seconds = :medianInterviewSeconds,
      earnings_per_click = :earningsPerClick, updated_at = max(updated_at, :at)
    WHERE id = :id`,
    {
      id,
      currentCompletes,
      currentPrescreens,
      lastCompleteAt,
      incidenceRate,
      conversionRate,
      dropOffRate,
      medianInterviewSeconds,
      earningsPerClick,
      at,
    },
  );
}
