import { TargetGroupStatus } from '../../contract/demand-api.js';
import { notFound } from '../http/problem.js';
import type { Services } from '../services.js';
import { findRunOfTargetGroup, type RunRecord } from '../store/fielding-runs.js';
import { findProject, type ProjectRecord } from '../store/projects.js';
import { findTargetGroup, type TargetGroupRecord } from '../store/target-groups.js';

interface ProjectPath {
  readonly account_id: number;
  readonly project_id: string;
}

interface TargetGroupPath extends ProjectPath {
  readonly target_group_id: string;
}

interface FieldingRunPath extends TargetGroupPath {
  readonly fielding_run_id: string;
}

/** These functions look a resource up by its whole path. @throws Problem 404 */
export function projectAt({ database }: Services, path: ProjectPath): ProjectRecord {
  const project = findProject(database, path.account_id, path.project_id);
  if (project === undefined) throw notFound('The project');
  return project;
}

export function targetGroupAt({ database }: Services, path: TargetGroupPath): TargetGroupRecord {
  const group = findTargetGroup(database, path.account_id, path.project_id, path.target_group_id);
  if (group === undefined) throw notFound('The target group');
  return group;
}

/** Drafts have neither statistics nor details. */
export function launchedTargetGroupAt(services: Services, path: TargetGroupPath): TargetGroupRecord {
  const group = targetGroupAt(services, path);
  if (group.status === TargetGroupStatus.Draft) throw notFound('The launched target group');
  return group;
}

export function fieldingRunAt(services: Services, path: FieldingRunPath): RunRecord {
  const run = findRunOfTargetGroup(services.database, targetGroupAt(services, path).id);
  if (run?.id !== path.fielding_run_id) throw notFound('The fielding run');
  return run;
}
