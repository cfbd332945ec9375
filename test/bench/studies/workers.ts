import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { TestRedis } from '../../helpers/redis.js';
import { measure, warmUp, type Sample } from '../measure/sample.js';
import { spreadOf } from '../measure/statistics.js';
import { OPERATIONS } from '../operations/operations.js';
import { ROOT } from '../paths.js';
import type { Contestant } from '../peers/contestant.js';
import { gateway } from '../peers/fieldgate/contestant.js';
import { startContestant, type Running } from '../peers/running.js';
import { significant, withRange } from '../report/format.js';
import { markdownTable } from '../report/table.js';
import { startUpstream } from '../upstream/upstream.js';
import { atLeast, type Findings, type Study } from './study.js';

const MIN_RATIO = 1.8;
/** One for each worker, one for nginx, and one for the load. */
const CORES_FOR_BOUND = 4;
const CONNECTIONS = 50;
const WARM_UP_SECONDS = 10;

/** Read before this process is pinned to the load's cores. */
const CORES = availableParallelism();

export const workers: Study = {
  name: 'workers',
  title: 'Gain from a second worker',
  async run(machine, { quick }, log): Promise<Findings> {
    if (!knowsWorkers()) {
      const text = 'Not measured: this gateway does not support `WORKERS`.';
      return { sections: [{ heading: 'Responses/s of `list`', text, table: '' }], bounds: [] };
    }
    const upstream = await startUpstream(machine);
    const redis = await TestRedis.start();
    const testBed = { machine, upstream };
    const { rounds, seconds } = quick ? { rounds: 2, seconds: 2 } : { rounds: 7, seconds: 4 };
    const measured: { running: Running; samples: Sample[] }[] = [];
    for (const count of [1, 2]) {
      const running = await startContestant(machine, withWorkers(count, redis.url), upstream.url);
      log(`Warming up: ${running.contestant.name}`);
      const warmUpSeconds = count * (quick ? 1 : WARM_UP_SECONDS);
      await warmUp(testBed, running, OPERATIONS.list, { warmUpSeconds, connections: CONNECTIONS });
      measured.push({ running, samples: [] });
    }
    for (let round = 0; round < rounds; round += 1) {
      log(`Round ${round + 1} of ${rounds}`);
      for (const { running, samples } of measured) {
        samples.push(await measure(testBed, running, OPERATIONS.list, { seconds, connections: CONNECTIONS }));
      }
    }
    for (const { running } of measured) await running.close();
    await upstream.close();
    await redis.close();
    return findings(
      measured.map(({ samples }) => samples),
      `Medians of ${rounds} rounds of ${seconds} s, with the range; both take turns in each round.`,
    );
  },
};

function findings(samples: readonly (readonly Sample[])[], text: string): Findings {
  const rows = samples.map((each) => ({
    perSecond: spreadOf(each.map(({ requestsPerSecond }) => requestsPerSecond)),
    perCpuSecond: spreadOf(each.map(({ cpuMs }) => 1000 / cpuMs)),
    busy: spreadOf(each.map(({ coreShare }) => coreShare)),
    p99Ms: spreadOf(each.map(({ p99Ms }) => p99Ms)),
  }));
  const [one = NaN, two = NaN] = rows.map(({ perSecond }) => perSecond.median);
  const [oneOfCpu = NaN, twoOfCpu = NaN] = rows.map(({ perCpuSecond }) => perCpuSecond.median);
  const enough = CORES >= CORES_FOR_BOUND;
  const few = `nginx and the load share the ${CORES} cores with the workers. Below ${CORES_FOR_BOUND} cores there is no bound for responses/s; responses per CPU second show what two workers could do.`;
  return {
    sections: [
      {
        heading: 'Responses/s of `list`',
        text: `${text}${enough ? '' : ` ${few}`}`,
        table: markdownTable(
          ['workers', 'responses/s', 'responses/CPU s', 'cores used', 'p99 ms'],
          [
            ...rows.map((row, index) => [
              String(index + 1),
              ...[row.perSecond, row.perCpuSecond, row.busy, row.p99Ms].map(withRange),
            ]),
            ['ratio', significant(two / one), significant(twoOfCpu / oneOfCpu), '', ''],
          ],
        ),
      },
    ],
    bounds: enough ? [atLeast('responses/s with two workers relative to one', two / one, MIN_RATIO)] : [],
  };
}

function withWorkers(count: number, redisUrl: string): Contestant {
  const name = `${count} ${count === 1 ? 'worker' : 'workers'}`;
  return { ...gateway(name, name, { WORKERS: String(count), REDIS_URL: redisUrl }), everyCore: true };
}

/** Programs that support a variable refuse to start with an invalid value, and name it. */
function knowsWorkers(): boolean {
  const { stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/main.js')], {
    encoding: 'utf8',
    env: { WORKERS: 'none', PORT: '0', DEMAND_API_URL: 'http://127.0.0.1:9' },
    timeout: 5000,
  });
  return stderr.includes('WORKERS');
}
