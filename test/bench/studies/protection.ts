import { join } from 'node:path';
import { checkResponses } from '../measure/check-responses.js';
import { measure, warmUp, type TestBed } from '../measure/sample.js';
import { spreadOf, type Spread } from '../measure/statistics.js';
import { OPERATIONS, type OperationName } from '../operations/operations.js';
import { ROOT } from '../paths.js';
import { gateway } from '../peers/fieldgate/contestant.js';
import { WITHOUT } from '../peers/fieldgate/parts.js';
import type { Contestant } from '../peers/contestant.js';
import { startContestant, type Running } from '../peers/running.js';
import { markdownTable } from '../report/table.js';
import { startUpstream } from '../upstream/upstream.js';
import { atMost, type Bound, type Findings, type Study, type Log } from './study.js';

/** The limit for the CPU time that all protections together add to a response. */
const MAX_RATIO = 1.15;

const READS: readonly OperationName[] = ['run', 'list', 'fanout'];
const CONNECTIONS = 10;
const SECONDS = 1;

interface Plan {
  /** Loads on the gateway without each protection. */
  readonly rounds: number;
  /** Loads on the gateway without all of them, for the bound. */
  readonly judgedRounds: number;
  readonly warmUpSeconds: number;
}

const FULL: Plan = { rounds: 5, judgedRounds: 21, warmUpSeconds: 8 };
const QUICK: Plan = { rounds: 1, judgedRounds: 1, warmUpSeconds: 1 };

/** Settings without overload rejection; requests in flight are still counted. */
const NO_REJECTION = { OVERLOAD_WAIT_MS: '0', MAX_REQUESTS_IN_FLIGHT: '1000000' };
const NO_LOGS = { LOG_LEVEL: 'silent' };

const PARTS = Object.keys(WITHOUT);
const WHOLE = variant('everything', [], {});
const BARE = variant('all of these together', PARTS, { ...NO_REJECTION, ...NO_LOGS });
const VARIANTS: readonly Contestant[] = [
  ...PARTS.map((part) => variant(part, [part], {})),
  variant('logging', [], NO_LOGS),
  variant('overload rejection', [], NO_REJECTION),
  BARE,
];

export const protection: Study = {
  name: 'protection',
  title: 'Cost of protections without failures',
  async run(machine, { quick }, log): Promise<Findings> {
    const plan = quick ? QUICK : FULL;
    const upstream = await startUpstream(machine);
    const testBed = { machine, upstream };
    const start = (contestant: Contestant) => startContestant(machine, contestant, upstream.url);
    const whole = await start(WHOLE);
    const others: Running[] = [];
    for (const each of VARIANTS) others.push(await start(each));
    const ratios = new Map<OperationName, ReadonlyMap<string, Spread>>();
    for (const name of READS) ratios.set(name, await compared(testBed, name, whole, others, plan, log));
    for (const running of [whole, ...others]) await running.close();
    await upstream.close();
    return {
      sections: [
        {
          heading: 'By protection',
          text: textOf(plan),
          table: markdownTable(
            ['protection', ...READS],
            VARIANTS.map(({ name }) => [name, ...READS.map((read) => percent(ratios.get(read)?.get(name)))]),
          ),
        },
      ],
      bounds: READS.map((name): Bound => {
        const { median } = ratios.get(name)?.get(BARE.name) ?? { median: NaN };
        return atMost(`${name}: CPU time with all protections relative to none`, median, MAX_RATIO);
      }),
    };
  },
};

/**
 * Loads all variants one after the other in alternating order, so that all have the same number of loads, because
 * V8 optimises over time.
 *
 * @returns the gateway's CPU time relative to each variant's in the same round, by name
 */
async function compared(
  testBed: TestBed,
  name: OperationName,
  whole: Running,
  others: readonly Running[],
  { rounds, judgedRounds, warmUpSeconds }: Plan,
  log: Log,
): Promise<ReadonlyMap<string, Spread>> {
  const operation = OPERATIONS[name];
  log(`Warming up: ${name}`);
  await checkResponses(testBed.upstream, [whole, ...others], operation);
  for (const running of [whole, ...others]) {
    await warmUp(testBed, running, operation, { warmUpSeconds, connections: CONNECTIONS });
  }
  const ratios = new Map<string, number[]>(others.map(({ contestant }) => [contestant.name, []]));
  for (let round = 0; round < judgedRounds; round += 1) {
    log(`${name}: round ${round + 1} of ${judgedRounds}`);
    const inTurn = [whole, ...others.filter(({ contestant }) => round < rounds || contestant === BARE)];
    const cpuMs = new Map<Running, number>();
    for (const running of round % 2 === 0 ? inTurn : inTurn.reverse()) {
      const load = { seconds: SECONDS, connections: CONNECTIONS };
      cpuMs.set(running, (await measure(testBed, running, operation, load)).cpuMs);
    }
    for (const running of inTurn) {
      ratios.get(running.contestant.name)?.push((cpuMs.get(whole) ?? NaN) / (cpuMs.get(running) ?? NaN));
    }
  }
  return new Map([...ratios].map(([variantName, values]) => [variantName, spreadOf(values)]));
}

/** The gateway from the same program with all variants. */
function variant(name: string, parts: readonly string[], env: Readonly<Record<string, string>>): Contestant {
  const plain = gateway(name, name, { ...env, WITHOUT: parts.join(',') });
  return {
    ...plain,
    program: async (options) => {
      const { command, env: settings } = await plain.program(options);
      return {
        command: [command[0], ...command.slice(1, -1), join(ROOT, 'dist/bench/peers/fieldgate/without.js')],
        env: settings,
      };
    },
  };
}

function textOf({ rounds, judgedRounds }: Plan): string {
  return [
    'The CPU time that each protection adds to a response, in percent: the gateway compared to a variant without it, as the',
    `median of ${rounds} rounds of loads of ${SECONDS} s (${judgedRounds} rounds in the last line), with the range`,
    'in parentheses. Every process compiles its code differently, which alone can cause differences of a few percent,',
    'including negative ones.',
    'Every request uses a different account, so single flight and conditional reads cost time but save no requests.',
    'The variant of `overload rejection` has no limits but still counts requests. `logging` is `LOG_LEVEL=info` compared to',
    '`silent`.',
  ].join(' ');
}

function percent(ratio: Spread | undefined): string {
  if (ratio === undefined) return '';
  const [median, min, max] = [ratio.median, ratio.min, ratio.max].map((value) =>
    ((value - 1) * 100).toFixed(1),
  );
  return `${String(median)}% (${String(min)} to ${String(max)})`;
}
