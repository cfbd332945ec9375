import { parseArgs } from 'node:util';
import { UsageError } from '../arguments.js';
import type { StudyOptions } from './study.js';

export interface StudyArguments extends StudyOptions {
  /** Whether to write results into the repository; runs that are not quick do. */
  readonly write: boolean;
}

const MINUTES = 10;
const QUICK_MINUTES = 1;

/**
 * Parses the arguments of a study.
 *
 * @throws {UsageError} for unknown arguments
 */
export function parseStudyArguments(args: readonly string[]): StudyArguments {
  const { quick, write, minutes } = optionsIn(args);
  const defaultMinutes = quick ? QUICK_MINUTES : MINUTES;
  const parsed = minutes === undefined ? defaultMinutes : Number(minutes);
  if (!(parsed > 0)) throw new UsageError(`--minutes must be a number above 0, not \`${String(minutes)}\`.`);
  return { quick, write: write || !quick, minutes: parsed };
}

function optionsIn(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { quick: flag, write: flag, minutes: { type: 'string' } },
    }).values;
  } catch (error) {
    const [firstSentence] = (error as Error).message.split(/\.\s/);
    throw new UsageError(`${firstSentence}. A study accepts --quick, --write and --minutes=<number>.`, {
      cause: error,
    });
  }
}
