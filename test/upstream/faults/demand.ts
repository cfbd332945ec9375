import type { ScriptedResponse } from '../../helpers/scripted-upstream.js';

/** REST paths and graph ids of the one project in these tests. */
export const project = { path: '/demand/accounts/101/projects/P1', id: '101/P1' };
export const run = {
  path: `${project.path}/target-groups/T1/fielding-runs/R1`,
  id: `${project.id}/T1/R1`,
  /** The path as metrics, traces and `extensions.upstream` show it. */
  template:
    '/demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-runs/{fielding_run_id}',
};

export const period = {
  start_fielding_at: '2030-01-01T00:00:00.000Z',
  end_fielding_at: '2030-02-01T00:00:00.000Z',
};

/** The response to a `GET` of the fielding run in this state. */
export function runAnswer(version: number, status = 'Live', more: object = {}): ScriptedResponse {
  return {
    headers: { etag: `W/"${version}"` },
    body: { id: 'R1', status, version, ...period, ...more },
  };
}

export interface FieldingRunData {
  readonly fieldingRun: { readonly version: string; readonly status: string } | null;
}
export const READ_RUN = `{ fieldingRun(id: "${run.id}") { version status } }`;

export interface AccountsData {
  readonly accounts: readonly { readonly name: string | null }[] | null;
}
export const READ_ACCOUNTS = '{ accounts { name } }';
export const accounts: ScriptedResponse = { body: { accounts: [{ id: 101, name: 'Acme' }] } };

/** A creation without reads. */
export const CREATE_JOB = `mutation ($key: String) {
  pauseTargetGroups(input: { targetGroupIds: ["${project.id}/T1"], idempotencyKey: $key }) {
    batchJob { id } idempotencyKey userErrors { code }
  }
}`;
export const creation = `POST ${project.path}/batch-jobs/pause-fielding-runs-by-target-group-id`;
export const job = { path: `${project.path}/batch-jobs/pause/J1`, id: `${project.id}/pause/J1` };
export const created: ScriptedResponse = { status: 201, headers: { location: job.path } };

/** The launch of a draft, without reads. */
export const LAUNCH_DRAFT = `mutation ($key: String) {
  launchDraftTargetGroup(
    input: { id: "${project.id}/T1", endAt: "${period.end_fielding_at}", idempotencyKey: $key }
  ) {
    draftLaunchJob { id } idempotencyKey userErrors { code }
  }
}`;
const launchJobs = `${project.path}/target-groups/T1/fielding-run-jobs/launch-from-draft`;
export const draftJob = { path: `${launchJobs}/J1`, id: `${project.id}/T1/launch-from-draft/J1` };

/** The creation of a job, which is safe to repeat with its key. */
export interface Creation {
  readonly kind: string;
  readonly document: string;
  readonly call: string;
  readonly done: ScriptedResponse;
  /** The job's field in the payload. */
  readonly field: string;
  readonly job: { readonly path: string; readonly id: string };
}
export const creations: readonly Creation[] = [
  { kind: 'a batch job', document: CREATE_JOB, call: creation, done: created, field: 'batchJob', job },
  {
    kind: 'a job that launches a draft',
    document: LAUNCH_DRAFT,
    call: `POST ${launchJobs}`,
    done: { status: 201, headers: { location: draftJob.path } },
    field: 'draftLaunchJob',
    job: draftJob,
  },
];

/** One of the six changes to a fielding run. */
export interface Change {
  readonly mutation: string;
  readonly input: string;
  /** `POST <path>`, or `PUT` for the period. */
  readonly call: string;
  readonly done: ScriptedResponse;
  /** The run after the change, in REST. */
  readonly reached: { readonly status: string } & Partial<typeof period>;
  /** The run after a different change. */
  readonly missed: { readonly status: string } & Partial<typeof period>;
}

const noContent: ScriptedResponse = { status: 204, headers: { etag: 'W/"6"' } };

function action(mutation: string, segment: string, reached: string, missed: string): Change {
  return {
    mutation,
    input: '',
    call: `POST ${run.path}/${segment}`,
    done: segment === 'launch-now' ? { headers: { etag: 'W/"6"' }, body: period } : noContent,
    reached: { status: reached },
    missed: { status: missed },
  };
}

export const changes: readonly Change[] = [
  action('launchNow', 'launch-now', 'Live', 'Scheduled'),
  action('pauseFieldingRun', 'pause', 'Paused', 'Completed'),
  action('resumeFieldingRun', 'resume', 'Live', 'Completed'),
  action('completeFieldingRun', 'complete', 'Completed', 'Paused'),
  action('relaunchFieldingRun', 'relaunch', 'Live', 'Paused'),
  {
    mutation: 'updateFieldingPeriod',
    input: `startAt: "${period.start_fielding_at}", endAt: "${period.end_fielding_at}"`,
    call: `PUT ${run.path}`,
    done: { status: 202, headers: { etag: 'W/"6"' }, body: { id: 'R1' } },
    // The same times in another notation.
    reached: {
      status: 'Live',
      start_fielding_at: '2030-01-01T01:00:00+01:00',
      end_fielding_at: '2030-02-01T00:00:00Z',
    },
    missed: { status: 'Live', end_fielding_at: '2030-02-01T00:00:00.001Z' },
  },
];

export interface ChangeData {
  readonly change: {
    readonly fieldingRun: { readonly version: string } | null;
    readonly userErrors: readonly { readonly __typename: string }[];
  } | null;
}

/** A change from version 5 without reads. */
export function changeDocument({ mutation, input }: Change): string {
  return `mutation {
    change: ${mutation}(input: { id: "${run.id}", version: "5", ${input} }) {
      fieldingRun { version } userErrors { __typename }
    }
  }`;
}
