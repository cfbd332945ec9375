import type DataLoader from 'dataloader';
import type * as rest from '../contract/demand-api.js';
import type { DemandClient, FieldingRunRead, ProjectQuery, TargetGroupQuery } from '../upstream/client.js';
import {
  accountPath,
  batchJobPath,
  fieldingRunPath,
  projectPath,
  targetGroupPath,
  type AccountPlace,
  type BatchJobPlace,
  type FieldingRunPlace,
  type ProjectPlace,
  type TargetGroupPlace,
} from '../upstream/place.js';
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
    this.accounts = readLoader(
      () => client.listAccounts(),
      (key) => key,
    );
    this.projectPage = readLoader(
      ({ query, ...account }) => client.listProjects(account, query),
      (key) => accountPath(key) + JSON.stringify(key.query),
    );
    this.project = readLoader((place) => client.getProject(place), projectPath);
    this.projectOverview = readLoader((place) => client.getProjectOverview(place), projectPath);
    this.targetGroupPage = readLoader(
      ({ query, ...project }) => client.listTargetGroups(project, query),
      (key) => projectPath(key) + JSON.stringify(key.query),
    );
    this.targetGroupOverview = readLoader((place) => client.getTargetGroupOverview(place), targetGroupPath);
    this.targetGroupDetails = readLoader((place) => client.getTargetGroupDetails(place), targetGroupPath);
    this.draftTargetGroup = readLoader((place) => client.getDraftTargetGroup(place), targetGroupPath);
    this.fieldingRunsOf = readLoader((place) => client.listFieldingRuns(place), targetGroupPath);
    this.fieldingRun = readLoader((place) => client.getFieldingRun(place), fieldingRunPath);
    this.batchJob = readLoader((place) => client.getBatchJob(place), batchJobPath);
  }

  /** Forgets all that was read: after a change, the rest of the operation sees the new state. */
  clear(): void {
    for (const loader of Object.values(this) as readonly DataLoader<unknown, unknown>[]) loader.clearAll();
  }
}
