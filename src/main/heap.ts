import { setFlagsFromString } from 'node:v8';

/**
 * By how much of what is alive the old generation of the heap may grow until it is looked through again, in percent. By
 * itself V8 lets it grow to several times as much, which is two thirds of the process at its largest. What looking through
 * earlier costs, from nothing to a fifth of the processor time, is in docs/performance.md.
 */
const HEAP_GROWING_PERCENT = 50;
const FLAG = '--heap-growing-percent';

/** Keeps the process small, unless it was started with another wish. V8 looks at the flag whenever it sets its next limit. */
export function keepHeapSmall(): void {
  if (process.execArgv.some((arg) => arg.replaceAll('_', '-').startsWith(FLAG))) return;
  setFlagsFromString(`${FLAG}=${HEAP_GROWING_PERCENT}`);
}
