import { join } from 'node:path';
import { checkAnswers } from '../measure/answers.js';
import { measure, warmUp, type Stage } from '../measure/sample.js';
import { spreadOf, type Spread } from '../measure/statistics.js';
import { OPERATIONS, type OperationName } from '../operations/operations.js';
import { ROOT } from '../paths.js';
import { gateway } from '../peers/fieldgate/contestant.js';
import { WITHOUT } from '../peers/fieldgate/parts.js';
import type { Contestant } from '../peers/contestant.js';
import { startContestant, type Running } from '../peers/running.js';
import { markdownTable } from '../report/table.js';
import { startUpstream } from '../upstream/upstream.js';
import { atMost, type Bound, type Findings, type Study, type Told } from './study.js';

/** How much CPU time all protections may add to an answer. */
const MAX_RATIO = 1.15;

const READS: readonly OperationName[] = ['run', 'list', 'fanout'];
const CONNECTIONS = 10;
const SECONDS = 1;

interface Plan {
  /** Loads on the gateway without each protection. */
  readonly rounds: number;
  /** On that without all of them, by which is judged. */
  readonly judgedRounds: number;
  readonly warmUpSeconds: number;
}

const FULL: Plan = { rounds: 5, judgedRounds: 21, warmUpSeconds: 8 };
const QUICK: Plan = { rounds: 1, judgedRounds: 1, warmUpSeconds: 1 };

/** Settings under which nothing is refused for overload; what is in flight is still counted. */
const NO_REFUSAL = { OVERLOAD_WAIT_MS: '0', MAX_REQUESTS_IN_FLIGHT: '1000000' };
const NO_LOGS = { LOG_LEVEL: 'silent' };

const PARTS = Object.keys(WITHOUT);
const WHOLE = variant('everything', [], {});
const BARE = variant('all of these together', PARTS, { ...NO_REFUSAL, ...NO_LOGS });
const VARIANTS: readonly Contestant[] = [
  ...PARTS.map((part) => variant(part, [part], {})),
  variant('logging', [], NO_LOGS),
  variant('overload refusal', [], NO_REFUSAL),
  BARE,
];

export const protection: Study = {
  name: 'protection',
  title: 'What protections cost while nothing is wrong',
  async run(machine, { quick }, told): Promise<Findings> {
    const plan = quick ? QUICK : FULL;
    const upstream = await startUpstream(machine);
    const stage = { machine, upstream };
    const start = (contestant: Contestant) => startContestant(machine, contestant, upstream.url);
    const whole = await start(WHOLE);
    const others: Running[] = [];
    for (const each of VARIANTS) others.push(await start(each));
    const ratios = new Map<OperationName, ReadonlyMap<string, Spread>>();
    for (const name of READS) ratios.set(name, await compared(stage, name, whole, others, plan, told));
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
        return atMost(`${name}: CPU time with all protections, in terms of that without`, median, MAX_RATIO);
      }),
    };
  },
};

/**
 * All of them under loads that follow each other, once in this order and once in that: all have had as many as the whole
 * gateway, as what V8 makes of a program is better after more.
 *
 * @returns CPU time of the whole in terms of each variant's in the same round, by its name
 */
async function compared(
  stage: Stage,
  name: OperationName,
  whole: Running,
  others: readonly Running[],
  { rounds, judgedRounds, warmUpSeconds }: Plan,
  told: Told,
): Promise<ReadonlyMap<string, Spread>> {
  const operation = OPERATIONS[name];
  told(`Warming up: ${name}`);
  await checkAnswers(stage.upstream, [whole, ...others], operation);
  for (const running of [whole, ...others]) {
    await warmUp(stage, running, operation, { warmUpSeconds, connections: CONNECTIONS });
  }
  const ratios = new Map<string, number[]>(others.map(({ contestant }) => [contestant.name, []]));
  for (let round = 0; round < judgedRounds; round += 1) {
    told(`${name}: round ${round + 1} of ${judgedRounds}`);
    const inTurn = [whole, ...others.filter(({ contestant }) => round < rounds || contestant === BARE)];
    const cpuMs = new Map<Running, number>();
    for (const running of round % 2 === 0 ? inTurn : inTurn.reverse()) {
      const load = { seconds: SECONDS, connections: CONNECTIONS };
      cpuMs.set(running, (await measure(stage, running, operation, load)).cpuMs);
    }
    for (const running of inTurn) {
      ratios.get(running.contestant.name)?.push((cpuMs.get(whole) ?? NaN) / (cpuMs.get(running) ?? NaN));
    }
  }
  return new Map([...ratios].map(([variantName, values]) => [variantName, spreadOf(values)]));
}

/** The gateway from the same program, whatever it is without. */
function variant(name: string, parts: readonly string[], env: Readonly<Record<string, string>>): Contestant {
  const plain = gateway(name, name, { ...env, WITHOUT: parts.join(',') });
  return {
    ...plain,
    program: async (setting) => {
      const { command, env: settings } = await plain.program(setting);
      return {
        command: [command[0], ...command.slice(1, -1), join(ROOT, 'dist/bench/peers/fieldgate/without.js')],
        env: settings,
      };
    },
  };
}

function textOf({ rounds, judgedRounds }: Plan): string {
  return [
    'How much CPU time of an answer each adds, in percent: the gateway as it is beside one whose part does nothing, as the',
    `median of ${rounds} rounds of loads of ${SECONDS} s (${judgedRounds} rounds in the last line), with the least and the`,
    'most. Every process compiles its code in a way of its own, which alone can make a few percent, and so can what is below',
    'none.',
    'Every request is for another account, so that single flight and conditional reads cost what they cost and spare nothing.',
    '`overload refusal` is without its bounds; what is in flight is counted even so. `logging` is `LOG_LEVEL=info` beside',
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
