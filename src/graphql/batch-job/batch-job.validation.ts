import type { TargetGroupRef, ProjectRef } from '../../upstream/resources/resource-ref.js';
import { ValidationError } from '../errors/user-error.type.js';
import { refOf, projectNodeId } from '../node/node-id.js';

const MAX_TARGET_GROUPS = 1000;

/** What a batch job is to act on: raw ids of target groups of one project, each once, in the order they came. */
export interface Selection {
  readonly project: ProjectRef;
  readonly targetGroupIds: readonly string[];
}

/**
 * The target groups that a client named, or what is wrong with them: of an id that comes more than once, and of more ids than
 * a job may have, it is told once.
 */
export function selectionOf(ids: readonly string[]): Selection | readonly ValidationError[] {
  const indexes = new Map<string, number>();
  for (const [index, id] of ids.entries()) if (!indexes.has(id)) indexes.set(id, index);
  if (indexes.size > MAX_TARGET_GROUPS) {
    return [atList(`must name at most ${MAX_TARGET_GROUPS} target groups, and names ${indexes.size}.`)];
  }

  const refs: TargetGroupRef[] = [];
  const errors: ValidationError[] = [];
  for (const [id, index] of indexes) {
    const ref = refOf('TargetGroup', id);
    if (typeof ref === 'string') errors.push(atIndex(index, ref));
    else refs.push(ref);
  }
  if (errors.length > 0) return errors;

  const [project] = refs;
  if (project === undefined) return [atList('must name at least one target group.')];
  const strangers = [...indexes.values()].filter((_, nth) => !sameProject(refs[nth] ?? project, project));
  if (strangers.length > 0) {
    return strangers.map((index) =>
      atIndex(index, `is of another project than the first: \`${projectNodeId(project)}\`.`),
    );
  }
  return { project, targetGroupIds: refs.map(({ targetGroupId }) => targetGroupId) };
}

function sameProject(ref: TargetGroupRef, project: ProjectRef): boolean {
  return ref.accountId === project.accountId && ref.projectId === project.projectId;
}

function atIndex(index: number, problem: string): ValidationError {
  return new ValidationError(`\`targetGroupIds.${index}\` ${problem}`, ['targetGroupIds', String(index)]);
}

function atList(problem: string): ValidationError {
  return new ValidationError(`\`targetGroupIds\` ${problem}`, ['targetGroupIds']);
}
