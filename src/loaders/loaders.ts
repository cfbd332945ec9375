import DataLoader from 'dataloader';
import type * as rest from '../contract/demand-api.js';
import type { DemandClient, FieldingRunRead, ProjectQuery, TargetGroupQuery } from '../upstream/client.js';
import type { AccountPlace, BatchJobPlace, FieldingRunPlace, ProjectPlace, TargetGroupPlace } from '../upstream/place.js';
import { readLoader } from './read-loader.js';

export interface ProjectPageKey extends AccountPlace {
  readonly query: ProjectQuery;
}

export interface TargetGroupPageKey extends ProjectPlace {
  readonly query: TargetGroupQuery;
}

/** Everything that an operation reads. Made anew for each operation, so that nothing read is shared between callers. */
export class Loaders {
  readonly accounts: DataLoader<'all', rest.AccountList | null>;
  readonly projectPage: DataLoader<ProjectPageKey, rest.ProjectList | null, string>;
  readonly project: DataLoader<ProjectPlace, rest.Project | null, string>;
  readonly projectOverview: DataLoader<ProjectPlace, rest.ProjectOverview | null, string>;
  readonly targetGroupPage: DataLoader<TargetGroupPageKey, rest.TargetGroupList | null, string>;
  readonly targetGroupOverview: DataLoader<TargetGroupPlace, rest.TargetGroupOverview | null, string>;
  readonly targetGroupDetails: DataLoader<TargetGroupPlace, rest.TargetGroupDetails | null, string>;
  readonly draftTargetGroup: DataLoader<TargetGroupPlace, rest.DraftTargetGroup | 'launched' | null, string>;
  readonly fieldingRunsOf: DataLoader<TargetGroupPlace, rest.FieldingRunList | null, string>;
  readonly fieldingRun: DataLoader<FieldingRunPlace, FieldingRunRead | null, string>;
  readonly batchJob: DataLoader<BatchJobPlace, rest.BatchJob | null, string>;

  constructor(client: DemandClient) {
    this.accounts = readLoader(() => client.listAccounts(), (key) => key);
    this.projectPage = readLoader(({ query, ...account }) => client.listProjects(account, query), JSON.stringify);
    this.project = readLoader((place) => client.getProject(place), keyOf);
    this.projectOverview = readLoader((place) => client.getProjectOverview(place), keyOf);
    this.targetGroupPage = readLoader(({ query, ...project }) => client.listTargetGroups(project, query), JSON.stringify);
    this.targetGroupOverview = readLoader((place) => client.getTargetGroupOverview(place), keyOf);
    this.targetGroupDetails = readLoader((place) => client.getTargetGroupDetails(place), keyOf);
    this.draftTargetGroup = readLoader((place) => client.getDraftTargetGroup(place), keyOf);
    this.fieldingRunsOf = readLoader((place) => client.listFieldingRuns(place), keyOf);
    this.fieldingRun = readLoader((place) => client.getFieldingRun(place), keyOf);
    this.batchJob = readLoader((place) => client.getBatchJob(place), keyOf);
  }

  /** Forgets all that was read: after a change, the rest of the operation sees the new state. */
  clear(): void {
    for (const loader of Object.values(this) as readonly DataLoader<unknown, unknown>[]) loader.clearAll();
  }
}

/** The ids in the order of the hierarchy: unique, since none of them holds a slash. */
function keyOf(place: ProjectPlace | TargetGroupPlace | FieldingRunPlace | BatchJobPlace): string {
  return Object.values(place).join('/');
}
