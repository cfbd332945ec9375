import { parseArgs } from 'node:util';
import { OPERATIONS, type OperationName } from './operations/operations.js';

export type Mode = 'full' | 'quick' | 'check' | 'record';

export interface Arguments {
  readonly mode: Mode;
  /** Whether to write results into the repository; a full run over everything does. */
  readonly write: boolean;
  /** Default: those of the mode. */
  readonly contestants: readonly string[] | undefined;
  /** Default: those of the mode. */
  readonly operations: readonly OperationName[] | undefined;
}

/** Invalid arguments or environment. `message` is one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const USAGE = `Usage: npm run bench -- [--quick | --check | --record] [--write] [--only=<contestant>,...] [--operations=<operation>,...], or a study: see test/bench/README.md`;

/**
 * Parses the command line.
 *
 * @param names the names of all contestants
 * @throws {UsageError} for unknown or conflicting arguments
 */
export function parseArguments(args: readonly string[], names: readonly string[]): Arguments {
  const { quick, check, record, write, only, operations } = optionsIn(args);
  const modes = [quick && 'quick', check && 'check', record && 'record'].filter((mode) => mode !== false);
  const [mode = 'full', second] = modes as Mode[];
  if (second !== undefined) throw new UsageError(`--${mode} and --${second} cannot be combined.`);
  if ((check || record) && (write || (only ?? operations) !== undefined)) {
    throw new UsageError(`--${mode} cannot be combined with --write, --only or --operations.`);
  }
  return {
    mode,
    write: write || (mode === 'full' && only === undefined && operations === undefined),
    contestants: listed('--only', only, names),
    operations: listed('--operations', operations, Object.keys(OPERATIONS)) as OperationName[] | undefined,
  };
}

function optionsIn(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { quick: flag, check: flag, record: flag, write: flag, only: text, operations: text },
    }).values;
  } catch (error) {
    const [firstSentence] = (error as Error).message.split(/\.\s/);
    throw new UsageError(`${firstSentence}. ${USAGE}`, { cause: error });
  }
}

function listed(
  flag: string,
  list: string | undefined,
  known: readonly string[],
): readonly string[] | undefined {
  const names = list?.split(',');
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`${flag} has the unknown value \`${unknown}\`; known are ${known.join(', ')}.`);
  }
  return names;
}
