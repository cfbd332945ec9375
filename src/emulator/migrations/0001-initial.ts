/** Times are milliseconds since the epoch. Run statuses are spelled as in the contract. */
export default `
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;

CREATE TABLE credentials (
  token TEXT PRIMARY KEY,
  user_id TEXT NOT NULL
) STRICT;

CREATE TABLE grants (
  token TEXT NOT NULL REFERENCES credentials (token),
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  PRIMARY KEY (token, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  human_readable_id TEXT NOT NULL,
  name TEXT NOT NULL,
  project_manager_id TEXT NOT NULL,
  purchase_order_number TEXT,
  status TEXT NOT NULL CHECK (status IN ('active', 'inactive')),
  version INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  last_activity_at INTEGER NOT NULL
) STRICT;
CREATE INDEX projects_of_account ON projects (account_id, id);

CREATE TABLE target_groups (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  human_readable_id TEXT NOT NULL,
  name TEXT NOT NULL,
  project_manager_id TEXT NOT NULL,
  locale TEXT NOT NULL,
  archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
  filling_goal INTEGER NOT NULL,
  filling_strategy TEXT NOT NULL,
  current_completes INTEGER NOT NULL DEFAULT 0,
  current_prescreens INTEGER NOT NULL DEFAULT 0,
  last_complete_at INTEGER,
  incidence_rate REAL,
  conversion_rate REAL,
  drop_off_rate REAL,
  median_interview_seconds INTEGER,
  cost_per_interview REAL NOT NULL,
  earnings_per_click REAL,
  draft_start_at INTEGER,
  draft_end_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX target_groups_of_project ON target_groups (project_id, id);
CREATE INDEX target_groups_at_goal ON target_groups (id) WHERE current_completes >= filling_goal AND archived = 0;

CREATE TABLE fielding_runs (
  id TEXT PRIMARY KEY,
  target_group_id TEXT NOT NULL UNIQUE REFERENCES target_groups (id),
  status TEXT NOT NULL CHECK (status IN ('Scheduled', 'Live', 'Paused', 'Completed')),
  version INTEGER NOT NULL,
  start_at INTEGER NOT NULL,
  end_at INTEGER NOT NULL CHECK (end_at > start_at),
  last_changed_at INTEGER NOT NULL,
  last_changed_by TEXT NOT NULL
) STRICT;
CREATE INDEX fielding_runs_to_start ON fielding_runs (start_at) WHERE status = 'Scheduled';
CREATE INDEX fielding_runs_to_end ON fielding_runs (end_at) WHERE status = 'Live';

CREATE TABLE batch_jobs (
  id TEXT PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  project_id TEXT NOT NULL REFERENCES projects (id),
  kind TEXT NOT NULL CHECK (kind IN ('pause', 'resume', 'launch', 'complete', 'relaunch')),
  idempotency_key TEXT,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('Processing', 'Completed', 'Failed'))
) STRICT;
CREATE INDEX batch_jobs_processing ON batch_jobs (id) WHERE status = 'Processing';

CREATE TABLE batch_job_items (
  job_id TEXT NOT NULL REFERENCES batch_jobs (id),
  position INTEGER NOT NULL,
  target_group_id TEXT NOT NULL,
  target_group_name TEXT,
  outcome TEXT NOT NULL CHECK (outcome IN ('pending', 'updated', 'failed')),
  failure_code TEXT,
  failure_description TEXT,
  PRIMARY KEY (job_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE draft_jobs (
  id TEXT PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  project_id TEXT NOT NULL REFERENCES projects (id),
  target_group_id TEXT NOT NULL REFERENCES target_groups (id),
  kind TEXT NOT NULL CHECK (kind IN ('launch', 'schedule')),
  start_at INTEGER,
  end_at INTEGER NOT NULL,
  idempotency_key TEXT,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('Processing', 'Completed', 'Failed')),
  created_fielding_run_id TEXT,
  failure_code TEXT,
  failure_description TEXT,
  trace_id TEXT NOT NULL
) STRICT;
CREATE INDEX draft_jobs_processing ON draft_jobs (id) WHERE status = 'Processing';

CREATE TABLE idempotency_keys (
  token TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  location TEXT NOT NULL,
  PRIMARY KEY (token, account_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE effects (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  cause TEXT NOT NULL CHECK (cause IN ('action', 'batch_job', 'draft_job', 'clock')),
  operation TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  project_id TEXT NOT NULL,
  target_group_id TEXT,
  fielding_run_id TEXT,
  from_version INTEGER,
  to_version INTEGER,
  from_status TEXT,
  to_status TEXT,
  job_id TEXT,
  idempotency_key TEXT
) STRICT;

CREATE VIEW target_groups_with_runs AS
SELECT
  g.*,
  p.account_id,
  p.name AS project_name,
  r.id AS run_id,
  r.status AS run_status,
  r.version AS run_version,
  r.start_at,
  r.end_at,
  r.last_changed_at,
  r.last_changed_by,
  CASE WHEN g.archived = 1 THEN 'archived' ELSE lower(coalesce(r.status, 'draft')) END AS status
FROM target_groups g
JOIN projects p ON p.id = g.project_id
LEFT JOIN fielding_runs r ON r.target_group_id = g.id;
`;
