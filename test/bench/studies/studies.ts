import type { Machine } from '../measure/machine.js';
import type { StudyArguments } from './arguments.js';
import { growth } from './growth.js';
import { latency } from './latency.js';
import { memory } from './memory.js';
import { overload } from './overload.js';
import { protection } from './protection.js';
import { runStudy } from './run.js';
import type { Study, Log } from './study.js';
import { subscriptions } from './subscriptions.js';
import { telemetry } from './telemetry.js';
import { workers } from './workers.js';

/** In the order of execution. */
export const STUDIES: readonly Study[] = [
  growth,
  memory,
  protection,
  latency,
  workers,
  overload,
  subscriptions,
  telemetry,
];

/** @returns whether all bounds of all studies hold */
export async function runStudies(
  machine: Machine,
  studies: readonly Study[],
  args: StudyArguments,
  log: Log,
): Promise<boolean> {
  let hold = true;
  for (const study of studies) hold = (await runStudy(machine, study, args, log)) && hold;
  return hold;
}
