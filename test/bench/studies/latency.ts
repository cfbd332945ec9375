import { runLoad } from '../load/wrk.js';
import { complaintOf, type LoadResult } from '../load/wrk-output.js';
import { warmUp } from '../measure/sample.js';
import { spreadOf, type Spread } from '../measure/statistics.js';
import { ACCOUNT, FIELDING_RUN, OPERATIONS } from '../operations/operations.js';
import { fieldgate } from '../peers/fieldgate/contestant.js';
import { proxy } from '../peers/proxy/contestant.js';
import { requestOf, startContestant, type Running } from '../peers/running.js';
import { withRange } from '../report/figures.js';
import { markdownTable } from '../report/table.js';
import { startUpstream } from '../upstream/upstream.js';
import { atMost, type Findings, type Study } from './study.js';

const MAX_ADDED_MS = 0.5;
const WARM_UP_SECONDS = 5;

interface Way {
  readonly name: string;
  readonly url: string;
  readonly body: string;
  readonly results: LoadResult[];
}

export const latency: Study = {
  name: 'latency',
  title: 'How much later an answer comes through the gateway',
  async run(machine, { quick }, told): Promise<Findings> {
    const upstream = await startUpstream(machine);
    const contestants = [];
    for (const contestant of [fieldgate, proxy]) {
      const running = await startContestant(machine, contestant, upstream.url);
      told(`Warming up: ${contestant.name}`);
      await warmUp({ machine, upstream }, running, OPERATIONS.run, {
        warmUpSeconds: quick ? 1 : WARM_UP_SECONDS,
        connections: 1,
      });
      contestants.push(running);
    }
    const direct: Way = {
      name: 'the same GET at nginx',
      url: directUrl(upstream.url),
      body: '',
      results: [],
    };
    const ways = [direct, ...contestants.map(wayThrough)];
    const { rounds, seconds } = quick ? { rounds: 2, seconds: 1 } : { rounds: 9, seconds: 3 };
    for (let round = 0; round < rounds; round += 1) {
      told(`Round ${round + 1} of ${rounds}`);
      for (const { name, url, body, results } of ways) {
        const result = await runLoad(machine, { url, body, seconds, connections: 1 });
        const complaint = complaintOf(result);
        if (complaint !== undefined) throw new Error(`${name}: ${complaint}`);
        results.push(result);
      }
    }
    for (const running of contestants) await running.close();
    await upstream.close();
    const added = (way: Way) => paired(way, direct, ({ p50Us }) => p50Us);
    return {
      sections: [
        {
          heading: 'One connection, `run`',
          text: `Medians of ${rounds} rounds of ${seconds} s, with the least and the most; in each round each has its turn. What is added is the difference of the medians of a round.`,
          table: markdownTable(
            ['', 'p50 ms', 'p99 ms', 'added to the median, ms'],
            ways.map((way) => [
              way.name,
              withRange(figure(way, ({ p50Us }) => p50Us)),
              withRange(figure(way, ({ p99Us }) => p99Us)),
              way === direct ? '' : withRange(added(way)),
            ]),
          ),
        },
      ],
      bounds: ways
        .filter(({ name }) => name === fieldgate.name)
        .map((way) => atMost('added to the median', added(way).median, MAX_ADDED_MS, ' ms')),
    };
  },
};

function wayThrough({ contestant, url }: Running): Way {
  const { path, body } = requestOf(contestant, OPERATIONS.run);
  return { name: contestant.name, url: url + path, body, results: [] };
}

/** What the gateway asks for, for the same run. */
function directUrl(upstreamUrl: string): string {
  const [account = '', project = '', group = '', run = ''] = FIELDING_RUN.replace(ACCOUNT, '101').split('/');
  return `${upstreamUrl}/demand/accounts/${account}/projects/${project}/target-groups/${group}/fielding-runs/${run}`;
}

type Microseconds = (result: LoadResult) => number;

function figure({ results }: Way, of: Microseconds): Spread {
  return spreadOf(results.map((result) => of(result) / 1000));
}

/** The differences within rounds, in milliseconds. */
function paired({ results }: Way, base: Way, of: Microseconds): Spread {
  return spreadOf(
    results.flatMap((result, round) =>
      base.results.slice(round, round + 1).map((other) => (of(result) - of(other)) / 1000),
    ),
  );
}
