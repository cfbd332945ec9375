import type { Principal } from '../../auth/principal.js';
import type { TargetGroupRef, ProjectRef } from '../../upstream/resources/resource-ref.js';
import { ValidationError } from '../errors/user-error.type.js';
import { refOf, projectNodeId } from '../node/node-id.js';

const MAX_TARGET_GROUPS = 1000;

/** The raw ids of the target groups that a batch job acts on: without duplicates, in the order of the input. */
export interface Selection {
  readonly project: ProjectRef;
  readonly targetGroupIds: readonly string[];
}

/**
 * The selected target groups, or what is wrong with the ids. Each duplicate id is reported once, and too many ids are
 * reported as one error.
 *
 * @throws {ForbiddenError} if an id is in an account that the principal has no access to
 */
export function selectionOf(
  principal: Principal,
  ids: readonly string[],
): Selection | readonly ValidationError[] {
  const indexes = new Map<string, number>();
  for (const [index, id] of ids.entries()) if (!indexes.has(id)) indexes.set(id, index);
  if (indexes.size > MAX_TARGET_GROUPS) {
    return [atList(`must contain at most ${MAX_TARGET_GROUPS} target groups, but contains ${indexes.size}.`)];
  }

  const refs: TargetGroupRef[] = [];
  const errors: ValidationError[] = [];
  for (const [id, index] of indexes) {
    const ref = refOf(principal, 'TargetGroup', id);
    if (typeof ref === 'string') errors.push(atIndex(index, ref));
    else refs.push(ref);
  }
  if (errors.length > 0) return errors;

  const [project] = refs;
  if (project === undefined) return [atList('must contain at least one target group.')];
  const foreign = [...indexes.values()].filter((_, nth) => !sameProject(refs[nth] ?? project, project));
  if (foreign.length > 0) {
    return foreign.map((index) =>
      atIndex(
        index,
        `must belong to the same project as the first target group: \`${projectNodeId(project)}\`.`,
      ),
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
