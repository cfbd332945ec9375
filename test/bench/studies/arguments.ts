import { parseArgs } from 'node:util';
import { UsageError } from '../arguments.js';
import type { StudyOptions } from './study.js';

export interface StudyArguments extends StudyOptions {
  /** Whether results go into the repository: those of runs that are not quick do. */
  readonly write: boolean;
}

const MINUTES = 10;
const QUICK_MINUTES = 1;

/**
 * Reads what follows the name of a study.
 *
 * @throws {UsageError} for anything unknown
 */
export function parseStudyArguments(args: readonly string[]): StudyArguments {
  const { quick, write, minutes } = optionsIn(args);
  const defaultMinutes = quick ? QUICK_MINUTES : MINUTES;
  const parsed = minutes === undefined ? defaultMinutes : Number(minutes);
  if (!(parsed > 0))
    throw new UsageError(`--minutes must be a number above 0, and is \`${String(minutes)}\`.`);
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
    throw new UsageError(`${firstSentence}. A study takes --quick, --write and --minutes=<number>.`, {
      cause: error,
    });
  }
}
