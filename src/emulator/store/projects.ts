import type { ProjectStatus } from '../../contract/demand-api.js';
import type { ProjectTotals } from '../rules/project-statistics.js';
import type { Database } from './database.js';
import { toPage, pageSql, type Page, type PageRequest } from './page.js';

export interface ProjectRecord {
  readonly id: string;
  readonly accountId: number;
  readonly humanReadableId: string;
  readonly name: string;
  readonly projectManagerId: string;
  readonly customerReferenceNumber: string | null;
  readonly status: ProjectStatus;
  readonly version: number;
  readonly createdAt: number;
  readonly lastActivityAt: number;
}

interface ProjectFilter {
  readonly projectManagerId?: string | undefined;
  readonly status?: ProjectStatus | undefined;
  /** Matches part of the name. */
  readonly name?: string | undefined;
  /** Matches part of the name, the human-readable id or the customer reference number. */
  readonly search?: string | undefined;
}

const columns = `
  id, account_id AS accountId, human_readable_id AS humanReadableId, name, project_manager_id AS projectManagerId,
  customer_reference_number AS customerReferenceNumber, status, version, created_at AS createdAt,
  last_activity_at AS lastActivityAt`;

export function findProject(
  database: Database,
  accountId: number,
  projectId: string,
): ProjectRecord | undefined {
  return database.first<ProjectRecord>(
    `SELECT ${columns} FROM projects WHERE account_id = :accountId AND id = :projectId`,
    { accountId, projectId },
  );
}

export function listProjects(
  database: Database,
  accountId: number,
  filter: ProjectFilter,
  request: PageRequest,
): Page<ProjectRecord> {
  const { condition, order, bindings } = pageSql(request);
  const rows = database.all<ProjectRecord>(
    `SELECT ${columns} FROM projects
    WHERE account_id = :accountId
      AND (:projectManagerId IS NULL OR project_manager_id = :projectManagerId)
      AND (:status IS NULL OR status = :status)
      AND (:name IS NULL OR instr(lower(name), lower(:name)) > 0)
      AND (:search IS NULL OR instr(
        lower(name || char(10) || human_readable_id || char(10) || coalesce(customer_reference_number, '')),
        lower(:search)) > 0)
      AND ${condition} ${order}`,
    {
      accountId,
      projectManagerId: filter.projectManagerId ?? null,
      status: filter.status ?? null,
      name: filter.name ?? null,
      search: filter.search ?? null,
      ...bindings,
    },
  );
  return toPage(rows, request);
}

/** Aggregates the target groups of each project, keyed by project id. Projects without target groups are missing. */
export function totalsByProject(
  database: Database,
  projectIds: readonly string[],
): Map<string, ProjectTotals> {
  const rows = database.all<TotalsRow>(
    `SELECT g.project_id AS projectId,
      count(*) AS targetGroupCount,
      coalesce(sum(iif(r.id IS NULL, 0, g.filling_goal)), 0) AS fillingGoal,
      sum(g.current_completes) AS currentCompletes,
      sum(g.current_prescreens) AS currentPrescreens,
      json_group_array(g.incidence_rate) AS incidenceRates,
      json_group_array(g.conversion_rate) AS conversionRates,
      json_group_array(g.drop_off_rate) AS dropOffRates,
      json_group_array(g.median_interview_seconds) AS interviewSeconds
    FROM target_groups g LEFT JOIN fielding_runs r ON r.target_group_id = g.id
    WHERE g.project_id IN (SELECT value FROM json_each(:projectIds))
    GROUP BY g.project_id`,
    { projectIds: JSON.stringify(projectIds) },
  );
  return new Map(
    rows.map(({ projectId, incidenceRates, conversionRates, dropOffRates, interviewSeconds, ...totals }) => [
      projectId,
      {
        ...totals,
        incidenceRates: numbersIn(incidenceRates),
        conversionRates: numbersIn(conversionRates),
        dropOffRates: numbersIn(dropOffRates),
        interviewSeconds: numbersIn(interviewSeconds),
      },
    ]),
  );
}

type TotalsRow = Pick<
  ProjectTotals,
  'targetGroupCount' | 'fillingGoal' | 'currentCompletes' | 'currentPrescreens'
> &
  Readonly<
    Record<'projectId' | 'incidenceRates' | 'conversionRates' | 'dropOffRates' | 'interviewSeconds', string>
  >;

/** Parses a JSON array and drops nulls, which stand for missing statistics. */
function numbersIn(json: string): number[] {
  return (JSON.parse(json) as (number | null)[]).filter((value) => value !== null);
}
