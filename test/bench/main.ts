/**
 * What the gateway costs beside peers: `npm run bench`, see README.md in this folder.
 */
import { inspect } from 'node:util';
import { parseArguments, UsageError } from './arguments.js';
import { Machine } from './measure/machine.js';
import { CONTESTANTS } from './peers/contestants.js';
import { requirePrograms } from './programs.js';
import { run } from './run.js';

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
    await run(args, machine);
  } finally {
    await machine.close();
  }
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
}
