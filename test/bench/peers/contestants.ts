import type { Contestant } from './contestant.js';
import { fieldgate, fieldgateNodeFetch } from './fieldgate/contestant.js';
import { hive } from './hive/contestant.js';
import { mercurius } from './mercurius/contestant.js';
import { proxy } from './proxy/contestant.js';
import { tailcall } from './tailcall/contestant.js';
import { yoga } from './yoga/contestant.js';

/** What every other contestant is compared with. */
export const BASELINE = proxy;

/** All, in the order of a report. */
export const CONTESTANTS: readonly Contestant[] = [
  proxy,
  fieldgate,
  fieldgateNodeFetch,
  mercurius,
  yoga,
  hive,
  tailcall,
];
