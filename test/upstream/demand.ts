/** One resource of each kind: its id in the graph, its REST path, and a body with all documented properties. */
export const ids = {
  account: '101',
  project: '101/P1',
  targetGroup: '101/P1/T1',
  fieldingRun: '101/P1/T1/R1',
  batchJob: '101/P1/pause/J1',
  draftLaunchJob: '101/P1/T1/launch-from-draft/J1',
};

const project = '/demand/accounts/101/projects/P1';
const targetGroup = `${project}/target-groups/T1`;
export const paths = {
  users: '/accounts/101/users',
  projects: '/demand/accounts/101/projects',
  project,
  targetGroups: `${project}/target-groups`,
  targetGroup,
  fieldingRuns: `${targetGroup}/fielding-runs`,
  fieldingRun: `${targetGroup}/fielding-runs/R1`,
  pauseJobs: `${project}/batch-jobs/pause-fielding-runs-by-target-group-id`,
  batchJob: `${project}/batch-jobs/pause-fielding-runs-by-target-group-id/J1`,
  batchJobInLocation: `${project}/batch-jobs/pause/J1`,
  launchJobs: `${targetGroup}/fielding-run-jobs/launch-from-draft`,
  scheduleJobs: `${targetGroup}/fielding-run-jobs/schedule-from-draft`,
  draftLaunchJob: `${targetGroup}/fielding-run-jobs/launch-from-draft/J1`,
};

export const rest = {
  project: { id: 'P1', human_readable_id: 'PRJ-1', name: 'Pets', account_id: 101, project_manager_id: 'M1' },
  targetGroup: { id: 'T1', human_readable_id: 'TG-1', name: 'Cats', locale: 'eng_us', status: 'live' },
  overview: {
    project_name: 'Pets',
    target_group_name: 'Cats',
    human_readable_id: 'TG-1',
    status: 'live',
    progress: {
      current_completes: 3,
      current_prescreens: 5,
      filling_goal: 10,
      filling_strategy: 'completes',
    },
    country_code: 'US',
    language_code: 'ENG',
    conversion_rate: 0.5,
  },
  details: {
    id: 'T1',
    human_readable_id: 'TG-1',
    name: 'Cats',
    project_manager_id: 'M1',
    locale: 'eng_us',
    filling_goal: 10,
    created_at: '2026-01-01T09:00:00.000Z',
  },
  fieldingRun: {
    id: 'R1',
    status: 'Paused',
    version: 5,
    start_fielding_at: '2026-02-01T09:00:00.000Z',
    end_fielding_at: '2126-03-01T09:00:00.000Z',
    last_changed_at: '2026-02-02T09:00:00.000Z',
    last_changed_by: '7f6b1c52-0f0c-4b59-9b7a-3f3f1d4f4c11',
  },
  batchJob: {
    job_id: 'J1',
    created_at: '2026-02-02T09:00:00.000Z',
    status: 'Completed',
    updated_target_groups: {
      data: [{ target_group_id: 'T1', target_group_name: 'Cats' }],
      has_more: false,
    },
    failed_target_groups: {
      data: [
        {
          target_group_id: 'T9',
          target_group_name: 'Gone',
          failure_reason: { code: 'TargetGroupNotFound', description: 'There is no such target group.' },
        },
      ],
      has_more: false,
    },
  },
  draftLaunchJob: {
    job_id: 'J1',
    created_fielding_run_id: 'R1',
    created_at: '2026-02-02T09:00:00.000Z',
    created_by: '7f6b1c52-0f0c-4b59-9b7a-3f3f1d4f4c11',
    status: 'Completed',
    failure_reason: null,
    job_trace_id: null,
  },
  users: {
    users: [
      { id: 'M1', name: 'Ana Lind', email: 'ana.lind@example.org' },
      { id: '7f6b1c52-0f0c-4b59-9b7a-3f3f1d4f4c11', name: 'Ben Okafor', email: 'ben.okafor@example.org' },
    ],
  },
};
