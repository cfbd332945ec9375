import { openLoop, type OpenLoopResult } from '../load/open-loop.js';
import { measure, warmUp, type Stage } from '../measure/sample.js';
import { OPERATIONS, type Operation } from '../operations/operations.js';
import { requestOf, startContestant, type Running } from '../peers/running.js';
import { probedGateway, readProbe } from '../probe/probe.js';
import { significant } from '../report/figures.js';
import { markdownTable } from '../report/table.js';
import { startUpstream } from '../upstream/upstream.js';
import { atLeast, atMost, type Bound, type Findings, type Section, type Study, type Told } from './study.js';

const LOADS = [0.5, 1, 2, 4];
const JUDGED = 2;
const MIN_SHARE = 0.8;
const MAX_P99_MS = 1000;
/** Whoever answers more than that, of what was taken for all it can do, was measured too low, and is not overloaded. */
const MAX_OF_CAPACITY = 1.5;

const CONNECTIONS = 50;
const MB = 1e6;

interface Subject {
  readonly operation: Operation;
  /**
   * Programs that keep the gateway's core busy, too. Of the smallest reads it could answer more than half as many as the
   * load's side, which is a Node process and nginx on one core, is able to send.
   */
  readonly rivals: number;
  /**
   * The most connections. A new one costs more than the smallest reads, and Node.js takes one in each turn of its event
   * loop: who is answered late and opens another for each further request would measure that alone.
   */
  readonly maxConnections: number;
}

const SUBJECTS: readonly Subject[] = [
  { operation: OPERATIONS.list, rivals: 0, maxConnections: Infinity },
  { operation: OPERATIONS.run, rivals: 4, maxConnections: 500 },
];

interface Level {
  /** In terms of what the gateway can do. */
  readonly load: number;
  readonly result: OpenLoopResult;
  readonly rssMb: number;
}

interface Plan {
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

export const overload: Study = {
  name: 'overload',
  title: 'More requests than can be answered',
  async run(machine, { quick }, told): Promise<Findings> {
    const plan = quick ? { seconds: 2, warmUpSeconds: 1 } : { seconds: 15, warmUpSeconds: 8 };
    const upstream = await startUpstream(machine);
    const sections: Section[] = [];
    const bounds: Bound[] = [];
    for (const subject of SUBJECTS) {
      const running = await startContestant(machine, probedGateway(), upstream.url);
      const { capacity, levels } = await levelsOf({ machine, upstream }, running, subject, plan, told);
      await running.close();
      sections.push(sectionOf(subject, capacity, levels, plan.seconds));
      bounds.push(...boundsOf(subject.operation, levels, capacity, plan.seconds));
    }
    await upstream.close();
    return { sections, bounds };
  },
};

async function levelsOf(
  stage: Stage,
  running: Running,
  { operation, rivals, maxConnections }: Subject,
  { seconds, warmUpSeconds }: Plan,
  told: Told,
) {
  await warmUp(stage, running, operation, { warmUpSeconds, connections: CONNECTIONS });
  const endRivals = await stage.machine.startRivals(rivals);
  const options = { seconds: Math.max(2, Math.round(seconds / 2)), connections: CONNECTIONS };
  const { requestsPerSecond: capacity } = await measure(stage, running, operation, options);
  const { path, body } = requestOf(running.contestant, operation);
  const levels: Level[] = [];
  for (const load of LOADS) {
    told(`${operation.name}: ${load} times ${significant(capacity)} requests a second`);
    const perSecond = load * capacity;
    const url = running.url + path;
    const result = await openLoop({ url, body, perSecond, seconds, maxConnections });
    const { rssBytes } = await readProbe(stage.machine, running);
    levels.push({ load, result, rssMb: rssBytes / MB });
  }
  await endRivals();
  return { capacity, levels };
}

function sectionOf(
  { operation: { name }, rivals, maxConnections }: Subject,
  capacity: number,
  levels: readonly Level[],
  seconds: number,
): Section {
  return {
    heading: `\`${name}\``,
    text: [
      ...(rivals > 0 ? [`The gateway shares its core with ${rivals} programs that only keep it busy.`] : []),
      ...(maxConnections < Infinity
        ? [
            `${maxConnections} connections come from a load balancer, which turns away what comes while all are busy.`,
          ]
        : []),
      `With ${CONNECTIONS} connections that wait for their answers it can do ${significant(capacity)} a second. In each line`,
      `so many times that come, for ${seconds} s, whether there are answers or not; latency counts from when a request was due.`,
    ].join(' '),
    table: markdownTable(
      [
        'load',
        'requests/s',
        'turned away/s',
        'useful answers/s',
        'refused/s',
        'failed',
        'p50 ms',
        'p99 ms',
        'resident MB',
      ],
      levels.map(({ load, result, rssMb }) => [
        String(load),
        significant(load * capacity),
        (result.turnedAway / seconds).toFixed(0),
        significant(result.usefulMs.length / seconds),
        (result.refused / seconds).toFixed(0),
        String(result.failed),
        ...[percentile(result, 50), percentile(result, 99), rssMb].map(significant),
      ]),
    ),
  };
}

function boundsOf(
  { name }: Operation,
  levels: readonly Level[],
  capacity: number,
  seconds: number,
): readonly Bound[] {
  const at = (load: number) => levels.find((level) => level.load === load)?.result;
  const useful = (load: number) => (at(load)?.usefulMs.length ?? NaN) / seconds;
  const judged = at(JUDGED);
  const p99Ms = judged === undefined ? NaN : percentile(judged, 99);
  return [
    atLeast(
      `${name}: useful answers at ${JUDGED} times the load, in terms of those at 1`,
      useful(JUDGED) / useful(1),
      MIN_SHARE,
    ),
    atMost(
      `${name}: useful answers at ${JUDGED} times the load, in terms of what it was taken to be able to do`,
      useful(JUDGED) / capacity,
      MAX_OF_CAPACITY,
    ),
    atMost(`${name}: p99 of useful answers at ${JUDGED} times the load`, p99Ms, MAX_P99_MS, ' ms'),
  ];
}

function percentile({ usefulMs }: OpenLoopResult, percent: number): number {
  return usefulMs[Math.ceil((percent / 100) * usefulMs.length) - 1] ?? NaN;
}
