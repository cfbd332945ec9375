import { setTimeout as sleep } from 'node:timers/promises';
import { FieldingRunStatus } from '../../../src/contract/demand-api.js';
import type * as rest from '../../../src/contract/demand-api.js';
import { demo } from '../../../src/emulator/index.js';
import {
  BatchJobUpdatedDocument,
  FieldingRunUpdatedDocument,
  TargetGroupUpdatedDocument,
} from '../../generated/documents.js';
import { callApi, demoPaths, jobPath, readApi } from '../../helpers/emulator.js';
import type { Schedule, Step } from './schedule.js';
import { Subscriber, type Following } from '../../helpers/subscriber.js';
import type { World } from './world.js';

/** Nobody may be behind after so long without a change. */
const QUIET_MS = 30_000;
const CHECK_MS = 20;

/** Can be paused and resumed at any time. */
const RUNS = [demo.live, demo.secondLive, demo.paused];

interface Expectation {
  /** What it follows, for a report. */
  readonly name: string;
  readonly following: Following;
  /** @returns what is wrong with what it has received so far */
  readonly problem: () => Promise<string | undefined>;
}

/** Runs a schedule. @returns what was wrong, in words; empty if nothing was missed */
export async function runSchedule(world: World, schedule: Schedule): Promise<readonly string[]> {
  return await new Run(world).run(schedule);
}

class Run {
  readonly #world: World;
  readonly #subscribers: Subscriber[] = [];
  readonly #expectations: Expectation[] = [];
  readonly #problems: string[] = [];
  /** Queries of lists that are due, which must not outlive the world. */
  readonly #queries: Promise<void>[] = [];
  #jobs = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async run(schedule: Schedule): Promise<readonly string[]> {
    try {
      for (const subscriber of [this.#subscriber(), this.#subscriber()]) {
        RUNS.forEach((_, run) => {
          this.#followRun(subscriber, run);
        });
        this.#followTargetGroups(subscriber);
      }
      for (const [afterMs, step] of schedule) {
        await sleep(afterMs);
        await this.#apply(step);
      }
      await this.#world.heal();
      await this.#settle();
      return this.#problems;
    } finally {
      await Promise.all(this.#subscribers.map((each) => each.close()));
      await Promise.all(this.#queries);
    }
  }

  async #apply(step: Step): Promise<void> {
    switch (step.kind) {
      case 'change':
        await this.#change(RUNS[step.run]!, step.period);
        return;
      case 'job':
        await this.#startJob();
        return;
      case 'completes':
        await this.#world.emulator.control.setCompletes(RUNS[step.run]!.targetGroupId, step.count);
        return;
      case 'deliveries':
        this.#world.relay.deliveries = step.are;
        return;
      case 'cut':
        for (const each of this.#subscribers) each.cut();
        return;
      case 'join':
        this.#followRun(this.#subscriber(), step.run);
        return;
      case 'kill':
        await this.#world.kill(step.gateway);
        return;
      case 'redis':
        await this.#world.toggleRedis();
    }
  }

  #subscriber(): Subscriber {
    const subscriber = new Subscriber(this.#world.urls, this.#subscribers.length, demo.token);
    this.#subscribers.push(subscriber);
    return subscriber;
  }

  async #change(run: (typeof RUNS)[number], period: boolean): Promise<void> {
    const path = demoPaths.run(run);
    const { status, version, start_fielding_at, end_fielding_at } = await this.#read<rest.FieldingRun>(path);
    const headers = { 'if-match': `W/"${version}"` };
    const isLive = status === FieldingRunStatus.Live;
    if (period) {
      const endAt = new Date(Date.parse(end_fielding_at ?? '') + 60_000).toISOString();
      const body = { start_fielding_at, end_fielding_at: endAt };
      await callApi(this.#world.emulator, 'PUT', path, { headers, body });
    } else {
      await callApi(this.#world.emulator, 'POST', `${path}/${isLive ? 'pause' : 'resume'}`, { headers });
    }
  }

  async #startJob(): Promise<void> {
    this.#jobs += 1;
    const kind = this.#jobs % 2 === 0 ? 'resume' : 'pause';
    const response = await callApi(this.#world.emulator, 'POST', demoPaths.batchJobs(kind), {
      body: { target_group_ids: RUNS.map(({ targetGroupId }) => targetGroupId) },
    });
    const location = response.headers.get('location')!;
    const id = `${demo.accountId}/${demo.projectId}/${kind}/${location.split('/').at(-1)!}`;
    const received: string[] = [];
    const following = this.#subscriber().follow(BatchJobUpdatedDocument, { id }, ({ batchJobUpdated }) => {
      const { status } = batchJobUpdated;
      // A client that is cut off before it learns that this was the last event gets it again.
      if (received.at(-1) === 'COMPLETED' && status !== 'COMPLETED')
        this.#problems.push(`job ${id} went back to ${status} after its end`);
      received.push(status);
    });
    this.#expectations.push({
      name: `job ${id}`,
      following,
      problem: async () => {
        const { status } = await this.#read<rest.BatchJob>(jobPath(location));
        const isOver = received.at(-1) === status.toUpperCase() && following.isComplete;
        return isOver ? undefined : `received ${received.join(', ')}, but it is ${status}`;
      },
    });
  }

  #followRun(subscriber: Subscriber, run: number): void {
    const ref = RUNS[run]!;
    const id = `${demo.accountId}/${demo.projectId}/${ref.targetGroupId}/${ref.fieldingRunId}`;
    const received: number[] = [];
    let last: string | undefined;
    const following = subscriber.follow(FieldingRunUpdatedDocument, { id }, ({ fieldingRunUpdated }) => {
      const version = Number(fieldingRunUpdated.version);
      if (version < (received.at(-1) ?? 0))
        this.#problems.push(`run ${run}: ${received.join(', ')}, then ${version}`);
      received.push(version);
      last = `${version} ${fieldingRunUpdated.status}`;
    });
    this.#expectations.push({
      name: `run ${run}`,
      following,
      problem: async () => {
        const { version, status } = await this.#read<rest.FieldingRun>(demoPaths.run(ref));
        const now = `${version} ${status.toUpperCase()}`;
        return last === now
          ? undefined
          : `received ${received.join(', ')} (${String(last)}), but it is ${now}`;
      },
    });
  }

  /** Follows the project as `docs/clients.md` tells clients to: subscribe, then query the list, after each connection. */
  #followTargetGroups(subscriber: Subscriber): void {
    const projectId = `${demo.accountId}/${demo.projectId}`;
    const shown = new Map<string, string>();
    /** The items that an event has shown since the last query was sent: its response may be older than they are. */
    let shownSince = new Set<string>();
    const query = async () => {
      // By then, the gateway has certainly begun to watch: clients get no receipt for a subscription.
      await sleep(500);
      const since = (shownSince = new Set());
      for (const item of await this.#listed()) if (!since.has(item.id)) shown.set(item.id, shownOf(item));
    };
    subscriber.client.on('connected', () => {
      this.#queries.push(query());
    });
    const following = subscriber.follow(
      TargetGroupUpdatedDocument,
      { projectId },
      ({ targetGroupUpdated }) => {
        const { targetGroupId, status, progress } = targetGroupUpdated;
        shown.set(targetGroupId, `${status} ${progress?.currentCompletes ?? 0}`);
        shownSince.add(targetGroupId);
      },
    );
    this.#expectations.push({
      name: 'target groups',
      following,
      problem: async () => {
        const differing = (await this.#listed()).filter((item) => shown.get(item.id) !== shownOf(item));
        if (differing.length === 0) return undefined;
        return differing
          .map((item) => `${item.id}: ${String(shown.get(item.id))}, not ${shownOf(item)}`)
          .join('; ');
      },
    });
  }

  async #listed(): Promise<readonly rest.TargetGroupListItem[]> {
    const list = await this.#read<rest.TargetGroupList>(`${demoPaths.project}/target-groups?page_size=100`);
    return list.target_groups;
  }

  async #read<Body>(path: string): Promise<Body> {
    return await readApi<Body>(this.#world.emulator, path);
  }

  async #settle(): Promise<void> {
    const end = performance.now() + QUIET_MS;
    for (const { name, following, problem } of this.#expectations) {
      let found = await problem();
      while (found !== undefined && performance.now() < end) {
        await sleep(CHECK_MS);
        found = await problem();
      }
      if (found !== undefined) this.#problems.push(`${name}: ${found}`);
      if (following.errors.length > 0) this.#problems.push(`${name}: ${JSON.stringify(following.errors)}`);
    }
  }
}

function shownOf(item: rest.TargetGroupListItem): string {
  const status: string = item.status;
  return `${status.toUpperCase()} ${item.statistics?.progress?.value?.current_completes ?? 0}`;
}
