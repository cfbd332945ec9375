import type {
  DraftTargetGroup,
  StatisticIssue,
  TargetGroupDetails,
  TargetGroupListItem,
  TargetGroupOverview,
  TargetGroupProgress,
  TargetGroupStatistics,
} from '../../contract/demand-api.js';
import { timestamp } from '../clock.js';
import type { TargetGroupRecord } from '../store/target-groups.js';

export function listItem(group: TargetGroupRecord): TargetGroupListItem {
  return {
    id: group.id,
    ...settings(group),
    status: group.status,
    created_at: timestamp(group.createdAt),
    updated_at: timestamp(group.updatedAt),
    statistics: statistics(group),
  };
}

export function overview(group: TargetGroupRecord): TargetGroupOverview {
  const [language = '', country = ''] = group.locale.split('_');
  return {
    project_name: group.projectName,
    target_group_name: group.name,
    human_readable_id: group.humanReadableId,
    progress: progress(group),
    status: group.status,
    country_code: country.toUpperCase(),
    language_code: language.toUpperCase(),
    ...known('conversion_rate', group.conversionRate),
    ...known('drop_off_rate', group.dropOffRate),
    ...known('incidence_rate', group.incidenceRate),
    ...known('median_length_of_interview_seconds', group.medianInterviewSeconds),
    average_cost_per_interview: group.costPerInterview,
    ...known('earnings_per_click', group.earningsPerClick),
  };
}

export function details(group: TargetGroupRecord): TargetGroupDetails {
  return {
    id: group.id,
    ...settings(group),
    filling_goal: group.fillingGoal,
    filling_strategy: group.fillingStrategy,
    created_at: timestamp(group.createdAt),
  };
}

export function draft(group: TargetGroupRecord): DraftTargetGroup {
  return {
    ...settings(group),
    filling_goal: group.fillingGoal,
    filling_strategy: group.fillingStrategy,
    fielding_specification: {
      ...known('start_at', timestampOrNull(group.draftStartAt)),
      ...known('end_at', timestampOrNull(group.draftEndAt)),
    },
  };
}

function settings(group: TargetGroupRecord): {
  human_readable_id: string;
  name: string;
  project_manager_id: string;
  locale: string;
} {
  return {
    human_readable_id: group.humanReadableId,
    name: group.name,
    project_manager_id: group.projectManagerId,
    locale: group.locale,
  };
}

function progress(group: TargetGroupRecord): TargetGroupProgress {
  return {
    current_completes: group.currentCompletes,
    current_prescreens: group.currentPrescreens,
    filling_goal: group.fillingGoal,
    filling_strategy: group.fillingStrategy,
  };
}

function statistics(group: TargetGroupRecord): TargetGroupStatistics {
  return {
    progress: { value: progress(group), issues: [] },
    last_complete_date: statistic(timestampOrNull(group.lastCompleteAt)),
    earnings_per_click: statistic(group.earningsPerClick),
    average_cost_per_interview: statistic(group.costPerInterview),
    median_length_of_interview_seconds: statistic(group.medianInterviewSeconds),
    incidence_rate: statistic(group.incidenceRate),
    drop_off_rate: statistic(group.dropOffRate),
    conversion_rate: statistic(group.conversionRate),
  };
}

const notEnoughData: StatisticIssue = {
  code: 'NotEnoughData',
  description: 'Too few respondents have come so far.',
};

function statistic<Value>(value: Value | null): { value?: Value; issues: StatisticIssue[] } {
  return value === null ? { issues: [notEnoughData] } : { value, issues: [] };
}

function timestampOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : timestamp(milliseconds);
}

function known<Name extends string, Value>(name: Name, value: Value | null): Partial<Record<Name, Value>> {
  return (value === null ? {} : { [name]: value }) as Partial<Record<Name, Value>>;
}
