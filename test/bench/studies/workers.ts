import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { measure, warmUp, type Sample } from '../measure/sample.js';
import { spreadOf } from '../measure/statistics.js';
import { OPERATIONS } from '../operations/operations.js';
import { ROOT } from '../paths.js';
import type { Contestant } from '../peers/contestant.js';
import { gateway } from '../peers/fieldgate/contestant.js';
import { startContestant, type Running } from '../peers/running.js';
import { significant, withRange } from '../report/figures.js';
import { markdownTable } from '../report/table.js';
import { startUpstream } from '../upstream/upstream.js';
import { atLeast, type Findings, type Study } from './study.js';

const MIN_RATIO = 1.8;
/** One for each worker, one for nginx, and one for the load. */
const CORES_FOR_BOUND = 4;
const CONNECTIONS = 50;
const WARM_UP_SECONDS = 10;

/** Counted before this process is bound to the cores for load, after which it would see only these. */
const CORES = availableParallelism();

export const workers: Study = {
  name: 'workers',
  title: 'What a second worker adds',
  async run(machine, { quick }, told): Promise<Findings> {
    if (!knowsWorkers()) {
      const text = 'Not measured: this gateway does not know `WORKERS`.';
      return { sections: [{ heading: 'Answers a second of `list`', text, table: '' }], bounds: [] };
    }
    const upstream = await startUpstream(machine);
    const stage = { machine, upstream };
    const { rounds, seconds } = quick ? { rounds: 2, seconds: 2 } : { rounds: 7, seconds: 4 };
    const measured: { running: Running; samples: Sample[] }[] = [];
    for (const count of [1, 2]) {
      const running = await startContestant(machine, withWorkers(count), upstream.url);
      told(`Warming up: ${running.contestant.name}`);
      const warmUpSeconds = count * (quick ? 1 : WARM_UP_SECONDS);
      await warmUp(stage, running, OPERATIONS.list, { warmUpSeconds, connections: CONNECTIONS });
      measured.push({ running, samples: [] });
    }
    for (let round = 0; round < rounds; round += 1) {
      told(`Round ${round + 1} of ${rounds}`);
      for (const { running, samples } of measured) {
        samples.push(await measure(stage, running, OPERATIONS.list, { seconds, connections: CONNECTIONS }));
      }
    }
    for (const { running } of measured) await running.close();
    await upstream.close();
    return findings(
      measured.map(({ samples }) => samples),
      `Medians of ${rounds} rounds of ${seconds} s, with the least and the most; in each round both have their turn.`,
    );
  },
};

function findings(samples: readonly (readonly Sample[])[], text: string): Findings {
  const rows = samples.map((each) => ({
    perSecond: spreadOf(each.map(({ requestsPerSecond }) => requestsPerSecond)),
    perCpuSecond: spreadOf(each.map(({ cpuMs }) => 1000 / cpuMs)),
    busy: spreadOf(each.map(({ busy }) => busy)),
    p99Ms: spreadOf(each.map(({ p99Ms }) => p99Ms)),
  }));
  const [one = NaN, two = NaN] = rows.map(({ perSecond }) => perSecond.median);
  const [oneOfCpu = NaN, twoOfCpu = NaN] = rows.map(({ perCpuSecond }) => perCpuSecond.median);
  const enough = CORES >= CORES_FOR_BOUND;
  const few = `Of ${CORES} cores nginx and the load take their part, and the second worker gets what they leave: there is no bound for answers a second below ${CORES_FOR_BOUND} cores, and answers in a CPU second tell what two workers could do.`;
  return {
    sections: [
      {
        heading: 'Answers a second of `list`',
        text: `${text}${enough ? '' : ` ${few}`}`,
        table: markdownTable(
          ['workers', 'answers/s', 'answers in a CPU second', 'cores used', 'p99 ms'],
          [
            ...rows.map((row, index) => [
              String(index + 1),
              ...[row.perSecond, row.perCpuSecond, row.busy, row.p99Ms].map(withRange),
            ]),
            ['two of one', significant(two / one), significant(twoOfCpu / oneOfCpu), '', ''],
          ],
        ),
      },
    ],
    bounds: enough
      ? [atLeast('answers a second with two workers, in terms of one', two / one, MIN_RATIO)]
      : [],
  };
}

function withWorkers(count: number): Contestant {
  const name = `${count} ${count === 1 ? 'worker' : 'workers'}`;
  return { ...gateway(name, name, { WORKERS: String(count) }), everyCore: true };
}

/** Whoever knows a variable refuses to start with one that cannot be used, and names it. */
function knowsWorkers(): boolean {
  const { stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/main.js')], {
    encoding: 'utf8',
    env: { WORKERS: 'none', PORT: '0', DEMAND_API_URL: 'http://127.0.0.1:9' },
    timeout: 5000,
  });
  return stderr.includes('WORKERS');
}
