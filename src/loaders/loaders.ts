import type DataLoader from 'dataloader';
import type * as rest from '../contract/demand-api.js';
import type { DemandClient, FieldingRunRead, ProjectQuery, TargetGroupQuery } from '../upstream/client.js';
import {
  accountPath,
  batchJobPath,
  draftLaunchJobPath,
  fieldingRunPath,
  projectPath,
  targetGroupPath,
  type AccountPlace,
  type BatchJobPlace,
  type DraftLaunchJobPlace,
  type FieldingRunPlace,
  type ProjectPlace,
  type TargetGroupPlace,
} from '../upstream/place.js';
import { readLoader } from './read-loader.js';
import { UsersById } from './users-by-id.js';

export interface ProjectPageKey extends AccountPlace {
  readonly query: ProjectQuery;
}

export interface TargetGroupPageKey extends ProjectPlace {
  readonly query: TargetGroupQuery;
}

type DraftAnswer = rest.DraftTargetGroup | 'launched' | null;

/**
 * Everything that an operation reads. Made anew for each operation, so that nothing read is shared between callers; a
 * loader is made when it is first used, since most operations use one or two.
 */
export class Loaders {
  readonly #client: DemandClient;
  readonly #used: { clearAll(): unknown }[] = [];
  #accounts: DataLoader<'all', rest.AccountList | null> | undefined;
  #projectPage: DataLoader<ProjectPageKey, rest.ProjectList | null, string> | undefined;
  #project: DataLoader<ProjectPlace, rest.Project | null, string> | undefined;
  #projectOverview: DataLoader<ProjectPlace, rest.ProjectOverview | null, string> | undefined;
  #targetGroupPage: DataLoader<TargetGroupPageKey, rest.TargetGroupList | null, string> | undefined;
  #targetGroupOverview: DataLoader<TargetGroupPlace, rest.TargetGroupOverview | null, string> | undefined;
  #targetGroupDetails: DataLoader<TargetGroupPlace, rest.TargetGroupDetails | null, string> | undefined;
  #draftTargetGroup: DataLoader<TargetGroupPlace, DraftAnswer, string> | undefined;
  #fieldingRunsOf: DataLoader<TargetGroupPlace, rest.FieldingRunList | null, string> | undefined;
  #fieldingRun: DataLoader<FieldingRunPlace, FieldingRunRead | null, string> | undefined;
  #batchJob: DataLoader<BatchJobPlace, rest.BatchJob | null, string> | undefined;
  #draftLaunchJob: DataLoader<DraftLaunchJobPlace, rest.FieldingRunJob | null, string> | undefined;
  #users: DataLoader<AccountPlace, UsersById, string> | undefined;

  constructor(client: DemandClient) {
    this.#client = client;
  }

  get accounts() {
    return (this.#accounts ??= this.#loader(
      () => this.#client.listAccounts(),
      (key) => key,
    ));
  }

  get projectPage() {
    return (this.#projectPage ??= this.#loader(
      ({ query, ...account }) => this.#client.listProjects(account, query),
      (key) => accountPath(key) + JSON.stringify(key.query),
    ));
  }

  get project() {
    return (this.#project ??= this.#loader((place) => this.#client.getProject(place), projectPath));
  }

  get projectOverview() {
    return (this.#projectOverview ??= this.#loader(
      (place) => this.#client.getProjectOverview(place),
      projectPath,
    ));
  }

  get targetGroupPage() {
    return (this.#targetGroupPage ??= this.#loader(
      ({ query, ...project }) => this.#client.listTargetGroups(project, query),
      (key) => projectPath(key) + JSON.stringify(key.query),
    ));
  }

  get targetGroupOverview() {
    return (this.#targetGroupOverview ??= this.#loader(
      (place) => this.#client.getTargetGroupOverview(place),
      targetGroupPath,
    ));
  }

  get targetGroupDetails() {
    return (this.#targetGroupDetails ??= this.#loader(
      (place) => this.#client.getTargetGroupDetails(place),
      targetGroupPath,
    ));
  }

  get draftTargetGroup() {
    return (this.#draftTargetGroup ??= this.#loader(
      (place) => this.#client.getDraftTargetGroup(place),
      targetGroupPath,
    ));
  }

  get fieldingRunsOf() {
    return (this.#fieldingRunsOf ??= this.#loader(
      (place) => this.#client.listFieldingRuns(place),
      targetGroupPath,
    ));
  }

  get fieldingRun() {
    return (this.#fieldingRun ??= this.#loader(
      (place) => this.#client.getFieldingRun(place),
      fieldingRunPath,
    ));
  }

  get batchJob() {
    return (this.#batchJob ??= this.#loader((place) => this.#client.getBatchJob(place), batchJobPath));
  }

  get draftLaunchJob() {
    return (this.#draftLaunchJob ??= this.#loader(
      (place) => this.#client.getDraftLaunchJob(place),
      draftLaunchJobPath,
    ));
  }

  /** The people of an account. No mutation changes them, so they are read once for an operation: `clear` leaves them. */
  get users() {
    return (this.#users ??= readLoader(
      async (account) => new UsersById(await this.#client.listUsers(account)),
      accountPath,
    ));
  }

  /** Forgets all that a change can be seen in: the rest of the operation sees the new state. */
  clear(): void {
    for (const loader of this.#used) loader.clearAll();
  }

  #loader<K, V>(read: (key: K) => Promise<V>, cacheKey: (key: K) => string): DataLoader<K, V, string> {
    const loader = readLoader(read, cacheKey);
    this.#used.push(loader);
    return loader;
  }
}
