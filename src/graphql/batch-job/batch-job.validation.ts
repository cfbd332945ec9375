import type { TargetGroupPlace, ProjectPlace } from '../../upstream/place.js';
import { ValidationError } from '../errors/user-error.type.js';
import { placeOf, projectNodeId } from '../node/node-id.js';

const MAX_TARGET_GROUPS = 1000;

/** What a batch job is to act on: raw ids of target groups of one project, each once, in the order they came. */
export interface Selection {
  readonly project: ProjectPlace;
  readonly targetGroupIds: readonly string[];
}

/** The target groups that a client named, or all that is wrong with them. */
export function selectionOf(ids: readonly string[]): Selection | readonly ValidationError[] {
  const places = ids.map((id) => placeOf('TargetGroup', id));
  const errors = places.flatMap((place, index) => (typeof place === 'string' ? [atIndex(index, place)] : []));
  if (errors.length > 0) return errors;

  const valid = places.filter((place) => typeof place !== 'string');
  const [project] = valid;
  if (project === undefined) return [atList('must name at least one target group.')];
  const strangers = valid.flatMap((place, index) => (sameProject(place, project) ? [] : [index]));
  if (strangers.length > 0) {
    return strangers.map((index) =>
      atIndex(index, `is of another project than the first: \`${projectNodeId(project)}\`.`),
    );
  }

  const targetGroupIds = [...new Set(valid.map(({ targetGroupId }) => targetGroupId))];
  if (targetGroupIds.length > MAX_TARGET_GROUPS) {
    return [
      atList(`must name at most ${MAX_TARGET_GROUPS} target groups, and names ${targetGroupIds.length}.`),
    ];
  }
  return { project, targetGroupIds };
}

function sameProject(place: TargetGroupPlace, project: ProjectPlace): boolean {
  return place.accountId === project.accountId && place.projectId === project.projectId;
}

function atIndex(index: number, problem: string): ValidationError {
  return new ValidationError(`\`targetGroupIds.${index}\` ${problem}`, ['targetGroupIds', String(index)]);
}

function atList(problem: string): ValidationError {
  return new ValidationError(`\`targetGroupIds\` ${problem}`, ['targetGroupIds']);
}
