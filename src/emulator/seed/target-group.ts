import { MIN_COMPLETES, statisticBounds } from '../rules/respondents.js';
import type { SeededRandom } from './seeded-random.js';
import type { NamedTargetGroup } from './plan.js';
import type { Row } from './row.js';
import { scenarios, type Scenario } from './scenarios.js';
import { DAY, HOUR } from './time.js';
import { audiences, fillingStrategies, locales } from './names.js';

interface TargetGroupContext {
  readonly projectId: string;
  readonly humanReadableId: string;
  readonly managerId: string;
  readonly customerReferenceNumber: string | null;
  readonly isExclusive: boolean;
  readonly createdAt: number;
}

/** Generates one target group in its scenario as of `now`, with its run if it has one. */
export function generateTargetGroup(
  random: SeededRandom,
  named: NamedTargetGroup,
  context: TargetGroupContext,
  now: number,
): { readonly group: Row; readonly run: Row | undefined } {
  const scenario: Scenario = scenarios[named.scenario];
  const startAt = now + wholeHours(named.startDays ?? random.between(scenario.startDays));
  const endAt = now + wholeHours(random.between(scenario.endDays));
  const { locale, country } = random.pick(locales);
  const goal = random.integer([5, 100]) * 10;
  const completes = randomCompletes(random, scenario, goal);
  const lastActiveAt = Math.min(now, endAt) - random.integer([1, 36]) * HOUR;
  const updatedAt = completes === 0 ? context.createdAt + random.integer([1, 72]) * HOUR : lastActiveAt;
  const isDraft = scenario.status === undefined;
  const group = {
    id: named.targetGroupId,
    project_id: context.projectId,
    human_readable_id: context.humanReadableId,
    name: `${random.pick(audiences)}, ${country}`,
    project_manager_id: context.managerId,
    locale,
    archived: scenario.archived === true ? 1 : 0,
    filling_goal: goal,
    filling_strategy: random.pick(fillingStrategies),
    current_completes: completes,
    current_prescreens: Math.ceil(completes * random.between([1.2, 3])),
    last_complete_at: completes === 0 ? null : lastActiveAt,
    ...randomStatistics(random, completes),
    cost_per_interview: random.price([1.2, 7.5]),
    customer_reference_number: context.customerReferenceNumber,
    exclusion_enabled: context.isExclusive ? 1 : 0,
    draft_start_at: isDraft ? startAt : null,
    draft_end_at: isDraft ? endAt : null,
    created_at: context.createdAt,
    updated_at: updatedAt,
  };
  if (scenario.status === undefined || named.fieldingRunId === undefined) return { group, run: undefined };
  const run = {
    id: named.fieldingRunId,
    target_group_id: named.targetGroupId,
    status: scenario.status,
    version: named.version ?? random.integer(scenario.version),
    start_at: startAt,
    end_at: endAt,
    last_changed_at: updatedAt,
    last_changed_by: context.managerId,
  };
  return { group, run };
}

function randomStatistics(draw: SeededRandom, completes: number): Row {
  const statistics = {
    incidence_rate: draw.rate(statisticBounds.incidenceRate.range),
    conversion_rate: draw.rate(statisticBounds.conversionRate.range),
    drop_off_rate: draw.rate(statisticBounds.dropOffRate.range),
    median_interview_seconds: draw.integer(statisticBounds.medianInterviewSeconds.range),
    earnings_per_click: draw.price(statisticBounds.earningsPerClick.range),
  };
  if (completes >= MIN_COMPLETES) return statistics;
  return Object.fromEntries(Object.keys(statistics).map((name) => [name, null]));
}

/** Rounds towards the scenario's side of the goal. */
function randomCompletes(draw: SeededRandom, { progress }: Scenario, goal: number): number {
  const completes = goal * draw.between(progress);
  return progress[0] >= 1 ? Math.ceil(completes) : Math.floor(completes);
}

function wholeHours(days: number): number {
  return Math.round((days * DAY) / HOUR) * HOUR;
}
