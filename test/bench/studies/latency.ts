import { runLoad } from '../load/wrk.js';
import { describeErrors, type LoadResult } from '../load/wrk-output.js';
import { warmUp } from '../measure/sample.js';
import { spreadOf, type Spread } from '../measure/statistics.js';
import { ACCOUNT, FIELDING_RUN, OPERATIONS } from '../operations/operations.js';
import { fieldgate } from '../peers/fieldgate/contestant.js';
import { proxy } from '../peers/proxy/contestant.js';
import { requestOf, startContestant, type Running } from '../peers/running.js';
import { withRange } from '../report/format.js';
import { markdownTable } from '../report/table.js';
import { startUpstream } from '../upstream/upstream.js';
import { atMost, type Findings, type Study } from './study.js';

const MAX_ADDED_MS = 0.5;
const WARM_UP_SECONDS = 5;

interface Target {
  readonly name: string;
  readonly url: string;
  readonly body: string;
  readonly results: LoadResult[];
}

export const latency: Study = {
  name: 'latency',
  title: 'Latency added by the gateway',
  async run(machine, { quick }, log): Promise<Findings> {
    const upstream = await startUpstream(machine);
    const contestants = [];
    for (const contestant of [fieldgate, proxy]) {
      const running = await startContestant(machine, contestant, upstream.url);
      log(`Warming up: ${contestant.name}`);
      await warmUp({ machine, upstream }, running, OPERATIONS.run, {
        warmUpSeconds: quick ? 1 : WARM_UP_SECONDS,
        connections: 1,
      });
      contestants.push(running);
    }
    const direct: Target = {
      name: 'the same GET at nginx',
      url: directUrl(upstream.url),
      body: '',
      results: [],
    };
    const targets = [direct, ...contestants.map(targetThrough)];
    const { rounds, seconds } = quick ? { rounds: 2, seconds: 1 } : { rounds: 9, seconds: 3 };
    for (let round = 0; round < rounds; round += 1) {
      log(`Round ${round + 1} of ${rounds}`);
      for (const { name, url, body, results } of targets) {
        const result = await runLoad(machine, { url, body, seconds, connections: 1 });
        const failure = describeErrors(result);
        if (failure !== undefined) throw new Error(`${name}: ${failure}`);
        results.push(result);
      }
    }
    for (const running of contestants) await running.close();
    await upstream.close();
    const added = (target: Target) => paired(target, direct, ({ p50Us }) => p50Us);
    return {
      sections: [
        {
          heading: 'One connection, `run`',
          text: `Medians of ${rounds} rounds of ${seconds} s, with the range; both take turns in each round. The added latency is the difference of the medians of a round.`,
          table: markdownTable(
            ['', 'p50 ms', 'p99 ms', 'added to the median, ms'],
            targets.map((target) => [
              target.name,
              withRange(metric(target, ({ p50Us }) => p50Us)),
              withRange(metric(target, ({ p99Us }) => p99Us)),
              target === direct ? '' : withRange(added(target)),
            ]),
          ),
        },
      ],
      bounds: targets
        .filter(({ name }) => name === fieldgate.name)
        .map((target) => atMost('added to the median', added(target).median, MAX_ADDED_MS, ' ms')),
    };
  },
};

function targetThrough({ contestant, url }: Running): Target {
  const { path, body } = requestOf(contestant, OPERATIONS.run);
  return { name: contestant.name, url: url + path, body, results: [] };
}

/** The upstream URL of the same run. */
function directUrl(upstreamUrl: string): string {
  const [account = '', project = '', group = '', run = ''] = FIELDING_RUN.replace(ACCOUNT, '101').split('/');
  return `${upstreamUrl}/demand/accounts/${account}/projects/${project}/target-groups/${group}/fielding-runs/${run}`;
}

type Microseconds = (result: LoadResult) => number;

function metric({ results }: Target, of: Microseconds): Spread {
  return spreadOf(results.map((result) => of(result) / 1000));
}

/** The differences within rounds, in milliseconds. */
function paired({ results }: Target, base: Target, of: Microseconds): Spread {
  return spreadOf(
    results.flatMap((result, round) =>
      base.results.slice(round, round + 1).map((other) => (of(result) - of(other)) / 1000),
    ),
  );
}
