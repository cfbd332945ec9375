import type { Database } from '../store/database.js';
import { insertRun } from '../store/fielding-runs.js';
import { Draw } from './draw.js';
import { accounts, credentials, projects, type NamedTargetGroup, type ProjectPlan } from './plan.js';
import { DAY, drawTargetGroup, HOUR } from './target-group.js';
import { people } from './words.js';

const SEED = 20_251_218;
const MINUTE = 60_000;

export function isEmpty(database: Database): boolean {
  return database.first('SELECT id FROM accounts LIMIT 1') === undefined;
}

/** Deletes all data. Call it in a transaction. */
export function wipe(database: Database): void {
  const tables = [
    'effects',
    'idempotency_keys',
    'draft_jobs',
    'batch_job_items',
    'batch_jobs',
    'fielding_runs',
    'target_groups',
    'projects',
    'grants',
    'credentials',
    'accounts',
  ];
  for (const table of tables) database.run(`DELETE FROM ${table}`);
}

/** Writes the demo's data. Ids are the same each time; dates count from the hour of `now`. Call it in a transaction. */
export function seed(database: Database, now: number): void {
  const hour = now - (now % HOUR);
  for (const account of accounts) {
    database.run('INSERT INTO accounts (id, name) VALUES (:id, :name)', account);
  }
  for (const { token, userId, accountIds } of credentials) {
    database.run('INSERT INTO credentials (token, user_id) VALUES (:token, :userId)', { token, userId });
    for (const accountId of accountIds) {
      database.run('INSERT INTO grants (token, account_id) VALUES (:token, :accountId)', {
        token,
        accountId,
      });
    }
  }
  const draw = new Draw(SEED);
  projects.forEach((plan, index) => seedProject(database, draw, plan, projects.length - index, hour));
}

function seedProject(database: Database, draw: Draw, plan: ProjectPlan, number: number, now: number): void {
  const createdAt = now - plan.ageDays * DAY;
  const managers = people[plan.accountId] ?? [];
  const manager = draw.oneOf(managers);
  database.run(
    `INSERT INTO projects
      (id, account_id, human_readable_id, name, project_manager_id, purchase_order_number, status, created_at,
       last_activity_at)
    VALUES
      (:id, :accountId, :humanReadableId, :name, :manager, :purchaseOrderNumber, :status, :createdAt, :createdAt)`,
    {
      id: plan.id,
      accountId: plan.accountId,
      humanReadableId: `PRJ-${1000 + number}`,
      name: plan.name,
      manager,
      purchaseOrderNumber: plan.purchaseOrderNumber,
      status: plan.status,
      createdAt,
    },
  );
  const others = Array.from({ length: plan.others }, (): NamedTargetGroup => {
    const targetGroupId = draw.id();
    return { targetGroupId, fieldingRunId: draw.id(), situation: draw.oneOf(plan.mix) };
  });
  // Ids and times of creation rise together: lists are newest first.
  [...others, ...plan.named].forEach((group, index) => {
    const place = { projectId: plan.id, number: number * 1000 + index, manager: draw.oneOf(managers) };
    seedTargetGroup(database, draw, group, place, createdAt + (index + 1) * 7 * MINUTE, now);
  });
  database.run(
    `UPDATE projects SET last_activity_at =
      (SELECT max(updated_at) FROM target_groups WHERE project_id = :id) WHERE id = :id`,
    { id: plan.id },
  );
}

function seedTargetGroup(
  database: Database,
  draw: Draw,
  named: NamedTargetGroup,
  place: { readonly projectId: string; readonly number: number; readonly manager: string },
  createdAt: number,
  now: number,
): void {
  const { run, startAt, endAt, ...group } = drawTargetGroup(draw, named.situation, now, createdAt, named);
  database.run(
    `INSERT INTO target_groups
      (id, project_id, human_readable_id, name, project_manager_id, locale, archived, filling_goal,
       filling_strategy, current_completes, current_prescreens, last_complete_at, incidence_rate, conversion_rate,
       drop_off_rate, median_interview_seconds, cost_per_interview, earnings_per_click, draft_start_at,
       draft_end_at, created_at, updated_at)
    VALUES
      (:id, :projectId, :humanReadableId, :name, :manager, :locale, :archived, :fillingGoal,
       :fillingStrategy, :currentCompletes, :currentPrescreens, :lastCompleteAt, :incidenceRate, :conversionRate,
       :dropOffRate, :medianInterviewSeconds, :costPerInterview, :earningsPerClick, :draftStartAt,
       :draftEndAt, :createdAt, :updatedAt)`,
    {
      ...group,
      id: named.targetGroupId,
      projectId: place.projectId,
      humanReadableId: `TG-${place.number}`,
      manager: place.manager,
      draftStartAt: run === undefined ? startAt : null,
      draftEndAt: run === undefined ? endAt : null,
      createdAt,
    },
  );
  if (run === undefined || named.fieldingRunId === undefined) return;
  insertRun(database, {
    id: named.fieldingRunId,
    targetGroupId: named.targetGroupId,
    ...run,
    startAt,
    endAt,
    lastChangedAt: group.updatedAt,
    lastChangedBy: place.manager,
  });
}
