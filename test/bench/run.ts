import type { Arguments, Mode } from './arguments.js';
import { measureInRounds, type Plan } from './measure/rounds.js';
import type { Machine } from './measure/machine.js';
import { OPERATIONS, type Operation } from './operations/operations.js';
import { CONTESTANTS } from './peers/contestants.js';
import type { Contestant } from './peers/contestant.js';
import { installPackages } from './peers/install.js';
import { startContestant } from './peers/running.js';
import { table } from './report/markdown.js';
import { startUpstream } from './upstream/upstream.js';

const CONNECTIONS = 50;
/** For short rounds: a round must be much longer than what all connections wait for takes. */
const FEW_CONNECTIONS = 10;

const PLANS: Readonly<Record<Mode, Plan>> = {
  full: { warmUpSeconds: 8, rounds: 5, seconds: 4, connections: CONNECTIONS },
  quick: { warmUpSeconds: 2, rounds: 3, seconds: 2, connections: CONNECTIONS },
  check: { warmUpSeconds: 2, rounds: 3, seconds: 1, connections: FEW_CONNECTIONS },
  record: { warmUpSeconds: 2, rounds: 9, seconds: 1, connections: FEW_CONNECTIONS },
};

/** Who takes part in a short run. */
const QUICK = ['proxy', 'fieldgate', 'mercurius'];

export async function run(args: Arguments, machine: Machine): Promise<void> {
  const upstream = await startUpstream(machine);
  const taking = selected(args);
  installPackages(taking, console.log);
  const contestants = await Promise.all(
    taking.map((contestant) => startContestant(machine, contestant, upstream.url)),
  );
  const operations = operationsOf(args);
  const samples = await measureInRounds(
    { machine, upstream },
    contestants,
    operations,
    PLANS[args.mode],
    console.log,
  );
  for (const operation of operations) {
    const measured = samples.get(operation.name);
    if (measured !== undefined) console.log(`\n${operation.name}\n\n${table(measured)}`);
  }
}

function selected({ mode, contestants }: Arguments): readonly Contestant[] {
  const names = contestants ?? (mode === 'full' ? undefined : QUICK);
  return CONTESTANTS.filter(({ name }) => names?.includes(name) ?? true);
}

function operationsOf({ operations }: Arguments): readonly Operation[] {
  return Object.values(OPERATIONS).filter(({ name }) => operations?.includes(name) ?? true);
}
