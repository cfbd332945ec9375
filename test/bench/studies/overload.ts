import { openLoop, type OpenLoopResult } from '../load/open-loop.js';
import { measure, warmUp, type TestBed } from '../measure/sample.js';
import { OPERATIONS, type Operation } from '../operations/operations.js';
import { requestOf, startContestant, type Running } from '../peers/running.js';
import { gatewayWithProbe, readProbe } from '../probe/probe.js';
import { significant } from '../report/format.js';
import { markdownTable } from '../report/table.js';
import { startUpstream } from '../upstream/upstream.js';
import { atLeast, atMost, type Bound, type Findings, type Section, type Study, type Log } from './study.js';

const LOADS = [0.5, 1, 2, 4];
const JUDGED = 2;
const MIN_SHARE = 0.8;
const MAX_P99_MS = 1000;
/** Above this multiple of its measured capacity, the capacity was underestimated: there is no overload. */
const MAX_OF_CAPACITY = 1.5;

const CONNECTIONS = 50;
const MB = 1e6;

interface Subject {
  readonly operation: Operation;
  /**
   * Programs that compete for the gateway's core. Without them, the gateway could serve more than half as many of
   * the smallest reads as the load generator (a Node process and nginx on one core) can send.
   */
  readonly busyLoops: number;
  /**
   * The maximum number of connections. A new connection costs more than the smallest read, and Node.js accepts one
   * per event loop turn, so a client that opens one for each late request would measure only that.
   */
  readonly maxConnections: number;
}

const SUBJECTS: readonly Subject[] = [
  { operation: OPERATIONS.list, busyLoops: 0, maxConnections: Infinity },
  { operation: OPERATIONS.run, busyLoops: 4, maxConnections: 500 },
];

interface Level {
  /** Relative to the gateway's capacity. */
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
  title: 'Behaviour under overload',
  async run(machine, { quick }, log): Promise<Findings> {
    const plan = quick ? { seconds: 2, warmUpSeconds: 1 } : { seconds: 15, warmUpSeconds: 8 };
    const upstream = await startUpstream(machine);
    const sections: Section[] = [];
    const bounds: Bound[] = [];
    for (const subject of SUBJECTS) {
      const running = await startContestant(machine, gatewayWithProbe(), upstream.url);
      const { capacity, levels } = await levelsOf({ machine, upstream }, running, subject, plan, log);
      await running.close();
      sections.push(sectionOf(subject, capacity, levels, plan.seconds));
      bounds.push(...boundsOf(subject.operation, levels, capacity, plan.seconds));
    }
    await upstream.close();
    return { sections, bounds };
  },
};

async function levelsOf(
  testBed: TestBed,
  running: Running,
  { operation, busyLoops, maxConnections }: Subject,
  { seconds, warmUpSeconds }: Plan,
  log: Log,
) {
  await warmUp(testBed, running, operation, { warmUpSeconds, connections: CONNECTIONS });
  const stopBusyLoops = await testBed.machine.startBusyLoops(busyLoops);
  const options = { seconds: Math.max(2, Math.round(seconds / 2)), connections: CONNECTIONS };
  const { requestsPerSecond: capacity } = await measure(testBed, running, operation, options);
  const { path, body } = requestOf(running.contestant, operation);
  const levels: Level[] = [];
  for (const load of LOADS) {
    log(`${operation.name}: ${load} times ${significant(capacity)} requests/s`);
    const perSecond = load * capacity;
    const url = running.url + path;
    const result = await openLoop({ url, body, perSecond, seconds, maxConnections });
    const { rssBytes } = await readProbe(testBed.machine, running);
    levels.push({ load, result, rssMb: rssBytes / MB });
  }
  await stopBusyLoops();
  return { capacity, levels };
}

function sectionOf(
  { operation: { name }, busyLoops, maxConnections }: Subject,
  capacity: number,
  levels: readonly Level[],
  seconds: number,
): Section {
  return {
    heading: `\`${name}\``,
    text: [
      ...(busyLoops > 0 ? [`The gateway shares its core with ${busyLoops} programs that keep it busy.`] : []),
      ...(maxConnections < Infinity
        ? [
            `${maxConnections} connections come from a load balancer, which rejects requests while all are busy.`,
          ]
        : []),
      `The capacity with ${CONNECTIONS} connections that wait for responses is ${significant(capacity)}/s. Each line`,
      `shows a multiple of it for ${seconds} s, independent of responses; latency starts when a request was due.`,
    ].join(' '),
    table: markdownTable(
      [
        'load',
        'requests/s',
        'rejected/s',
        'successful responses/s',
        'refused/s',
        'failed',
        'p50 ms',
        'p99 ms',
        'resident MB',
      ],
      levels.map(({ load, result, rssMb }) => [
        String(load),
        significant(load * capacity),
        (result.rejected / seconds).toFixed(0),
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
      `${name}: successful responses at ${JUDGED} times the load, relative to those at 1`,
      useful(JUDGED) / useful(1),
      MIN_SHARE,
    ),
    atMost(
      `${name}: successful responses at ${JUDGED} times the load, relative to the measured capacity`,
      useful(JUDGED) / capacity,
      MAX_OF_CAPACITY,
    ),
    atMost(`${name}: p99 of successful responses at ${JUDGED} times the load`, p99Ms, MAX_P99_MS, ' ms'),
  ];
}

function percentile({ usefulMs }: OpenLoopResult, percent: number): number {
  return usefulMs[Math.ceil((percent / 100) * usefulMs.length) - 1] ?? NaN;
}
