/**
 * Version 2025-12-18 of the API: lower-case run statuses, short ids of a fixed length, the contract's filling
 * strategies, customer reference numbers, users, the changelog, webhooks, and draft jobs for target groups that do
 * not exist.
 */
export default `
DROP VIEW target_groups_with_runs;

ALTER TABLE projects RENAME COLUMN purchase_order_number TO customer_reference_number;
UPDATE projects SET human_readable_id = replace(human_readable_id, 'PRJ-', 'P-');

ALTER TABLE target_groups ADD COLUMN customer_reference_number TEXT;
ALTER TABLE target_groups ADD COLUMN exclusion_enabled INTEGER NOT NULL DEFAULT 0 CHECK (exclusion_enabled IN (0, 1));
UPDATE target_groups SET filling_strategy = CASE filling_strategy
  WHEN 'fast' THEN 'automated' WHEN 'balanced' THEN 'completes' ELSE 'prescreens' END;

CREATE TABLE new_fielding_runs (
  id TEXT PRIMARY KEY,
  target_group_id TEXT NOT NULL UNIQUE REFERENCES target_groups (id),
  status TEXT NOT NULL CHECK (status IN ('scheduled', 'live', 'paused', 'completed')),
  version INTEGER NOT NULL,
  start_at INTEGER NOT NULL,
  end_at INTEGER NOT NULL CHECK (end_at > start_at),
  last_changed_at INTEGER NOT NULL,
  last_changed_by TEXT NOT NULL
) STRICT;
INSERT INTO new_fielding_runs
SELECT id, target_group_id, lower(status), version, start_at, end_at, last_changed_at, last_changed_by
FROM fielding_runs;
DROP TABLE fielding_runs;
ALTER TABLE new_fielding_runs RENAME TO fielding_runs;
CREATE INDEX fielding_runs_to_start ON fielding_runs (start_at) WHERE status = 'scheduled';
CREATE INDEX fielding_runs_to_end ON fielding_runs (end_at) WHERE status = 'live';
UPDATE effects SET from_status = lower(from_status), to_status = lower(to_status);

CREATE TABLE new_draft_jobs (
  id TEXT PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  project_id TEXT NOT NULL,
  target_group_id TEXT NOT NULL,
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
  failure_reasons TEXT NOT NULL DEFAULT '[]',
  trace_id TEXT NOT NULL
) STRICT;
INSERT INTO new_draft_jobs
  (id, account_id, project_id, target_group_id, kind, start_at, end_at, idempotency_key, created_by, created_at, status,
   created_fielding_run_id, failure_code, failure_description, trace_id)
SELECT id, account_id, project_id, target_group_id, kind, start_at, end_at, idempotency_key, created_by, created_at, status,
  created_fielding_run_id, failure_code, failure_description, trace_id
FROM draft_jobs;
DROP TABLE draft_jobs;
ALTER TABLE new_draft_jobs RENAME TO draft_jobs;
CREATE INDEX draft_jobs_processing ON draft_jobs (id) WHERE status = 'Processing';

CREATE TABLE users (
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  id TEXT NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  manages_projects INTEGER NOT NULL CHECK (manages_projects IN (0, 1)),
  PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO users (account_id, id, email, name, manages_projects)
SELECT DISTINCT p.account_id, g.project_manager_id, 'pm-' || substr(g.project_manager_id, 1, 8) || '@example.org',
  'Project manager ' || substr(g.project_manager_id, 1, 8), 1
FROM target_groups g JOIN projects p ON p.id = g.project_id
UNION
SELECT account_id, project_manager_id, 'pm-' || substr(project_manager_id, 1, 8) || '@example.org',
  'Project manager ' || substr(project_manager_id, 1, 8), 1
FROM projects;

-- A row is what was changed together; its changes are as the API tells them, in JSON.
CREATE TABLE changelog (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  target_group_id TEXT NOT NULL REFERENCES target_groups (id),
  occurred_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL CHECK (changed_by IN ('las_user', 'system_marketplace_user', 'system_user')),
  user_id TEXT,
  changes TEXT NOT NULL
) STRICT;
CREATE INDEX changelog_of_target_group ON changelog (target_group_id, sequence);

CREATE TABLE webhooks (
  id TEXT PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  url TEXT NOT NULL,
  events TEXT NOT NULL,
  secret TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX webhooks_of_account ON webhooks (account_id, id);

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
  CASE WHEN g.archived = 1 THEN 'archived' ELSE coalesce(r.status, 'draft') END AS status
FROM target_groups g
JOIN projects p ON p.id = g.project_id
LEFT JOIN fielding_runs r ON r.target_group_id = g.id;
`;
