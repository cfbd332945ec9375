import { SeededRandom } from './seeded-random.js';
import { changelogRows } from './changelog.js';
import { accounts, credentials, projects, type NamedTargetGroup, type ProjectPlan } from './plan.js';
import type { Row } from './row.js';
import { generateTargetGroup } from './target-group.js';
import { DAY, HOUR, MINUTE } from './time.js';
import { people } from './names.js';

const SEED = 20_251_218;

/**
 * The demo data by table, in an order that satisfies foreign keys. Ids and statistics are the same each time;
 * dates are relative to the hour of `now`.
 */
export function demoRows(now: number): Readonly<Record<string, readonly Row[]>> {
  const random = new SeededRandom(SEED);
  const hour = now - (now % HOUR);
  const drawn = projects.map((plan, index) => drawProject(random, plan, projects.length - index, hour));
  return {
    accounts,
    credentials: credentials.map(({ token, userId }) => ({ token, user_id: userId })),
    grants: credentials.flatMap(({ token, accountIds }) =>
      accountIds.map((accountId) => ({ token, account_id: accountId })),
    ),
    users: userRows(),
    projects: drawn.map(({ project }) => project),
    target_groups: drawn.flatMap(({ groups }) => groups),
    fielding_runs: drawn.flatMap(({ runs }) => runs),
    changelog: changelogRows(drawn),
  };
}

function drawProject(
  draw: SeededRandom,
  plan: ProjectPlan,
  number: number,
  now: number,
): { readonly project: Row; readonly groups: Row[]; readonly runs: Row[] } {
  const createdAt = now - plan.ageDays * DAY;
  const managers = (people[plan.accountId] ?? []).map(({ id }) => id);
  const others = Array.from({ length: plan.others }, () => drawName(draw, plan));
  // Ids and creation times ascend together, because lists are sorted by id, newest first.
  const drawn = [...others, ...plan.named].map((named, index) => {
    const context = {
      projectId: plan.id,
      humanReadableId: `TG-${number * 1000 + index}`,
      customerReferenceNumber:
        index % 3 === 0 ? `TRACKER-${String(number * 1000 + index).padStart(6, '0')}` : null,
      isExclusive: index % 5 === 0,
      managerId: draw.pick(managers),
      createdAt: createdAt + (index + 1) * 7 * MINUTE,
    };
    return generateTargetGroup(draw, named, context, now);
  });
  const groups = drawn.map(({ group }) => group);
  const project = {
    id: plan.id,
    account_id: plan.accountId,
    human_readable_id: `P-${1000 + number}`,
    name: plan.name,
    project_manager_id: draw.pick(managers),
    customer_reference_number: plan.customerReferenceNumber,
    status: plan.status,
    created_at: createdAt,
    last_activity_at: Math.max(...groups.map((group) => Number(group['updated_at']))),
  };
  return { project, groups, runs: drawn.map(({ run }) => run).filter((run) => run !== undefined) };
}

function drawName(draw: SeededRandom, { mix }: ProjectPlan): NamedTargetGroup {
  return { targetGroupId: draw.id(), fieldingRunId: draw.id(), scenario: draw.pick(mix) };
}

function userRows(): Row[] {
  const callers = credentials.flatMap(({ userId, name, accountIds }) =>
    accountIds.map((accountId) => userRow(accountId, userId, name, false)),
  );
  const managers = Object.entries(people).flatMap(([accountId, all]) =>
    all.map(({ id, name }) => userRow(Number(accountId), id, name, true)),
  );
  return [...callers, ...managers];
}

function userRow(accountId: number, id: string, name: string, managesProjects: boolean): Row {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.org`;
  return { account_id: accountId, id, email, name, manages_projects: managesProjects ? 1 : 0 };
}
