import { StatisticIssueType, TargetGroupStatus, type StatisticIssue } from '../../contract/demand-api.js';

/** The statistics that issues depend on. A rate that is not known yet has no issues. */
interface StatisticsState {
  readonly status: TargetGroupStatus;
  readonly currentCompletes: number;
  readonly incidenceRate: number | null;
  readonly dropOffRate: number | null;
  readonly medianInterviewSeconds: number | null;
}

/** Thresholds beyond which a statistic has an issue. */
const LOW_INCIDENCE_RATE = 0.3;
const HIGH_DROP_OFF_RATE = 0.2;
const LONG_INTERVIEW_SECONDS = 20 * 60;
const FEW_COMPLETES = 5;

export function issuesOf(state: StatisticsState): {
  readonly progress: StatisticIssue[];
  readonly incidenceRate: StatisticIssue[];
  readonly dropOffRate: StatisticIssue[];
  readonly interviewLength: StatisticIssue[];
} {
  const { incidenceRate, dropOffRate, medianInterviewSeconds: seconds } = state;
  const isStuck = state.status === TargetGroupStatus.Live && state.currentCompletes < FEW_COMPLETES;
  return {
    progress: isStuck ? [stuck] : [],
    incidenceRate: incidenceRate !== null && incidenceRate < LOW_INCIDENCE_RATE ? [lowIncidence] : [],
    dropOffRate: dropOffRate !== null && dropOffRate > HIGH_DROP_OFF_RATE ? [highDropOff] : [],
    interviewLength: seconds !== null && seconds > LONG_INTERVIEW_SECONDS ? [longInterview] : [],
  };
}

const stuck: StatisticIssue = {
  reason: { code: '1100', description: 'Hardly anyone has completed since the launch.' },
  issue_type: StatisticIssueType.Error,
  suggestions: [
    { code: '3101', description: 'Raise the price per interview.' },
    { code: '3102', description: 'Check that the survey is reachable.' },
  ],
};

const lowIncidence: StatisticIssue = {
  reason: { code: '1201', description: 'Fewer people qualify than usual.' },
  issue_type: StatisticIssueType.Warning,
  suggestions: [{ code: '3201', description: 'Widen the profile.' }],
};

const highDropOff: StatisticIssue = {
  reason: { code: '1204', description: 'More people give up than usual.' },
  issue_type: StatisticIssueType.Warning,
  suggestions: [{ code: '3107', description: 'The interview takes longer than respondents like.' }],
};

const longInterview: StatisticIssue = {
  reason: { code: '1206', description: 'The interview takes longer than people like.' },
  issue_type: StatisticIssueType.Warning,
  suggestions: [],
};
