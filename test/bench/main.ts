/** The benchmark: `npm run bench`, see README.md in this folder. */
import { inspect } from 'node:util';
import { parseArguments, UsageError, type Arguments } from './arguments.js';
import { Machine } from './measure/machine.js';
import { check, record } from './modes/check.js';
import { compare } from './modes/compare.js';
import { CONTESTANTS } from './peers/contestants.js';
import { requirePrograms } from './programs.js';
import { parseStudyArguments } from './studies/arguments.js';
import { runStudies, STUDIES } from './studies/studies.js';

/** @returns whether all checks passed */
type Command = (machine: Machine) => Promise<boolean>;

/** The comparison followed by all studies. */
const ALL = 'all';

try {
  const command = commandOf(process.argv.slice(2));
  requirePrograms(['wrk', 'nginx']);
  const machine = new Machine();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.stderr.write(`Stopped by ${signal}.\n`);
      void machine.close().finally(() => process.exit(1));
    });
  }
  try {
    if (!(await command(machine))) process.exitCode = 1;
  } finally {
    await machine.close();
  }
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
}

function commandOf([name = '', ...rest]: readonly string[]): Command {
  const study = STUDIES.find((each) => each.name === name);
  if (study !== undefined || name === ALL) {
    const args = parseStudyArguments(rest);
    return async (machine) => {
      if (name === ALL) await run(comparison(args.quick ? ['--quick'] : []), machine);
      return await runStudies(machine, study === undefined ? STUDIES : [study], args, console.log);
    };
  }
  const args = comparison(name === '' ? rest : [name, ...rest]);
  return (machine) => run(args, machine);
}

function comparison(args: readonly string[]): Arguments {
  return parseArguments(
    args,
    CONTESTANTS.map((contestant) => contestant.name),
  );
}

async function run(args: Arguments, machine: Machine): Promise<boolean> {
  switch (args.mode) {
    case 'check':
      return await check(machine, console.log);
    case 'record':
      await record(machine, console.log);
      return true;
    case 'quick':
    case 'full':
      await compare(machine, args, console.log);
      return true;
  }
}
