/**
 * What the gateway costs beside peers: `npm run bench`, see README.md in this folder.
 */
import { inspect } from 'node:util';
import { parseArguments, UsageError, type Arguments } from './arguments.js';
import { Machine } from './measure/machine.js';
import { check, record } from './modes/check.js';
import { compare } from './modes/compare.js';
import { CONTESTANTS } from './peers/contestants.js';
import { requirePrograms } from './programs.js';

try {
  const args = parseArguments(
    process.argv.slice(2),
    CONTESTANTS.map(({ name }) => name),
  );
  requirePrograms(['wrk', 'nginx']);
  const machine = new Machine();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void machine.close().finally(() => process.exit(1)));
  }
  try {
    if (!(await run(args, machine))) process.exitCode = 1;
  } finally {
    await machine.close();
  }
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
}

/** @returns whether what was asked for is as it should be */
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
