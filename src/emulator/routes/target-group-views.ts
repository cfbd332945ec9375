import {
  PricingModel,
  type DraftTargetGroup,
  type MonetaryAmount,
  type StatisticIssue,
  type TargetGroupDetails,
  type TargetGroupListItem,
  type TargetGroupOverview,
  type TargetGroupOverviewById,
  type TargetGroupProgress,
  type TargetGroupStatistics,
} from '../../contract/demand-api.js';
import { timestamp } from '../clock.js';
import { issuesOf } from '../rules/statistic-issues.js';
import type { TargetGroupRecord } from '../store/target-groups.js';

/** Settings that all demo target groups share. */
const SETTINGS = {
  study_type_code: 'adhoc',
  industry_code: 'other',
  industry_lockout_code: 'past_30_days',
  collects_pii: false,
} as const;
const BUSINESS_UNIT_ID = 2210;
const DEFAULT_INTERVIEW_MINUTES = 10;
const LONGEST_INTERVIEW_MINUTES = 45;
const DEFAULT_INCIDENCE_RATE = 0.5;

export function listItem(group: TargetGroupRecord): TargetGroupListItem {
  return {
    id: group.id,
    human_readable_id: group.humanReadableId,
    name: group.name,
    project_manager_id: group.projectManagerId,
    exclusion_enabled: group.exclusionEnabled === 1,
    locale: group.locale,
    status: group.status,
    created_at: timestamp(group.createdAt),
    updated_at: timestamp(group.updatedAt),
    statistics: statistics(group),
    ...customerReference(group),
  };
}

export function overview(group: TargetGroupRecord): TargetGroupOverview {
  const [language = '', country = ''] = group.locale.split('_');
  return {
    project_name: group.projectName,
    target_group_name: group.name,
    human_readable_id: group.humanReadableId,
    project_manager_id: group.projectManagerId,
    progress: progress(group),
    pricing_model: PricingModel.RateCard,
    is_pricing_restricted: false,
    current_cost_per_interview: money(group.costPerInterview),
    average_cost_per_interview: money(group.costPerInterview),
    current_cost: money(group.costPerInterview * group.currentCompletes),
    status: group.status,
    country_code: country.toUpperCase(),
    language_code: language.toUpperCase(),
    conversion_rate: group.conversionRate ?? 0,
    drop_off_rate: group.dropOffRate ?? 0,
    incidence_rate: group.incidenceRate ?? 0,
    ...(group.medianInterviewSeconds !== null && {
      median_length_of_interview_seconds: group.medianInterviewSeconds,
    }),
    study_type_code: SETTINGS.study_type_code,
    ...customerReference(group),
    created_at: timestamp(group.createdAt),
  };
}

export function overviewById(group: TargetGroupRecord): TargetGroupOverviewById {
  return {
    account_id: group.accountId,
    project_id: group.projectId,
    ...overview(group),
    median_length_of_interview_seconds: group.medianInterviewSeconds ?? 0,
  };
}

export function details(group: TargetGroupRecord, accountName: string): TargetGroupDetails {
  return {
    id: group.id,
    human_readable_id: group.humanReadableId,
    name: group.name,
    account_name: accountName,
    business_unit_id: String(BUSINESS_UNIT_ID),
    project_manager_id: group.projectManagerId,
    locale: group.locale,
    completes_goal: group.fillingGoal,
    ...expectations(group),
    ...SETTINGS,
    client_cost_per_interview_note: money(group.costPerInterview),
    client_id: null,
    ...surveyUrls(group),
    created_at: timestamp(group.createdAt),
    ...customerReference(group),
  };
}

export function draft(group: TargetGroupRecord): DraftTargetGroup {
  const { draftStartAt: startAt, draftEndAt: endAt } = group;
  return {
    human_readable_id: group.humanReadableId,
    name: group.name,
    business_unit_id: BUSINESS_UNIT_ID,
    locale: group.locale,
    pricing_model: PricingModel.RateCard,
    cost_per_interview: money(group.costPerInterview),
    client_id: null,
    project_manager_id: group.projectManagerId,
    ...(startAt !== null &&
      endAt !== null && {
        fielding_specification: { start_at: timestamp(startAt), end_at: timestamp(endAt) },
      }),
    completes_goal: group.fillingGoal,
    ...expectations(group),
    ...SETTINGS,
    exclusion: { enabled: group.exclusionEnabled === 1 },
    ...surveyUrls(group),
    created_at: timestamp(group.createdAt),
    ...customerReference(group),
  };
}

/** In the currency of the demo's accounts. */
export function money(amount: number, decimals = 2): MonetaryAmount {
  return { value: amount.toFixed(decimals), currency_code: 'USD', currency_scale: 2 };
}

/** Omitted instead of null, because validators disagree on whether the reference's schema allows null. */
function customerReference({ customerReferenceNumber: number }: TargetGroupRecord) {
  return number === null ? {} : { target_group_customer_reference_number: number };
}

function expectations({ medianInterviewSeconds: seconds, incidenceRate: rate }: TargetGroupRecord) {
  const minutes = seconds === null ? DEFAULT_INTERVIEW_MINUTES : Math.ceil(seconds / 60);
  return {
    expected_length_of_interview_minutes: Math.min(Math.max(minutes, 1), LONGEST_INTERVIEW_MINUTES),
    // Rounded to quarters, because floating-point errors make validators reject other multiples of 0.01.
    expected_incidence_rate: Math.max(0.25, Math.round((rate ?? DEFAULT_INCIDENCE_RATE) * 4) / 4),
  };
}

function surveyUrls({ id }: TargetGroupRecord) {
  return {
    live_url: `https://survey.example.org/${id}?rid=[%RID%]`,
    test_url: `https://survey.example.org/${id}/test?rid=[%RID%]`,
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

/** Omits statistics that are not available yet. */
function statistics(group: TargetGroupRecord): TargetGroupStatistics {
  const { lastCompleteAt, earningsPerClick, medianInterviewSeconds } = group;
  const issues = issuesOf(group);
  return {
    progress: { value: progress(group), issues: issues.progress },
    ...statistic('last_complete_date', lastCompleteAt === null ? null : timestamp(lastCompleteAt)),
    ...statistic('earnings_per_click', earningsPerClick === null ? null : money(earningsPerClick)),
    ...statistic('earnings_per_click_per_minute', perMinute(earningsPerClick, medianInterviewSeconds)),
    ...statistic('average_cost_per_interview', money(group.costPerInterview)),
    ...statistic('median_length_of_interview_seconds', medianInterviewSeconds, issues.interviewLength),
    ...statistic('incidence_rate', group.incidenceRate, issues.incidenceRate),
    ...statistic('drop_off_rate', group.dropOffRate, issues.dropOffRate),
    ...statistic('conversion_rate', group.conversionRate),
  };
}

function perMinute(amount: number | null, seconds: number | null): MonetaryAmount | null {
  return amount === null || seconds === null ? null : money((amount * 60) / seconds, 4);
}

function statistic<Name extends string, Value>(
  name: Name,
  value: Value | null,
  issues: readonly StatisticIssue[] = [],
): Partial<Record<Name, { readonly value: Value; readonly issues: readonly StatisticIssue[] }>> {
  return (value === null ? {} : { [name]: { value, issues } }) as Partial<
    Record<Name, { readonly value: Value; readonly issues: readonly StatisticIssue[] }>
  >;
}
