import type DataLoader from 'dataloader';
import type * as rest from '../contract/demand-api.js';
import type {
  ChangelogQuery,
  DemandClient,
  ProjectQuery,
  TargetGroupQuery,
} from '../upstream/client/client.js';
import type { FieldingRunRead } from '../upstream/client/fielding-run-calls.js';
import {
  accountPath,
  batchJobPath,
  draftLaunchJobPath,
  fieldingRunPath,
  projectPath,
  targetGroupPath,
  type AccountRef,
  type BatchJobRef,
  type DraftLaunchJobRef,
  type FieldingRunRef,
  type ProjectRef,
  type TargetGroupRef,
} from '../upstream/resources/resource-ref.js';
import { readLoader } from './read-loader.js';
import { UsersById } from './users-by-id.js';

interface ProjectPageKey extends AccountRef {
  readonly query: ProjectQuery;
}

interface TargetGroupPageKey extends ProjectRef {
  readonly query: TargetGroupQuery;
}

interface CompletesKey extends TargetGroupRef {
  /** An ISO 8601 duration. */
  readonly interval: string;
}

interface ChangelogPageKey extends TargetGroupRef {
  readonly query: ChangelogQuery;
}

interface TransitionsKey extends ProjectRef {
  readonly selection: rest.TargetGroupTransitionsRequest;
}

type DraftResult = rest.DraftTargetGroup | 'launched' | null;

/**
 * Everything that an operation reads. Each operation has its own instance, so that callers share no data. Loaders are
 * created on first use, since most operations use one or two.
 */
export class Loaders {
  readonly #client: DemandClient;
  readonly #onBatch: ((size: number) => void) | undefined;
  readonly #used: { clearAll(): unknown }[] = [];
  #accounts: DataLoader<'all', rest.AccountList | null> | undefined;
  #projectPage: DataLoader<ProjectPageKey, rest.ProjectList | null, string> | undefined;
  #project: DataLoader<ProjectRef, rest.Project | null, string> | undefined;
  #projectOverview: DataLoader<ProjectRef, rest.ProjectOverview | null, string> | undefined;
  #targetGroupPage: DataLoader<TargetGroupPageKey, rest.TargetGroupList | null, string> | undefined;
  #targetGroupOverview: DataLoader<TargetGroupRef, rest.TargetGroupOverview | null, string> | undefined;
  #targetGroupOverviewById: DataLoader<string, rest.TargetGroupOverviewById | null> | undefined;
  #targetGroupPerformance: DataLoader<TargetGroupRef, rest.TargetGroupPerformance | null, string> | undefined;
  #completesByInterval: DataLoader<CompletesKey, rest.CompletesByInterval | null, string> | undefined;
  #changelogPage: DataLoader<ChangelogPageKey, rest.TargetGroupChangelog | null, string> | undefined;
  #transitions: DataLoader<TransitionsKey, rest.TargetGroupTransitions | null, string> | undefined;
  #targetGroupDetails: DataLoader<TargetGroupRef, rest.TargetGroupDetails | null, string> | undefined;
  #draftTargetGroup: DataLoader<TargetGroupRef, DraftResult, string> | undefined;
  #fieldingRunsOf: DataLoader<TargetGroupRef, rest.FieldingRunList | null, string> | undefined;
  #fieldingRun: DataLoader<FieldingRunRef, FieldingRunRead | null, string> | undefined;
  #batchJob: DataLoader<BatchJobRef, rest.BatchJob | null, string> | undefined;
  #draftLaunchJob: DataLoader<DraftLaunchJobRef, rest.FieldingRunJob | null, string> | undefined;
  #users: DataLoader<AccountRef, UsersById, string> | undefined;

  /** @param onBatch called with the number of reads in each batch. Default: does nothing */
  constructor(client: DemandClient, onBatch?: (size: number) => void) {
    this.#client = client;
    this.#onBatch = onBatch;
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
    return (this.#project ??= this.#loader((ref) => this.#client.getProject(ref), projectPath));
  }

  get projectOverview() {
    return (this.#projectOverview ??= this.#loader(
      (ref) => this.#client.getProjectOverview(ref),
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
      (ref) => this.#client.getTargetGroupOverview(ref),
      targetGroupPath,
    ));
  }

  get targetGroupOverviewById() {
    return (this.#targetGroupOverviewById ??= this.#loader(
      (targetGroupId) => this.#client.getTargetGroupOverviewById(targetGroupId),
      (targetGroupId) => targetGroupId,
    ));
  }

  get targetGroupPerformance() {
    return (this.#targetGroupPerformance ??= this.#loader(
      (ref) => this.#client.getTargetGroupPerformance(ref),
      targetGroupPath,
    ));
  }

  get completesByInterval() {
    return (this.#completesByInterval ??= this.#loader(
      ({ interval, ...ref }) => this.#client.getCompletesByInterval(ref, interval),
      (key) => `${targetGroupPath(key)}/${key.interval}`,
    ));
  }

  get changelogPage() {
    return (this.#changelogPage ??= this.#loader(
      ({ query, ...ref }) => this.#client.getTargetGroupChangelog(ref, query),
      (key) => targetGroupPath(key) + JSON.stringify(key.query),
    ));
  }

  get transitions() {
    return (this.#transitions ??= this.#loader(
      ({ selection, ...project }) => this.#client.computeTargetGroupTransitions(project, selection),
      (key) => projectPath(key) + JSON.stringify(key.selection),
    ));
  }

  get targetGroupDetails() {
    return (this.#targetGroupDetails ??= this.#loader(
      (ref) => this.#client.getTargetGroupDetails(ref),
      targetGroupPath,
    ));
  }

  get draftTargetGroup() {
    return (this.#draftTargetGroup ??= this.#loader(
      (ref) => this.#client.getDraftTargetGroup(ref),
      targetGroupPath,
    ));
  }

  get fieldingRunsOf() {
    return (this.#fieldingRunsOf ??= this.#loader(
      (ref) => this.#client.listFieldingRuns(ref),
      targetGroupPath,
    ));
  }

  get fieldingRun() {
    return (this.#fieldingRun ??= this.#loader((ref) => this.#client.getFieldingRun(ref), fieldingRunPath));
  }

  get batchJob() {
    return (this.#batchJob ??= this.#loader((ref) => this.#client.getBatchJob(ref), batchJobPath));
  }

  get draftLaunchJob() {
    return (this.#draftLaunchJob ??= this.#loader(
      (ref) => this.#client.getDraftLaunchJob(ref),
      draftLaunchJobPath,
    ));
  }

  /** The people of an account. No mutation changes them, so `clear` keeps them. */
  get users() {
    return (this.#users ??= readLoader(
      async (account) => new UsersById(await this.#client.listUsers(account)),
      accountPath,
    ));
  }

  /** Forgets everything that a change may affect, so that the rest of the operation reads the new state. */
  clear(): void {
    for (const loader of this.#used) loader.clearAll();
  }

  #loader<K, V>(read: (key: K) => Promise<V>, cacheKey: (key: K) => string): DataLoader<K, V, string> {
    const loader = readLoader(read, cacheKey, this.#onBatch);
    this.#used.push(loader);
    return loader;
  }
}
